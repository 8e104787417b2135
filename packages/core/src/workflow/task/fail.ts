import { EventType, TimeoutType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { Failure, WorkerVersionStamp } from '@perdure/proto/types';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import { terminateRun } from '../close/terminate.ts';
import { findOpenRun } from '../find-run.ts';
import type { Done, FailWorkflowTaskInput, WorkflowTaskRef } from '../input.ts';
import type { Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import type { Step, Transition } from '../transition.ts';
import { scheduleAndOfferTask } from './schedule.ts';
import { isTransient } from './workflow-task.ts';

/** Why and by whom a workflow task has failed. */
export interface TaskFailure {
  readonly cause: WorkflowTaskFailedCause;
  readonly failure?: Failure | undefined;
  readonly identity: string;
  readonly binaryChecksum?: string;
  readonly workerVersion?: WorkerVersionStamp | undefined;
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
    terminateRun(transition, { reason: 'GrpcMessageTooLarge', identity: 'history-service' }, input);
    return { runId: run.runId };
  }
  endTask(transition, input);
  scheduleAndOfferTask(transition);
  return { runId: run.runId };
}

/**
 * Ends the started task as failed. The first attempt leaves an event, later ones none. A task of a sticky worker goes
 * back to the normal queue without counting as an attempt.
 */
export function endTask(transition: Transition, failure: TaskFailure): void {
  const { task } = transition.run;
  const attempt = task.attempt;
  if (!isTransient(task)) {
    transition.append({
      eventType: EventType.WorkflowTaskFailed,
      workflowTaskFailedEventAttributes: {
        scheduledEventId: task.scheduledEventId,
        startedEventId: task.startedEventId,
        cause: failure.cause,
        failure: failure.failure,
        identity: failure.identity,
        binaryChecksum: failure.binaryChecksum,
        workerVersion: failure.workerVersion,
      },
    });
  }
  dropTask(transition, attempt, true);
}

/** The pending task was not taken, or not answered, in time. */
export function timeOutTask(transition: Transition): void {
  const { task } = transition.run;
  const unstarted = task.phase === 'scheduled';
  const attempt = task.attempt;
  if (!isTransient(task)) {
    transition.append({
      eventType: EventType.WorkflowTaskTimedOut,
      workflowTaskTimedOutEventAttributes: {
        scheduledEventId: task.scheduledEventId,
        startedEventId: task.startedEventId,
        timeoutType: unstarted ? TimeoutType.ScheduleToStart : TimeoutType.StartToClose,
      },
    });
  }
  dropTask(transition, attempt, !unstarted);
}

/** Leaves the attempt that the next task will have. */
function dropTask(transition: Transition, attempt: number, counts: boolean): void {
  const { task } = transition.run;
  const wasSticky = task.binding !== undefined;
  if (wasSticky) transition.note({ kind: 'stickyBound', binding: undefined });
  transition.note({ kind: 'taskDropped', nextAttempt: wasSticky ? 1 : counts ? attempt + 1 : attempt });
}
