import { decodeHistory, encodeHistoryEvent } from '@perdure/proto';
import { EventType, TimeoutType } from '@perdure/proto/enums';
import type { HistoryEvent, WorkflowExecutionContinuedAsNewEventAttributes } from '@perdure/proto/types';
import type { CallContext } from './handler.ts';

/** With this among its features a client finds the run that follows a failed one by itself. */
const FOLLOWS_NEXT_RUN = 'follows-next-run-id';

/**
 * A close event as the client understands it: one that knows nothing of runs that follow a failure, a timeout or a cron
 * run is told that the run continued as new. Temporal: history/api/get_history_util.go, FixFollowEvents.
 */
export function followable(slice: Uint8Array, context: CallContext): Uint8Array {
  const features = context.headers.get('supported-features') ?? '';
  if (features.split(',').includes(FOLLOWS_NEXT_RUN)) return slice;
  const [event] = decodeHistory([slice]).events ?? [];
  const attributes = event && continuedAsNew(event);
  if (event === undefined || attributes === undefined) return slice;
  const { eventId, eventTime, version, taskId } = event;
  return encodeHistoryEvent({
    eventId,
    eventTime,
    version,
    taskId,
    eventType: EventType.WorkflowExecutionContinuedAsNew,
    workflowExecutionContinuedAsNewEventAttributes: attributes,
  });
}

function continuedAsNew(event: HistoryEvent): WorkflowExecutionContinuedAsNewEventAttributes | undefined {
  const completed = event.workflowExecutionCompletedEventAttributes;
  if (completed?.newExecutionRunId) {
    return { newExecutionRunId: completed.newExecutionRunId, lastCompletionResult: completed.result };
  }
  const failed = event.workflowExecutionFailedEventAttributes;
  if (failed?.newExecutionRunId) return { newExecutionRunId: failed.newExecutionRunId, failure: failed.failure };
  const timedOut = event.workflowExecutionTimedOutEventAttributes;
  if (!timedOut?.newExecutionRunId) return undefined;
  const timeoutFailureInfo = { timeoutType: TimeoutType.StartToClose };
  const failure = { message: 'workflow timeout', source: 'Server', timeoutFailureInfo };
  return { newExecutionRunId: timedOut.newExecutionRunId, failure };
}
