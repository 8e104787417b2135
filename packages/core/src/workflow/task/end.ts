import { EventType, TimeoutType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { Failure, WorkerVersionStamp } from '@perdure/proto/types';
import type { Transition } from '../transition.ts';
import { reportProblem } from './problems.ts';
import { recordSpeculation } from './recording.ts';
import { isTransient } from './workflow-task.ts';

/** Why and by whom a workflow task has failed. */
export interface TaskFailure {
  readonly cause: WorkflowTaskFailedCause;
  readonly failure?: Failure | undefined;
  readonly identity: string;
  readonly binaryChecksum?: string;
  readonly workerVersion?: WorkerVersionStamp | undefined;
}

/** After these the next task is a first attempt again. Temporal: workflow_task_state_machine.go. */
const STARTS_OVER: ReadonlySet<WorkflowTaskFailedCause> = new Set<WorkflowTaskFailedCause>([
  WorkflowTaskFailedCause.ResetWorkflow,
  WorkflowTaskFailedCause.FailoverCloseCommand,
]);

/**
 * Ends the started task as failed. The first attempt leaves an event, later ones none. A task of a sticky worker goes
 * back to the normal queue without counting as an attempt.
 */
export function endTask(transition: Transition, failure: TaskFailure): void {
  recordSpeculation(transition, { ends: true, endedBy: failure.identity });
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
  if (STARTS_OVER.has(failure.cause)) transition.note({ kind: 'taskDropped', nextAttempt: 1 });
  if (failure.cause === WorkflowTaskFailedCause.UnhandledCommand) {
    transition.note({ kind: 'closeAttempted', attempted: true });
  }
}

/** The pending task was not taken, or not answered, in time. One that no worker has had costs no attempt. */
export function timeOutTask(transition: Transition): void {
  const { task } = transition.run;
  const unstarted = task.phase === 'scheduled';
  const untaken = unstarted || task.returned;
  recordSpeculation(transition, { ends: true });
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
  dropTask(transition, attempt, !untaken);
}

/** Leaves the attempt that the next task will have. */
function dropTask(transition: Transition, attempt: number, counts: boolean): void {
  const { task } = transition.run;
  const wasSticky = task.binding !== undefined;
  if (wasSticky) transition.note({ kind: 'stickyBound', binding: undefined });
  transition.note({ kind: 'taskDropped', nextAttempt: wasSticky ? 1 : counts ? attempt + 1 : attempt });
  reportProblem(transition);
}
