import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import { offerIfDue } from '../activity/activity-dispatch.ts';
import { findOpenRun } from '../find-run.ts';
import { isSpeculative } from '../fleeting.ts';
import { HISTORY_SERVICE } from '../identity.ts';
import type { Done } from '../input.ts';
import type { Workflow } from '../step.ts';
import { endTask, timeOutTask } from '../task/end.ts';
import { scheduleTaskAtOnce, startOverIfBufferFull } from '../task/schedule.ts';
import type { Step, Transition } from '../transition.ts';
import { indexAgain } from '../visibility-record.ts';
import { isRunPaused } from './run-pause.ts';

interface PauseRequest {
  readonly runId: string;
  readonly identity: string;
  readonly reason: string;
  readonly requestId: string;
}

/** PauseWorkflowExecution. */
export interface PauseInput extends PauseRequest {
  readonly kind: 'pause';
}

/** UnpauseWorkflowExecution. */
export interface UnpauseInput extends PauseRequest {
  readonly kind: 'unpause';
}

/**
 * Holds a run: nothing more is dispatched for it. A workflow task at work may be completed, an attempt of an activity too;
 * one that waits for a worker is over. The same request may come twice. Temporal: history/api/pauseworkflow/api.go,
 * mutable_state_impl.go, ApplyWorkflowExecutionPausedEvent.
 */
export function pause(step: Step, workflow: Workflow, input: PauseInput): Done | Rejection {
  const run = findOpenRun(workflow, input.runId);
  if ('kind' in run) return run;
  const { identity, reason, requestId } = input;
  if (isRunPaused(run)) {
    const isRepeated = requestId !== '' && run.lifecycle.pause?.requestId === requestId;
    return isRepeated ? { runId: run.runId } : reject.failedPrecondition('workflow is already paused.');
  }
  const transition = step.on(run);
  endUnstartedTask(transition);
  transition.appendOrBuffer({
    eventType: EventType.WorkflowExecutionPaused,
    workerMayIgnore: true,
    workflowExecutionPausedEventAttributes: { identity, reason, requestId },
  });
  startOverIfBufferFull(transition);
  indexAgain(transition);
  return { runId: run.runId };
}

/** Ends a workflow task that no worker has, so that the one after the pause is a first attempt. */
function endUnstartedTask(transition: Transition): void {
  const { run } = transition;
  if (run.task.returned) timeOutTask(transition);
  if (run.task.phase !== 'scheduled') return;
  // The updates that it was for wait for the next one.
  if (isSpeculative(run)) {
    transition.applyFleeting({ kind: 'speculationEnded' });
    return;
  }
  endTask(transition, {
    cause: WorkflowTaskFailedCause.WorkflowPauseRequestedBeforeTaskStarted,
    identity: HISTORY_SERVICE,
  });
  if (run.task.attempt > 1) transition.note({ kind: 'taskDropped', nextAttempt: 1 });
}

/** Lets a run go on: with a workflow task, and with those attempts of activities that have waited. */
export function unpause(step: Step, workflow: Workflow, input: UnpauseInput): Done | Rejection {
  const run = findOpenRun(workflow, input.runId);
  if ('kind' in run) return run;
  if (!isRunPaused(run)) return reject.failedPrecondition('workflow is not paused.');
  const { identity, reason, requestId } = input;
  const transition = step.on(run);
  transition.appendOrBuffer({
    eventType: EventType.WorkflowExecutionUnpaused,
    workerMayIgnore: true,
    workflowExecutionUnpausedEventAttributes: { identity, reason, requestId },
  });
  for (const activity of run.activities.values()) offerIfDue(transition, activity);
  // A first workflow task that is put off comes in its time.
  if (run.lifecycle.firstTaskScheduled || run.lifecycle.firstTaskAtMs <= step.env.nowMs) scheduleTaskAtOnce(transition);
  indexAgain(transition);
  return { runId: run.runId };
}
