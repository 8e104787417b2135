import { cpuMeter } from '../system/usage.ts';
import type { ServerProcess } from '../system/server-process.ts';
import type { Durations, Order } from './order.ts';
import { Program } from './program.ts';

/** What a number of workflows took and cost. CPU is undefined where the system does not tell. */
export interface RunResult {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly workflowsPerSecond: number;
  /** CPU per workflow in milliseconds: of the server's process, and of client and worker together. */
  readonly serverCpuMs: number | undefined;
  readonly sdkCpuMs: number | undefined;
}

/** The official TypeScript SDK as client and as worker, a process each, on a server. */
export class SdkLoad implements AsyncDisposable {
  readonly #server: ServerProcess;
  readonly #client: Program;
  readonly #worker: Program;

  private constructor(server: ServerProcess, client: Program, worker: Program) {
    this.#server = server;
    this.#client = client;
    this.#worker = worker;
  }

  static async open(server: ServerProcess): Promise<SdkLoad> {
    const worker = await Program.start(new URL('./worker-process.ts', import.meta.url), server.address);
    const client = await Program.start(new URL('./client-process.ts', import.meta.url), server.address);
    return new SdkLoad(server, client, worker);
  }

  /** Runs workflows, some before what is measured, so that all processes are warm. */
  async run(order: Order, warmUps: number): Promise<RunResult> {
    if (warmUps > 0) await this.#client.ask({ ...order, count: warmUps });
    const serverCpu = cpuMeter([this.#server.pid]);
    const sdkCpu = cpuMeter([this.#client.pid, this.#worker.pid]);
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
    await this.#worker.stop();
  }
}

/** The smallest value that so large a part of the values does not exceed. */
export function percentile(values: readonly number[], part: number): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.max(0, Math.ceil(ascending.length * part) - 1)] ?? Number.NaN;
}
