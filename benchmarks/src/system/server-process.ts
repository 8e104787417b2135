import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

/** What it takes to run a server on a folder. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  /** Holds what the server stores, and nothing else. */
  readonly storeFolder: string;
}

const READY_PATIENCE_MS = 120_000;
const STOP_PATIENCE_MS = 20_000;
const COMPLAINTS_SHOWN = 2_000;

/** A server under measurement: one process. */
export class ServerProcess {
  readonly address: string;
  readonly #launch: Launch;
  readonly #child: ChildProcessByStdio<null, null, Readable>;
  #complaints = '';

  private constructor(launch: Launch) {
    this.#launch = launch;
    this.address = `127.0.0.1:${launch.port}`;
    this.#child = spawn(launch.command, launch.args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-COMPLAINTS_SHOWN);
    });
  }

  /** Starts it and waits until it answers GetSystemInfo. Gives the milliseconds from the start of the process. */
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
    while (!(await isOpen(this.#launch.port))) {
      const isOver = this.#child.exitCode !== null || performance.now() > deadlineMs;
      if (isOver) throw new Error(`${this.#launch.command} does not serve:\n${this.#complaints}`);
      await delay(2);
    }
    const connection = await Connection.connect({ address: this.address });
    await connection.close();
  }
}

/** A port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
