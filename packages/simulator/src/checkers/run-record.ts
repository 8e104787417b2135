import { defaultLimits, enumName, timestampMs, visibilityRecord, type Run, type VisibilityRecord } from '@perdure/core';
import { EventType } from '@perdure/proto/enums';
import type { HistoryEvent, UpdateOutcome, UpdateRequest } from '@perdure/proto/types';
import type { RunIdentity } from '@perdure/storage';
import { MODEL_ATTRIBUTES } from '../model/commands.ts';

/** What is durable of one run, as the checkers have seen it become so. */
export interface RunRecord {
  readonly shard: number;
  readonly key: number;
  readonly identity: RunIdentity;
  /** All of its history. */
  readonly events: HistoryEvent[];
  /** Its state, rebuilt row by row. */
  readonly shadow: Run;
  /** Sequence of its last row. */
  sequence: number;
  /** Number of events in the row before. */
  rowStartEventId: number;
  visibility: VisibilityRecord | undefined;
  /** When it is due to be removed, once it has closed. */
  removeAtMs: number | undefined;
  /** Which of all removals took it away; undefined while it is there. */
  removal: number | undefined;
  /** Whether somebody has asked for an update of the workflow, which may bring a task about at any time. */
  readonly isAsked: () => boolean;
  /** Of a run that a reset has made: the run that it comes of, and the last event that it has of that one. */
  base: { readonly run: RunRecord; readonly throughEventId: number } | undefined;
  /** The updates that events have brought, by id. */
  readonly admitted: Map<string, UpdateRequest>;
  /** The completed task whose commands' events are written at this point; undefined behind other events. */
  commandsOf: number | undefined;
  /** The updates that its history has accepted, by id. */
  readonly updates: Map<string, UpdateRecord>;
  /** The last number of each sequential sender. */
  readonly lastNumbers: Map<string, number>;
  /** Activities that have their terminal event in the history, by scheduled event id. */
  readonly closedActivities: Set<number>;
}

/** An update in a history. */
export interface UpdateRecord {
  readonly acceptedEventId: number;
  outcome: UpdateOutcome | undefined;
}

/** Names a run in messages. */
export function nameOf({ identity }: Pick<RunRecord, 'identity'>): string {
  return `${identity.id}/${identity.runId}`;
}

/** Names an event in messages. */
export function describeEvent(event: HistoryEvent): string {
  return `${event.eventId ?? 'buffered'} ${enumName(EventType, event.eventType ?? EventType.Unspecified)}`;
}

/** When an event happened, in milliseconds since 1970. */
export function timeOf(event: HistoryEvent): number {
  return timestampMs(event.eventTime) ?? 0;
}

const CLOSE_EVENTS: ReadonlySet<EventType | undefined> = new Set<EventType | undefined>([
  EventType.WorkflowExecutionCompleted,
  EventType.WorkflowExecutionFailed,
  EventType.WorkflowExecutionTimedOut,
  EventType.WorkflowExecutionCanceled,
  EventType.WorkflowExecutionTerminated,
  EventType.WorkflowExecutionContinuedAsNew,
]);

export function isCloseEvent({ eventType }: HistoryEvent): boolean {
  return CLOSE_EVENTS.has(eventType);
}

/** The run that a close event names as the next of the chain; undefined where none follows. */
export function successorOf(event: HistoryEvent): string | undefined {
  const attributes =
    event.workflowExecutionContinuedAsNewEventAttributes ??
    event.workflowExecutionFailedEventAttributes ??
    event.workflowExecutionTimedOutEventAttributes ??
    event.workflowExecutionCompletedEventAttributes;
  return attributes?.newExecutionRunId || undefined;
}

/** The attributes of an event that ends an activity; undefined for any other. */
export function activityEnd(event: HistoryEvent) {
  return (
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes
  );
}

/** The attributes of an event that ends a child which has started; undefined for any other. */
export function childEnd(event: HistoryEvent) {
  return (
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes
  );
}

/** The attributes of an event that answers a signal or a cancel request to another workflow; undefined for any other. */
export function externalEnd(event: HistoryEvent) {
  return (
    event.externalWorkflowExecutionSignaledEventAttributes ??
    event.signalExternalWorkflowExecutionFailedEventAttributes ??
    event.externalWorkflowExecutionCancelRequestedEventAttributes ??
    event.requestCancelExternalWorkflowExecutionFailedEventAttributes
  );
}

/** The row that a run should have in visibility. How many transitions it counts is left out: rows may hold several. */
export function expectedVisibility({ shadow, identity }: RunRecord): VisibilityRecord {
  const namespace = { id: identity.namespaceId, name: '', customAttributes: MODEL_ATTRIBUTES };
  return { ...visibilityRecord(shadow, { namespace, limits: defaultLimits }), stateTransitionCount: undefined };
}
