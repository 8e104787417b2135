import { freePorts } from '@perdure-tests/interop/ports';
import { ServerProcess } from '@perdure-tests/interop/server-process';

/** Where a server listens, all on the loopback interface. */
export interface ServerPorts {
  readonly grpc: number;
  readonly ui: number;
}

/** A development server of this repository in a process of its own, as `npm start` runs it. */
export class UiServer {
  readonly ports: ServerPorts;
  readonly #command: readonly string[];
  #process: ServerProcess;

  private constructor(ports: ServerPorts, command: readonly string[], process: ServerProcess) {
    this.ports = ports;
    this.#command = command;
    this.#process = process;
  }

  /** Starts it with `flags` of `server start-dev`, and waits until it serves. */
  static async start(flags: readonly string[] = []): Promise<UiServer> {
    const [grpc = 0, ui = 0] = await freePorts(2);
    const command = ['start-dev', '--port', String(grpc), '--ui-port', String(ui), ...flags];
    return new UiServer({ grpc, ui }, command, await launch(ui, command));
  }

  /** A server as one runs it for others, with `flags` of `server start`, which may depend on where it will listen. */
  static async startProduction(
    flags: readonly string[] | ((ports: ServerPorts) => readonly string[]),
  ): Promise<UiServer> {
    const [grpc = 0, ui = 0] = await freePorts(2);
    const ports = ['--grpc-port', String(grpc), '--ui-port', String(ui), '--http-port', '0', '--metrics-port', '0'];
    const given = typeof flags === 'function' ? flags({ grpc, ui }) : flags;
    const command = ['start', ...ports, ...given];
    return new UiServer({ grpc, ui }, command, await launch(ui, command));
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
    await this.#process.stop();
  }

  /** The same server again, on the same ports, after `stop`. What it knows is what its `--db-filename` kept. */
  async startAgain(): Promise<void> {
    this.#process = await launch(this.ports.ui, this.#command);
  }
}

async function launch(uiPort: number, command: readonly string[]): Promise<ServerProcess> {
  const server = new ServerProcess(command);
  await server.whenServing(() => answers(`http://127.0.0.1:${uiPort}/api/v1/namespaces/default`));
  return server;
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
