import { EventType, ResetReapplyExcludeType, UpdateAdmittedEventOrigin } from '@perdure/proto/enums';
import type {
  HistoryEvent,
  WorkflowExecutionOptionsUpdatedEventAttributesWorkflowUpdateOptionsUpdate,
} from '@perdure/proto/types';
import { attachmentOf, attachToUpdate } from '../callback/update-callbacks.ts';
import { hasStarted } from '../child/child.ts';
import type { Run } from '../run.ts';
import type { NewEvent, Transition } from '../transition.ts';
import type { PastEvent } from './reset-input.ts';

/** How an event of the past comes about in the new run; undefined where it does not. */
type Reapplier = (transition: Transition, event: HistoryEvent) => NewEvent | undefined;

interface Rule {
  /** Asked not to be carried over under this name; undefined: it always is. */
  readonly excludedAs: ResetReapplyExcludeType | undefined;
  /** Refers to events of its own run, so that it means nothing for one that it continued. */
  readonly ownOnly: boolean;
  readonly reapply: Reapplier;
}

const child: Rule = { excludedAs: undefined, ownOnly: true, reapply: reapplyChild };

/** What is carried over; all else is for the new run to bring about. Temporal: ndc/workflow_resetter.go, reapplyEvents. */
const RULES: ReadonlyMap<EventType, Rule> = new Map<EventType, Rule>([
  [
    EventType.WorkflowExecutionSignaled,
    { excludedAs: ResetReapplyExcludeType.Signal, ownOnly: false, reapply: reapplySignal },
  ],
  [
    EventType.WorkflowExecutionUpdateAdmitted,
    { excludedAs: ResetReapplyExcludeType.Update, ownOnly: false, reapply: reapplyUpdate },
  ],
  [
    EventType.WorkflowExecutionUpdateAccepted,
    { excludedAs: ResetReapplyExcludeType.Update, ownOnly: false, reapply: reapplyUpdate },
  ],
  [EventType.WorkflowExecutionOptionsUpdated, { excludedAs: undefined, ownOnly: false, reapply: reapplyOptions }],
  [EventType.StartChildWorkflowExecutionFailed, child],
  [EventType.ChildWorkflowExecutionStarted, child],
  [EventType.ChildWorkflowExecutionCompleted, child],
  [EventType.ChildWorkflowExecutionFailed, child],
  [EventType.ChildWorkflowExecutionCanceled, child],
  [EventType.ChildWorkflowExecutionTimedOut, child],
  [EventType.ChildWorkflowExecutionTerminated, child],
]);

/** Whether an event of the past may be carried over: what may not need not be kept. */
export function isCarriedOver({ event, own }: PastEvent, excluded: ReadonlySet<ResetReapplyExcludeType>): boolean {
  const rule = RULES.get(event.eventType ?? EventType.Unspecified);
  if (rule === undefined || (rule.ownOnly && !own)) return false;
  return rule.excludedAs === undefined || !excluded.has(rule.excludedAs);
}

/** Brings an event of the past about again, as if it came only now. */
export function carryOver(transition: Transition, { event }: PastEvent): void {
  const rule = RULES.get(event.eventType ?? EventType.Unspecified);
  const again = rule?.reapply(transition, event);
  if (again === undefined) return;
  transition.append(again);
  const request = again.workflowExecutionUpdateAdmittedEventAttributes?.request;
  if (request !== undefined) attachToUpdate(transition, request.meta?.updateId ?? '', attachmentOf(request));
  for (const update of again.workflowExecutionOptionsUpdatedEventAttributes?.workflowUpdateOptions ?? []) {
    const { updateId = '', attachedRequestId: requestId = '', attachedCompletionCallbacks: callbacks = [] } = update;
    attachToUpdate(transition, updateId, { requestId, callbacks });
  }
}

/** A request that came to a run and once more to the one that continued it is one signal. */
function reapplySignal({ run }: Transition, event: HistoryEvent): NewEvent | undefined {
  const { signalName, input, identity, header, requestId } = event.workflowExecutionSignaledEventAttributes ?? {};
  if (run.signalRequestIds.has(requestId ?? '')) return undefined;
  return {
    eventType: EventType.WorkflowExecutionSignaled,
    links: event.links,
    workflowExecutionSignaledEventAttributes: { signalName, input, identity, header, requestId },
  };
}

/** The worker takes the update up once more. An accepted one without its request was reapplied as an admitted one. */
function reapplyUpdate({ run }: Transition, event: HistoryEvent): NewEvent | undefined {
  const request =
    event.workflowExecutionUpdateAdmittedEventAttributes?.request ??
    event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest;
  const updateId = request?.meta?.updateId ?? '';
  if (request === undefined || run.updates.byId.has(updateId) || run.updates.reapplied.has(updateId)) return undefined;
  return {
    eventType: EventType.WorkflowExecutionUpdateAdmitted,
    workflowExecutionUpdateAdmittedEventAttributes: { request, origin: UpdateAdmittedEventOrigin.Reapply },
  };
}

function reapplyOptions({ run }: Transition, event: HistoryEvent): NewEvent | undefined {
  const attributes = event.workflowExecutionOptionsUpdatedEventAttributes;
  if (run.lifecycle.requestIds.has(attributes?.attachedRequestId ?? '')) return undefined;
  const updates = attributes?.workflowUpdateOptions ?? [];
  const carried = updates.filter((update) => mayJoin(run, update));
  // One that is of updates alone has nothing to say where none of them is there.
  if (updates.length > 0 && carried.length === 0) return undefined;
  return {
    eventType: EventType.WorkflowExecutionOptionsUpdated,
    links: event.links,
    workerMayIgnore: true,
    workflowExecutionOptionsUpdatedEventAttributes:
      updates.length === 0 ? attributes : { ...attributes, workflowUpdateOptions: carried },
  };
}

/** Whether somebody who has joined an update joins it once more: it is open in the new run. */
function mayJoin({ updates, lifecycle }: Run, { updateId = '', attachedRequestId = '' }: JoinedUpdate): boolean {
  if (lifecycle.requestIds.has(attachedRequestId)) return false;
  return updates.reapplied.has(updateId) || updates.byId.get(updateId)?.completedEventId === 0;
}

type JoinedUpdate = WorkflowExecutionOptionsUpdatedEventAttributesWorkflowUpdateOptionsUpdate;

/** News of a child that the new run has too. */
function reapplyChild({ run }: Transition, event: HistoryEvent): NewEvent | undefined {
  for (const [field, attributes] of Object.entries(event) as [string, ChildAttributes | undefined][]) {
    if (!field.endsWith('EventAttributes') || attributes === undefined) continue;
    const known = run.children.get(attributes.initiatedEventId ?? 0);
    if (known === undefined) return undefined;
    if (event.eventType === EventType.ChildWorkflowExecutionStarted && hasStarted(known)) return undefined;
    const wired = 'startedEventId' in attributes ? { ...attributes, startedEventId: known.startedEventId } : attributes;
    return { eventType: event.eventType, [field]: wired };
  }
  return undefined;
}

interface ChildAttributes {
  readonly initiatedEventId?: number;
  readonly startedEventId?: number;
}
