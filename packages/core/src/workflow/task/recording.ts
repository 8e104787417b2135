import { EventType, TaskQueueKind } from '@perdure/proto/enums';
import type {
  Duration,
  TaskQueue,
  WorkflowTaskScheduledEventAttributes,
  WorkflowTaskStartedEventAttributes,
} from '@perdure/proto/types';
import { assert } from '../../kernel/assert.ts';
import { durationMs, toDuration, toTimestamp } from '../../kernel/time.ts';
import { isSpeculative } from '../fleeting.ts';
import { taskQueueOf } from '../lifecycle.ts';
import type { Run } from '../run.ts';
import type { TaskOffer, Transition } from '../transition.ts';

/** How a speculative task goes on record. */
export interface Recording {
  /** The task is about to end: it need not be offered. */
  readonly ends?: boolean;
  /** Who completes it, or fails it: the started event names them. Temporal: workflow_task_state_machine.go. */
  readonly endedBy?: string | undefined;
}

/** Writes the events of a speculative task, if one is pending: what comes next has to come after them. */
export function recordSpeculation(transition: Transition, { ends = false, endedBy }: Recording = {}): void {
  const { run } = transition;
  if (!isSpeculative(run)) return;
  const task = { ...run.task };
  const started = startedAttributes(run);
  const taskQueue = queueOf(run);
  transition.applyFleeting({ kind: 'speculationEnded' });
  transition.append({
    eventType: EventType.WorkflowTaskScheduled,
    eventTime: toTimestamp(task.scheduledAtMs),
    workflowTaskScheduledEventAttributes: scheduledAttributes(run, task, taskQueue),
  });
  assert(run.task.stamp === task.stamp, 'a task that goes on record keeps its stamp');
  if (run.task.binding !== undefined && task.binding === undefined) {
    transition.note({ kind: 'stickyBound', binding: undefined });
  }
  if (task.phase !== 'started') {
    if (!ends) offerTask(transition);
    return;
  }
  const taker = endedBy === undefined ? { identity: undefined, workerVersion: undefined } : { identity: endedBy };
  transition.append({
    eventType: EventType.WorkflowTaskStarted,
    eventTime: toTimestamp(task.startedAtMs),
    workflowTaskStartedEventAttributes: { ...started, ...taker },
  });
  transition.note({ kind: 'taskTicketed', ticket: task.ticket });
}

/** The attributes of the scheduled event of a task that is not on record. */
export function scheduledAttributes(
  run: Run,
  { startToCloseTimeoutMs, attempt }: Pick<Run['task'], 'startToCloseTimeoutMs' | 'attempt'>,
  taskQueue: TaskQueue,
): WorkflowTaskScheduledEventAttributes {
  return { taskQueue, startToCloseTimeout: recordedTimeout(run, startToCloseTimeoutMs), attempt };
}

/** The timeout of a workflow task as an event records it: the run's own as it was given. */
export function recordedTimeout({ lifecycle }: Run, timeoutMs: number): Duration {
  const own = lifecycle.start.workflowTaskTimeout;
  return own !== undefined && durationMs(own) === timeoutMs ? own : toDuration(timeoutMs);
}

/** The queue that the pending task was scheduled on. */
export function queueOf(run: Run): TaskQueue {
  const { queue, sticky } = run.task;
  return sticky
    ? { name: queue, kind: TaskQueueKind.Sticky, normalName: taskQueueOf(run) }
    : { name: queue, kind: TaskQueueKind.Normal };
}

/** The attributes of the started event of a task that is not on record. */
export function startedAttributes(run: Run): WorkflowTaskStartedEventAttributes {
  const { task } = run;
  const reasons = task.suggestContinueAsNewReasons;
  return {
    scheduledEventId: task.scheduledEventId,
    identity: task.identity,
    requestId: task.requestId,
    historySizeBytes: task.historySizeBytes,
    suggestContinueAsNew: reasons.length > 0,
    suggestContinueAsNewReasons: reasons,
    workerVersion: task.workerVersion,
  };
}

/** The pending task as matching has to know it. */
function taskOffer(run: Run): TaskOffer {
  const { task } = run;
  return {
    queue: task.queue,
    normalQueue: task.sticky ? taskQueueOf(run) : undefined,
    scheduledEventId: task.scheduledEventId,
    stamp: task.stamp,
    priority: run.lifecycle.priority,
    ...(isSpeculative(run) && { speculative: true }),
  };
}

/** Offers the task that was just scheduled to matching. */
export function offerTask(transition: Transition): void {
  transition.emit({ kind: 'offerWorkflowTask', run: transition.run, task: taskOffer(transition.run) });
}
