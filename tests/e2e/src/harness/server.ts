import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../../packages/cli/src/main.ts', import.meta.url));

const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;

/** Where a server listens, all on the loopback interface. */
export interface ServerPorts {
  readonly grpc: number;
  readonly ui: number;
}

/** A development server of this repository in a process of its own, as `npm start` runs it. */
export class ServerProcess {
  readonly ports: ServerPorts;
  readonly #command: readonly string[];
  #child: ChildProcess;

  private constructor(ports: ServerPorts, command: readonly string[], child: ChildProcess) {
    this.ports = ports;
    this.#command = command;
    this.#child = child;
  }

  /** Starts it with `flags` of `server start-dev`, and waits until it serves. */
  static async start(flags: readonly string[] = []): Promise<ServerProcess> {
    const [grpc = 0, ui = 0] = await freePorts(2);
    const command = ['start-dev', '--port', String(grpc), '--ui-port', String(ui), ...flags];
    return new ServerProcess({ grpc, ui }, command, await launch(ui, command));
  }

  /** A server as one runs it for others, with `flags` of `server start`. */
  static async startProduction(flags: readonly string[]): Promise<ServerProcess> {
    const [grpc = 0, ui = 0] = await freePorts(2);
    const ports = ['--grpc-port', String(grpc), '--ui-port', String(ui), '--http-port', '0', '--metrics-port', '0'];
    const command = ['start', ...ports, ...flags];
    return new ServerProcess({ grpc, ui }, command, await launch(ui, command));
  }

  /** Of the gRPC service, for clients and workers. */
  get address(): string {
    return `127.0.0.1:${this.ports.grpc}`;
  }

  /** Of the Web UI, without a slash at its end. */
  get origin(): string {
    return `http://127.0.0.1:${this.ports.ui}`;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(force);
  }

  /** The same server again, on the same ports, after `stop`. What it knows is what its `--db-filename` kept. */
  async startAgain(): Promise<void> {
    this.#child = await launch(this.ports.ui, this.#command);
  }
}

async function launch(uiPort: number, command: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [CLI, 'server', ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  const deadlineMs = Date.now() + READY_TIMEOUT_MS;
  while (!(await answers(`http://127.0.0.1:${uiPort}/api/v1/namespaces/default`))) {
    if (child.exitCode === null && Date.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    child.kill('SIGKILL');
    throw new Error(`the server does not serve on ${uiPort}:\n${output.join('')}`);
  }
  return child;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    // A server that asks who calls is there, too.
    return response.ok || response.status === 401;
  } catch {
    return false;
  }
}

/** Ports that nobody has: all are held until the last one is known, so that no two are the same. */
async function freePorts(count: number): Promise<number[]> {
  const probes = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(probes.map((probe) => once(probe, 'listening')));
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  for (const probe of probes) probe.close();
  await Promise.all(probes.map((probe) => once(probe, 'close')));
  return ports;
}
