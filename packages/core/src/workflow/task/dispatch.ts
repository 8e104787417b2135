import { EventType, SuggestContinueAsNewReason } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { isAtLimit } from '../../kernel/limits.ts';
import type { Rejection } from '../../kernel/rejection.ts';
import { toTimestamp } from '../../kernel/time.ts';
import { findOpenRun } from '../find-run.ts';
import { isSpeculative } from '../fleeting.ts';
import type { Done, ResetStickyInput, ReturnTaskInput, StartWorkflowTaskInput, TaskTaker } from '../input.ts';
import { taskQueueOf } from '../lifecycle.ts';
import type { Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import type { Step, Transition } from '../transition.ts';
import { updateCount, updatesToSend } from '../update/update.ts';
import { taskNotFound } from './fail.ts';
import { appendScheduled, scheduleTaskAtOnce } from './schedule.ts';
import { queueOf, scheduledAttributes, startedAttributes } from './recording.ts';
import type { WorkflowTaskView } from './workflow-task-view.ts';
import { isTransient } from './workflow-task.ts';

/** A poller takes the task that was offered with this stamp; an earlier offer no longer fits. */
export function startWorkflowTask(
  step: Step,
  workflow: Workflow,
  input: StartWorkflowTaskInput,
): WorkflowTaskView | Rejection {
  const run = findOpenRun(workflow, input.runId);
  if ('kind' in run) return run;
  const { task } = run;
  const waiting = task.phase === 'scheduled' || task.returned;
  if (!waiting || task.stamp !== input.stamp) return taskNotFound();
  return startTask(step.on(run), input.taker, input.sticky);
}

/**
 * Starts the scheduled task (or hands out a returned one) and gives the worker's view of it. To a worker that has only
 * asked for more time, the updates that it has are not sent again. Temporal: recordworkflowtaskstarted/api.go.
 */
export function startTask(
  transition: Transition,
  taker: TaskTaker,
  sticky: boolean,
  hasUpdates = false,
): WorkflowTaskView {
  const { run } = transition;
  if (isSpeculative(run)) startSpeculation(transition, taker, sticky);
  else startRecorded(transition, taker, sticky);
  const view = taskView(run, sticky, hasUpdates);
  if (view.updates.length > 0) transition.applyFleeting({ kind: 'updatesSent' });
  return view;
}

function startSpeculation(transition: Transition, taker: TaskTaker, sticky: boolean): void {
  transition.applyFleeting({ kind: 'speculationStarted', ...startedFacts(transition, taker), unbound: !sticky });
}

function startRecorded(transition: Transition, taker: TaskTaker, sticky: boolean): void {
  const { run } = transition;
  if (!sticky && run.task.binding !== undefined) transition.note({ kind: 'stickyBound', binding: undefined });
  const handedOutAgain = run.task.returned;
  // Events came since the transient task was scheduled: it becomes a first attempt, with its event behind them.
  const overtaken = isTransient(run.task) && run.task.scheduledEventId !== run.nextEventId;
  if (overtaken && !handedOutAgain) appendScheduled(transition);
  if (isTransient(run.task) || handedOutAgain) noteStarted(transition, taker);
  else appendStarted(transition, taker);
}

function appendStarted(transition: Transition, taker: TaskTaker): void {
  const { run } = transition;
  const reasons = suggestContinueAsNewReasons(transition);
  transition.append({
    eventType: EventType.WorkflowTaskStarted,
    workflowTaskStartedEventAttributes: {
      scheduledEventId: run.task.scheduledEventId,
      identity: taker.identity,
      requestId: taker.requestId,
      historySizeBytes: run.historySizeBytes,
      suggestContinueAsNew: reasons.length > 0,
      suggestContinueAsNewReasons: reasons,
      workerVersion: taker.workerVersion,
    },
  });
}

function noteStarted(transition: Transition, taker: TaskTaker): void {
  transition.note({ kind: 'taskStarted', ...startedFacts(transition, taker) });
}

function startedFacts(transition: Transition, taker: TaskTaker) {
  return {
    atMs: transition.env.nowMs,
    identity: taker.identity,
    requestId: taker.requestId,
    workerVersion: taker.workerVersion,
    suggestContinueAsNewReasons: suggestContinueAsNewReasons(transition),
    historySizeBytes: transition.run.historySizeBytes,
  };
}

function suggestContinueAsNewReasons(transition: Transition): SuggestContinueAsNewReason[] {
  const { run, env } = transition;
  const reasons: SuggestContinueAsNewReason[] = [];
  if (run.historySizeBytes >= env.limits.historySizeSuggestBytes) {
    reasons.push(SuggestContinueAsNewReason.HistorySizeTooLarge);
  }
  if (run.nextEventId >= env.limits.historyCountSuggest) reasons.push(SuggestContinueAsNewReason.TooManyHistoryEvents);
  if (isAtLimit(updateCount(run), Math.ceil(env.limits.updatesMax * env.limits.updatesSuggestShare))) {
    reasons.push(SuggestContinueAsNewReason.TooManyUpdates);
  }
  return reasons;
}

/** The started task as its worker has to see it. */
export function taskView(run: Run, sticky: boolean, hasUpdates = false): WorkflowTaskView {
  const { task } = run;
  const isRecorded = !isUnrecorded(run);
  return {
    runId: run.runId,
    task: {
      runId: run.runId,
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
      attempt: task.attempt,
      stamp: task.stamp,
      ticket: task.ticket,
    },
    workflowType: run.lifecycle.start.workflowType,
    taskQueue: taskQueueOf(run),
    previousStartedEventId: task.lastStartedEventId,
    scheduledAtMs: task.scheduledAtMs,
    startedAtMs: task.startedAtMs,
    sticky,
    lastEventId: isRecorded ? task.startedEventId : task.scheduledEventId - 1,
    transientEvents: isRecorded ? [] : transientEvents(run, run.task.identity),
    updates: updatesToSend(run, hasUpdates),
  };
}

/** Whether the pending task has no events yet. */
function isUnrecorded(run: Run): boolean {
  return isTransient(run.task) || isSpeculative(run);
}

/**
 * The scheduled and started events of a pending task that has none yet, with the ids that they will get. Only the worker
 * that has the task is named.
 */
export function transientEvents(run: Run, identity?: string): HistoryEvent[] {
  const { task } = run;
  if (task.phase === 'none' || !isUnrecorded(run)) return [];
  const scheduled: HistoryEvent = {
    eventId: task.scheduledEventId,
    eventTime: toTimestamp(task.scheduledAtMs),
    eventType: EventType.WorkflowTaskScheduled,
    workflowTaskScheduledEventAttributes: scheduledAttributes(run, task, queueOf(run)),
  };
  if (task.phase !== 'started') return [scheduled];
  const started: HistoryEvent = {
    eventId: task.startedEventId,
    eventTime: toTimestamp(task.startedAtMs),
    eventType: EventType.WorkflowTaskStarted,
    workflowTaskStartedEventAttributes: { ...startedAttributes(run), identity },
  };
  return [scheduled, started];
}

/** The worker was gone before it got the task: another may have it as it is, unless there is more to see by now. */
export function returnWorkflowTask(step: Step, workflow: Workflow, input: ReturnTaskInput): Done | Rejection {
  const run = findOpenRun(workflow, input.runId);
  if ('kind' in run) return run;
  const { task } = run;
  if (task.phase !== 'started' || task.returned || task.stamp !== input.stamp) return { runId: run.runId };
  const transition = step.on(run);
  if (task.binding !== undefined) transition.note({ kind: 'stickyBound', binding: undefined });
  transition.note({ kind: 'taskReturned' });
  if (run.buffer.length > 0) scheduleTaskAtOnce(transition);
  else offerReturned(transition);
  return { runId: run.runId };
}

function offerReturned(transition: Transition): void {
  const { run } = transition;
  transition.emit({
    kind: 'offerWorkflowTask',
    run,
    task: {
      queue: taskQueueOf(run),
      normalQueue: undefined,
      scheduledEventId: run.task.scheduledEventId,
      stamp: run.task.stamp,
      priority: run.lifecycle.priority,
    },
  });
}

/** ResetStickyTaskQueue: the next task goes to the normal queue. */
export function resetSticky(step: Step, workflow: Workflow, input: ResetStickyInput): Done | Rejection {
  const run = findOpenRun(workflow, input.runId);
  if ('kind' in run) return run;
  if (run.task.binding !== undefined) step.on(run).note({ kind: 'stickyBound', binding: undefined });
  return { runId: run.runId };
}
