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
    'config' | 'namespaces' | 'isDeleted' | 'shardCount' | 'retentionMs' | 'workflowsInMemoryMax' | 'tamper'
  >;
  /** Told of each server that serves. */
  readonly onServing: (server: ServerProcess) => void;
}

/** How long a process may live on when its server has stopped. */
const LINGERS_MAX_MS = 1_500;

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
      if (!host.isAlive) return;
      if (this.#server?.host === host) this.#end(this.#server, `as it gives up: ${why}`);
      else this.crash(`before it serves: ${why}`);
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

  /** The server is told to stop, and another one is started. */
  restart(): void {
    if (this.#server !== undefined) this.#end(this.#server, 'as it was told to');
  }

  /** The server finishes what it has begun to write. Then nobody hears of it any more, however long its process lives. */
  #end(server: ServerProcess, why: string): void {
    const { scheduler, random, trace, network, log } = this.#options;
    trace.note(scheduler.nowMs, `server: stops ${why}`);
    this.compared += checkLiveState(server.engine, log);
    network.dropAll();
    server.stop().then(
      () => {
        scheduler.after(random.int(0, LINGERS_MAX_MS), () => {
          if (this.#server === server) this.crash(why);
        });
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
