import {
  earliest,
  type AggregateKey,
  type AggregateState,
  type AnyInput,
  type BatchJob,
  type BatchKey,
  type Delivery,
  type OutsideCall,
  type Rejection,
  type ReplyOf,
  type ResetInput,
  type Run,
  type Schedule,
  type WorkflowKey,
} from '@perdure/core';
import { RunKind, StoreError, StoreFailure, type Store } from '@perdure/storage';
import { callOut } from '../callbacks/call-out.ts';
import type { Host, HostTimer } from '../host/host.ts';
import { Matching } from '../matching/matching.ts';
import { Committer } from './committer.ts';
import type { NamespaceSource, ShardContext } from './context.ts';
import type { Aggregate } from './aggregate.ts';
import type { LoadedRun } from './loaded-run.ts';
import { boundsOf } from './memory.ts';
import { PastReader } from './past-reader.ts';
import { poll, type PolledTask, type PollOptions } from './polling.ts';
import { Queries } from './queries.ts';
import { isTransient, SHARD_LOST, shardOf } from './routing.ts';
import { ScheduledStarts } from './scheduled-starts.ts';
import { Shard } from './shard.ts';
import { Updates } from './updates.ts';
import type { StopSignal } from '../host/stop-signal.ts';

export interface EngineOptions {
  readonly host: Host;
  readonly store: Store;
  readonly namespaces: NamespaceSource;
  /** Names this process as the owner of shards. */
  readonly owner: string;
  readonly shardCount: number;
  /** How many workflows stay in memory; beyond that the least recently used are written out. */
  readonly workflowsInMemoryMax: number;
  /** How many workflows a second the schedules of a namespace may start; default: as many as are due. */
  readonly scheduledStartsPerSecond?: (namespaceId: string) => number;
  /** A store that failed, a bug that was caught: for the log. */
  readonly onError: (message: string, error: unknown, fields?: Readonly<Record<string, string | number>>) => void;
  /** Something is well so far, and will not be if it goes on: for the log. */
  readonly onWarning?: (message: string, fields: Readonly<Record<string, string | number>>) => void;
  /** The engine cannot go on: the store is lost to it. */
  readonly onFatal: (error: Error) => void;
}

/** A failed acquisition of a shard, or a delivery to one that is lost, is tried again after this time. */
const RETRY_MS = 200;

/** How often memory is looked through for workflows that nobody uses. */
const SWEEP_MS = 1_000;

/** The state of the aggregates that a key of that type names. */
type StateOf<Key extends AggregateKey> = Key extends WorkflowKey ? Run : Key extends BatchKey ? BatchJob : Schedule;

/** All shards of a node, and what they share: commits, matching, queries and those who wait for history. */
export class Engine {
  readonly matching: Matching;
  readonly queries: Queries;
  readonly updates = new Updates();
  readonly #options: EngineOptions;
  readonly #shards = new Map<number, Shard>();
  readonly #committer: Committer;
  readonly #scheduledStarts: ScheduledStarts | undefined;
  readonly #onWritten: (() => void)[] = [];
  readonly #historyWaiters = new Map<string, Set<(run: Run) => void>>();
  #sweeper: HostTimer | undefined;
  #stopped = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { host, store } = options;
    const { scheduledStartsPerSecond: rate } = options;
    this.#scheduledStarts = rate && new ScheduledStarts(rate);
    this.matching = new Matching(host, store);
    this.queries = new Queries(host, this.matching);
    this.#committer = new Committer({
      host,
      store,
      shards: () => this.#shards.values(),
      onLost: (shard) => this.#lose(shard),
      onError: (error) => {
        options.onError('commit failed', error);
        if (isFatal(error)) options.onFatal(error);
      },
      onIdle: () => this.#tellWritten(),
    });
  }

  /** Takes all shards and brings back what was under way. */
  async start(): Promise<void> {
    await this.matching.start();
    for (let id = 0; id < this.#options.shardCount; id++) await this.#acquire(id);
    this.#sweep();
  }

  /**
   * Waits for the commit under way, and gives up its shards: what comes then is refused. Long polls have been called
   * off before.
   */
  async stop(): Promise<void> {
    await this.#committer.drain();
    this.#stopped = true;
    this.#sweeper?.cancel();
    for (const shard of this.#shards.values()) shard.lose();
    this.#shards.clear();
  }

  /**
   * Applies an input to an aggregate; the reply comes when it is durable. `onApplied` hears it at once, before anything
   * that follows from it.
   */
  submit<I extends AnyInput>(
    key: AggregateKey,
    input: I,
    onApplied?: (reply: ReplyOf<I>) => void,
  ): Promise<ReplyOf<I>> {
    return new Promise((resolve) => {
      const shard = this.#shardFor(key);
      if (shard === undefined) resolve(SHARD_LOST);
      else shard.submit(key, input, resolve, onApplied);
    });
  }

  /** Resets a run, as `submit` applies an input; histories are read for it first. */
  reset(key: WorkflowKey, request: Omit<ResetInput, 'kind' | 'past'>): Promise<ReplyOf<ResetInput>> {
    return new Promise((resolve) => {
      const shard = this.#shardFor(key);
      if (shard === undefined) resolve(SHARD_LOST);
      else this.#reset(shard, key, request, resolve);
    });
  }

  #reset(
    shard: Shard,
    key: WorkflowKey,
    request: Omit<ResetInput, 'kind' | 'past'>,
    settle: (reply: ReplyOf<ResetInput>) => void,
  ): void {
    const { host, store } = this.#options;
    const reader = new PastReader(host, store, shard.id);
    shard.submitPrepared(key, request.runId, (aggregate, find) => reader.prepare(aggregate, request, find), settle);
  }

  /**
   * Reads a run in memory (the current one where `runId` is empty; undefined where there is none). What `look` returns
   * leaves when everything it was read from is durable.
   */
  read<T, Key extends AggregateKey = WorkflowKey>(
    key: Key,
    runId: string,
    look: (loaded: LoadedRun<StateOf<Key>> | undefined) => T,
  ): Promise<T | Rejection> {
    return new Promise((resolve, fail) => {
      const shard = this.#shardFor(key);
      if (shard === undefined) {
        resolve(SHARD_LOST);
        return;
      }
      const run = (aggregate: Aggregate): void => {
        try {
          const seen = look(aggregate.get(runId) as LoadedRun<StateOf<Key>> | undefined);
          shard.whenDurable(
            aggregate,
            () => resolve(seen),
            () => resolve(SHARD_LOST),
          );
        } catch (error) {
          // Of the reader, who is told; the shard and its other callers are well.
          fail(error as Error);
        }
      };
      shard.visit(key, { runId, run, fail: resolve });
    });
  }

  /** Waits for a task of a queue; undefined when the wait was called off. */
  poll(options: PollOptions): Promise<PolledTask | undefined> {
    return poll(this.matching, options, this.#options.host.now(), (id) => this.#shards.get(id));
  }

  /**
   * Settles when the run has new durable events or has closed, and then is as `isAwaited` says, or when the signal aborts.
   * Who waits for the close is not woken by each event before it.
   */
  historyChange(runId: string, signal: StopSignal, isAwaited: (run: Run) => boolean): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#historyWaiters.get(runId) ?? new Set();
      this.#historyWaiters.set(runId, waiters);
      const done = (): void => {
        waiters.delete(look);
        if (waiters.size === 0) this.#historyWaiters.delete(runId);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const look = (run: Run): void => {
        if (isAwaited(run)) done();
      };
      waiters.add(look);
      signal.addEventListener('abort', done);
    });
  }

  /** How many are at work: none where all waits for deadlines, infinity while anything else is under way. */
  get tasksAtWork(): number {
    let tasks = 0;
    for (const shard of this.#shards.values()) tasks += shard.tasksAtWork;
    return tasks;
  }

  /** The earliest deadline of all; undefined where nothing waits for time. */
  async nextDeadlineMs(): Promise<number | undefined> {
    const deadlines = await Promise.all([...this.#shards.values()].map((shard) => shard.wakeups.nextAtMs()));
    return deadlines.reduce(earliest, undefined);
  }

  /** The host's clock has jumped: what is due by now happens. */
  timeHasJumped(): void {
    for (const shard of this.#shards.values()) shard.wakeups.review();
  }

  /** Calls back whenever a commit is done and none is to follow at once, and when a shard has been taken over. */
  whenWritten(callback: () => void): void {
    this.#onWritten.push(callback);
  }

  /** The shard of an aggregate, for readers of its rows. */
  shardIdOf(key: AggregateKey): number {
    return shardOf(key, this.#options.shardCount);
  }

  #tellWritten(): void {
    for (const callback of this.#onWritten) callback();
  }

  #shardFor(key: AggregateKey): Shard | undefined {
    return this.#stopped ? undefined : this.#shards.get(this.shardIdOf(key));
  }

  async #acquire(id: number): Promise<void> {
    const grant = await this.#options.store.acquireShard(id, this.#options.owner);
    if (this.#stopped) return;
    const shard = new Shard(id, grant, this.#context());
    this.#shards.set(id, shard);
    await shard.recover();
    this.#tellWritten();
  }

  #context(): ShardContext {
    const { host, store, namespaces, onError, onWarning } = this.#options;
    return {
      host,
      store,
      namespaces,
      matching: this.matching,
      updates: this.updates,
      wantsCommit: () => this.#committer.schedule(),
      start: (_shard, task, poller) => poller.hand(task),
      deliver: (from, sender, delivery) => this.#deliverInTurn(from, sender, delivery),
      onHistory: (loaded) => this.#onHistory(loaded),
      isPinned: (aggregate) => this.#isPinned(aggregate),
      onLost: (shard) => host.defer(() => this.#lose(shard)),
      onWarning: (message, { namespaceId = '', ...fields }) => {
        const { name: namespace } = namespaces.view(String(namespaceId));
        onWarning?.(message, { namespace, ...fields });
      },
      onStoreError: (error) => onError('store failed', error),
      onBug: (error, fields) => onError('invariant broken', error, fields),
    };
  }

  #isPinned(aggregate: Aggregate): boolean {
    for (const loaded of aggregate.runs) if (this.queries.awaits(loaded.identity.runId)) return true;
    return false;
  }

  #onHistory(loaded: LoadedRun): void {
    this.queries.onHistory(loaded);
    const waiters = this.#historyWaiters.get(loaded.identity.runId);
    if (waiters !== undefined) for (const look of waiters) look(loaded.run);
  }

  /** Starts of schedules wait for their place; they are due until then, so a crash costs them no more than that. */
  #deliverInTurn(from: Shard, sender: LoadedRun<AggregateState>, delivery: Delivery): void {
    const { kind, namespaceId } = sender.identity;
    const waits = kind === RunKind.Schedule && 'input' in delivery && delivery.input.kind === 'start';
    const { host } = this.#options;
    const nowMs = host.now();
    const place = waits ? this.#scheduledStarts?.reserve(namespaceId, nowMs) : undefined;
    if (place === undefined || (place.kind === 'go' && place.atMs <= nowMs)) {
      this.#deliver(from, sender, delivery);
      return;
    }
    host.setTimer(place.atMs, () => {
      if (this.#stopped || from.isLost) return;
      if (place.kind === 'go') this.#deliver(from, sender, delivery);
      else this.#deliverInTurn(from, sender, delivery);
    });
  }

  /**
   * Within the shard the delivery joins the sender's batch. Between shards it waits until the sender's batch is durable,
   * and for the receiver's; a receiver that cannot say is asked again. A run that resets itself stands still meanwhile.
   */
  #deliver(from: Shard, sender: LoadedRun<AggregateState>, delivery: Delivery): void {
    if (!sender.machine.isPending(sender.run, delivery.key)) {
      sender.deliveries.delete(delivery.key);
      return;
    }
    if ('call' in delivery) {
      from.whenRunDurable(sender, () => void this.#callOut(from, sender, delivery));
      return;
    }
    const target = this.#shardFor(delivery.to);
    const settle = (answer: { readonly runId: string } | Rejection): void => {
      const tryAgain = (): void => this.#retry(from, sender, delivery);
      if (isTransient(answer)) tryAgain();
      else from.settleDelivery(sender, delivery.key, answer, tryAgain);
    };
    const { input } = delivery;
    if (target === from && input.kind === 'reset') {
      from.whenRunDurable(sender, () => this.#reset(from, delivery.to as WorkflowKey, input, settle));
      return;
    }
    if (target === from) {
      from.submitWithin(delivery.to, delivery.input, settle);
      return;
    }
    from.whenRunDurable(sender, () => {
      if (target === undefined) this.#retry(from, sender, delivery);
      else target.submit(delivery.to, delivery.input, settle);
    });
  }

  /** Tells somebody outside. Whatever comes of it, the sender decides what follows. */
  async #callOut(from: Shard, sender: LoadedRun<AggregateState>, { key, call }: OutsideCall): Promise<void> {
    const { host, namespaces } = this.#options;
    const { callbackTimeoutMs: timeoutMs } = namespaces.limits(call.namespaceId);
    const answer = await callOut(host, call, { namespace: namespaces.view(call.namespaceId).name, timeoutMs });
    if (this.#stopped || from.isLost) return;
    const settle = (): void =>
      from.settleDelivery(sender, key, answer, () => void host.setTimer(host.now() + RETRY_MS, settle));
    settle();
  }

  #retry(from: Shard, sender: LoadedRun<AggregateState>, delivery: Delivery): void {
    if (this.#stopped || from.isLost) return;
    const { host } = this.#options;
    host.setTimer(host.now() + RETRY_MS, () => this.#deliver(from, sender, delivery));
  }

  /** Starts a shard over: its memory is void, its owner has to be found out anew. */
  #lose(shard: Shard): void {
    if (this.#shards.get(shard.id) !== shard) return;
    this.#shards.delete(shard.id);
    shard.lose();
    this.updates.lose(shard.id);
    this.queries.lose((key) => this.shardIdOf(key) === shard.id);
    this.#reacquire(shard.id);
  }

  #reacquire(id: number): void {
    if (this.#stopped) return;
    this.#acquire(id).catch((error: unknown) => {
      const half = this.#shards.get(id);
      this.#shards.delete(id);
      half?.lose();
      this.#options.onError('shard could not be acquired', error, { shard: id });
      if (isFatal(error)) this.#options.onFatal(error);
      else this.#options.host.setTimer(this.#options.host.now() + RETRY_MS, () => this.#reacquire(id));
    });
  }

  /** Keeps memory bounded, at any number of open workflows. */
  #sweep(): void {
    if (this.#stopped) return;
    const { host, workflowsInMemoryMax } = this.#options;
    const bounds = boundsOf(this.#shards.size, workflowsInMemoryMax);
    for (const shard of this.#shards.values()) shard.evictDownTo(bounds);
    this.matching.sweep();
    this.#sweeper = host.setTimer(host.now() + SWEEP_MS, () => this.#sweep());
  }
}

/** A store that has stopped, that another process holds or that is damaged will not come back by waiting. */
function isFatal(error: unknown): error is StoreError {
  return error instanceof StoreError && (error.stopped || FATAL.has(error.failure));
}

const FATAL: ReadonlySet<StoreFailure> = new Set<StoreFailure>([
  StoreFailure.Corrupt,
  StoreFailure.Full,
  StoreFailure.Locked,
  StoreFailure.Newer,
]);
