import { StoreError } from '@perdure/storage/error';
import {
  chooseRoute,
  type CommitSize,
  initialRouteState,
  observeCommit,
  observeLoop,
  type Route,
} from './commit-route.ts';
import type { Write } from './plan-batch.ts';
import type { ThreadOnDemand } from './thread-on-demand.ts';
import { encodeWrites } from './write-codec.ts';
import type { AppendedBatches, WriteConnection, WriteJob, WriteReply, WriteResult, WriteResults } from './write-job.ts';

/** How often the loop is asked how busy it has been, while there are jobs. */
const LOOK_EVERY_MS = 200;

/**
 * Where writes run that are not appended to the journal: by their size, or always in one place (for tests and
 * measurements, and in memory). Batches are appended on the loop.
 */
export type RoutePolicy = 'adaptive' | Route;

/** Pages that the journal dirties for a row, beside those that it fills. */
const APPENDED_PAGES = 2;

interface Outcomes {
  readonly written: (reply: WriteReply) => void;
  readonly done: (reply: WriteReply) => void;
  readonly fail: (error: unknown) => void;
}

/** All writes of a store, one after the other, in the order in which they were asked for. */
export class Writer {
  readonly #connection: WriteConnection;
  readonly #policy: RoutePolicy;
  readonly #sync: (() => Promise<void>) | undefined;
  readonly #thread: ThreadOnDemand;
  readonly #afterWrite: (size: CommitSize) => void;
  readonly #queue: (() => Promise<void> | undefined)[] = [];
  #route = initialRouteState;
  #lookedAtMs = performance.now();
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

  /**
   * Runs a job when those before it have ended. Settles when it is durable. `onWritten` is called as soon as it is
   * written, before anything else is read or written.
   */
  submit<Job extends WriteJob>(
    job: Job,
    onWritten?: (result: WriteResults[Job['kind']]) => void,
  ): Promise<WriteResults[Job['kind']]> {
    const { promise, resolve, reject } = Promise.withResolvers<WriteResults[Job['kind']]>();
    const written = ({ result }: WriteReply): void => onWritten?.(result as WriteResults[Job['kind']]);
    const done = ({ result }: WriteReply): void => resolve(result as WriteResults[Job['kind']]);
    const fail = (error: unknown): void => reject(this.#failed(error));
    this.#queue.push(() => this.#start(job, { written, done, fail }));
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

  /** Runs the job here and now, or gives the promise of its end, which never rejects. */
  #start(job: WriteJob, { written, done, fail }: Outcomes): Promise<void> | undefined {
    const size = sizeOf(job);
    this.#lookAtLoop();
    const took = (reply: WriteReply): void => {
      if (job.kind !== 'commit') this.#route = observeCommit(this.#route, size, reply.tookMs);
      this.#afterWrite(isAppended(reply.result) ? { rows: APPENDED_PAGES, bytes: reply.result.bytes } : size);
      written(reply);
    };
    if (this.#choose(job, size) === 'thread') {
      return this.#runOnThread(job)
        .then((reply) => {
          took(reply);
          done(reply);
        })
        .catch(fail);
    }
    try {
      const reply = this.#runOnLoop(job);
      took(reply);
      if (this.#sync !== undefined && isConfirmed(job)) return this.#sync().then(() => done(reply), fail);
      done(reply);
    } catch (error) {
      fail(error);
    }
    return undefined;
  }

  #lookAtLoop(): void {
    const nowMs = performance.now();
    if (nowMs - this.#lookedAtMs < LOOK_EVERY_MS) return;
    this.#lookedAtMs = nowMs;
    const now = performance.eventLoopUtilization();
    this.#route = observeLoop(this.#route, performance.eventLoopUtilization(now, this.#loop).utilization);
    this.#loop = now;
  }

  #choose(job: WriteJob, size: CommitSize): Route {
    if (job.kind === 'commit' || this.#threadFailed || this.#stopped !== undefined) return 'loop';
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
      if (isConfirmed(job)) await this.#sync?.();
      return reply;
    }
    if (job.kind === 'commit') throw new Error('invariant broken: batches are appended on the loop');
    if (job.kind !== 'apply') return this.#thread.request({ kind: 'write', job });
    const writes = encodeWrites(job.writes);
    return this.#thread.request({ kind: 'apply', through: job.through, writes }, [writes.buffer]);
  }

  #failed(error: unknown): Error {
    const failure = error instanceof Error ? error : new Error(String(error));
    if (failure instanceof StoreError && failure.stopped) this.#stopped ??= failure;
    return failure;
  }
}

/** Whether somebody relies on the job. What the tables get is in the journal before, and with it on the disk. */
function isConfirmed(job: WriteJob): boolean {
  return job.kind !== 'apply';
}

function isAppended(result: WriteResult): result is AppendedBatches {
  return typeof result === 'object' && 'position' in result;
}

function sizeOf(job: WriteJob): CommitSize {
  switch (job.kind) {
    case 'apply':
      return { rows: 1 + job.writes.length, bytes: bytesOf(job.writes) };
    case 'reclaim':
      return { rows: job.rowsMax, bytes: 0 };
    case 'commit':
    case 'acquire':
    case 'registry':
      return { rows: 1, bytes: 0 };
  }
}

function bytesOf(writes: readonly Write[]): number {
  let bytes = 0;
  for (const { values } of writes) {
    for (const value of values) if (value instanceof Uint8Array) bytes += value.length;
  }
  return bytes;
}
