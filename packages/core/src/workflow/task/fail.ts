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

/** The refusal of a token that speaks of no task at work. */
export function taskNotFound(): Rejection {
  return reject.notFound('Workflow task not found.');
}

/** True if the token still speaks of the task at work. */
export function fitsTask(run: Run, ref: WorkflowTaskRef): boolean {
  const { task } = run;
  return (
    task.phase === 'started' &&
    !task.returned &&
    task.scheduledEventId === ref.scheduledEventId &&
    task.startedEventId === ref.startedEventId &&
    task.attempt === ref.attempt &&
    task.stamp === ref.stamp &&
    task.ticket === ref.ticket
  );
}

/** RespondWorkflowTaskFailed. */
export function failWorkflowTask(step: Step, workflow: Workflow, input: FailWorkflowTaskInput): Done | Rejection {
  const run = findOpenRun(workflow, input.task.runId);
  if ('kind' in run) return run;
  if (!fitsTask(run, input.task)) return taskNotFound();
  const transition = step.on(run);
  // What the worker cannot even be told of will not get better: it ends the run.
  if (input.cause === WorkflowTaskFailedCause.GrpcMessageTooLarge) {
    terminateRun(transition, { reason: 'GrpcMessageTooLarge', identity: HISTORY_SERVICE });
    return { runId: run.runId };
  }
  endTask(transition, input);
  scheduleAndOfferTask(transition);
  return { runId: run.runId };
}
