import type { Failure, HistoryEvent } from '@perdure/proto/json-types';
import { readPayload } from '../payload.ts';
import { durationMs, formatDuration } from '../time.ts';
import { attributesOf, eventIdOf, eventTimeMs, eventTypeWords, failureOf } from './events.ts';

export type GroupKind =
  | 'workflow'
  | 'workflowTask'
  | 'activity'
  | 'localActivity'
  | 'timer'
  | 'child'
  | 'signal'
  | 'update'
  | 'external'
  | 'nexus'
  | 'marker'
  | 'other';

export type GroupState = 'open' | 'done' | 'failed' | 'canceled' | 'timedOut' | 'instant';

/** Events that belong together: a thing that the workflow did, from its command to its end. */
export interface EventGroup {
  /** The id of its first event. */
  readonly id: number;
  readonly kind: GroupKind;
  /** What it is of: the activity's type, the timer's summary, the signal's name. */
  readonly name: string;
  readonly events: readonly HistoryEvent[];
  readonly state: GroupState;
  readonly startMs: number;
  /** When a worker began: the last attempt of an activity that has ended. */
  readonly startedMs: number | undefined;
  readonly endMs: number | undefined;
  /** When a timer that is open fires. */
  readonly dueMs: number | undefined;
  /** Attempts that history knows of; those of a pending activity are in its description. */
  readonly attempt: number;
  readonly failure: Failure | undefined;
  /** The activity, timer or child id that descriptions refer to. */
  readonly subject: string;
  /** The workflow task whose commands made it: what came from one task was started together. */
  readonly batch: number;
}

interface Draft {
  readonly first: HistoryEvent;
  readonly events: HistoryEvent[];
  /** What was made of so many of its events. */
  made?: { readonly group: EventGroup; readonly of: number };
}

/** Groups a history, or the beginning of one: the state at an event is that of the events up to it. */
export function groupEvents(events: readonly HistoryEvent[]): readonly EventGroup[] {
  const grouping = new Grouping();
  for (const event of events) grouping.add(event);
  return grouping.groups();
}

/** Groups a history that grows: a group to which nothing has come stays what it was. */
export class Grouping {
  readonly #drafts = new Map<number, Draft>();
  readonly #groupOf = new Map<number, number>();

  add(event: HistoryEvent): void {
    const id = eventIdOf(event);
    const owner = this.#groupOf.get(ownerIdOf(event)) ?? id;
    this.#groupOf.set(id, owner);
    const draft = this.#drafts.get(owner);
    if (draft === undefined) this.#drafts.set(owner, { first: event, events: [event] });
    else draft.events.push(event);
  }

  groups(): readonly EventGroup[] {
    return Array.from(this.#drafts.values(), (draft) => {
      const of = draft.events.length;
      if (draft.made?.of !== of) draft.made = { group: toGroup(draft), of };
      return draft.made.group;
    });
  }
}

const workflowClose =
  /^EVENT_TYPE_WORKFLOW_EXECUTION_(COMPLETED|FAILED|TIMED_OUT|CANCELED|TERMINATED|CONTINUED_AS_NEW)$/;

/** The event that a later one refers to as its beginning; itself where it begins something. */
function ownerIdOf(event: HistoryEvent): number {
  if (workflowClose.test(event.eventType ?? '')) return 1;
  const { scheduledEventId, initiatedEventId, acceptedEventId, startedEventId } = attributesOf(event);
  const isSignalled = event.workflowExecutionSignaledEventAttributes !== undefined;
  const owner = scheduledEventId ?? (isSignalled ? undefined : initiatedEventId) ?? acceptedEventId ?? startedEventId;
  return owner === undefined ? eventIdOf(event) : Number(owner);
}

function toGroup({ first, events: all }: Draft): EventGroup {
  const events = [...all];
  const last = events.at(-1) ?? first;
  const started = events.find(
    ({ eventType }) => eventType?.endsWith('_STARTED') === true && eventType !== first.eventType,
  );
  const state = stateOf(events);
  const kind = kindOf(first);
  const isOpen = state === 'open';
  return {
    id: eventIdOf(first),
    kind,
    name: summaryOf(first) ?? nameOf(first, kind),
    events,
    state,
    startMs: eventTimeMs(first),
    startedMs: started && eventTimeMs(started),
    endMs: isOpen ? undefined : eventTimeMs(last),
    dueMs: isOpen ? dueMs(first) : undefined,
    attempt: Number(started?.activityTaskStartedEventAttributes?.attempt ?? 1),
    failure: failureIn(events),
    subject: subjectOf(first),
    batch: Number(attributesOf(first).workflowTaskCompletedEventId ?? eventIdOf(first)),
  };
}

function dueMs(event: HistoryEvent): number | undefined {
  const lengthMs = durationMs(event.timerStartedEventAttributes?.startToFireTimeout);
  return lengthMs === undefined ? undefined : eventTimeMs(event) + lengthMs;
}

/** The failure that it ended with, or that its last retry was for. */
function failureIn(events: readonly HistoryEvent[]): Failure | undefined {
  for (const event of events.toReversed()) {
    const failure = failureOf(event) ?? (attributesOf(event).lastFailure as Failure | undefined);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

const kinds: readonly (readonly [RegExp, GroupKind])[] = [
  [/_WORKFLOW_TASK_/, 'workflowTask'],
  [/_ACTIVITY_TASK_/, 'activity'],
  [/_TIMER_/, 'timer'],
  [/_EXTERNAL_WORKFLOW_/, 'external'],
  [/_CHILD_WORKFLOW_/, 'child'],
  [/_SIGNALED$/, 'signal'],
  [/_EXECUTION_UPDATE_/, 'update'],
  [/_NEXUS_/, 'nexus'],
  [/_MARKER_/, 'marker'],
  [/_WORKFLOW_EXECUTION_STARTED$/, 'workflow'],
];

function kindOf(event: HistoryEvent): GroupKind {
  if (/local_activity|LocalActivity/.test(event.markerRecordedEventAttributes?.markerName ?? ''))
    return 'localActivity';
  return kinds.find(([pattern]) => pattern.test(event.eventType ?? ''))?.[1] ?? 'other';
}

const begins = /_(SCHEDULED|INITIATED|ACCEPTED|ADMITTED)$|_TIMER_STARTED$|_WORKFLOW_EXECUTION_STARTED$/;

const endings: readonly (readonly [RegExp, GroupState])[] = [
  [/_TIMED_OUT$/, 'timedOut'],
  [/_(FAILED|REJECTED|TERMINATED)$/, 'failed'],
  [/_CANCELED$/, 'canceled'],
  [/_(COMPLETED|FIRED|SIGNALED|CONTINUED_AS_NEW)$/, 'done'],
];

function stateOf(events: readonly HistoryEvent[]): GroupState {
  for (const event of events.toReversed()) {
    const type = event.eventType ?? '';
    if (/_CANCEL_REQUEST_(COMPLETED|FAILED)$/.test(type)) continue;
    if (type.endsWith('_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED')) return 'done';
    if (event.workflowExecutionUpdateCompletedEventAttributes?.outcome?.failure !== undefined) return 'failed';
    if (events.length === 1 && !begins.test(type) && kindOf(event) !== 'workflowTask') return isFailedMarker(event);
    const ending = endings.find(([pattern]) => pattern.test(type));
    if (ending !== undefined) return ending[1];
  }
  return 'open';
}

function isFailedMarker(event: HistoryEvent): GroupState {
  return event.markerRecordedEventAttributes?.failure === undefined ? 'instant' : 'failed';
}

/** What the program itself calls it. */
function summaryOf(event: HistoryEvent): string | undefined {
  const summary = event.userMetadata?.summary;
  if (summary === undefined || event.workflowExecutionStartedEventAttributes !== undefined) return undefined;
  const read = readPayload(summary);
  return read.kind === 'json' && typeof read.value === 'string' && read.value !== '' ? read.value : undefined;
}

function nameOf(event: HistoryEvent, kind: GroupKind): string {
  return namers.map((namer) => namer(event)).find((name) => name !== undefined) ?? fallbackName(event, kind);
}

const namers: readonly ((event: HistoryEvent) => string | undefined)[] = [
  (event) => event.activityTaskScheduledEventAttributes?.activityType?.name,
  (event) => event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowType?.name,
  (event) => event.workflowExecutionSignaledEventAttributes?.signalName,
  (event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes?.signalName,
  (event) => event.workflowExecutionStartedEventAttributes?.workflowType?.name,
  (event) => event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name,
  (event) => event.workflowExecutionUpdateAdmittedEventAttributes?.request?.input?.name,
  (event) => nexusName(event),
  (event) => markerName(event),
];

function nexusName(event: HistoryEvent): string | undefined {
  const attributes = event.nexusOperationScheduledEventAttributes;
  return attributes && `${attributes.service ?? ''}.${attributes.operation ?? ''}`;
}

function markerName(event: HistoryEvent): string | undefined {
  const marker = event.markerRecordedEventAttributes;
  if (marker === undefined) return undefined;
  const data = marker.details?.data?.payloads?.[0];
  const read = data && readPayload(data);
  const value = read?.kind === 'json' ? (read.value as { activity_type?: string; id?: string } | null) : undefined;
  const patch = marker.details?.['patch-data']?.payloads?.[0];
  const patchRead = patch && readPayload(patch);
  const patchId = patchRead?.kind === 'json' ? (patchRead.value as { id?: string } | null)?.id : undefined;
  return value?.activity_type ?? patchId ?? value?.id ?? marker.markerName;
}

function fallbackName(event: HistoryEvent, kind: GroupKind): string {
  if (kind === 'workflowTask') return 'Workflow task';
  // Its id is a number that the SDK counted; its length says which one it is.
  if (kind === 'timer')
    return `Timer ${formatDuration(durationMs(event.timerStartedEventAttributes?.startToFireTimeout) ?? 0)}`;
  return eventTypeWords(event);
}

function subjectOf(event: HistoryEvent): string {
  const { activityId, timerId, workflowId } = attributesOf(event) as Record<string, string | undefined>;
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  return activityId ?? timerId ?? (child && workflowId) ?? '';
}

/** Names of kinds, for filters and for what a group is called where its name alone says too little. */
export const kindNames: Readonly<Record<GroupKind, string>> = {
  workflow: 'Workflow',
  workflowTask: 'Workflow task',
  activity: 'Activity',
  localActivity: 'Local activity',
  timer: 'Timer',
  child: 'Child workflow',
  signal: 'Signal',
  update: 'Update',
  external: 'To another workflow',
  nexus: 'Nexus operation',
  marker: 'Marker',
  other: 'Other',
};
