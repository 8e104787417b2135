import { ExhaustedCause, isOpen, reject, taskQueueOf, type Rejection, type Run, type WorkflowKey } from '@perdure/core';
import type { Payloads, WorkflowQuery } from '@perdure/proto/types';
import { QueueKind } from '@perdure/storage';
import type { Host } from '../host/host.ts';
import type { Matching } from '../matching/matching.ts';
import { taskName, type NamedTask, type PendingQuery } from '../matching/pending-query.ts';
import type { TaskQueue } from '../matching/task-queue.ts';
import type { LoadedRun } from './loaded-run.ts';
import { SHARD_LOST } from './routing.ts';

/** Without a poller for this long nobody is there to answer. Temporal: matching queryPollerUnavailableWindow. */
const POLLER_WINDOW_MS = 20_000;

/** From this attempt on a failing workflow task keeps queries out. Temporal: queryworkflow/api.go. */
const FAILING_ATTEMPTS = 3;

export type QueryAnswer = Payloads | undefined | Rejection;

export type QueryBounds = {
  /** How many queries of one run may wait for its workflow task. */
  readonly bufferedMax: number;
  /** Until when the caller waits. */
  readonly untilMs: number;
};

/** Of a query that has been accepted. */
const UNBOUNDED: QueryBounds = { bufferedMax: Infinity, untilMs: Infinity };

/**
 * Queries under way. One whose run has a workflow task pending rides on it, so that it sees all that was acknowledged
 * before; else it goes to a worker by itself. Nothing of it is durable.
 */
export class Queries {
  readonly #host: Host;
  readonly #matching: Matching;
  readonly #byRun = new Map<string, Set<PendingQuery>>();
  readonly #byId = new Map<string, PendingQuery>();
  readonly #withdraw = new Map<string, () => void>();

  constructor(host: Host, matching: Matching) {
    this.#host = host;
    this.#matching = matching;
  }

  /** Whether a query waits for the run's worker. */
  awaits(runId: string): boolean {
    return this.#byRun.has(runId);
  }

  /** Asks the worker of a run. Calls back once, with the answer or a refusal. */
  ask(loaded: LoadedRun, query: WorkflowQuery, bounds: QueryBounds, done: (answer: QueryAnswer) => void): () => void {
    const refusal = this.#refusal(loaded, bounds);
    if (refusal !== undefined) {
      done(refusal);
      return () => undefined;
    }
    const pending = this.#open(loaded, query, done);
    if (rides(loaded)) this.#ride(loaded, pending);
    else this.#dispatch(loaded, pending);
    return () => this.#close(pending);
  }

  #refusal(loaded: LoadedRun, { bufferedMax, untilMs }: QueryBounds): Rejection | undefined {
    const { run } = loaded;
    if (!isOpen(run)) {
      return run.task.lastStartedEventId > 0
        ? undefined
        : reject.workflowNotReady('Workflow execution closed before WorkflowTaskStarted event');
    }
    if (awaitsFirstTask(run) && run.lifecycle.firstTaskAtMs > untilMs) {
      return reject.workflowNotReady('Workflow task is not scheduled yet.');
    }
    if (run.task.attempt >= FAILING_ATTEMPTS) {
      return reject.workflowNotReady('Unable to query workflow due to Workflow Task in failed state.');
    }
    if (rides(loaded) && (this.#byRun.get(run.runId)?.size ?? 0) >= bufferedMax) {
      return reject.resourceExhausted(
        ExhaustedCause.BusyWorkflow,
        'consistent query buffer is full, this may be caused by too many queries and workflow not able to process query fast enough',
      );
    }
    return undefined;
  }

  #open(loaded: LoadedRun, query: WorkflowQuery, done: (answer: QueryAnswer) => void): PendingQuery {
    const { namespaceId, id: workflowId, runId } = loaded.identity;
    const pending: PendingQuery = {
      id: this.#host.uuid(),
      namespaceId,
      workflowId,
      runId,
      query,
      tooLateFor: undefined,
      settle: (answer) => {
        this.#close(pending);
        done(answer);
      },
    };
    this.#byId.set(pending.id, pending);
    return pending;
  }

  #close(pending: PendingQuery): void {
    this.#byId.delete(pending.id);
    this.#withdraw.get(pending.id)?.();
    this.#withdraw.delete(pending.id);
    this.#alight(pending);
  }

  #ride({ run }: LoadedRun, pending: PendingQuery): void {
    pending.tooLateFor = run.task.phase === 'started' ? taskName(run.task) : undefined;
    const riding = this.#byRun.get(pending.runId) ?? new Set();
    this.#byRun.set(pending.runId, riding.add(pending));
  }

  /** Sends a query by itself: to the worker that has the run in its cache for as long as it may take, then to any. */
  #dispatch(loaded: LoadedRun, pending: PendingQuery): void {
    const { namespaceId } = pending;
    const { binding } = loaded.run.task;
    const kind = QueueKind.Workflow;
    const normal = this.#matching.queue({ namespaceId, name: taskQueueOf(loaded.run), kind });
    const sticky = binding && this.#matching.find({ namespaceId, name: binding.queue, kind });
    const nowMs = this.#host.now();
    if (binding === undefined || sticky === undefined || !sticky.polledWithin(POLLER_WINDOW_MS / 2, nowMs)) {
      this.#askNormal(normal, pending);
      return;
    }
    sticky.ask(pending);
    const timer = this.#host.setTimer(nowMs + binding.scheduleToStartTimeoutMs, () => {
      if (sticky.withdraw(pending)) this.#askNormal(normal, pending);
    });
    this.#withdraw.set(pending.id, () => {
      timer.cancel();
      sticky.withdraw(pending);
    });
  }

  #askNormal(queue: TaskQueue, pending: PendingQuery): void {
    if (!queue.polledWithin(POLLER_WINDOW_MS, this.#host.now())) {
      pending.settle(reject.failedPrecondition('no poller seen for task queue recently, worker may be down'));
      return;
    }
    queue.ask(pending);
    this.#withdraw.set(pending.id, () => void queue.withdraw(pending));
  }

  /** The queries that ride on a workflow task which a worker is about to get: those asked before it was started. */
  riding(runId: string, task: NamedTask): readonly PendingQuery[] {
    return [...(this.#byRun.get(runId) ?? [])].filter(({ tooLateFor }) => tooLateFor !== taskName(task));
  }

  /** A worker's answer; undefined where nobody waits for it any more. */
  find(id: string): PendingQuery | undefined {
    return this.#byId.get(id);
  }

  /**
   * A query that its worker has answered with a workflow task: it waits for a worker no longer, but for the completion to
   * be durable. Then it is settled, or given back if the completion was refused.
   */
  take(id: string): PendingQuery | undefined {
    const pending = this.#byId.get(id);
    if (pending !== undefined) this.#alight(pending);
    return pending;
  }

  #alight(pending: PendingQuery): void {
    const riding = this.#byRun.get(pending.runId);
    riding?.delete(pending);
    if (riding?.size === 0) this.#byRun.delete(pending.runId);
  }

  /** The run has changed: queries for which no workflow task is left go out by themselves. */
  onHistory(loaded: LoadedRun): void {
    const riding = this.#byRun.get(loaded.identity.runId);
    if (riding === undefined || rides(loaded)) return;
    this.#byRun.delete(loaded.identity.runId);
    for (const pending of riding) {
      const refusal = this.#refusal(loaded, UNBOUNDED);
      if (refusal === undefined) this.#dispatch(loaded, pending);
      else pending.settle(refusal);
    }
  }

  /** A shard starts over: the tasks that queries of its runs ride on may be gone with its memory. */
  lose(isOfShard: (key: WorkflowKey) => boolean): void {
    for (const riding of [...this.#byRun.values()]) {
      for (const pending of [...riding]) if (isOfShard(pending)) pending.settle(SHARD_LOST);
    }
  }

  /** A query that could not be handed over, as its worker was gone, or whose answer did not count. */
  giveBack(pending: PendingQuery, loaded: LoadedRun): void {
    if (!this.#byId.has(pending.id)) return;
    if (rides(loaded)) this.#ride(loaded, pending);
    else this.#dispatch(loaded, pending);
  }
}

/** Whether a workflow task is pending that the query can go with, or the first one is still to come. */
function rides({ run }: LoadedRun): boolean {
  return isOpen(run) && (run.task.phase !== 'none' || awaitsFirstTask(run));
}

/** Held back by a start delay, a cron schedule, a retry or the pace of continuing as new. */
function awaitsFirstTask({ task }: Run): boolean {
  return task.phase === 'none' && task.lastStartedEventId === 0;
}
