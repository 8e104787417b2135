import {
  reject,
  wantsTasks,
  type AggregateState,
  type Effect,
  type Input,
  type RecordedChange,
  type Rejection,
  type ReplyOf,
} from '@perdure/core';
import type { RunIdentity } from '@perdure/storage';
import type { OfferOutcome } from '../matching/matching.ts';
import type { WaitingTask } from '../matching/backlog.ts';
import { placeOf } from '../matching/lane.ts';
import type { Aggregate, MailboxEntry } from './aggregate.ts';
import type { Batch } from './batch.ts';
import type { ShardContext } from './context.ts';
import { isWorkflowRun, keyOf } from './kinds.ts';
import type { LoadedRun } from './loaded-run.ts';
import { SHARD_LOST } from './routing.ts';
import type { Shard } from './shard.ts';
import type { QueuedTask } from './waiting.ts';

/** What the tasks of a shard need of it. */
export interface TaskShard {
  /** The batch that is open now. */
  batch(): Batch;
  find(run: number): { readonly aggregate: Aggregate; readonly loaded: LoadedRun<AggregateState> } | undefined;
  execute<I extends Input>(aggregate: Aggregate, input: I, settle: (reply: ReplyOf<I>) => void): void;
}

type Offer = Extract<Effect, { kind: 'offerWorkflowTask' | 'offerActivityTask' }>;

/** The tasks of a shard's runs: offered to matching, kept as backlog rows, started for a poller. */
export class ShardTasks {
  readonly #shard: Shard;
  readonly #within: TaskShard;
  readonly #context: ShardContext;
  #lastBacklogId: number;

  constructor(shard: Shard, within: TaskShard, context: ShardContext, lastBacklogId: number) {
    this.#shard = shard;
    this.#within = within;
    this.#context = context;
    this.#lastBacklogId = lastBacklogId;
  }

  /** Offers a task. A poller that waits gets it in the same batch; without one it goes to the backlog. */
  offer(aggregate: Aggregate, effect: Offer): void {
    const { matching } = this.#context;
    const { namespaceId } = aggregate;
    const outcome =
      effect.kind === 'offerWorkflowTask'
        ? matching.offerWorkflowTask(namespaceId, effect.task)
        : matching.offerActivityTask(namespaceId, effect.task);
    const loaded = aggregate.get(effect.run.runId);
    if (loaded !== undefined) this.#place(aggregate, loaded, effect, outcome);
  }

  #place(
    aggregate: Aggregate,
    loaded: LoadedRun<AggregateState>,
    { task }: Offer,
    { queue, sticky, poller }: OfferOutcome,
  ): void {
    const { scheduledEventId, stamp } = task;
    const createdAtMs = this.#shard.nowMs();
    const place = placeOf(task.priority);
    // While an aggregate works through its mail the start waits for its turn, which may come after this batch. A task
    // that is lost on a sticky queue times out, and one of a speculative task goes with the memory.
    const startsAtOnce = poller !== undefined && !aggregate.loading;
    let backlogId = 0;
    if (!startsAtOnce && !sticky && task.speculative !== true) {
      this.#lastBacklogId += 1;
      backlogId = this.#lastBacklogId;
      const row = { id: backlogId, queue, run: loaded.key, scheduledEventId, stamp, createdAtMs, ...place };
      this.#within.batch().putBacklog(row);
    }
    const shard = this.#shard.id;
    const waiting = { shard, run: loaded.key, scheduledEventId, stamp, createdAtMs, backlogId, ...place };
    const overtaken = startsAtOnce ? undefined : loaded.waiting.add({ queue, task: waiting });
    if (overtaken !== undefined) this.#takeBack(overtaken);
    if (poller === undefined) this.#context.matching.enqueue(queue, waiting);
    else this.#context.start(this.#shard, waiting, poller);
  }

  /** Finds the tasks of a run that was read: those that no poller has come for yet. */
  async recall(loaded: LoadedRun<AggregateState>): Promise<void> {
    if (!isWorkflowRun(loaded) || !wantsTasks(loaded.run)) return;
    const shard = this.#shard.id;
    const rows = await this.#context.store.readBacklogOfRun(shard, loaded.key);
    for (const row of rows) loaded.waiting.add({ queue: row.queue, task: { ...row, shard, backlogId: row.id } });
  }

  /** Takes back, in the same batch, what the run no longer wants done after these changes. */
  withdraw(loaded: LoadedRun<AggregateState>, changes: readonly RecordedChange[]): void {
    if (!isWorkflowRun(loaded)) return;
    for (const gone of loaded.waiting.removeUnwanted(loaded.run, changes)) this.#takeBack(gone);
  }

  #takeBack({ queue, task }: QueuedTask): void {
    this.#dropBacklogRow(task);
    this.#context.matching.withdraw(queue, task);
  }

  /** Applies the start of a task that waited, and takes its row out of the backlog in the same batch. */
  start<I extends Input>(
    task: WaitingTask,
    makeInput: (loaded: LoadedRun) => I,
    settle: (reply: ReplyOf<I>, loaded: LoadedRun | undefined) => void,
  ): void {
    const start = (aggregate: Aggregate, loaded: LoadedRun<AggregateState> | undefined): void => {
      if (loaded === undefined || !isWorkflowRun(loaded)) {
        // It was removed while the task waited for it.
        this.#dropBacklogRow(task);
        settle(reject.notFound('workflow not found'), undefined);
        return;
      }
      this.#dropBacklogRow(task);
      loaded.waiting.remove(task);
      this.#within.execute(aggregate, makeInput(loaded), (reply) => settle(reply, loaded));
    };
    const known = this.#within.find(task.run);
    const fail = (rejection: Rejection): void => settle(rejection, undefined);
    if (known === undefined) void this.#load(task, start, fail);
    else if (known.aggregate.loading) this.#visit(known.loaded.identity, start, fail);
    else start(known.aggregate, known.loaded);
  }

  async #load(
    task: WaitingTask,
    start: (aggregate: Aggregate, loaded: LoadedRun<AggregateState> | undefined) => void,
    fail: MailboxEntry['fail'],
  ): Promise<void> {
    let stored;
    try {
      stored = await this.#context.store.loadRun(this.#shard.id, { run: task.run });
    } catch (error) {
      this.#context.onStoreError(error);
      fail(SHARD_LOST);
      return;
    }
    if (stored === undefined) {
      this.#dropBacklogRow(task);
      fail(reject.notFound('workflow not found'));
      return;
    }
    this.#visit(stored.identity, start, fail);
  }

  #visit(
    identity: RunIdentity,
    start: (aggregate: Aggregate, loaded: LoadedRun<AggregateState> | undefined) => void,
    fail: MailboxEntry['fail'],
  ): void {
    const { runId } = identity;
    this.#shard.visit(keyOf(identity), { runId, run: (aggregate) => start(aggregate, aggregate.get(runId)), fail });
  }

  #dropBacklogRow(task: WaitingTask): void {
    if (task.backlogId === 0) return;
    this.#within.batch().removeBacklog({ id: task.backlogId, run: task.run });
    this.#context.wantsCommit();
  }
}
