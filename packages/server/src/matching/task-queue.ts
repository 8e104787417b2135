import type { TaskQueueConfig } from '@perdure/proto/types';
import type { QueueKey } from '@perdure/storage';
import type { Host, HostTimer } from '../host/host.ts';
import type { Backlog, WaitingTask } from './backlog.ts';
import type { PendingQuery } from './pending-query.ts';
import { RateLimit } from './rate-limit.ts';

/** Pollers are shown for this long after their last poll. Temporal: matching.PollerHistoryTTL. */
const POLLER_HISTORY_MS = 5 * 60_000;

/** A worker that waits for a task. It is out of the queue when it gets one; if that comes to nothing it comes back. */
export interface Poller {
  hand(task: WaitingTask): void;
  ask(query: PendingQuery): void;
}

export interface PollerRecord {
  readonly identity: string;
  lastAccessAtMs: number;
  readonly ratePerSecond: number | undefined;
}

/** Whose limit holds: one that a person has set, else that of the worker that polled last. */
export type RateSource = 'api' | 'worker' | 'system';

/** One task queue: workers that wait for tasks, or tasks that wait for workers. */
export class TaskQueue {
  readonly key: QueueKey;
  readonly #pollers = new Set<Poller>();
  readonly #backlogs = new Map<number, Backlog>();
  readonly #queries: PendingQuery[] = [];
  readonly #history = new Map<string, PollerRecord>();
  #lastPollAtMs = Number.NEGATIVE_INFINITY;
  readonly #host: Host;
  readonly #rate = new RateLimit();
  #configuredRate: number | undefined;
  #workerRate: number | undefined;
  /** Runs while pollers and tasks wait for the rate to let them meet. */
  #rateTimer: HostTimer | undefined;

  constructor(key: QueueKey, host: Host) {
    this.key = key;
    this.#host = host;
  }

  /** What a person has set for the queue. */
  configure(config: TaskQueueConfig | undefined): void {
    const rateLimit = config?.queueRateLimit?.rateLimit;
    this.#configuredRate = rateLimit === undefined ? undefined : (rateLimit.requestsPerSecond ?? 0);
    this.#applyRate();
  }

  /** Tasks a second that may leave the queue, and who says so. */
  get effectiveRate(): { readonly perSecond: number; readonly source: RateSource } {
    const { perSecond, isLimited } = this.#rate;
    if (!isLimited) return { perSecond, source: 'system' };
    return { perSecond, source: this.#configuredRate === undefined ? 'worker' : 'api' };
  }

  #applyRate(): void {
    this.#rateTimer?.cancel();
    this.#rateTimer = undefined;
    this.#rate.set(this.#configuredRate ?? this.#workerRate ?? Infinity, this.#host.now());
    this.match();
  }

  get pollerCount(): number {
    return this.#pollers.size;
  }

  get backlogSize(): number {
    let size = 0;
    for (const backlog of this.#backlogs.values()) size += backlog.size;
    return size;
  }

  /** When the oldest task at hand began to wait; undefined where none waits. */
  get oldestAtMs(): number | undefined {
    return this.#oldest()?.first?.createdAtMs;
  }

  /** True if nobody waits on either side and nobody has polled of late: the queue may be forgotten. */
  isIdle(nowMs: number): boolean {
    return this.#pollers.size === 0 && this.backlogSize === 0 && !this.polledWithin(POLLER_HISTORY_MS, nowMs);
  }

  /** A poller waits now, or one was here within that time. */
  polledWithin(windowMs: number, nowMs: number): boolean {
    return this.#pollers.size > 0 || nowMs - this.#lastPollAtMs <= windowMs;
  }

  /** Who has polled within the last five minutes, the latest first. */
  recentPollers(nowMs: number): PollerRecord[] {
    for (const [identity, record] of this.#history) {
      if (nowMs - record.lastAccessAtMs > POLLER_HISTORY_MS) this.#history.delete(identity);
    }
    return [...this.#history.values()].sort((a, b) => b.lastAccessAtMs - a.lastAccessAtMs);
  }

  notePoll(identity: string, ratePerSecond: number | undefined, nowMs: number): void {
    this.#lastPollAtMs = nowMs;
    this.#history.set(identity, { identity, lastAccessAtMs: nowMs, ratePerSecond });
    if (ratePerSecond === this.#workerRate) return;
    this.#workerRate = ratePerSecond;
    this.#applyRate();
  }

  /** A worker has said goodbye that polled under this identity. */
  forgetPoller(identity: string): void {
    this.#history.delete(identity);
  }

  /** The worker behind the queue has said goodbye: nobody is expected to poll again. */
  forgetPolls(): void {
    this.#lastPollAtMs = Number.NEGATIVE_INFINITY;
    this.#history.clear();
  }

  /** The poller that has waited longest, taken out of the queue. */
  takePoller(): Poller | undefined {
    for (const poller of this.#pollers) {
      this.#pollers.delete(poller);
      return poller;
    }
    return undefined;
  }

  /**
   * A poller for a task that comes now; none while the rate holds tasks back, or others wait for it before this one.
   * The task has to be started for the poller, or {@link notStarted} called.
   */
  takePollerForTask(): Poller | undefined {
    if (this.#pollers.size === 0) return undefined;
    if (this.#rate.isLimited && this.#oldest() !== undefined) return undefined;
    return this.#rate.take(this.#host.now()) ? this.takePoller() : undefined;
  }

  /** The task that was handed out was none any more: it does not count for the rate. */
  notStarted(): void {
    this.#rate.giveBack();
  }

  /** Gives the poller a query or a task that waits, or lets it wait. */
  admit(poller: Poller): void {
    const query = this.#queries.shift();
    if (query !== undefined) {
      poller.ask(query);
      return;
    }
    const task = this.#takeTask();
    if (task === undefined) this.#pollers.add(poller);
    else poller.hand(task);
  }

  /** The poller no longer waits. */
  dismiss(poller: Poller): void {
    this.#pollers.delete(poller);
    if (this.#pollers.size > 0) return;
    this.#rateTimer?.cancel();
    this.#rateTimer = undefined;
  }

  /** Puts a task behind those of its shard. */
  enqueue(task: WaitingTask, backlogOf: (shard: number) => Backlog): void {
    this.backlog(task.shard, backlogOf).push(task);
  }

  /** A query goes to a poller at once, or to the next one. */
  ask(query: PendingQuery): void {
    const poller = this.takePoller();
    if (poller === undefined) this.#queries.push(query);
    else poller.ask(query);
  }

  /** Takes a query back; false if a poller has it already. */
  withdraw(query: PendingQuery): boolean {
    const index = this.#queries.indexOf(query);
    if (index >= 0) this.#queries.splice(index, 1);
    return index >= 0;
  }

  backlog(shard: number, make: (shard: number) => Backlog): Backlog {
    let backlog = this.#backlogs.get(shard);
    if (backlog === undefined) {
      backlog = make(shard);
      this.#backlogs.set(shard, backlog);
    }
    return backlog;
  }

  /** Forgets the tasks of a shard that was lost; its next owner offers them again. */
  forgetShard(shard: number): void {
    this.#backlogs.delete(shard);
  }

  /** Brings together pollers and tasks after more of either came. */
  match(): void {
    while (this.#pollers.size > 0) {
      const task = this.#takeTask();
      if (task === undefined) return;
      this.takePoller()?.hand(task);
    }
  }

  /** The oldest task, if there is one and the rate allows it; if only the rate does not, it is tried again in time. */
  #takeTask(): WaitingTask | undefined {
    const oldest = this.#oldest();
    if (oldest === undefined) return undefined;
    const nowMs = this.#host.now();
    if (this.#rate.take(nowMs)) return oldest.take();
    const readyAtMs = this.#rate.readyAtMs(nowMs);
    if (readyAtMs === undefined || this.#rateTimer !== undefined) return undefined;
    this.#rateTimer = this.#host.setTimer(readyAtMs, () => {
      this.#rateTimer = undefined;
      this.match();
    });
    return undefined;
  }

  /** Rows of commits that have become durable can be read now. */
  refill(shard: number, durableThroughId: number): void {
    this.#backlogs.get(shard)?.refill(durableThroughId);
  }

  /** Takes a task back whose run could not be read just now; it is offered again by and by. */
  giveBack(task: WaitingTask): void {
    this.#backlogs.get(task.shard)?.giveBack(task);
  }

  /** Tries again what has failed for want of a read. */
  retry(): void {
    for (const backlog of this.#backlogs.values()) backlog.retry();
  }

  #oldest(): Backlog | undefined {
    let oldest: Backlog | undefined;
    for (const backlog of this.#backlogs.values()) {
      const { first } = backlog;
      if (first !== undefined && first.createdAtMs < (oldest?.first?.createdAtMs ?? Infinity)) oldest = backlog;
    }
    return oldest;
  }
}
