import { CommandType, EventType } from '@perdure/proto/enums';
import type { Command, HistoryEvent } from '@perdure/proto/types';
import { acceptanceId, responseId } from './update-messages.ts';

/** The event that records each command. */
const EVENT_OF: Readonly<Partial<Record<CommandType, EventType>>> = {
  [CommandType.ScheduleActivityTask]: EventType.ActivityTaskScheduled,
  [CommandType.RequestCancelActivityTask]: EventType.ActivityTaskCancelRequested,
  [CommandType.StartTimer]: EventType.TimerStarted,
  [CommandType.CancelTimer]: EventType.TimerCanceled,
  [CommandType.CompleteWorkflowExecution]: EventType.WorkflowExecutionCompleted,
  [CommandType.FailWorkflowExecution]: EventType.WorkflowExecutionFailed,
  [CommandType.CancelWorkflowExecution]: EventType.WorkflowExecutionCanceled,
  [CommandType.ContinueAsNewWorkflowExecution]: EventType.WorkflowExecutionContinuedAsNew,
  [CommandType.StartChildWorkflowExecution]: EventType.StartChildWorkflowExecutionInitiated,
  [CommandType.SignalExternalWorkflowExecution]: EventType.SignalExternalWorkflowExecutionInitiated,
  [CommandType.RequestCancelExternalWorkflowExecution]: EventType.RequestCancelExternalWorkflowExecutionInitiated,
  [CommandType.RecordMarker]: EventType.MarkerRecorded,
  [CommandType.ModifyWorkflowProperties]: EventType.WorkflowPropertiesModified,
  [CommandType.UpsertWorkflowSearchAttributes]: EventType.UpsertWorkflowSearchAttributes,
};

const COMMAND_EVENTS: ReadonlySet<EventType> = new Set(Object.values(EVENT_OF));

/** Whether a command of a workflow task has made the event. */
export function isCommandEvent(event: HistoryEvent): boolean {
  return isUpdateEvent(event) || taskOfCommandEvent(event) !== undefined;
}

/** Whether it is the answer of a workflow to an update. */
function isUpdateEvent({ eventType }: HistoryEvent): boolean {
  const { WorkflowExecutionUpdateAccepted, WorkflowExecutionUpdateCompleted } = EventType;
  return eventType === WorkflowExecutionUpdateAccepted || eventType === WorkflowExecutionUpdateCompleted;
}

/** The workflow task whose commands the event says it is part of; undefined for one that says nothing of the kind. */
export function taskOfCommandEvent(event: HistoryEvent): number | undefined {
  if (event.eventType === undefined || !COMMAND_EVENTS.has(event.eventType)) return undefined;
  for (const [field, attributes] of Object.entries(event)) {
    if (!field.endsWith('EventAttributes') || typeof attributes !== 'object' || attributes === null) continue;
    const eventId =
      (attributes as { readonly workflowTaskCompletedEventId?: number }).workflowTaskCompletedEventId ?? 0;
    if (eventId > 0) return eventId;
  }
  return undefined;
}

/** Whether the event records this command: by its type, and by the names that tell commands of a type apart. */
export function records(event: HistoryEvent, command: Command): boolean {
  const { messageId } = command.protocolMessageCommandAttributes ?? {};
  if (messageId !== undefined) return messageOfEvent(event) === messageId;
  if (EVENT_OF[command.commandType ?? CommandType.Unspecified] !== event.eventType) return false;
  return nameOfEvent(event) === nameOfCommand(command);
}

/** The message that the event records. */
function messageOfEvent(event: HistoryEvent): string | undefined {
  const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
  if (accepted !== undefined) return acceptanceId(accepted.protocolInstanceId ?? '');
  const completed = event.workflowExecutionUpdateCompletedEventAttributes;
  return completed === undefined ? undefined : responseId(completed.meta?.updateId ?? '');
}

function nameOfEvent(event: HistoryEvent): string | number | undefined {
  return (
    event.activityTaskScheduledEventAttributes?.activityId ??
    event.activityTaskCancelRequestedEventAttributes?.scheduledEventId ??
    event.timerStartedEventAttributes?.timerId ??
    event.timerCanceledEventAttributes?.timerId ??
    event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId ??
    event.signalExternalWorkflowExecutionInitiatedEventAttributes?.workflowExecution?.workflowId ??
    event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes?.workflowExecution?.workflowId ??
    event.markerRecordedEventAttributes?.markerName
  );
}

function nameOfCommand(command: Command): string | number | undefined {
  return (
    command.scheduleActivityTaskCommandAttributes?.activityId ??
    command.requestCancelActivityTaskCommandAttributes?.scheduledEventId ??
    command.startTimerCommandAttributes?.timerId ??
    command.cancelTimerCommandAttributes?.timerId ??
    command.startChildWorkflowExecutionCommandAttributes?.workflowId ??
    command.signalExternalWorkflowExecutionCommandAttributes?.execution?.workflowId ??
    command.requestCancelExternalWorkflowExecutionCommandAttributes?.workflowId ??
    command.recordMarkerCommandAttributes?.markerName
  );
}
