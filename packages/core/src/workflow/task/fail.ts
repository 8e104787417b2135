import { WorkflowTaskFailedCause } from '@perdure/proto/enums';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import { terminateRun } from '../close/terminate.ts';
import { findOpenRun } from '../find-run.ts';
import { HISTORY_SERVICE } from '../identity.ts';
import type { Done, FailWorkflowTaskInput, WorkflowTaskRef } from '../input.ts';
import type { Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import type { Step } from '../transition.ts';
import { endTask } from './end.ts';
import { scheduleAndOfferTask } from './schedule.ts';

/** True if the token still speaks of the task at work. */
export function fitsTask(run: Run, ref: WorkflowTaskRef): boolean {
  const { task } = run;
  return (
    task.phase === 'started' &&
    !task.returned &&
    task.scheduledEventId === ref.scheduledEventId &&
    task.startedEventId === ref.startedEventId &&
    task.attempt === ref.attempt &&
    task.stamp === ref.stamp
  );
}

/** The run of a task token, while its task is at work. */
export function findTaskRun(workflow: Workflow, ref: WorkflowTaskRef): Run | Rejection {
  const run = findOpenRun(workflow, ref.runId);
  if ('kind' in run) return reject.notFound('Workflow task not found.');
  return fitsTask(run, ref) ? run : reject.notFound('Workflow task not found.');
}

/** RespondWorkflowTaskFailed. */
export function failWorkflowTask(step: Step, workflow: Workflow, input: FailWorkflowTaskInput): Done | Rejection {
  const run = findTaskRun(workflow, input.task);
  if ('kind' in run) return run;
  const transition = step.on(run);
  if (input.cause === WorkflowTaskFailedCause.GrpcMessageTooLarge) {
    terminateRun(transition, { reason: 'GrpcMessageTooLarge', identity: HISTORY_SERVICE }, input);
    return { runId: run.runId };
  }
  endTask(transition, input);
  scheduleAndOfferTask(transition);
  return { runId: run.runId };
}
