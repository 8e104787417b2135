import {
  GrpcStatus,
  isOpenJob,
  isRejection,
  openTargets,
  reject,
  type BatchInput,
  type BatchJob,
  type BatchKey,
  type BatchTarget,
  type Rejection,
} from '@perdure/core';
import { NamespaceState } from '@perdure/proto/enums';
import { isTransient } from '../engine/routing.ts';
import { RateLimit } from '../matching/rate-limit.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import type { InProcessCaller } from '../transport/in-process.ts';
import { askOf } from './ask.ts';
import type { BatchWalkerOptions } from './batch-walker.ts';
import { countOf, nextPage } from './pages.ts';

/** How often a run is asked that refuses. Temporal: worker/batcher/workflow.go, defaultAttemptsOnRetryableError. */
const ATTEMPTS_MAX = 50;

/** The server could not say now: asked again after this time. */
const RETRY_MS = 200;

/** Refusals that will be the same next time. */
const FINAL: ReadonlySet<GrpcStatus> = new Set<GrpcStatus>([
  GrpcStatus.InvalidArgument,
  GrpcStatus.PermissionDenied,
  GrpcStatus.Unimplemented,
]);

export interface WalkOptions extends BatchWalkerOptions {
  readonly caller: InProcessCaller;
  readonly pause: (untilMs: number) => Promise<void>;
}

/** A job as it was when it was looked at. */
export type JobView = Pick<
  BatchJob,
  'runId' | 'request' | 'operation' | 'identity' | 'startedAtMs' | 'page' | 'pageNumber' | 'totalCount'
> & { readonly open: readonly number[] };

/** Works through one job, until it has ended or the server stops. */
export class Walk {
  readonly #key: BatchKey;
  readonly #options: WalkOptions;
  readonly #rate = new RateLimit();
  /** What has come of executions and is not written yet. */
  #news: { succeeded: number[]; failed: number[] } = { succeeded: [], failed: [] };
  #writing: Promise<void> | undefined;
  #over = false;

  constructor(key: BatchKey, options: WalkOptions) {
    this.#key = key;
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#over;
  }

  end(): void {
    this.#over = true;
  }

  /** Goes on from where the job is. */
  async run(): Promise<void> {
    while (!this.#over) {
      const namespace = this.#options.namespaces.byId(this.#key.namespaceId);
      const job = await this.#read();
      // A deleted namespace is emptied, its jobs with it.
      if (job === undefined || namespace === undefined || namespace.state === NamespaceState.Deleted) {
        this.#over = true;
        return;
      }
      if (job.open.length > 0) await this.#workThrough(job, namespace);
      else await this.#takePage(job, namespace);
    }
  }

  /** The job; undefined where there is none that is open. */
  async #read(): Promise<JobView | undefined> {
    for (;;) {
      const seen = await this.#options.engine.read(this.#key, '', (loaded) => {
        return loaded === undefined || !isOpenJob(loaded.run) ? undefined : viewOf(loaded.run);
      });
      if (!isTransient(seen)) return isRejection(seen) ? undefined : seen;
      await this.#waitABit();
    }
  }

  async #takePage(job: JobView, namespace: Namespace): Promise<void> {
    const { runId, pageNumber } = job;
    const page = await nextPage(this.#options, namespace, job);
    const totalCount =
      pageNumber > 0 || isRejection(page) ? job.totalCount : await countOf(this.#options, namespace, job);
    if (isRejection(page)) await this.#write({ kind: 'failBatch', runId, reason: page.message });
    else await this.#write({ kind: 'takeBatchPage', runId, pageNumber: pageNumber + 1, page, totalCount });
  }

  async #workThrough(job: JobView, namespace: Namespace): Promise<void> {
    const { config, host } = this.#options;
    const constraints = { namespace: namespace.name };
    const allowed = config.get('worker.batcherRPS', constraints);
    const { maxOperationsPerSecond: asked = 0 } = job.request;
    this.#rate.set(asked > 0 ? Math.min(asked, allowed) : allowed, host.now());
    const left = [...job.open];
    const workers = Math.max(1, config.get('worker.batcherConcurrency', constraints));
    await Promise.all(Array.from({ length: Math.min(workers, left.length) }, () => this.#work(job, namespace, left)));
    await this.#writing;
  }

  async #work(job: JobView, namespace: Namespace, left: number[]): Promise<void> {
    for (let index = left.shift(); index !== undefined; index = left.shift()) {
      const target = job.page?.executions[index];
      if (target === undefined) continue;
      const done = await this.#settle(job, namespace, target, index);
      if (this.#over) return;
      (done ? this.#news.succeeded : this.#news.failed).push(index);
      this.#writing ??= this.#writeNews(job).finally(() => (this.#writing = undefined));
    }
  }

  /** Writes what has come in while the write before was under way. */
  async #writeNews({ runId, pageNumber }: JobView): Promise<void> {
    while (this.#news.succeeded.length + this.#news.failed.length > 0) {
      const news = this.#news;
      this.#news = { succeeded: [], failed: [] };
      await this.#write({ kind: 'settleBatch', runId, pageNumber, ...news });
    }
  }

  /** Asks until there is an answer; false where it is a refusal that stays. */
  async #settle(job: JobView, namespace: Namespace, target: BatchTarget, index: number): Promise<boolean> {
    for (let attempt = 1; ;) {
      await this.#turn();
      if (this.#over) return false;
      const refusal = await this.#ask(job, namespace, target, index);
      // What is gone, or has closed, needs nothing more.
      if (refusal === undefined || refusal.status === GrpcStatus.NotFound) return true;
      if (FINAL.has(refusal.status) || attempt > ATTEMPTS_MAX) return false;
      if (isTransient(refusal)) await this.#waitABit();
      if (refusal.status !== GrpcStatus.Unavailable) attempt += 1;
    }
  }

  async #ask(job: JobView, namespace: Namespace, target: BatchTarget, index: number): Promise<Rejection | undefined> {
    try {
      const nowMs = this.#options.host.now();
      return await askOf(this.#options.caller, { job, namespace: namespace.name, target, index, nowMs });
    } catch (error) {
      if (!this.#over) this.#options.onError('batch operation: a request failed', error);
      return reject.internal('internal error');
    }
  }

  /** Waits for a turn under the rate. */
  async #turn(): Promise<void> {
    const { host, pause } = this.#options;
    while (!this.#over && !this.#rate.take(host.now())) {
      await pause(this.#rate.readyAtMs(host.now()) ?? host.now() + RETRY_MS);
    }
  }

  /** Applies an input to the job, once its shard can be reached. A job that takes none has ended. */
  async #write(input: BatchInput): Promise<void> {
    while (!this.#over) {
      const reply = await this.#options.engine.submit(this.#key, input);
      if (!isTransient(reply)) {
        if (isRejection(reply)) this.#over = true;
        return;
      }
      await this.#waitABit();
    }
  }

  #waitABit(): Promise<void> {
    return this.#options.pause(this.#options.host.now() + RETRY_MS);
  }
}

function viewOf(job: BatchJob): JobView {
  const { runId, request, operation, identity, startedAtMs, page, pageNumber, totalCount } = job;
  const open = openTargets(job);
  return { runId, request, operation, identity, startedAtMs, page, pageNumber, totalCount, open };
}
