import { EventType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Failure, HistoryEvent, Payloads } from '@perdure/proto/types';
import type { SettleInput } from '../aggregate/settle.ts';
import { isRejection } from '../kernel/rejection.ts';
import type { WorkflowClosedInput } from '../workflow/callback/watcher.ts';
import { actionWorkflowId, isPendingDelivery, outboxEntry } from './outbox.ts';
import type { ScheduleTransition } from './transition.ts';

/** The receiver's answer to a start, a cancel request or a termination. */
export function answered(transition: ScheduleTransition, { key, answer }: SettleInput): void {
  const { run: schedule } = transition;
  if (!isPendingDelivery(schedule, key)) return;
  const { kind, token } = outboxEntry(key);
  if (kind !== 'start') transition.note({ kind: 'endingSettled', token });
  // The workflow id is taken, or the namespace is gone: there is no action at this time.
  else if (isRejection(answer)) transition.note({ kind: 'actionFailed', token });
  else started(transition, token, answer.runId);
}

function started(transition: ScheduleTransition, token: string, runId: string): void {
  const { run: schedule, env } = transition;
  const action = schedule.starting.get(token);
  if (action === undefined) return;
  const workflowId = actionWorkflowId(schedule, action);
  transition.note({ kind: 'actionStarted', token, atMs: env.nowMs, workflowId, runId });
}

/** A workflow that the schedule started has closed for good. Temporal: workflow.go, processWatcherResult. */
export function actionClosed(transition: ScheduleTransition, input: WorkflowClosedInput): void {
  const { run: schedule } = transition;
  const { token, firstRunId, execution } = input;
  // The news may overtake the answer to the start, where that was lost.
  started(transition, token, firstRunId);
  const action = schedule.running.get(token);
  if (action === undefined) return;
  const { status, result, failure } = outcomeOf(input.event);
  transition.note({ kind: 'actionClosed', token, status, result, failure });
  const { policies, state } = schedule.definition;
  const notes = failureNotes(status, execution.workflowId ?? '', failure);
  if (policies?.pauseOnFailure !== true || notes === undefined || state?.paused === true || action.overlapping) return;
  transition.note({ kind: 'schedulePaused', paused: true, notes });
}

function failureNotes(
  status: WorkflowExecutionStatus,
  workflowId: string,
  failure: Failure | undefined,
): string | undefined {
  if (status === WorkflowExecutionStatus.Failed) {
    return `paused due to workflow failure: ${workflowId}: ${failure?.message ?? ''}`;
  }
  return status === WorkflowExecutionStatus.TimedOut ? `paused due to workflow timeout: ${workflowId}` : undefined;
}

interface CloseOutcome {
  readonly status: WorkflowExecutionStatus;
  readonly result: Payloads | undefined;
  readonly failure: Failure | undefined;
}

function outcomeOf(event: HistoryEvent): CloseOutcome {
  const result = event.workflowExecutionCompletedEventAttributes?.result;
  const failure = event.workflowExecutionFailedEventAttributes?.failure;
  return { status: STATUS.get(event.eventType ?? 0) ?? WorkflowExecutionStatus.Terminated, result, failure };
}

const STATUS: ReadonlyMap<EventType, WorkflowExecutionStatus> = new Map<EventType, WorkflowExecutionStatus>([
  [EventType.WorkflowExecutionCompleted, WorkflowExecutionStatus.Completed],
  [EventType.WorkflowExecutionFailed, WorkflowExecutionStatus.Failed],
  [EventType.WorkflowExecutionTimedOut, WorkflowExecutionStatus.TimedOut],
  [EventType.WorkflowExecutionCanceled, WorkflowExecutionStatus.Canceled],
  [EventType.WorkflowExecutionTerminated, WorkflowExecutionStatus.Terminated],
]);
