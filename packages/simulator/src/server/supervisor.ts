import { StoreError } from '@perdure/storage';
import { checkLiveState } from '../checkers/live-state.ts';
import type { DurableLog } from '../checkers/durable-log.ts';
import type { SimDisk } from '../disk/sim-disk.ts';
import { SimHost, type WallClock } from '../host/sim-host.ts';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { Trace } from '../kernel/trace.ts';
import type { CallbackTarget } from '../network/callback-target.ts';
import type { Network } from '../network/network.ts';
import { ServerProcess, type ServerProcessOptions } from './server-process.ts';

export interface SupervisorOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: Trace;
  readonly clock: WallClock;
  readonly disk: SimDisk;
  readonly network: Network;
  readonly log: DurableLog;
  /** Those whom the server calls. */
  readonly target: CallbackTarget;
  readonly server: Pick<
    ServerProcessOptions,
    'config' | 'namespaces' | 'shardCount' | 'retentionMs' | 'workflowsInMemoryMax' | 'wrapEngine'
  >;
  /** Told of each server that serves. */
  readonly onServing: (server: ServerProcess) => void;
}

/** Keeps a server running: where it dies, another one is started on the same disk. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #host: SimHost | undefined;
  #server: ServerProcess | undefined;
  crashes = 0;
  /** Runs that were compared with their logs when servers died. */
  compared = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get server(): ServerProcess | undefined {
    return this.#server;
  }

  start(): void {
    const { scheduler, random, clock, disk, server, target, trace } = this.#options;
    const host = new SimHost(scheduler, random, clock, (request) => target.answer(request));
    this.#host = host;
    trace.note(scheduler.nowMs, 'server: starts');
    const exit = (why: string): void => {
      if (host.isAlive) this.crash(`it gives up: ${why}`);
    };
    const store = disk.connect(host);
    const fail = (error: unknown): void => scheduler.fail(error);
    ServerProcess.boot({ ...server, host, store, fail, onExit: exit }).then(
      (started) => this.#serve(started),
      (error: unknown) => {
        if (error instanceof StoreError) exit(error.message);
        else scheduler.fail(error);
      },
    );
  }

  /** The server dies at once. What it has in memory is compared with what it has written, and lost. */
  crash(why: string, downMs = this.#options.random.delayMs(4_000)): void {
    const { scheduler, trace } = this.#options;
    this.stop(why);
    this.crashes += 1;
    trace.note(scheduler.nowMs, `server: down for ${downMs} ms`);
    scheduler.after(downMs, () => this.start());
  }

  /** The server is told to stop, finishes what it has begun to write, and another one is started. */
  restart(): void {
    const { scheduler, trace } = this.#options;
    const server = this.#server;
    if (server === undefined) return;
    trace.note(scheduler.nowMs, 'server: is told to stop');
    server.engine.stop().then(
      () => {
        if (this.#server === server) this.crash('as it was told to');
      },
      (error: unknown) => scheduler.fail(error),
    );
  }

  /** The server dies, and no other follows. */
  stop(why: string): void {
    const { scheduler, trace, network, log } = this.#options;
    trace.note(scheduler.nowMs, `server: dies ${why}`);
    this.#host?.kill();
    network.dropAll();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) this.compared += checkLiveState(server.engine, log);
  }

  #serve(server: ServerProcess): void {
    const { scheduler, trace, network, onServing } = this.#options;
    if (!server.isAlive) return;
    trace.note(scheduler.nowMs, 'server: serves');
    this.#server = server;
    network.server = server;
    onServing(server);
  }
}
