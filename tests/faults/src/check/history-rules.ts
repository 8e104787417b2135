import { EventType, type HistoryEvent, int64, milliseconds, typeName } from '../wire.ts';
import { timerViolations } from './timers.ts';

/** Event types after which nothing may come. */
const CLOSING: ReadonlySet<number> = new Set([
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
]);

/** What an event of this type follows from: the type of the event that it names, and where it names it. */
interface Link {
  readonly from: number;
  readonly id: (event: HistoryEvent) => { toNumber(): number } | number | null | undefined;
}

const T = EventType;

/** Each event here refers to one of an earlier type; of the events that end a thing, one is allowed. */
const LINKS: ReadonlyMap<number, Link> = new Map<number, Link>([
  [
    T.EVENT_TYPE_WORKFLOW_TASK_STARTED,
    {
      from: T.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
      id: (e) => e.workflowTaskStartedEventAttributes?.scheduledEventId,
    },
  ],
  [
    T.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    { from: T.EVENT_TYPE_WORKFLOW_TASK_STARTED, id: (e) => e.workflowTaskCompletedEventAttributes?.startedEventId },
  ],
  [
    T.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    { from: T.EVENT_TYPE_WORKFLOW_TASK_STARTED, id: (e) => e.workflowTaskFailedEventAttributes?.startedEventId },
  ],
  [
    T.EVENT_TYPE_ACTIVITY_TASK_STARTED,
    {
      from: T.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
      id: (e) => e.activityTaskStartedEventAttributes?.scheduledEventId,
    },
  ],
  [
    T.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
    { from: T.EVENT_TYPE_ACTIVITY_TASK_STARTED, id: (e) => e.activityTaskCompletedEventAttributes?.startedEventId },
  ],
  [
    T.EVENT_TYPE_ACTIVITY_TASK_FAILED,
    { from: T.EVENT_TYPE_ACTIVITY_TASK_STARTED, id: (e) => e.activityTaskFailedEventAttributes?.startedEventId },
  ],
  [
    T.EVENT_TYPE_TIMER_FIRED,
    { from: T.EVENT_TYPE_TIMER_STARTED, id: (e) => e.timerFiredEventAttributes?.startedEventId },
  ],
  [
    T.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
    {
      from: T.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
      id: (e) => e.childWorkflowExecutionStartedEventAttributes?.initiatedEventId,
    },
  ],
  [
    T.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
    {
      from: T.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
      id: (e) => e.childWorkflowExecutionCompletedEventAttributes?.startedEventId,
    },
  ],
]);

/** Types of which an event takes what it refers to out of the game, whichever of them comes. */
const ENDS_TASK: ReadonlySet<number> = new Set([
  T.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
  T.EVENT_TYPE_WORKFLOW_TASK_FAILED,
]);

/** Whether a run has closed: its last event says so. */
export function closingEvent(history: readonly HistoryEvent[]): HistoryEvent | undefined {
  const last = history.at(-1);
  return CLOSING.has(last?.eventType ?? 0) ? last : undefined;
}

/** Everything about one history that no history may show, whatever the program. */
export function historyViolations(history: readonly HistoryEvent[], nowMs = Date.now()): string[] {
  return [...shapeViolations(history, nowMs), ...linkViolations(history), ...timerViolations(history, nowMs)];
}

function shapeViolations(history: readonly HistoryEvent[], nowMs: number): string[] {
  const violations: string[] = [];
  for (const [index, event] of history.entries()) {
    const id = int64(event.eventId);
    const isFirst = index === 0;
    if (id !== index + 1) violations.push(`event ${index + 1} has the id ${id}`);
    if ((event.eventType === T.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED) !== isFirst) {
      violations.push(`event ${id} is ${typeName(event)}`);
    }
    if (CLOSING.has(event.eventType ?? 0) && index < history.length - 1) {
      violations.push(`events follow ${typeName(event)}, event ${id}`);
    }
    // Not older than the one before: an activity's start is written with its end, under the time at which it was.
    if (milliseconds(event.eventTime) > nowMs) violations.push(`event ${id} is of the future`);
  }
  if (history.length === 0) violations.push('the history is empty');
  return violations;
}

function linkViolations(history: readonly HistoryEvent[]): string[] {
  const violations: string[] = [];
  const used = new Set<string>();
  for (const event of history) {
    const link = LINKS.get(event.eventType ?? 0);
    if (link === undefined) continue;
    const id = int64(link.id(event));
    const name = `event ${int64(event.eventId)}, ${typeName(event)},`;
    const origin = history[id - 1];
    if (origin?.eventType !== link.from || id >= int64(event.eventId)) {
      violations.push(`${name} refers to event ${id}, ${origin === undefined ? 'missing' : typeName(origin)}`);
    }
    const use = `${id}${ENDS_TASK.has(event.eventType ?? 0) ? ' ended' : ''}`;
    if (used.has(use)) violations.push(`${name} is the second that refers to event ${id}`);
    used.add(use);
  }
  return violations;
}
