import { isRejection, type ActivityTaskView, type Input, type TaskTaker, type WorkflowTaskView } from '@perdure/core';
import { QueueKind, type QueueKey } from '@perdure/storage';
import type { WaitingTask } from '../matching/backlog.ts';
import type { Matching } from '../matching/matching.ts';
import type { PendingQuery } from '../matching/pending-query.ts';
import type { Poller, TaskQueue } from '../matching/task-queue.ts';
import type { LoadedRun } from './loaded-run.ts';
import { isTransient } from './routing.ts';
import type { Shard } from './shard.ts';
import type { StopSignal } from '../host/stop-signal.ts';

/** What a poll came to. */
export type PolledTask =
  | { readonly kind: 'workflow'; readonly view: WorkflowTaskView; readonly loaded: LoadedRun }
  | { readonly kind: 'activity'; readonly view: ActivityTaskView; readonly loaded: LoadedRun }
  | { readonly kind: 'query'; readonly query: PendingQuery };

export interface PollOptions {
  readonly queue: QueueKey;
  /** A worker polls the queue of its own cache. */
  readonly sticky: boolean;
  readonly taker: TaskTaker;
  readonly ratePerSecond: number | undefined;
  /** Ends the wait: the caller is gone, its time is up or the server stops. */
  readonly signal: StopSignal;
}

/** One poll of a worker: it waits until it has a task that its run really starts, or until it is called off. */
class WaitingPoller implements Poller {
  readonly taker: TaskTaker;
  readonly sticky: boolean;
  readonly #queue: TaskQueue;
  readonly #shardOf: (id: number) => Shard | undefined;
  readonly #signal: StopSignal;
  readonly #resolve: (task: PolledTask | undefined) => void;
  /** A task is being started for it: what comes of that is told even if the wait is called off meanwhile. */
  #handed = false;

  constructor(
    queue: TaskQueue,
    options: PollOptions,
    shardOf: (id: number) => Shard | undefined,
    resolve: (task: PolledTask | undefined) => void,
  ) {
    this.#queue = queue;
    this.taker = options.taker;
    this.sticky = options.sticky;
    this.#shardOf = shardOf;
    this.#signal = options.signal;
    this.#resolve = resolve;
    this.#signal.addEventListener('abort', () => this.#leave());
  }

  /** Starts the task for this worker. A task that its run no longer wants is gone; the poller waits on. */
  hand(task: WaitingTask): void {
    const shard = this.#shardOf(task.shard);
    this.#handed = true;
    if (shard === undefined) this.#waitOn();
    else if (this.#queue.key.kind === QueueKind.Workflow) this.#startWorkflowTask(shard, task);
    else this.#startActivityTask(shard, task);
  }

  #startWorkflowTask(shard: Shard, task: WaitingTask): void {
    const { taker, sticky } = this;
    const input = (loaded: LoadedRun) =>
      ({ ...startOf(task, loaded), kind: 'startWorkflowTask', taker, sticky }) satisfies Input;
    shard.startTask(task, input, (view, loaded) => {
      if (isRejection(view) || loaded === undefined) this.#miss(shard, task, view);
      else this.#settle({ kind: 'workflow', view, loaded });
    });
  }

  #startActivityTask(shard: Shard, task: WaitingTask): void {
    const { taker } = this;
    const input = (loaded: LoadedRun) =>
      ({ ...startOf(task, loaded), kind: 'startActivityTask', taker }) satisfies Input;
    shard.startTask(task, input, (view, loaded) => {
      if (isRejection(view) || loaded === undefined) this.#miss(shard, task, view);
      else this.#settle({ kind: 'activity', view, loaded });
    });
  }

  ask(query: PendingQuery): void {
    this.#settle({ kind: 'query', query });
  }

  #settle(task: PolledTask): void {
    this.#handed = true;
    this.#resolve(task);
  }

  /** The task could not be started, and the poller waits on. A task whose run could not be read is offered again. */
  #miss(shard: Shard, task: WaitingTask, refusal: unknown): void {
    this.#queue.notStarted();
    if (isTransient(refusal) && !shard.isLost) this.#queue.giveBack(task);
    this.#waitOn();
  }

  #waitOn(): void {
    this.#handed = false;
    if (this.#signal.aborted) this.#leave();
    else this.#queue.admit(this);
  }

  #leave(): void {
    this.#queue.dismiss(this);
    if (!this.#handed) this.#resolve(undefined);
  }
}

function startOf(task: WaitingTask, loaded: LoadedRun) {
  return { runId: loaded.identity.runId, scheduledEventId: task.scheduledEventId, stamp: task.stamp };
}

/** Waits for a task; undefined when the wait was called off. */
export function poll(
  matching: Matching,
  options: PollOptions,
  nowMs: number,
  shardOf: (id: number) => Shard | undefined,
): Promise<PolledTask | undefined> {
  const queue = matching.queue(options.queue);
  queue.notePoll(options.taker.identity, options.ratePerSecond, nowMs);
  if (options.signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => queue.admit(new WaitingPoller(queue, options, shardOf, resolve)));
}
