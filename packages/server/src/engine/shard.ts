import {
  ownSet,
  tasksAtWork,
  type AggregateKey,
  type AggregateState,
  type AnyInput,
  type Delivery,
  type Effect,
  type Env,
  type Input,
  type Rejection,
  type ReplyOf,
  type StateTransition,
} from '@perdure/core';
import type { BacklogRow, LaneKey, Removal, RunIdentity, ShardGrant, StoredRun } from '@perdure/storage';
import type { WaitingTask } from '../matching/backlog.ts';
import { runIdOf, type Aggregate, type MailboxEntry } from './aggregate.ts';
import { Batch } from './batch.ts';
import type { ShardContext } from './context.ts';
import { createEnvSource } from './env.ts';
import { HistoryGone } from './history-reader.ts';
import { isWorkflowRun, keyOf } from './kinds.ts';
import { inheritRow, newLoadedRun, rebuildLoadedRun, type LoadedRun } from './loaded-run.ts';
import type { MemoryBounds } from './memory.ts';
import { Reaper } from './reaper.ts';
import { Residents } from './residents.ts';
import { isTransient, SHARD_LOST } from './routing.ts';
import { ShardTasks } from './tasks.ts';
import { Wakeups } from './wakeups.ts';

/** How many active runs are read at a time when a shard is taken over. */
const RECOVERY_PAGE = 500;

/** A run that could not be loaded when it was due is called again after this time. */
const WAKE_RETRY_MS = 1_000;

/**
 * One shard: the only writer of its aggregates. Each input is applied to memory at once, in order; what it says and does
 * leaves when the commit that holds it is durable. If a commit fails, memory is dropped and read again.
 */
export class Shard {
  readonly id: number;
  readonly #context: ShardContext;
  readonly #residents = new Residents();
  readonly wakeups: Wakeups;
  readonly #tasks: ShardTasks;
  readonly #reaper: Reaper;
  readonly #env: (namespaceId: string) => Env;
  #grant: ShardGrant;
  #batch: Batch;
  #inFlight: Batch | undefined;
  #durableBatch = 0;
  #sequence: number;
  #timeMs: number;
  #lastRun: number;
  #lost = false;
  /** All that was active has been read. Until then nothing leaves memory, or an older state might be read after it. */
  #recovered = false;

  constructor(id: number, grant: ShardGrant, context: ShardContext) {
    this.id = id;
    this.#context = context;
    this.#grant = grant;
    this.#batch = new Batch(1);
    this.#sequence = grant.sequence;
    this.#timeMs = grant.timeMs;
    this.#env = createEnvSource(context, () => this.nowMs());
    this.#lastRun = grant.lastRun;
    this.wakeups = new Wakeups(context, id, (run, identity) => this.#wake(run, identity));
    this.#reaper = new Reaper(context, id, (due) => this.#remove(due));
    const within = {
      batch: () => this.#batch,
      find: (run: number) => this.#residents.find(run),
      execute: this.#execute.bind(this),
    };
    this.#tasks = new ShardTasks(this, within, context, grant.lastBacklogId);
  }

  get epoch(): number {
    return this.#grant.epoch;
  }

  get aggregateCount(): number {
    return this.#residents.size;
  }

  /** Time in the shard: never behind the last commit, whatever the host's clock says. */
  nowMs(): number {
    this.#timeMs = Math.max(this.#timeMs, this.#context.host.now());
    return this.#timeMs;
  }

  /** How many are at work for the runs in memory; infinity while anything else is under way. */
  get tasksAtWork(): number {
    if (!this.#recovered || this.wantsCommit) return Infinity;
    let tasks = 0;
    for (const aggregate of this.#residents) {
      if (!aggregate.isQuiet(this.#durableBatch) || this.#context.isPinned(aggregate)) return Infinity;
      for (const loaded of aggregate.runs) if (isWorkflowRun(loaded)) tasks += tasksAtWork(loaded.run);
    }
    return tasks;
  }

  /** Loads what was active when the last owner stopped, and what it owed to others. */
  async recover(): Promise<void> {
    const { store, matching } = this.#context;
    const lanes = await store.listBacklogLanes(this.id);
    if (this.#lost) return;
    matching.adoptShard({ id: this.id, readBacklog: this.#readBacklog.bind(this) }, lanes, this.#grant.lastBacklogId);
    for (let after = 0; ;) {
      const page = await store.loadActiveRuns(this.id, after, RECOVERY_PAGE);
      for (const stored of page) {
        const read = await this.#rebuild(stored);
        // Its next owner recovers it, and knows what has become of the run since.
        if (this.#lost) return;
        this.#recoverRun(read);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < RECOVERY_PAGE) break;
      after = last.run;
    }
    if (this.#lost) return;
    await this.wakeups.start();
    this.#recovered = true;
    this.#reaper.start();
  }

  /** A read that fails is made again: whoever runs the server should know of it. */
  async #readBacklog(...page: [lane: LaneKey, afterId: number, limit: number]): Promise<readonly BacklogRow[]> {
    try {
      return await this.#context.store.readBacklog(this.id, ...page);
    } catch (error) {
      if (!this.#lost) this.#context.onStoreError(error);
      throw error;
    }
  }

  #recoverRun(read: LoadedRun<AggregateState>): void {
    const { namespaceId, runId } = read.identity;
    const aggregate = this.#residents.of(keyOf(read.identity));
    const loaded = aggregate.get(runId) ?? this.#adopt(aggregate, read);
    const namespace = this.#context.namespaces.view(namespaceId);
    for (const delivery of aggregate.machine.pendingDeliveries(loaded.run, namespace)) this.#deliver(loaded, delivery);
  }

  /** Applies an input. The answer comes when everything that it rests on is durable. */
  submit<I extends AnyInput>(
    key: AggregateKey,
    input: I,
    settle: (reply: ReplyOf<I>) => void,
    onApplied?: (reply: ReplyOf<I>) => void,
  ): void {
    this.visit(key, {
      runId: runIdOf(input),
      run: (aggregate) => this.#execute(aggregate, input, settle, onApplied),
      fail: settle as (rejection: Rejection) => void,
    });
  }

  /** Applies an input whose answer stays within the shard: it shares the fate of the batch. */
  submitWithin<I extends AnyInput>(key: AggregateKey, input: I, settle: (reply: ReplyOf<I>) => void): void {
    this.visit(key, {
      runId: runIdOf(input),
      run: (aggregate) => settle(this.#step(aggregate, input)?.reply ?? SHARD_LOST),
      fail: settle as (rejection: Rejection) => void,
    });
  }

  /**
   * Applies an input that rests on more than memory holds: `prepare` reads that while the aggregate stands still and
   * everything of it is durable. `find` loads a run of the aggregate.
   */
  submitPrepared<I extends AnyInput>(
    key: AggregateKey,
    runId: string,
    prepare: (aggregate: Aggregate, find: (runId: string) => Promise<LoadedRun | undefined>) => Promise<I>,
    settle: (reply: ReplyOf<I>) => void,
  ): void {
    let input: I | undefined;
    this.visit(key, {
      runId,
      prepare: async (aggregate) => {
        await new Promise<void>((resolve) => this.whenDurable(aggregate, resolve, resolve));
        if (this.#lost) return;
        try {
          input = await prepare(aggregate, async (wanted) => {
            await this.#loadFor(aggregate, wanted);
            const found = aggregate.get(wanted);
            return found !== undefined && isWorkflowRun(found) ? found : undefined;
          });
        } catch (error) {
          // A run that was removed meanwhile is no failure: who asks again is told that it is not there.
          if (!(error instanceof HistoryGone)) this.#context.onStoreError(error);
        }
      },
      run: (aggregate) => {
        if (input === undefined) settle(SHARD_LOST);
        else this.#execute(aggregate, input, settle);
      },
      fail: settle as (rejection: Rejection) => void,
    });
  }

  /** Reads from an aggregate in memory. What was read may leave when it is durable: see {@link whenDurable}. */
  visit(key: AggregateKey, entry: MailboxEntry): void {
    if (this.#lost) {
      entry.fail(SHARD_LOST);
      return;
    }
    const aggregate = this.#residents.of(key);
    if (!aggregate.loading && entry.prepare === undefined && this.#hasWhatItNeeds(aggregate, entry)) {
      entry.run(aggregate);
      return;
    }
    aggregate.mailbox.push(entry);
    if (!aggregate.loading) void this.#load(aggregate);
  }

  /** Calls back once the last change of the aggregate is durable; at once if it is. */
  whenDurable(aggregate: Aggregate, onDurable: () => void, onLost: () => void): void {
    let last = 0;
    for (const loaded of aggregate.runs) last = Math.max(last, loaded.batch);
    this.#whenSettled(last, onDurable, onLost);
  }

  /** The same for one run; never called back if the shard is lost. */
  whenRunDurable({ batch }: LoadedRun<AggregateState>, onDurable: () => void): void {
    this.#whenSettled(batch, onDurable, () => undefined);
  }

  #whenSettled(batch: number, onDurable: () => void, onLost: () => void): void {
    if (batch <= this.#durableBatch) onDurable();
    else (batch === this.#batch.number ? this.#batch : (this.#inFlight ?? this.#batch)).whenSettled(onDurable, onLost);
  }

  get isLost(): boolean {
    return this.#lost;
  }

  #hasWhatItNeeds(aggregate: Aggregate, entry: MailboxEntry): boolean {
    return aggregate.knowsCurrent && (entry.runId === '' || aggregate.get(entry.runId) !== undefined);
  }

  /** Loads what the mail at the front needs, works through the mail that can be, and goes on until there is none. */
  async #load(aggregate: Aggregate): Promise<void> {
    aggregate.loading = true;
    const lost = (): boolean => !this.#residents.has(aggregate);
    try {
      for (let entry = aggregate.mailbox[0]; entry !== undefined; entry = aggregate.mailbox[0]) {
        if (!this.#hasWhatItNeeds(aggregate, entry)) await this.#loadFor(aggregate, entry.runId);
        await entry.prepare?.(aggregate);
        if (lost()) return;
        aggregate.mailbox.shift();
        entry.run(aggregate);
        if (lost()) return;
      }
    } catch (error) {
      this.#context.onStoreError(error);
      for (const entry of aggregate.mailbox.splice(0)) entry.fail(SHARD_LOST);
    } finally {
      aggregate.loading = false;
    }
  }

  async #loadFor(aggregate: Aggregate, runId: string): Promise<void> {
    const { kind, namespaceId, id } = aggregate;
    const selector = { kind, namespaceId, id };
    if (!aggregate.knowsCurrent) {
      const stored = await this.#context.store.loadRun(this.id, { ...selector, runId: undefined });
      const read = stored && (await this.#rebuild(stored));
      const known = read && aggregate.get(read.identity.runId);
      aggregate.makeCurrent(known ?? (read && this.#adopt(aggregate, read)));
    }
    if (runId === '' || aggregate.get(runId) !== undefined) return;
    const stored = await this.#context.store.loadRun(this.id, { ...selector, runId });
    const read = stored && (await this.#rebuild(stored));
    if (read !== undefined && aggregate.get(runId) === undefined) this.#adopt(aggregate, read);
  }

  /** A run as the store has it, with those of its tasks that wait. */
  async #rebuild(stored: StoredRun): Promise<LoadedRun<AggregateState>> {
    const loaded = rebuildLoadedRun(stored);
    await this.#tasks.recall(loaded);
    return loaded;
  }

  #adopt(aggregate: Aggregate, loaded: LoadedRun<AggregateState>): LoadedRun<AggregateState> {
    this.#residents.add(aggregate, loaded);
    this.#rearm(loaded);
    return loaded;
  }

  #execute<I extends AnyInput>(
    aggregate: Aggregate,
    input: I,
    settle: (reply: ReplyOf<I>) => void,
    onApplied?: (reply: ReplyOf<I>) => void,
  ): void {
    const outcome = this.#step(aggregate, input);
    if (outcome === undefined) {
      settle(SHARD_LOST);
      return;
    }
    const { reply } = outcome;
    onApplied?.(reply);
    this.whenDurable(
      aggregate,
      () => settle(reply),
      () => settle(SHARD_LOST),
    );
  }

  /** Undefined if the step broke an invariant: then memory cannot be trusted any more. */
  #step<I extends AnyInput>(aggregate: Aggregate, input: I): { reply: ReplyOf<I> } | undefined {
    try {
      const outcome = aggregate.machine.step(aggregate, input, this.#env(aggregate.namespaceId));
      for (const transition of outcome.step.transitions) this.#record(aggregate, transition);
      for (const effect of outcome.step.effects) this.#carryOut(aggregate, effect);
      return { reply: outcome.reply as ReplyOf<I> };
    } catch (error) {
      this.#context.onBug(error, { shard: this.id, input: input.kind, id: aggregate.id });
      this.#context.onLost(this);
      return undefined;
    }
  }

  #record(aggregate: Aggregate, transition: StateTransition<AggregateState>): void {
    const { run } = transition;
    if (transition.changes.length === 0) {
      const known = transition.hasFleeting ? aggregate.get(run.runId) : undefined;
      if (known !== undefined) this.#noteFleeting(known);
      return;
    }
    const loaded = aggregate.get(run.runId) ?? this.#begin(aggregate, run, transition.inherited);
    this.#batch.record(loaded, transition.changes);
    this.#rearm(loaded);
    this.#tasks.withdraw(loaded, transition.changes);
    this.#context.wantsCommit();
  }

  /** Nothing is to be written, but deadlines may be others, and a workflow task gone for which somebody waits. */
  #noteFleeting(loaded: LoadedRun<AggregateState>): void {
    this.#rearm(loaded);
    this.#tasks.withdraw(loaded, []);
    this.whenRunDurable(loaded, () => this.#tellHistory(loaded));
  }

  #tellHistory(loaded: LoadedRun<AggregateState>): void {
    if (isWorkflowRun(loaded)) this.#context.onHistory(loaded);
  }

  #rearm(loaded: LoadedRun<AggregateState>): void {
    this.wakeups.set(loaded.key, loaded.identity, loaded.machine.wakeAtMs(loaded.run));
  }

  #begin(
    aggregate: Aggregate,
    run: AggregateState,
    inherited: StateTransition<AggregateState>['inherited'] = [],
  ): LoadedRun<AggregateState> {
    const { kind, namespaceId, id } = aggregate;
    const identity: RunIdentity = { kind, namespaceId, id, runId: run.runId };
    this.#lastRun += 1;
    const loaded = newLoadedRun(run, this.#lastRun, identity);
    for (const row of inherited) inheritRow(loaded, row);
    this.#residents.add(aggregate, loaded);
    aggregate.makeCurrent(loaded);
    return loaded;
  }

  /** Removes closed runs. Those that are being used just now are left for the next time. */
  #remove(due: readonly Removal[]): Promise<void> {
    return new Promise((resolve) => {
      if (this.#lost) {
        resolve();
        return;
      }
      for (const removal of due) this.#removeRun(removal);
      this.#batch.whenSettled(resolve, resolve);
      this.#context.wantsCommit();
    });
  }

  /** Mail waits until the run is gone from the store, so that nobody reads it once more. */
  #removeRun({ run, identity }: Removal): void {
    // What recovery has read, and has not taken in yet, must not come back after its run is gone.
    if (!this.#recovered) return;
    const aggregate = this.#residents.of(keyOf(identity));
    const joins = aggregate.removing === this.#batch.number;
    if (aggregate.loading && !joins) return;
    const loaded = aggregate.get(identity.runId);
    if (loaded !== undefined && !this.#mayRemove(aggregate, loaded)) return;
    this.#batch.remove(run, loaded);
    if (loaded !== undefined) {
      this.#residents.remove(aggregate, loaded);
      this.wakeups.clear(run);
    }
    if (!joins) this.#awaitRemoval(aggregate);
  }

  #mayRemove({ machine }: Aggregate, { run, deliveries, batch }: LoadedRun<AggregateState>): boolean {
    if (!machine.isOpen(run)) return deliveries.size === 0 && batch <= this.#durableBatch;
    this.#context.onBug(new Error('an open run is due to be removed'), { shard: this.id, runId: run.runId });
    return false;
  }

  #awaitRemoval(aggregate: Aggregate): void {
    aggregate.loading = true;
    aggregate.removing = this.#batch.number;
    const onDurable = (): void => {
      aggregate.loading = false;
      if (aggregate.mailbox.length > 0) void this.#load(aggregate);
      else if (aggregate.isEmpty) this.#residents.forget(aggregate);
    };
    this.#batch.whenSettled(onDurable, () => undefined);
  }

  #carryOut(aggregate: Aggregate, effect: Effect): void {
    switch (effect.kind) {
      case 'indexVisibility':
        this.#batch.index(effect.record);
        break;
      case 'deliver': {
        const loaded = aggregate.get(effect.run.runId);
        if (loaded !== undefined) this.#deliver(loaded, effect.delivery);
        break;
      }
      case 'sizeWarning': {
        const { message, size } = effect.warning;
        const { namespaceId, workflowId, runId } = effect.run;
        this.#context.onWarning(message, { namespaceId, workflowId, runId, size });
        break;
      }
      case 'updateAccepted': {
        const { updateId, run } = effect;
        const tell = (): void => this.#context.updates.accepted(this.id, run.runId, updateId);
        this.whenDurable(aggregate, tell, () => undefined);
        break;
      }
      case 'updateSettled': {
        const { updateId, run, outcome } = effect;
        const tell = (): void => this.#context.updates.settled(this.id, run.runId, updateId, outcome);
        this.whenDurable(aggregate, tell, () => undefined);
        break;
      }
      case 'offerWorkflowTask':
      case 'offerActivityTask':
        this.#tasks.offer(aggregate, effect);
        break;
    }
  }

  /** Applies the start of a task that waited, and takes its row out of the backlog in the same batch. */
  startTask<I extends Input>(
    task: WaitingTask,
    makeInput: (loaded: LoadedRun) => I,
    settle: (reply: ReplyOf<I>, loaded: LoadedRun | undefined) => void,
  ): void {
    this.#tasks.start(task, makeInput, settle);
  }

  /** Tells another aggregate. Within the shard and in memory that is part of the same batch; else it waits for it. */
  #deliver(loaded: LoadedRun<AggregateState>, delivery: Delivery): void {
    if (loaded.deliveries.has(delivery.key)) return;
    loaded.deliveries = ownSet(loaded.deliveries);
    loaded.deliveries.add(delivery.key);
    this.#context.deliver(this, loaded, delivery);
  }

  /** The receiver has answered. Where that cannot be taken in, the delivery has to be tried again. */
  settleDelivery(
    loaded: LoadedRun<AggregateState>,
    key: string,
    answer: { readonly runId: string } | Rejection,
    tryAgain: () => void,
  ): void {
    const { runId } = loaded.identity;
    const run = (aggregate: Aggregate): void => {
      // Before the step: what comes of it may go out under the same key.
      loaded.deliveries.delete(key);
      this.#step(aggregate, { kind: 'settle', runId, key, answer });
    };
    this.visit(keyOf(loaded.identity), { runId, run, fail: tryAgain });
  }

  #wake(runKey: number, identity: RunIdentity): void {
    const input = { kind: 'wake', runId: identity.runId } as const;
    this.submitWithin(keyOf(identity), input, (reply) => {
      const loaded = this.#residents.find(runKey)?.loaded;
      if (isTransient(reply)) this.wakeups.set(runKey, identity, this.nowMs() + WAKE_RETRY_MS);
      else if (loaded !== undefined) this.#rearm(loaded);
    });
  }

  /** Writes runs out of memory until what is left in it is within the bounds. */
  evictDownTo(bounds: MemoryBounds): void {
    if (!this.#recovered) return;
    const mayLeave = (aggregate: Aggregate): boolean =>
      aggregate.isQuiet(this.#durableBatch) && !this.#context.isPinned(aggregate);
    for (const aggregate of this.#residents.leaving(bounds, mayLeave)) {
      if (this.#mustWrite(aggregate)) this.#writeOut(aggregate);
      else this.#forget(aggregate);
    }
  }

  #mustWrite(aggregate: Aggregate): boolean {
    for (const loaded of aggregate.runs) if (loaded.stored === 'active') return true;
    return false;
  }

  /** They stay in memory until that is durable; the next round forgets them. */
  #writeOut(aggregate: Aggregate): void {
    for (const loaded of aggregate.runs) if (loaded.stored === 'active') this.#batch.evict(loaded);
    this.#context.wantsCommit();
  }

  #forget(aggregate: Aggregate): void {
    this.#residents.forget(aggregate);
    for (const { run, machine, key, identity } of aggregate.runs) {
      this.wakeups.release(key, identity, machine.wakeAtMs(run));
    }
  }

  /** True while there is something to write or an answer that waits for a commit. */
  get wantsCommit(): boolean {
    return !this.#batch.isEmpty && this.#inFlight === undefined;
  }

  /** How many replies and tasks wait for the open batch. */
  get waiting(): number {
    return this.#batch.waiting;
  }

  /** Closes the open batch for a commit; inputs that come meanwhile gather in the next one. */
  seal() {
    const batch = this.#batch;
    this.#inFlight = batch;
    this.#batch = new Batch(batch.number + 1);
    return batch.seal({
      shard: this.id,
      epoch: this.#grant.epoch,
      expectedSequence: this.#sequence,
      timeMs: this.nowMs(),
      retentionMs: (namespaceId) => this.#context.namespaces.retentionMs(namespaceId),
    });
  }

  /** The batch is durable: what waited for it may leave. */
  committed(): void {
    const batch = this.#inFlight;
    if (batch === undefined) return;
    this.#inFlight = undefined;
    this.#sequence += 1;
    this.#durableBatch = batch.number;
    batch.settleDurable();
    for (const row of batch.backlog) this.#context.matching.refill(row, this.id, row.id);
    for (const loaded of batch.changed) this.#tellHistory(loaded);
    for (const loaded of batch.removed) this.#tellHistory(loaded);
    if (batch.removeAtMs !== undefined) this.#reaper.note(batch.removeAtMs);
  }

  /** The commit failed, another owner has the shard, or the server stops: everything in memory is void. */
  lose(): void {
    this.#lost = true;
    const batches = [this.#inFlight, this.#batch];
    const mail = this.#residents.clear();
    this.#inFlight = undefined;
    this.wakeups.stop();
    this.#reaper.stop();
    this.#context.matching.forgetShard(this.id);
    for (const batch of batches) batch?.settleLost();
    for (const entry of mail) entry.fail(SHARD_LOST);
  }
}
