import { EventType, type HistoryEvent, int64, valueOf } from '../wire.ts';

/** What a model program knows of its run: its history, by what the program named. */
export interface View {
  readonly input: unknown;
  /** By activity id; undefined while it has no result. */
  readonly activities: ReadonlyMap<string, string | undefined>;
  /** By timer id: whether it has fired. */
  readonly timers: ReadonlyMap<string, boolean>;
  /** By workflow id: whether the child has closed. */
  readonly children: ReadonlyMap<string, boolean>;
  /** What signals carried, in order. */
  readonly signals: readonly string[];
  readonly cancelRequested: boolean;
}

/** Reads a history from its first event. */
export function viewOf(history: readonly HistoryEvent[]): View {
  const activities = new Map<string, string | undefined>();
  const timers = new Map<string, boolean>();
  const children = new Map<string, boolean>();
  const signals: string[] = [];
  const activityIds = new Map<number, string>();
  let input: unknown;
  let cancelRequested = false;
  for (const event of history) {
    switch (event.eventType) {
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
        input = valueOf(event.workflowExecutionStartedEventAttributes?.input);
        break;
      case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: {
        const activityId = event.activityTaskScheduledEventAttributes?.activityId ?? '';
        activityIds.set(int64(event.eventId), activityId);
        activities.set(activityId, undefined);
        break;
      }
      case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: {
        const completed = event.activityTaskCompletedEventAttributes;
        const activityId = activityIds.get(int64(completed?.scheduledEventId)) ?? 'never scheduled';
        activities.set(activityId, valueOf(completed?.result));
        break;
      }
      case EventType.EVENT_TYPE_TIMER_STARTED:
        timers.set(event.timerStartedEventAttributes?.timerId ?? '', false);
        break;
      case EventType.EVENT_TYPE_TIMER_FIRED:
        timers.set(event.timerFiredEventAttributes?.timerId ?? '', true);
        break;
      case EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:
        children.set(event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId ?? '', false);
        break;
      case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
        children.set(event.childWorkflowExecutionCompletedEventAttributes?.workflowExecution?.workflowId ?? '', true);
        break;
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
        signals.push(valueOf(event.workflowExecutionSignaledEventAttributes?.input));
        break;
      case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
        cancelRequested = true;
        break;
      default:
        break;
    }
  }
  return { input, activities, timers, children, signals, cancelRequested };
}
