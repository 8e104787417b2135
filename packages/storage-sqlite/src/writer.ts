import { StoreError } from '@perdure/storage/error';
import { encodeBatches } from './batch-codec.ts';
import {
  chooseRoute,
  type CommitSize,
  initialRouteState,
  observeCommit,
  observeLoop,
  type Route,
} from './commit-route.ts';
import type { PlannedBatch } from './plan-batch.ts';
import type { ThreadOnDemand } from './thread-on-demand.ts';
import type { WriteConnection, WriteJob, WriteReply, WriteResults } from './write-job.ts';

/** After so many jobs the loop is asked how busy it has been. */
const JOBS_BETWEEN_LOOKS = 64;

/** Where commits run: by their size, or always in one place (for tests and measurements, and in memory). */
export type RoutePolicy = 'adaptive' | Route;

/** All writes of a store, one after the other, in the order in which they were asked for. */
export class Writer {
  readonly #connection: WriteConnection;
  readonly #policy: RoutePolicy;
  readonly #sync: (() => Promise<void>) | undefined;
  readonly #thread: ThreadOnDemand;
  readonly #afterWrite: (size: CommitSize) => void;
  readonly #queue: (() => Promise<void> | undefined)[] = [];
  #route = initialRouteState;
  #jobs = 0;
  #loop = performance.eventLoopUtilization();
  #threadFailed = false;
  /** Never rejects. */
  #underWay: Promise<void> | undefined;
  #stopped: Error | undefined;

  constructor(options: {
    readonly connection: WriteConnection;
    readonly policy: RoutePolicy;
    /**
     * Makes durable what the connection has committed; rejects with a {@link StoreError}. Undefined in memory, where
     * nothing is.
     */
    readonly sync: (() => Promise<void>) | undefined;
    readonly thread: ThreadOnDemand;
    /** Called after each job that wrote. */
    readonly afterWrite: (size: CommitSize) => void;
  }) {
    this.#connection = options.connection;
    this.#policy = options.policy;
    this.#sync = options.sync;
    this.#thread = options.thread;
    this.#afterWrite = options.afterWrite;
  }

  /** Why nothing is written any more; undefined as long as something can be. */
  get stopped(): Error | undefined {
    return this.#stopped;
  }

  /** Runs a job when those before it have ended. Settles when it is durable. */
  submit<Job extends WriteJob>(job: Job): Promise<WriteResults[Job['kind']]> {
    const { promise, resolve, reject } = Promise.withResolvers<WriteResults[Job['kind']]>();
    const done = ({ result }: WriteReply): void => resolve(result as WriteResults[Job['kind']]);
    const fail = (error: unknown): void => reject(this.#failed(error));
    this.#queue.push(() => this.#start(job, done, fail));
    this.#pump();
    return promise;
  }

  /** Settles when what is written by now is durable, or is known not to be. */
  async durable(): Promise<void> {
    await this.#underWay;
    if (this.#stopped !== undefined) throw this.#stopped;
  }

  /** Runs a task while nothing is written. */
  pauseFor<Result>(task: () => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#queue.push(() => task().then(resolve, reject));
    this.#pump();
    return promise;
  }

  /** Ends the thread, after what was asked for. */
  async close(): Promise<void> {
    await this.pauseFor(() => Promise.resolve());
    await this.#thread.close();
  }

  /** Starts queued work until some of it has to be waited for: never two at once. */
  #pump(): void {
    while (this.#underWay === undefined) {
      const pending = this.#queue.shift()?.();
      if (pending === undefined) {
        if (this.#queue.length === 0) return;
        continue;
      }
      this.#underWay = pending.finally(() => {
        this.#underWay = undefined;
        this.#pump();
      });
    }
  }

  /** Runs the job here and now, or gives the promise of its end on the thread, which never rejects. */
  #start(job: WriteJob, done: (reply: WriteReply) => void, fail: (error: unknown) => void): Promise<void> | undefined {
    const size = sizeOf(job);
    this.#lookAtLoop();
    const finish = (reply: WriteReply): void => {
      this.#route = observeCommit(this.#route, size, reply.tookMs);
      this.#afterWrite(size);
      done(reply);
    };
    if (this.#choose(size) === 'thread') return this.#runOnThread(job).then(finish).catch(fail);
    try {
      const reply = this.#runOnLoop(job);
      if (this.#sync !== undefined) return this.#sync().then(() => finish(reply), fail);
      finish(reply);
    } catch (error) {
      fail(error);
    }
    return undefined;
  }

  #lookAtLoop(): void {
    this.#jobs += 1;
    if (this.#jobs % JOBS_BETWEEN_LOOKS !== 0) return;
    const now = performance.eventLoopUtilization();
    this.#route = observeLoop(this.#route, performance.eventLoopUtilization(now, this.#loop).utilization);
    this.#loop = now;
  }

  #choose(size: CommitSize): Route {
    if (this.#threadFailed || this.#stopped !== undefined) return 'loop';
    const choice = chooseRoute(this.#route, size, this.#thread.isReady);
    const route = this.#policy === 'adaptive' ? choice.route : this.#policy;
    // Where it cannot start, the first job that goes to it finds out.
    if (this.#policy === 'adaptive' && choice.startThread) this.#thread.ready().catch(() => undefined);
    return route;
  }

  #runOnLoop(job: WriteJob): WriteReply {
    if (this.#stopped !== undefined) throw this.#stopped;
    return this.#connection.run(job);
  }

  async #runOnThread(job: WriteJob): Promise<WriteReply> {
    try {
      await this.#thread.ready();
    } catch {
      this.#threadFailed = true;
      const reply = this.#runOnLoop(job);
      await this.#sync?.();
      return reply;
    }
    if (job.kind !== 'commit') return this.#thread.request({ kind: 'write', job });
    const batches = encodeBatches(job.batches);
    return this.#thread.request({ kind: 'commit', batches }, [batches.buffer]);
  }

  #failed(error: unknown): Error {
    const failure = error instanceof Error ? error : new Error(String(error));
    if (failure instanceof StoreError && failure.stopped) this.#stopped ??= failure;
    return failure;
  }
}

function sizeOf(job: WriteJob): CommitSize {
  if (job.kind === 'reclaim') return { rows: job.rowsMax, bytes: 0 };
  if (job.kind !== 'commit') return { rows: 1, bytes: 0 };
  let rows = 0;
  let bytes = 0;
  for (const batch of job.batches) {
    rows += 1 + batch.writes.length;
    bytes += bytesOf(batch);
  }
  return { rows, bytes };
}

function bytesOf({ writes }: PlannedBatch): number {
  let bytes = 0;
  for (const { values } of writes) {
    for (const value of values) if (value instanceof Uint8Array) bytes += value.length;
  }
  return bytes;
}
