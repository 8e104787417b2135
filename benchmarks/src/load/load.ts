import { cpuMeter } from '../system/usage.ts';
import type { ServerProcess } from '../system/server-process.ts';
import type { Durations, Order } from './order.ts';
import { Program } from './program.ts';

/** What a number of workflows took and cost. CPU is undefined where the system does not tell. */
export interface RunResult {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly workflowsPerSecond: number;
  /** CPU per workflow in milliseconds: of the server, and of client and worker together. */
  readonly serverCpuMs: number | undefined;
  readonly sdkCpuMs: number | undefined;
}

/** The programs that put a load on a server: files of this folder. */
export interface LoadPrograms {
  /** Runs what the client asks for; absent where one process is both. */
  readonly worker?: URL;
  /** Carries out Orders. */
  readonly client: URL;
  /** What both are started with. */
  readonly args: readonly string[];
}

/** The programs of a peer's SDK, as client and as worker, on a server. */
export class Load implements AsyncDisposable {
  readonly #server: ServerProcess;
  readonly #client: Program;
  readonly #worker: Program | undefined;

  private constructor(server: ServerProcess, client: Program, worker: Program | undefined) {
    this.#server = server;
    this.#client = client;
    this.#worker = worker;
  }

  static async open(server: ServerProcess, { worker, client, args }: LoadPrograms): Promise<Load> {
    const works = worker === undefined ? undefined : await Program.start(worker, ...args);
    return new Load(server, await Program.start(client, ...args), works);
  }

  /** Runs workflows, some before what is measured, so that all processes are warm. */
  async run(order: Order, warmUps: number): Promise<RunResult> {
    if (warmUps > 0) await this.#client.ask({ ...order, count: warmUps });
    const serverCpu = cpuMeter([this.#server.pid]);
    const sdkCpu = cpuMeter([this.#client.pid, ...(this.#worker === undefined ? [] : [this.#worker.pid])]);
    const { durationsMs, elapsedMs } = (await this.#client.ask(order)) as Durations;
    const perWorkflow = (cpuMs: number | undefined): number | undefined =>
      cpuMs === undefined ? undefined : cpuMs / order.count;
    return {
      p50Ms: percentile(durationsMs, 0.5),
      p99Ms: percentile(durationsMs, 0.99),
      workflowsPerSecond: (order.count * 1_000) / elapsedMs,
      serverCpuMs: perWorkflow(serverCpu()),
      sdkCpuMs: perWorkflow(sdkCpu()),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.stop();
    await this.#worker?.stop();
  }
}

/** The smallest value that so large a part of the values does not exceed. */
export function percentile(values: readonly number[], part: number): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.max(0, Math.ceil(ascending.length * part) - 1)] ?? Number.NaN;
}
