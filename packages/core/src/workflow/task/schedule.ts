import { EventType, TaskQueueKind, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import { SECOND_MS, durationMsOrZero } from '../../kernel/time.ts';
import { HISTORY_SERVICE } from '../identity.ts';
import { taskQueueOf } from '../lifecycle.ts';
import { isRunPaused } from '../pause/run-pause.ts';
import { isOpen } from '../run.ts';
import type { Transition } from '../transition.ts';
import { endTask, timeOutTask } from './end.ts';
import { offerTask, recordedTimeout } from './recording.ts';
import { isTransient } from './workflow-task.ts';

/** Attempts that get the plain timeout; later ones get more time each. Temporal: workflow_task_state_machine.go. */
const PLAIN_TIMEOUT_ATTEMPTS = 3;
const RETRY_INITIAL_INTERVAL_MS = 5 * SECOND_MS;

/** Makes sure that the workflow will see what has just happened: unless a task is pending, or the first is delayed. */
export function scheduleTaskIfNeeded(transition: Transition): void {
  if (transition.run.lifecycle.firstTaskScheduled) scheduleTaskAtOnce(transition);
}

/** The same, not even waiting for the delay of the first task. */
export function scheduleTaskAtOnce(transition: Transition): void {
  const { run } = transition;
  if (!isOpen(run)) return;
  startOverIfBufferFull(transition);
  endReturnedTask(transition);
  if (run.task.phase === 'none') scheduleAndOfferTask(transition);
}

/**
 * Ends a task that its worker did not get and no other has taken, if anything is held back for it: that would not be in
 * the history for as long as no worker comes.
 */
function endReturnedTask(transition: Transition): void {
  const { task, buffer } = transition.run;
  if (task.returned && buffer.length > 0) timeOutTask(transition);
}

/** Ends the task at work if more events are held back for it than may be, and lets the next one see them. */
export function startOverIfBufferFull(transition: Transition): void {
  if (!bufferIsFull(transition)) return;
  endTask(transition, { cause: WorkflowTaskFailedCause.ForceCloseCommand, identity: HISTORY_SERVICE });
  scheduleAndOfferTask(transition);
}

/** More has come while the task runs than may be held back: its worker starts over with all of it. */
function bufferIsFull({ run, env }: Transition): boolean {
  const { bufferedEventsMax, bufferedEventsSizeBytesMax } = env.limits;
  return run.buffer.length > bufferedEventsMax || run.bufferSizeBytes > bufferedEventsSizeBytesMax;
}

/** Schedules a workflow task, on the sticky queue where a worker has the run in its cache. */
export function scheduleTask(transition: Transition): void {
  const { run } = transition;
  if (run.buffer.length > 0) {
    transition.flushBuffer();
    if (isTransient(run.task)) transition.note({ kind: 'taskDropped', nextAttempt: 1 });
  }
  if (isTransient(run.task)) {
    transition.note({
      kind: 'taskScheduled',
      atMs: transition.env.nowMs,
      startToCloseTimeoutMs: startToCloseTimeoutMs(transition),
      queue: taskQueueOf(run),
    });
  } else appendScheduled(transition);
}

/** Schedules and offers; of a run that is held only what was held back for the task is written. */
export function scheduleAndOfferTask(transition: Transition): void {
  if (isRunPaused(transition.run)) {
    transition.flushBuffer();
    return;
  }
  scheduleTask(transition);
  offerTask(transition);
}

/** Writes the scheduled event of a first attempt. */
export function appendScheduled(transition: Transition): void {
  const { run } = transition;
  const { binding } = run.task;
  transition.append({
    eventType: EventType.WorkflowTaskScheduled,
    workflowTaskScheduledEventAttributes: {
      taskQueue:
        binding === undefined
          ? { name: taskQueueOf(run), kind: TaskQueueKind.Normal }
          : { name: binding.queue, kind: TaskQueueKind.Sticky, normalName: taskQueueOf(run) },
      startToCloseTimeout: recordedTimeout(run, startToCloseTimeoutMs(transition)),
      attempt: 1,
    },
  });
}

/** How long the task to come may be at work. */
export function startToCloseTimeoutMs(transition: Transition): number {
  const { run, env } = transition;
  const plainMs = durationMsOrZero(run.lifecycle.start.workflowTaskTimeout) || env.limits.workflowTaskTimeoutDefaultMs;
  const retries = run.task.attempt - PLAIN_TIMEOUT_ATTEMPTS;
  if (retries <= 0) return plainMs;
  const extraMs = RETRY_INITIAL_INTERVAL_MS * 2 ** Math.min(retries - 1, 30);
  return plainMs + Math.min(extraMs, env.limits.workflowTaskRetryIntervalMaxMs);
}
