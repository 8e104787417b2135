import type { TaskOffer } from '@perdure/core';
import type { TaskQueueConfig } from '@perdure/proto/types';
import {
  QueueKind,
  type BacklogLane,
  type BacklogRow,
  type LaneKey,
  type QueueKey,
  type Store,
} from '@perdure/storage';
import type { Host } from '../host/host.ts';
import { QueueConfigs, type ChangedConfig, type ConfigChange } from './queue-configs.ts';
import { Backlog, type WaitingTask } from './backlog.ts';
import { placeOf, type Lane } from './lane.ts';
import { TaskQueue, type Poller } from './task-queue.ts';

/** Without a poller for this long, a sticky queue counts as abandoned. Temporal: matching stickyPollerUnavailableWindow. */
const STICKY_POLLER_WINDOW_MS = 10_000;

/** How matching reaches into a shard. */
export interface BacklogSource {
  readonly id: number;
  readBacklog(lane: LaneKey, afterId: number, limit: number): Promise<readonly BacklogRow[]>;
}

/** What became of an offer: a poller of the queue to start the task for, or none, so that it waits there. */
export interface OfferOutcome {
  readonly queue: QueueKey;
  readonly sticky: boolean;
  readonly poller: Poller | undefined;
}

/** All task queues of a node. It owns nothing: everything in it comes back from the shards. */
export class Matching {
  readonly #host: Host;
  readonly #queues = new Map<string, TaskQueue>();
  readonly #sources = new Map<number, BacklogSource>();

  readonly #configs: QueueConfigs;

  constructor(host: Host, store: Store) {
    this.#host = host;
    this.#configs = new QueueConfigs(store);
  }

  /** Reads what people have set for queues. */
  async start(): Promise<void> {
    await this.#configs.load();
  }

  /** What a person has set for a queue; undefined where nobody has. */
  configOf(key: QueueKey): TaskQueueConfig | undefined {
    return this.#configs.get(key);
  }

  /** Changes what is set for a queue; it is durable before it takes effect. See {@link QueueConfigs.update}. */
  async configure<Refusal>(key: QueueKey, change: ConfigChange<Refusal>): Promise<ChangedConfig<Refusal> | undefined> {
    const changed = await this.#configs.update(key, change);
    if (changed !== undefined && 'config' in changed) this.find(key)?.configure(changed.config);
    return changed;
  }

  queue(key: QueueKey): TaskQueue {
    const name = `${key.kind}/${key.namespaceId}/${key.name}`;
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = this.#makeQueue(key);
      this.#queues.set(name, queue);
    }
    return queue;
  }

  /** Whether a queue is known, without making it. */
  find(key: QueueKey): TaskQueue | undefined {
    return this.#queues.get(`${key.kind}/${key.namespaceId}/${key.name}`);
  }

  /** Finds a poller for a workflow task: on the sticky queue, or the normal one when its worker is gone. */
  offerWorkflowTask(namespaceId: string, offer: TaskOffer): OfferOutcome {
    const kind = QueueKind.Workflow;
    if (offer.normalQueue !== undefined) {
      const sticky = this.queue({ namespaceId, name: offer.queue, kind });
      const poller = sticky.takePoller();
      if (poller !== undefined) {
        sticky.noteHandedOver(placeOf(offer.priority));
        return { queue: sticky.key, sticky: true, poller };
      }
      const isPolled = sticky.polledWithin(STICKY_POLLER_WINDOW_MS, this.#host.now());
      if (isPolled) return { queue: sticky.key, sticky: true, poller: undefined };
    }
    return this.#offer({ namespaceId, name: offer.normalQueue ?? offer.queue, kind }, offer);
  }

  offerActivityTask(namespaceId: string, offer: TaskOffer): OfferOutcome {
    return this.#offer({ namespaceId, name: offer.queue, kind: QueueKind.Activity }, offer);
  }

  #offer(key: QueueKey, { priority }: TaskOffer): OfferOutcome {
    const queue = this.queue(key);
    return { queue: queue.key, sticky: false, poller: queue.takePollerForTask(placeOf(priority)) };
  }

  enqueue(key: QueueKey, task: WaitingTask): void {
    const queue = this.queue(key);
    queue.enqueue(task);
    queue.match();
  }

  /** A task that waits in the queue is no longer wanted. */
  withdraw(key: QueueKey, task: WaitingTask): void {
    this.find(key)?.withdrawTask(task);
  }

  /** Takes up what an acquired shard has in its backlog. */
  adoptShard(source: BacklogSource, lanes: readonly BacklogLane[], throughId: number): void {
    this.#sources.set(source.id, source);
    for (const lane of lanes) this.queue(lane.queue).adopt(source.id, lane, throughId);
  }

  forgetShard(shard: number): void {
    this.#sources.delete(shard);
    for (const queue of this.#queues.values()) queue.forgetShard(shard);
  }

  /** After a commit: rows of the shard up to that id can be read. */
  refill(lane: LaneKey, shard: number, durableThroughId: number): void {
    this.find(lane.queue)?.refill(lane, shard, durableThroughId);
  }

  /** Forgets queues that nobody uses, and tries again what could not be read. Called every second or so. */
  sweep(): void {
    const nowMs = this.#host.now();
    for (const [name, queue] of this.#queues) {
      if (queue.isIdle(nowMs)) this.#queues.delete(name);
      else queue.retry();
    }
  }

  #makeQueue(key: QueueKey): TaskQueue {
    const makeBacklog = (lane: Lane, shard: number): Backlog => {
      const { priority, fairnessKey } = lane;
      const laneKey = { queue: key, priority, fairnessKey };
      const read = (afterId: number, limit: number): Promise<readonly BacklogRow[]> =>
        this.#sources.get(shard)?.readBacklog(laneKey, afterId, limit) ?? Promise.resolve([]);
      return new Backlog(shard, read, () => queue.noteRefilled(lane), fairnessKey !== '');
    };
    const queue = new TaskQueue(key, this.#host, makeBacklog);
    queue.configure(this.#configs.get(key));
    return queue;
  }
}
