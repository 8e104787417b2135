import { type ChildProcessByStdio, spawn } from 'node:child_process';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));

/** A server that does not serve by then will not; on a busy machine its code alone takes seconds to load. */
const READY_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 30_000;

/** How often it is asked whether it serves. */
const ASK_EVERY_MS = 20;

const OUTPUT_SHOWN = 4_000_000;

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server of this repository in a process of its own. */
export class ServerProcess {
  readonly exited: Promise<Exit>;
  readonly #words: readonly string[];
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #output: string[] = [];

  /** Starts the process, which may not serve yet: `words` are what follows `perdure server`. */
  constructor(words: readonly string[]) {
    this.#words = words;
    this.#child = spawn(process.execPath, [CLI, 'server', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#output.push(text));
    }
    this.exited = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  /** What it has printed; of a server that has much to say, the beginning. */
  get output(): string {
    return this.#output.join('').slice(0, OUTPUT_SHOWN);
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Settles once `isServing` says so; fails with what the server printed. */
  async whenServing(isServing: () => Promise<boolean>): Promise<void> {
    const deadlineMs = Date.now() + READY_PATIENCE_MS;
    while (!(await isServing())) {
      if (this.hasEnded || Date.now() > deadlineMs) {
        await this.kill();
        throw new Error(`the server does not serve (${this.#words.join(' ')}):\n${this.output}`);
      }
      await delay(ASK_EVERY_MS);
    }
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** Asks it to end and waits until it has; one that does not is killed. */
  async stop(): Promise<Exit> {
    this.#child.kill('SIGTERM');
    return this.exitWithin(STOP_PATIENCE_MS);
  }

  /** How it ended by itself; killed where it has not by then. */
  async exitWithin(patienceMs: number): Promise<Exit> {
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
    const exit = await this.exited;
    clearTimeout(kill);
    return exit;
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }
}
