import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { hold } from '../kernel/violation.ts';
import { isCommandEvent, taskOfCommandEvent } from '../model/recorded-commands.ts';
import {
  activityEnd,
  childEnd,
  describeEvent,
  externalEnd,
  isCloseEvent,
  nameOf,
  type RunRecord,
} from './run-record.ts';
import { checkUpdate } from './update-rules.ts';

/** Checks an event that has just got its place in a history: order, references, the shape of the whole. */
export function checkRecorded(record: RunRecord, event: HistoryEvent): void {
  const { events } = record;
  const last = events.at(-1);
  const where = (): string => `${nameOf(record)}: ${describeEvent(event)}`;
  hold(event.eventId === events.length + 1, 4, () => `${where()} after ${events.length} events`);
  hold(last === undefined || !isCloseEvent(last), 6, () => `${where()} after ${describeEvent(last ?? {})}`);
  const isFirst = event.eventType === EventType.WorkflowExecutionStarted;
  hold(isFirst === (events.length === 0), 6, where);
  checkTask(record, event, where);
  checkReferences(record, event, where);
  checkCommand(record, event, where);
  checkUpdate(record, event, where);
}

type Where = () => string;

function isOfType(record: RunRecord, eventId: number | undefined, ...types: readonly EventType[]): boolean {
  const event = record.events[(eventId ?? 0) - 1];
  return event?.eventType !== undefined && types.includes(event.eventType);
}

const PAUSES: ReadonlySet<EventType> = new Set<EventType>([
  EventType.WorkflowExecutionPaused,
  EventType.WorkflowExecutionUnpaused,
]);

/** Scheduled, started and ended follow one another: between a task's start and its end nothing gets into the history. */
function checkTask(record: RunRecord, event: HistoryEvent, where: Where): void {
  if (event.eventType === EventType.WorkflowTaskScheduled) {
    const held = record.events.findLast(({ eventType }) => eventType !== undefined && PAUSES.has(eventType));
    hold(held?.eventType !== EventType.WorkflowExecutionPaused, 44, where);
  }
  const started = event.workflowTaskStartedEventAttributes;
  if (started !== undefined) {
    hold(isOfType(record, started.scheduledEventId, EventType.WorkflowTaskScheduled), 7, where);
  }
  const ended =
    event.workflowTaskCompletedEventAttributes ??
    event.workflowTaskFailedEventAttributes ??
    event.workflowTaskTimedOutEventAttributes;
  if (ended === undefined) return;
  const { scheduledEventId = 0, startedEventId = 0 } = ended;
  const { cause } = event.workflowTaskFailedEventAttributes ?? {};
  const byPause = cause === WorkflowTaskFailedCause.WorkflowPauseRequestedBeforeTaskStarted;
  const unstarted = byPause || event.workflowTaskTimedOutEventAttributes !== undefined;
  if (unstarted && startedEventId === 0) {
    hold(isOfType(record, scheduledEventId, EventType.WorkflowTaskScheduled), 7, where);
    return;
  }
  hold(startedEventId === record.events.length, 21, () => `${where()} ends the task started by ${startedEventId}`);
  hold(isOfType(record, startedEventId, EventType.WorkflowTaskStarted), 7, where);
  const start = record.events[startedEventId - 1]?.workflowTaskStartedEventAttributes;
  hold(start?.scheduledEventId === scheduledEventId, 7, where);
}

function checkReferences(record: RunRecord, event: HistoryEvent, where: Where): void {
  const activityStart = event.activityTaskStartedEventAttributes;
  if (activityStart !== undefined) {
    hold(isOfType(record, activityStart.scheduledEventId, EventType.ActivityTaskScheduled), 7, where);
  }
  checkActivityEnd(record, event, where);
  const { timerFiredEventAttributes: fired, timerCanceledEventAttributes: canceled } = event;
  const timer = fired ?? canceled;
  if (timer !== undefined) {
    const start = record.events[(timer.startedEventId ?? 0) - 1]?.timerStartedEventAttributes;
    hold(start !== undefined && start.timerId === timer.timerId, 7, where);
  }
  const child = childEnd(event);
  if (child !== undefined) {
    const start = record.events[(child.startedEventId ?? 0) - 1]?.childWorkflowExecutionStartedEventAttributes;
    hold(start !== undefined && start.initiatedEventId === child.initiatedEventId, 7, where);
  }
  const answered =
    event.childWorkflowExecutionStartedEventAttributes ??
    event.startChildWorkflowExecutionFailedEventAttributes ??
    child;
  if (answered !== undefined) {
    hold(isOfType(record, answered.initiatedEventId, EventType.StartChildWorkflowExecutionInitiated), 7, where);
  }
  const external = externalEnd(event);
  if (external !== undefined) {
    const { SignalExternalWorkflowExecutionInitiated, RequestCancelExternalWorkflowExecutionInitiated } = EventType;
    const types = [SignalExternalWorkflowExecutionInitiated, RequestCancelExternalWorkflowExecutionInitiated];
    hold(isOfType(record, external.initiatedEventId, ...types), 7, where);
  }
}

function checkActivityEnd(record: RunRecord, event: HistoryEvent, where: Where): void {
  const end = activityEnd(event);
  if (end === undefined) return;
  const { scheduledEventId = 0, startedEventId = 0 } = end;
  hold(isOfType(record, scheduledEventId, EventType.ActivityTaskScheduled), 7, where);
  hold(
    !record.closedActivities.has(scheduledEventId),
    8,
    () => `${where()} of the activity scheduled by ${scheduledEventId}`,
  );
  record.closedActivities.add(scheduledEventId);
  if (startedEventId === 0) {
    const unstarted = [EventType.ActivityTaskTimedOut, EventType.ActivityTaskCanceled] as readonly (
      | EventType
      | undefined
    )[];
    hold(unstarted.includes(event.eventType), 7, () => `${where()} without a start`);
    return;
  }
  const start = record.events[startedEventId - 1]?.activityTaskStartedEventAttributes;
  hold(start !== undefined && start.scheduledEventId === scheduledEventId, 7, where);
}

/** The events of a task's commands stand together behind its completed event, in the same row. */
function checkCommand(record: RunRecord, event: HistoryEvent, where: Where): void {
  if (event.eventType === EventType.WorkflowTaskCompleted) {
    record.commandsOf = event.eventId;
    return;
  }
  if (!isCommandEvent(event)) {
    record.commandsOf = undefined;
    return;
  }
  const { commandsOf } = record;
  const named = taskOfCommandEvent(event);
  hold(
    commandsOf !== undefined && (named ?? commandsOf) === commandsOf,
    22,
    () => `${where()} is apart from the other commands of its task`,
  );
  hold(commandsOf >= record.rowStartEventId, 22, () => `${where()} is in another row than its task`);
}
