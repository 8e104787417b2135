import { CallbackState, EventType } from '@perdure/proto/enums';
import type { Callback, Link, UpdateRequest } from '@perdure/proto/types';
import { unreachable } from '../../kernel/assert.ts';
import type { Env } from '../../kernel/env.ts';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import type { Run } from '../run.ts';
import type { NewEvent, Transition } from '../transition.ts';
import { CLOSED_BEFORE_COMPLETION } from '../update/closed-before-completion.ts';
import {
  applyCallbackProgress,
  applyCallbacksDue,
  callbackDeliveries,
  type CallbackChange,
  type CompletionCallback,
  type UpdateNews,
} from './callback.ts';

/**
 * Callbacks of updates: told how one update has ended, by its outcome, its rejection or the end of its run. They do not go
 * with the chain: a run that is continued ends its updates. Temporal: chasm/lib/workflow/workflow.go.
 */
export interface UpdateAttachment {
  readonly requestId: string;
  readonly callbacks: readonly Callback[];
}

/** What no event says of them, as it depends on the configuration of the moment: that they are to be called. */
export interface UpdateCallbacksAttached extends UpdateAttachment {
  readonly kind: 'updateCallbacksAttached';
  readonly updateId: string;
  readonly atMs: number;
}

export function attachmentOf({ requestId = '', completionCallbacks: callbacks = [] }: UpdateRequest): UpdateAttachment {
  return { requestId, callbacks };
}

/** The links of callbacks, which the event that an update is accepted with has too. */
export function callbackLinks({ completionCallbacks = [] }: UpdateRequest): readonly Link[] | undefined {
  const links = completionCallbacks.flatMap((callback) => (callback.nexus && callback.links) ?? []);
  return links.length === 0 ? undefined : links;
}

/** Why an update may not have so many callbacks more; undefined where it may. What waits in memory counts as well. */
export function updateCallbacksRefusal(
  run: Run,
  { limits }: Env,
  updateId: string,
  { callbacks }: UpdateAttachment,
): Rejection | undefined {
  if (!limits.updateCallbacks || callbacks.length === 0) return undefined;
  const { updateCallbacksRunMax: runMax, updateCallbacksMax: updateMax } = limits;
  const { all, own } = countOf(run, updateId);
  if (all + callbacks.length > runMax) {
    return reject.failedPrecondition(
      `cannot attach more than ${runMax} callbacks to a workflow (${all} callbacks already attached)`,
    );
  }
  if (own + callbacks.length <= updateMax) return undefined;
  return reject.failedPrecondition(
    `cannot attach more than ${updateMax} callbacks to update ${JSON.stringify(updateId)} (${own} callbacks already attached)`,
  );
}

function countOf({ callbacks = [], fleeting }: Run, updateId: string): { readonly all: number; readonly own: number } {
  let all = callbacks.length;
  let own = callbacks.filter((callback) => callback.updateId === updateId).length;
  for (const { request, attached, updateId: id } of fleeting.admitted.values()) {
    const waiting = [attachmentOf(request), ...attached].reduce((sum, { callbacks: { length } }) => sum + length, 0);
    all += waiting;
    if (id === updateId) own += waiting;
  }
  return { all, own };
}

/** The callbacks of an update that is on record now. */
export function attachToUpdate(transition: Transition, updateId: string, attachment: UpdateAttachment): void {
  const { env } = transition;
  if (!env.limits.updateCallbacks || attachment.callbacks.length === 0) return;
  transition.note({ kind: 'updateCallbacksAttached', updateId, atMs: env.nowMs, ...attachment });
}

/** The event that says so of a caller who came later. */
export function attachedEvent(updateId: string, { requestId, callbacks }: UpdateAttachment): NewEvent {
  const update = { updateId, attachedRequestId: requestId, attachedCompletionCallbacks: callbacks };
  return {
    eventType: EventType.WorkflowExecutionOptionsUpdated,
    workerMayIgnore: true,
    workflowExecutionOptionsUpdatedEventAttributes: { workflowUpdateOptions: [update] },
  };
}

export function applyCallbackChange(run: Run, change: CallbackChange): void {
  switch (change.kind) {
    case 'updateCallbacksAttached':
      applyUpdateCallbacksAttached(run, change);
      break;
    case 'updateCallbacksOwed':
      applyOpenUpdatesEnded(run, change.updateId);
      break;
    case 'callbackProgressed':
      applyCallbackProgress(run, change.id, change.progress);
      break;
    case 'callbacksOwed':
      applyCallbacksDue(run, change.event);
      break;
    default:
      unreachable(change);
  }
}

function applyUpdateCallbacksAttached(run: Run, change: UpdateCallbacksAttached): void {
  const { updateId, requestId, callbacks, atMs: registeredAtMs } = change;
  const known = new Set(run.callbacks?.map(({ id }) => id));
  const progress = { state: CallbackState.Standby, attempt: 0 };
  const added = callbacks
    .map((callback, index) => ({ id: `update:${updateId}/${requestId}-${index}`, callback }))
    .filter(({ id }) => !known.has(id))
    .map((named): CompletionCallback => ({ ...named, updateId, requestId, registeredAtMs, progress }));
  run.callbacks = [...(run.callbacks ?? []), ...added];
}

/** The update has come to its end. */
export function applyUpdateCallbacksDue(run: Run, updateId: string, news: UpdateNews): void {
  makeDue(run, (callback) => callback.updateId === updateId, news);
}

/** So have all updates that a closed run has left open, or one of them. */
export function applyOpenUpdatesEnded(run: Run, updateId?: string): void {
  const news = { outcome: { failure: CLOSED_BEFORE_COMPLETION }, endedAtMs: run.lifecycle.closedAtMs };
  makeDue(run, ({ updateId: of }) => of !== undefined && (updateId === undefined || of === updateId), news);
}

function makeDue(run: Run, concerns: (callback: CompletionCallback) => boolean, news: UpdateNews): void {
  if (run.callbacks?.some(concerns) !== true) return;
  const progress = { state: CallbackState.Scheduled, attempt: 0 };
  run.callbacks = run.callbacks.map((callback) =>
    concerns(callback) && callback.progress.state === CallbackState.Standby
      ? { ...callback, progress, news }
      : callback,
  );
}

/** Tells those who are due to be told. */
export function callBackForUpdates(transition: Transition): void {
  const { run } = transition;
  for (const delivery of callbackDeliveries(run)) transition.emit({ kind: 'deliver', run, delivery });
}

/** What a run that ends for a reset leaves open and the new one does not have is told now: nobody else will. */
export function tellUncarried(transition: Transition, { updates }: Run): void {
  const { run } = transition;
  const isLeft = ({ updateId, progress }: CompletionCallback): boolean =>
    updateId !== undefined &&
    progress.state === CallbackState.Standby &&
    !updates.byId.has(updateId) &&
    !updates.reapplied.has(updateId);
  const left = run.callbacks?.filter(isLeft) ?? [];
  for (const { updateId = '' } of left) transition.note({ kind: 'updateCallbacksOwed', updateId });
  if (left.length > 0) callBackForUpdates(transition);
}

/** A run that comes of a reset has the callbacks of the updates that were open at the point: it is to complete them. */
export function carryUpdateCallbacks(transition: Transition, base: Run): void {
  const { updates } = transition.run;
  const isOpen = ({ updateId }: CompletionCallback): boolean =>
    updateId !== undefined && updates.byId.get(updateId)?.completedEventId === 0;
  const carried = base.callbacks?.filter(isOpen) ?? [];
  for (const [index, { updateId = '', requestId, registeredAtMs: atMs }] of carried.entries()) {
    const isSame = (other: CompletionCallback): boolean => other.updateId === updateId && other.requestId === requestId;
    if (carried.findIndex(isSame) !== index) continue;
    const callbacks = carried.filter(isSame).map(({ callback }) => callback);
    transition.note({ kind: 'updateCallbacksAttached', updateId, requestId, callbacks, atMs });
  }
}
