import type { RespondWorkflowTaskCompletedRequest } from '@perdure/proto/types';
import { isSpeculative } from '../fleeting.ts';
import type { CompleteWorkflowTaskInput } from '../input.ts';
import type { Transition } from '../transition.ts';
import { rejectUnprocessed } from './settle.ts';
import { takeInRejections } from './messages.ts';

/**
 * Whether a completed task is as if it had never been: nothing came of it but rejections. Events that it has shown to the
 * worker must be few, and the worker be able to see them again. Temporal: workflow_task_state_machine.go.
 */
export function leavesNoTrace({ run, env }: Transition, input: CompleteWorkflowTaskInput): boolean {
  const { commands = [], forceCreateNewWorkflowTask, capabilities } = input.request;
  if (!isSpeculative(run) || commands.length > 0 || forceCreateNewWorkflowTask === true) return false;
  const shown = run.nextEventId - (run.task.lastStartedEventId + 2);
  const repeatable = capabilities?.discardSpeculativeWorkflowTaskWithEvents === true;
  if (shown > (repeatable ? env.limits.speculativeTaskEventsMax : 0)) return false;
  return (input.updateMessages ?? []).every(
    ({ updateId, body }) => body.kind === 'rejection' && !run.updates.reapplied.has(updateId),
  );
}

/** Takes a task back that leaves no trace. */
export function forgetTask(transition: Transition, { updateMessages = [] }: CompleteWorkflowTaskInput): void {
  takeInRejections(transition, [...updateMessages]);
  rejectUnprocessed(transition);
  transition.applyFleeting({ kind: 'speculationEnded' });
}

/** Whether a worker is to be asked of updates, now that a workflow task is over. */
export function updatesWait({ run }: Transition): boolean {
  return run.fleeting.admitted.size > 0;
}

/**
 * A worker that goes on with the next task at once is given it before it is on record; for a task that has to be offered
 * that is not worth it. Temporal: respondworkflowtaskcompleted/api.go.
 */
export function mayGoUnrecorded({ returnNewWorkflowTask }: RespondWorkflowTaskCompletedRequest): boolean {
  return returnNewWorkflowTask === true;
}
