import { earliest } from '@perdure/core';
import type { TaskQueueConfig } from '@perdure/proto/types';
import type { BacklogLane, LaneKey, QueueKey } from '@perdure/storage';
import type { Host, HostTimer } from '../host/host.ts';
import type { Backlog, WaitingTask } from './backlog.ts';
import { weightOf, type Lane, type Place } from './lane.ts';
import { Lanes } from './lanes.ts';
import type { PendingQuery } from './pending-query.ts';
import { PollerScaling, type ScalingRules } from './poller-scaling.ts';
import { RateLimit } from './rate-limit.ts';
import { TaskRate } from './task-rate.ts';

/** Pollers are shown for this long after their last poll. Temporal: matching.PollerHistoryTTL. */
const POLLER_HISTORY_MS = 5 * 60_000;

/** Fairness keys whose rates are remembered. Temporal: `matching.fairnessKeyRateLimitCacheSize`. */
const KEY_LIMITS_MAX = 2_000;

/** A worker that waits for a task. It is out of the queue when it gets one; if that comes to nothing it comes back. */
export interface Poller {
  hand(task: WaitingTask): void;
  ask(query: PendingQuery): void;
}

export interface PollerRecord {
  readonly identity: string;
  readonly lastAccessAtMs: number;
  readonly ratePerSecond: number | undefined;
}

/** Whose limit holds: one that a person has set, else that of the worker that polled last. */
export type RateSource = 'api' | 'worker' | 'system';

/** How many tasks of one priority wait, since when, and how many a second have come and gone of late. */
export interface QueueStats {
  count: number;
  oldestAtMs: number | undefined;
  addedPerSecond: number;
  dispatchedPerSecond: number;
}

interface Flow {
  readonly added: TaskRate;
  readonly dispatched: TaskRate;
}

/** Makes the backlog of a lane in a shard. */
export type MakeBacklog = (lane: Lane, shard: number) => Backlog;

/** One task queue: workers that wait for tasks, or tasks that wait for workers. */
export class TaskQueue {
  readonly key: QueueKey;
  readonly #pollers = new Set<Poller>();
  readonly #lanes = new Lanes();
  readonly #makeBacklog: MakeBacklog;
  /** By priority. */
  readonly #flows = new Map<number, Flow>();
  readonly #queries: PendingQuery[] = [];
  /** By identity; who has polled last stands last. */
  readonly #history = new Map<string, PollerRecord>();
  #lastPollAtMs = Number.NEGATIVE_INFINITY;
  readonly #host: Host;
  readonly #rate = new RateLimit();
  #configuredRate: number | undefined;
  #workerRate: number | undefined;
  #weights: Readonly<Record<string, number>> = {};
  /** Tasks a second that each fairness key may have, times its weight; undefined: as many as come. */
  #keyRate: number | undefined;
  readonly #keyLimits = new Map<string, RateLimit>();
  readonly #scaling = new PollerScaling();
  /** Runs while pollers and tasks wait for the rate to let them meet. */
  #rateTimer: HostTimer | undefined;

  constructor(key: QueueKey, host: Host, makeBacklog: MakeBacklog) {
    this.key = key;
    this.#host = host;
    this.#makeBacklog = makeBacklog;
  }

  /** What a person has set for the queue. */
  configure(config: TaskQueueConfig | undefined): void {
    const rateLimit = config?.queueRateLimit?.rateLimit;
    this.#configuredRate = rateLimit === undefined ? undefined : (rateLimit.requestsPerSecond ?? 0);
    const keyRate = config?.fairnessKeysRateLimitDefault?.rateLimit;
    this.#keyRate = keyRate === undefined ? undefined : (keyRate.requestsPerSecond ?? 0);
    if (this.#keyRate === undefined) this.#keyLimits.clear();
    this.#weights = config?.fairnessWeightOverrides ?? {};
    this.#lanes.configure(this.#weights);
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
    return this.#lanes.size;
  }

  /** By priority, of those that have been used of late. */
  get stats(): ReadonlyMap<number, QueueStats> {
    const nowMs = this.#host.now();
    const stats = new Map<number, QueueStats>();
    for (const [priority, { added, dispatched }] of this.#flows) {
      const rates = { addedPerSecond: added.perSecond(nowMs), dispatchedPerSecond: dispatched.perSecond(nowMs) };
      stats.set(priority, { count: 0, oldestAtMs: undefined, ...rates });
    }
    for (const lane of this.#lanes) {
      const none = { count: 0, oldestAtMs: undefined, addedPerSecond: 0, dispatchedPerSecond: 0 };
      const total = stats.get(lane.priority) ?? none;
      total.count += lane.size;
      total.oldestAtMs = earliest(total.oldestAtMs, lane.first?.createdAtMs);
      stats.set(lane.priority, total);
    }
    return stats;
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
    this.#forgetPollersBefore(nowMs - POLLER_HISTORY_MS);
    return [...this.#history.values()].reverse();
  }

  #forgetPollersBefore(atMs: number): void {
    for (const [identity, { lastAccessAtMs }] of this.#history) {
      if (lastAccessAtMs >= atMs) return;
      this.#history.delete(identity);
    }
  }

  /** What a worker whose poll has got a task is told of how much it should poll. */
  scalingDecision(polledAtMs: number, rules: ScalingRules): 1 | -1 | undefined {
    const nowMs = this.#host.now();
    const poll = { waitedMs: nowMs - polledAtMs, nowMs, pollers: this.#history.size };
    return this.#scaling.decide(poll, rules, () => this.stats.values());
  }

  notePoll(identity: string, ratePerSecond: number | undefined, nowMs: number): void {
    this.#lastPollAtMs = nowMs;
    this.#forgetPollersBefore(nowMs - POLLER_HISTORY_MS);
    this.#history.delete(identity);
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
   * A poller for a task that comes now; none while a rate holds tasks back, or others wait for it before this one.
   * The task has to be started for the poller, or {@link notStarted} called.
   */
  takePollerForTask(place: Place): Poller | undefined {
    const nowMs = this.#host.now();
    const flow = this.#flowOf(place.priority, nowMs);
    flow.added.note(nowMs);
    if (this.#pollers.size === 0) return undefined;
    const isLimited = this.#rate.isLimited || this.#keyRate !== undefined;
    if (isLimited && this.#lanes.hasTask) return undefined;
    if (!this.#rate.take(nowMs)) return undefined;
    if (!this.#mayGo(place.fairnessKey, weightOf(place, this.#weights))) {
      this.#rate.giveBack();
      return undefined;
    }
    flow.dispatched.note(nowMs);
    return this.takePoller();
  }

  /** A task came that a poller took without waiting for its turn. */
  noteHandedOver({ priority }: Place): void {
    const nowMs = this.#host.now();
    const { added, dispatched } = this.#flowOf(priority, nowMs);
    added.note(nowMs);
    dispatched.note(nowMs);
  }

  #flowOf(priority: number, nowMs: number): Flow {
    let flow = this.#flows.get(priority);
    if (flow === undefined) {
      flow = { added: new TaskRate(nowMs), dispatched: new TaskRate(nowMs) };
      this.#flows.set(priority, flow);
    }
    return flow;
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

  /** Puts a task behind those of its lane and shard. */
  enqueue(task: WaitingTask): void {
    const lane = this.#lanes.lane(task.priority, task.fairnessKey);
    this.#backlog(lane, task.shard).push(task);
    this.#lanes.note(lane);
  }

  /** Takes up what an acquired shard has in its backlog. */
  adopt(shard: number, { priority, fairnessKey, count }: BacklogLane, throughId: number): void {
    this.#backlog(this.#lanes.lane(priority, fairnessKey), shard).adopt(count, throughId);
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

  #backlog(lane: Lane, shard: number): Backlog {
    return lane.backlog(shard, () => this.#makeBacklog(lane, shard));
  }

  /** Tasks of the lane have come from the store. */
  noteRefilled(lane: Lane): void {
    this.#lanes.note(lane);
    this.match();
  }

  /** Forgets the tasks of a shard that was lost; its next owner offers them again. */
  forgetShard(shard: number): void {
    this.#lanes.forgetShard(shard);
  }

  /** Brings together pollers and tasks after more of either came. */
  match(): void {
    while (this.#pollers.size > 0) {
      const task = this.#takeTask();
      if (task === undefined) return;
      this.takePoller()?.hand(task);
    }
  }

  /** The next task, if there is one and the rates allow it; if only they do not, it is tried again in time. */
  #takeTask(): WaitingTask | undefined {
    if (!this.#lanes.hasTask) return undefined;
    const nowMs = this.#host.now();
    if (!this.#rate.take(nowMs)) {
      this.#matchAt(this.#rate.readyAtMs(nowMs));
      return undefined;
    }
    let readyAtMs: number | undefined;
    const task = this.#lanes.take(({ fairnessKey }, weight) => {
      if (this.#mayGo(fairnessKey, weight)) return true;
      readyAtMs = earliest(readyAtMs, this.#keyLimits.get(fairnessKey)?.readyAtMs(nowMs));
      return false;
    });
    if (task === undefined) {
      this.#rate.giveBack();
      this.#matchAt(readyAtMs);
    } else this.#flowOf(task.priority, nowMs).dispatched.note(nowMs);
    return task;
  }

  /** Whether the key's own rate lets another task go. */
  #mayGo(fairnessKey: string, weight: number): boolean {
    if (this.#keyRate === undefined) return true;
    const nowMs = this.#host.now();
    let limit = this.#keyLimits.get(fairnessKey);
    if (limit === undefined) {
      limit = new RateLimit();
      const [oldest] = this.#keyLimits.keys();
      if (oldest !== undefined && this.#keyLimits.size >= KEY_LIMITS_MAX) this.#keyLimits.delete(oldest);
      this.#keyLimits.set(fairnessKey, limit);
    }
    limit.set(this.#keyRate * weight, nowMs);
    return limit.take(nowMs);
  }

  #matchAt(atMs: number | undefined): void {
    if (atMs === undefined || this.#rateTimer !== undefined) return;
    this.#rateTimer = this.#host.setTimer(atMs, () => {
      this.#rateTimer = undefined;
      this.match();
    });
  }

  /** Rows of commits that have become durable can be read now. */
  refill({ priority, fairnessKey }: LaneKey, shard: number, durableThroughId: number): void {
    this.#lanes.find(priority, fairnessKey)?.find(shard)?.refill(durableThroughId);
  }

  /** Takes a task back whose run could not be read just now; it is offered again by and by. */
  giveBack(task: WaitingTask): void {
    // A lane that was empty without it may have been forgotten meanwhile.
    this.#backlog(this.#lanes.lane(task.priority, task.fairnessKey), task.shard).giveBack(task);
  }

  /** The task waits no longer. */
  withdrawTask(task: WaitingTask): void {
    this.#lanes.find(task.priority, task.fairnessKey)?.find(task.shard)?.withdraw(task);
  }

  /** Tries again what has failed for want of a read. */
  retry(): void {
    this.#lanes.retry();
  }
}
