import { EventType, TaskQueueKind } from '@perdure/proto/enums';
import type { TaskQueue, WorkflowTaskScheduledEventAttributes } from '@perdure/proto/types';
import { assert } from '../../kernel/assert.ts';
import { SECOND_MS, toDuration, toTimestamp } from '../../kernel/time.ts';
import { isSpeculative } from '../fleeting.ts';
import { taskQueueOf } from '../lifecycle.ts';
import type { Run } from '../run.ts';
import type { Transition } from '../transition.ts';
import { startedAttributes } from './dispatch.ts';
import { offerTask, startToCloseTimeoutMs } from './schedule.ts';

/** How long a speculative task may wait on a normal queue. Temporal: SpeculativeWorkflowTaskScheduleToStartTimeout. */
const SCHEDULE_TO_START_TIMEOUT_MS = 5 * SECOND_MS;

/**
 * Schedules a workflow task that nothing is written of yet. If nothing comes of it, it will never have been; else its
 * events are written before the first one that comes of it.
 */
export function speculate(transition: Transition): void {
  const { run, env } = transition;
  const { binding } = run.task;
  assert(run.task.phase === 'none' && run.task.attempt === 1, 'a speculative task is a first attempt');
  transition.applyFleeting({
    kind: 'taskSpeculated',
    atMs: env.nowMs,
    startToCloseTimeoutMs: startToCloseTimeoutMs(transition),
    scheduleToStartTimeoutMs: binding?.scheduleToStartTimeoutMs ?? SCHEDULE_TO_START_TIMEOUT_MS,
    queue: binding?.queue ?? taskQueueOf(run),
    sticky: binding !== undefined,
    ticket: env.newId(),
  });
}

/** Schedules one and offers it, if no workflow task is pending. */
export function speculateIfNeeded(transition: Transition): void {
  if (transition.run.task.phase !== 'none') return;
  speculate(transition);
  offerTask(transition);
}

/** How a speculative task goes on record. */
export interface Recording {
  /** The task is about to end: it need not be offered. */
  readonly ends?: boolean;
  /** Its worker has completed it, and is named in the started event. Temporal: workflow_task_state_machine.go. */
  readonly completes?: boolean;
}

/** Writes the events of a speculative task, if one is pending: what comes next has to come after them. */
export function recordSpeculation(transition: Transition, { ends = false, completes = false }: Recording = {}): void {
  const { run } = transition;
  if (!isSpeculative(run)) return;
  const task = { ...run.task };
  const started = startedAttributes(run);
  const taskQueue = queueOf(run);
  transition.applyFleeting({ kind: 'speculationEnded' });
  transition.append({
    eventType: EventType.WorkflowTaskScheduled,
    eventTime: toTimestamp(task.scheduledAtMs),
    workflowTaskScheduledEventAttributes: scheduledAttributes(task, taskQueue),
  });
  assert(run.task.stamp === task.stamp, 'a task that goes on record keeps its stamp');
  if (run.task.binding !== undefined && task.binding === undefined) {
    transition.note({ kind: 'stickyBound', binding: undefined });
  }
  if (task.phase !== 'started') {
    if (!ends) offerTask(transition);
    return;
  }
  const taker = completes ? {} : { identity: undefined, workerVersion: undefined };
  transition.append({
    eventType: EventType.WorkflowTaskStarted,
    eventTime: toTimestamp(task.startedAtMs),
    workflowTaskStartedEventAttributes: { ...started, ...taker },
  });
  transition.note({ kind: 'taskTicketed', ticket: task.ticket });
}

/** The attributes of the scheduled event of a task that is not on record. */
export function scheduledAttributes(
  task: Pick<Run['task'], 'startToCloseTimeoutMs' | 'attempt'>,
  taskQueue: TaskQueue,
): WorkflowTaskScheduledEventAttributes {
  return { taskQueue, startToCloseTimeout: toDuration(task.startToCloseTimeoutMs), attempt: task.attempt };
}

/** The queue that the pending task was scheduled on. */
export function queueOf(run: Run): TaskQueue {
  const { queue, sticky } = run.task;
  return sticky
    ? { name: queue, kind: TaskQueueKind.Sticky, normalName: taskQueueOf(run) }
    : { name: queue, kind: TaskQueueKind.Normal };
}
