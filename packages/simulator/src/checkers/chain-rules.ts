import { durationMsOrZero } from '@perdure/core';
import { ContinueAsNewInitiator } from '@perdure/proto/enums';
import type { HistoryEvent, WorkflowExecutionStartedEventAttributes } from '@perdure/proto/types';
import { hold } from '../kernel/violation.ts';
import { backOff } from './change-rules.ts';
import { describeEvent, nameOf, timeOf, type RunRecord } from './run-record.ts';
import { difference } from './same-state.ts';

/** A run follows another by itself: what it is told of the one before, and when it may begin, fits how that one ended. */
export function checkSuccessor(before: RunRecord, after: RunRecord): void {
  const [first = {}] = after.events;
  const close = before.events.at(-1) ?? {};
  const started = first.workflowExecutionStartedEventAttributes ?? {};
  const where = (): string => `${nameOf(after)} after ${describeEvent(close)}`;
  switch (started.initiator) {
    case ContinueAsNewInitiator.Retry:
      checkRetry(before, started, where);
      break;
    case ContinueAsNewInitiator.CronSchedule:
      checkCron(before, started, where);
      break;
    default:
      hold(close.workflowExecutionContinuedAsNewEventAttributes !== undefined, 25, where);
  }
}

function checkRetry(before: RunRecord, started: WorkflowExecutionStartedEventAttributes, where: () => string): void {
  const close = before.events.at(-1) ?? {};
  const failure = close.workflowExecutionFailedEventAttributes?.failure;
  const timedOut = close.workflowExecutionTimedOutEventAttributes !== undefined;
  hold(failure !== undefined || timedOut, 10, where);
  hold(failure?.applicationFailureInfo?.nonRetryable !== true, 10, () => `${where()}: what is not retryable`);
  const { retryPolicy = {}, attempt = 1 } = startOf(before);
  const { maximumAttempts = 0 } = retryPolicy;
  hold(maximumAttempts === 0 || attempt < maximumAttempts, 10, () => `${where()}: attempt ${attempt} was the last`);
  hold(started.attempt === attempt + 1, 10, () => `${where()}: attempt ${started.attempt} after ${attempt}`);
  const waitMs = durationMsOrZero(started.firstWorkflowTaskBackoff);
  hold(waitMs >= backOff(retryPolicy, attempt), 11, () => `${where()}: waits ${waitMs} ms`);
}

/** It waits for the next tick, which is on the second, and is told the last result and the last failure. */
function checkCron(before: RunRecord, started: WorkflowExecutionStartedEventAttributes, where: () => string): void {
  const { cronSchedule = '', lastCompletionResult } = startOf(before);
  hold(cronSchedule !== '' && started.cronSchedule === cronSchedule, 25, where);
  hold((started.attempt ?? 1) === 1, 10, where);
  const close = before.events.at(-1) ?? {};
  const waitMs = durationMsOrZero(started.firstWorkflowTaskBackoff);
  const closedAtMs = timeOf(close);
  const ownTickMs = timeOf(before.events[0] ?? {}) + durationMsOrZero(startOf(before).firstWorkflowTaskBackoff);
  // A run that was woken before its tick leaves that to the next; no run is due within a second of another.
  const isWhole = closedAtMs < ownTickMs ? closedAtMs + waitMs >= ownTickMs : waitMs % 1_000 === 0;
  // One that ends on a tick, less than a second after its own, waits for the rest of that second.
  const isShortest = closedAtMs + waitMs === ownTickMs + 1_000;
  // One that ends on a tick is followed at once. For a run that a reset has made the tick of the old one no longer counts.
  hold(isWhole || isShortest || before.base !== undefined, 11, () => `${where()}: waits ${waitMs} ms`);
  const completed = close.workflowExecutionCompletedEventAttributes;
  const result = difference(started.lastCompletionResult, completed?.result ?? lastCompletionResult);
  hold(result === undefined, 25, () => `${where()}: another last result, ${result}`);
  const failure = difference(started.continuedFailure, failureOf(close));
  hold(failure === undefined, 25, () => `${where()}: another failure, ${failure}`);
}

function failureOf(close: HistoryEvent) {
  const failed = close.workflowExecutionFailedEventAttributes?.failure;
  if (failed !== undefined || close.workflowExecutionTimedOutEventAttributes === undefined) return failed;
  return TIMED_OUT;
}

/** Temporal: service/history/timer_queue_active_task_executor.go. */
const TIMED_OUT = { message: 'workflow timeout', source: 'Server', timeoutFailureInfo: { timeoutType: 1 } };

function startOf({ events }: RunRecord): WorkflowExecutionStartedEventAttributes {
  return events[0]?.workflowExecutionStartedEventAttributes ?? {};
}
