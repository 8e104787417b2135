import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { isOpen } from '@perdure-tests/interop/ports';

/** What it takes to run a server on a folder. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to our own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whom to run it as, where not as ourselves. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly port: number;
  /** Holds what the server stores, and nothing else. */
  readonly storeFolder: string;
  /** Asked for as soon as the port is open, until the answer is true. */
  isServing(port: number): Promise<boolean>;
}

const READY_PATIENCE_MS = 120_000;
const STOP_PATIENCE_MS = 20_000;
const COMPLAINTS_SHOWN = 2_000;

/** A server under measurement: one process and its descendants. */
export class ServerProcess {
  readonly address: string;
  readonly #launch: Launch;
  readonly #child: ChildProcessByStdio<null, null, Readable>;
  #complaints = '';

  private constructor(launch: Launch) {
    this.#launch = launch;
    this.address = `127.0.0.1:${launch.port}`;
    const { command, args, environment, user } = launch;
    const env = { ...process.env, ...environment };
    this.#child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env, cwd: launch.storeFolder, ...user });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-COMPLAINTS_SHOWN);
    });
  }

  /** Starts it and waits until it serves. Gives the milliseconds from the start of the process. */
  static async start(launch: Launch): Promise<{ readonly server: ServerProcess; readonly servingAfterMs: number }> {
    const startedAtMs = performance.now();
    const server = new ServerProcess(launch);
    try {
      await server.#answers(startedAtMs + READY_PATIENCE_MS);
      return { server, servingAfterMs: performance.now() - startedAtMs };
    } catch (error) {
      server.#child.kill('SIGKILL');
      throw error;
    }
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the server did not start');
    return this.#child.pid;
  }

  get port(): number {
    return this.#launch.port;
  }

  /** Bytes of all that it stores. A server that has stopped has brought its log into its file. */
  storedBytes(): number {
    const { storeFolder } = this.#launch;
    return readdirSync(storeFolder, { recursive: true, encoding: 'utf8' })
      .map((name) => statSync(join(storeFolder, name)))
      .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const force = setTimeout(() => this.#child.kill('SIGKILL'), STOP_PATIENCE_MS);
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
    clearTimeout(force);
  }

  async #answers(deadlineMs: number): Promise<void> {
    const { port, command } = this.#launch;
    while (!((await isOpen(port)) && (await this.#launch.isServing(port)))) {
      const isOver = this.#child.exitCode !== null || performance.now() > deadlineMs;
      if (isOver) throw new Error(`${command} does not serve:\n${this.#complaints}`);
      await delay(2);
    }
  }
}
