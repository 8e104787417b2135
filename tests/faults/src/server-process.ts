import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));

/** A server that has not opened its port by then will not, however busy the machine is. */
const READY_PATIENCE_MS = 60_000;

const OUTPUT_SHOWN = 4_000_000;

export interface ServerOptions {
  readonly file: string;
  readonly port: number;
  /** Further flags of `server start-dev`. */
  readonly flags?: readonly string[];
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A development server of this repository as a process, on a file and a port that outlive it. */
export class ServerProcess {
  readonly address: string;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #port: number;
  readonly #output: string[] = [];

  /** Starts the process; it may not serve yet. */
  constructor({ file, port, flags = [] }: ServerOptions) {
    this.address = `127.0.0.1:${port}`;
    this.#port = port;
    const args = ['server', 'start-dev', '--headless', '--port', String(port), '--db-filename', file, ...flags];
    this.#child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#output.push(text));
    }
    this.exited = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  /** Starts a server and waits until it serves. */
  static async serving(options: ServerOptions): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    await server.ready();
    return server;
  }

  /** What it has printed; of a server that has much to say, the beginning. */
  get output(): string {
    return this.#output.join('').slice(0, OUTPUT_SHOWN);
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Settles when the port is open: a server listens once it has recovered. */
  async ready(): Promise<void> {
    const deadline = Date.now() + READY_PATIENCE_MS;
    while (!(await accepts(this.#port))) {
      if (this.hasEnded) throw new Error(`the server ended before it served:\n${this.output}`);
      if (Date.now() > deadline) {
        await this.kill();
        throw new Error(`the server did not serve within ${READY_PATIENCE_MS} ms:\n${this.output}`);
      }
      await delay(10);
    }
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  /** Asks it to end and waits until it has. */
  async stop(): Promise<Exit> {
    this.#child.kill('SIGTERM');
    return await this.exited;
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

/** A port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function accepts(port: number): Promise<boolean> {
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
