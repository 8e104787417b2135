import type { Env, NamespaceView } from '../kernel/env.ts';
import type { Rejection } from '../kernel/rejection.ts';
import type { VisibilityRecord } from '../visibility/index.ts';
import type { Effect } from '../workflow/transition.ts';
import type { Delivery } from './delivery.ts';

/** What the engine knows of the state of any aggregate: one run of a workflow, one life of a schedule. */
export interface AggregateState {
  readonly namespaceId: string;
  /** A UUID; an id that is used again gets another one. */
  readonly runId: string;
  /** Number of transitions so far. */
  transitionCount: number;
}

/** A recorded change: plain data, which brings about the same when it is applied again. */
export interface RecordedChange {
  readonly kind: string;
}

/** All states of one id that a step may need: the newest, and others by run id where they are loaded. */
export interface AggregateView<State> {
  readonly namespaceId: string;
  readonly id: string;
  /** The newest, open or closed; undefined where the id was never used. */
  readonly current: State | undefined;
  readonly others: { get(runId: string): State | undefined };
}

/** What one step does to one state. */
export interface StateTransition<State> {
  readonly run: State;
  readonly changes: readonly RecordedChange[];
  /** The history with which the run begins, where it has it from another one. */
  readonly inherited?: readonly { readonly firstEventId: number; readonly events: Uint8Array }[];
  /** Something has changed that is in memory only. */
  readonly hasFleeting: boolean;
}

/** What follows from a step of any kind outside of its aggregate. */
export type CommonEffect =
  /** Tell another aggregate, at least once; it answers with an input of kind `settle`. */
  | { readonly kind: 'deliver'; readonly run: { readonly runId: string }; readonly delivery: Delivery }
  /** The row in visibility has changed. */
  | { readonly kind: 'indexVisibility'; readonly record: VisibilityRecord };

/** What a step came to: the changes and effects have to be durable before the reply leaves. */
export interface StepOutcome<State> {
  readonly reply: { readonly runId: string } | Rejection;
  readonly step: {
    readonly transitions: readonly StateTransition<State>[];
    readonly effects: readonly Effect[];
  };
}

/**
 * One kind of aggregate, as the engine drives it. Pure: an input goes in; changes, effects and a reply come out. The
 * engine gives it a mailbox, a log with snapshots, a wake-up, an outbox and recovery.
 */
export interface Machine<State extends AggregateState> {
  /** Applies an input. A refused one has changed nothing. */
  step(view: AggregateView<State>, input: { readonly kind: string }, env: Env): StepOutcome<State>;
  /** A state before its first change. */
  blank(ids: StateIds): State;
  /** The state to store; of a closed one that owes nothing, only what is still asked for. */
  snapshotOf(state: State): object;
  /** The state that a snapshot was made of. */
  restore(snapshot: object): State;
  /** Brings about again what one transition has recorded. */
  reapply(state: State, changes: readonly RecordedChange[]): void;
  /** The id of the next history event; 1 for a kind without a history. */
  nextEventId(state: State): number;
  /** When it has to be woken; undefined where it waits for others only. */
  wakeAtMs(state: State): number | undefined;
  /** When a closed one is to be removed, if its namespace keeps such for `retentionMs`; undefined: it is kept. */
  removeAtMs(state: State, retentionMs: number): number | undefined;
  /** Something may still happen to it. */
  isOpen(state: State): boolean;
  /** It would lose something if it left memory. */
  isPinned(state: State): boolean;
  /** Anything is on its way to others. */
  owes(state: State): boolean;
  /** It still waits for this to be delivered. Asked before each attempt. */
  isPending(state: State, key: Delivery['key']): boolean;
  /** Everything that is on its way, in the order in which it has to go out. */
  pendingDeliveries(state: State, namespace: NamespaceView): readonly Delivery[];
}

/** What names one state among all. */
export interface StateIds {
  readonly namespaceId: string;
  /** The id of the aggregate: a workflow id, a schedule id. */
  readonly id: string;
  readonly runId: string;
}
