import { EventType } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import type { ResetPast } from './reset-input.ts';

/**
 * Why a run cannot be reset to before an event; undefined where it can: between the schedule of a workflow task and its
 * end. Texts: Temporal, ndc/workflow_resetter.go, ndc/state_rebuilder.go.
 */
export function boundaryRefusal({ replay, next }: ResetPast, finishEventId: number): Rejection | undefined {
  if (replay.last !== undefined && belongTogether(replay.last, next)) {
    return reject.invalidArgument(
      `StateRebuilder unable to Rebuild mutable state to event ID: ${finishEventId - 1}, version: 0, this event must be at the boundary`,
    );
  }
  if (replay.hasTask) return undefined;
  return reject.invalidArgument(
    `Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: ${finishEventId}`,
  );
}

/** Whether two events that follow each other are halves of the same thing. */
function belongTogether(last: HistoryEvent, next: HistoryEvent): boolean {
  if (last.eventType === EventType.ActivityTaskStarted) return true;
  if (last.eventType === EventType.WorkflowTaskScheduled) {
    return (last.workflowTaskScheduledEventAttributes?.attempt ?? 1) > 1;
  }
  if (last.eventType === EventType.WorkflowExecutionStarted) {
    const { seconds, nanos } = last.eventTime ?? {};
    return next.eventTime?.seconds === seconds && next.eventTime?.nanos === nanos;
  }
  return isOfCommand(next);
}

/** An event that a workflow task has asked for comes with its completion. */
function isOfCommand(event: HistoryEvent): boolean {
  for (const [field, attributes] of Object.entries(event) as [string, { workflowTaskCompletedEventId?: number }][]) {
    if (field.endsWith('EventAttributes')) return (attributes?.workflowTaskCompletedEventId ?? 0) > 0;
  }
  return false;
}
