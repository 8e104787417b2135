import { CallbackState, EventType } from '@perdure/proto/enums';
import type {
  Callback,
  Failure,
  HistoryEvent,
  LinkWorkflowEvent,
  UpdateOutcome,
  WorkflowCallbackInfo,
} from '@perdure/proto/types';
import type { OutsideCall } from '../../aggregate/delivery.ts';
import { present } from '../../kernel/assert.ts';
import type { Env } from '../../kernel/env.ts';
import { GrpcStatus, isRejection, type Rejection } from '../../kernel/rejection.ts';
import { earliest, timestampMs, toTimestamp, toTimestampIfSet } from '../../kernel/time.ts';
import type { SettleInput } from '../../aggregate/settle.ts';
import type { Run } from '../run.ts';
import type { Step, Transition } from '../transition.ts';
import type { UpdateCallbacksAttached } from './update-callbacks.ts';

/**
 * A completion callback: somebody outside who is told, over HTTP, how the chain of runs has ended, or an update of one.
 * Given with a start, or attached to a run that is open; every run that follows in the chain has it, but for those of
 * updates. Temporal: chasm/lib/callback.
 */
export interface CompletionCallback {
  /** Names it within the run. */
  readonly id: string;
  readonly callback: Callback;
  /** The request that attached it; empty for one that came with the start. */
  readonly requestId: string;
  readonly registeredAtMs: number;
  /** The update that it is of; undefined for one of the chain. */
  readonly updateId?: string | undefined;
  progress: CallbackProgress;
  /** What has become of the update, until that is told. */
  readonly news?: UpdateNews | undefined;
}

export interface UpdateNews {
  readonly outcome: UpdateOutcome;
  /** Undefined where no worker has taken the update up. */
  readonly endedAtMs: number | undefined;
}

export interface CallbackProgress {
  readonly state: CallbackState;
  /** Attempts that are over. */
  readonly attempt: number;
  readonly lastAttemptAtMs?: number | undefined;
  readonly lastFailure?: Failure | undefined;
  /** When the next attempt is due, while it backs off. */
  readonly nextAttemptAtMs?: number | undefined;
}

/** What no event records of a callback. */
export type CallbackChange =
  | UpdateCallbacksAttached
  /** Nobody takes the update up that the run has left open for a reset. */
  | { readonly kind: 'updateCallbacksOwed'; readonly updateId: string }
  | { readonly kind: 'callbackProgressed'; readonly id: string; readonly progress: CallbackProgress }
  /** The chain has ended although a reset brought it about. */
  | { readonly kind: 'callbacksOwed'; readonly event: HistoryEvent };

/** One attempt to tell. */
export interface CallbackCall {
  readonly url: string;
  readonly header: Readonly<Record<string, string>>;
  readonly namespaceId: string;
  /** The run, and the event that the callback came with; undefined where no worker has taken the update up. */
  readonly about: Omit<LinkWorkflowEvent, 'namespace'> | undefined;
  readonly startedAtMs: number;
  /** The close event, or what has become of the update. */
  readonly end: HistoryEvent | UpdateNews;
}

/** The run has callbacks more: those of its started event, or of one with other options. */
export function applyCallbacksAttached(run: Run, event: HistoryEvent): void {
  const attached = event.workflowExecutionOptionsUpdatedEventAttributes;
  const callbacks =
    event.workflowExecutionStartedEventAttributes?.completionCallbacks ?? attached?.attachedCompletionCallbacks ?? [];
  if (callbacks.length === 0) return;
  const requestId = attached?.attachedRequestId ?? '';
  const registeredAtMs = timestampMs(event.eventTime) ?? 0;
  const prefix = attached === undefined ? 'start' : requestId;
  const progress = { state: CallbackState.Standby, attempt: 0 };
  const added = callbacks.map((callback, index): CompletionCallback => {
    return { id: `${prefix}-${index}`, callback, requestId, registeredAtMs, progress };
  });
  run.callbacks = [...(run.callbacks ?? []), ...added];
}

/** The chain has ended: whoever wants to know of it is told. */
export function applyCallbacksDue(run: Run, event: HistoryEvent): void {
  if (run.callbacks?.some(isOfChain) !== true) return;
  const progress = { state: CallbackState.Scheduled, attempt: 0 };
  run.callbacks = run.callbacks.map((callback) => (isOfChain(callback) ? { ...callback, progress } : callback));
  if (run.closing !== undefined) run.closing.callbackNews = event;
}

export function applyCallbackProgress(run: Run, id: string, progress: CallbackProgress): void {
  const over = isOver({ progress });
  run.callbacks = (run.callbacks ?? []).map((callback) => {
    if (callback.id !== id) return callback;
    const { news, ...kept } = callback;
    return over || news === undefined ? { ...kept, progress } : { ...kept, progress, news };
  });
  if (run.closing !== undefined && run.callbacks.filter(isOfChain).every(isOver)) run.closing.callbackNews = undefined;
}

function isOver({ progress: { state } }: Pick<CompletionCallback, 'progress'>): boolean {
  return state === CallbackState.Succeeded || state === CallbackState.Failed;
}

function isOfChain({ updateId }: CompletionCallback): boolean {
  return updateId === undefined;
}

/** The callbacks that the runs which follow have too, as their started event names them. */
export function inheritedCallbacks({ callbacks }: Run): readonly Callback[] | undefined {
  const inherited = callbacks?.filter(isOfChain) ?? [];
  return inherited.length === 0 ? undefined : inherited.map(({ callback }) => callback);
}

/** The callbacks of which an attempt is under way. */
export function callbacksUnderWay(run: Run): readonly CompletionCallback[] {
  return (run.callbacks ?? []).filter(({ progress }) => progress.state === CallbackState.Scheduled);
}

/** When the next attempt of any is due; undefined where none backs off. */
export function nextCallbackAtMs(run: Run): number | undefined {
  return (run.callbacks ?? []).reduce<number | undefined>(
    (first, { progress }) => earliest(first, progress.nextAttemptAtMs),
    undefined,
  );
}

/** Begins the attempts that are due. */
export function callBackAgain(step: Step, run: Run): void {
  for (const { id, progress } of run.callbacks ?? []) {
    if (progress.nextAttemptAtMs === undefined || progress.nextAttemptAtMs > step.env.nowMs) continue;
    const transition = step.on(run);
    const { nextAttemptAtMs: _, ...kept } = progress;
    transition.note({ kind: 'callbackProgressed', id, progress: { ...kept, state: CallbackState.Scheduled } });
    transition.emit({ kind: 'deliver', run, delivery: callOf(run, callbackOf(run, id)) });
  }
}

function callbackOf(run: Run, id: string): CompletionCallback {
  return present(
    run.callbacks?.find((callback) => callback.id === id),
    'a callback under way is known',
  );
}

/** What is under way, as it has to go out. */
export function callbackDeliveries(run: Run): readonly OutsideCall[] {
  return callbacksUnderWay(run).map((callback) => callOf(run, callback));
}

function callOf(run: Run, attached: CompletionCallback): OutsideCall {
  const { id, callback, updateId, news } = attached;
  const end = updateId === undefined ? run.closing?.callbackNews : news;
  return {
    key: `callback:${id}`,
    call: {
      url: callback.nexus?.url ?? '',
      header: callback.nexus?.header ?? {},
      namespaceId: run.namespaceId,
      about: news !== undefined && news.endedAtMs === undefined ? undefined : aboutOf(run, attached),
      startedAtMs: run.lifecycle.startedAtMs,
      end: present(end, 'the news of a close is its event, of an update its outcome'),
    },
  };
}

/** Where the event is to be found that a callback came with. */
function aboutOf(run: Run, { requestId, updateId }: CompletionCallback): CallbackCall['about'] {
  const ids = { workflowId: run.workflowId, runId: run.runId };
  if (updateId === undefined && requestId === '') {
    return { ...ids, eventRef: { eventId: 1, eventType: EventType.WorkflowExecutionStarted } };
  }
  const eventType =
    updateId === undefined
      ? EventType.WorkflowExecutionOptionsUpdated
      : run.lifecycle.requestIds.get(requestId)?.eventType;
  return { ...ids, requestIdRef: { requestId, eventType: eventType ?? EventType.Unspecified } };
}

/**
 * Tells those who wait for the end of a run that has ended for a reset of another chain's run: what comes of the reset is
 * none of theirs. Temporal: mutable_state_impl.go, processCloseCallbacks.
 */
export function callBackDisplaced(transition: Transition, event: HistoryEvent): void {
  const { run } = transition;
  if (run.callbacks?.some(isOfChain) !== true) return;
  transition.note({ kind: 'callbacksOwed', event });
  for (const delivery of callbackDeliveries(run)) transition.emit({ kind: 'deliver', run, delivery });
}

/** An attempt is over: it was taken in, or is repeated later, or never. */
export function callbackAnswered(transition: Transition, id: string, answer: SettleInput['answer']): void {
  const { attempt } = callbackOf(transition.run, id).progress;
  const progress = afterAttempt(attempt + 1, answer, transition.env);
  transition.note({ kind: 'callbackProgressed', id, progress });
}

function afterAttempt(attempt: number, answer: SettleInput['answer'], env: Env): CallbackProgress {
  const { nowMs } = env;
  if (!isRejection(answer)) return { state: CallbackState.Succeeded, attempt, lastAttemptAtMs: nowMs };
  const retryable = answer.status === GrpcStatus.Unavailable;
  const lastFailure = failureOf(answer, !retryable);
  const over = { attempt, lastAttemptAtMs: nowMs, lastFailure };
  if (!retryable) return { ...over, state: CallbackState.Failed };
  return { ...over, state: CallbackState.BackingOff, nextAttemptAtMs: nowMs + backoffMs(attempt, env) };
}

/** How much shorter than it has to be at the most a wait is, so that those who failed together do not come together. */
const JITTER_SHARE = 0.2;

/** How long the next attempt waits. Temporal: common/backoff/retrypolicy.go, ComputeNextDelay. */
function backoffMs(attempt: number, env: Env): number {
  const { callbackRetryInitialMs, callbackRetryMaximumMs } = env.limits;
  const delayMs = Math.min(callbackRetryInitialMs * 2 ** Math.min(attempt - 1, 40), callbackRetryMaximumMs);
  return Math.floor(delayMs * (1 - JITTER_SHARE * (1 - env.random())));
}

function failureOf({ message }: Rejection, nonRetryable: boolean): Failure {
  return { message, applicationFailureInfo: { nonRetryable } };
}

/** The callbacks as a description shows them. */
export function describeCallbacks({ callbacks = [] }: Run): readonly WorkflowCallbackInfo[] {
  return callbacks.map(({ callback, registeredAtMs, updateId, progress }) => ({
    callback,
    trigger: updateId === undefined ? { workflowClosed: {} } : { updateWorkflowExecutionCompleted: { updateId } },
    registrationTime: toTimestamp(registeredAtMs),
    state: progress.state,
    attempt: progress.attempt,
    lastAttemptCompleteTime: toTimestampIfSet(progress.lastAttemptAtMs),
    lastAttemptFailure: progress.lastFailure,
    nextAttemptScheduleTime: toTimestampIfSet(progress.nextAttemptAtMs),
  }));
}
