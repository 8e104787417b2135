import { EventType, RetryState, TimeoutType } from '@perdure/proto/enums';
import type { Failure } from '@perdure/proto/types';
import type { Transition } from '../transition.ts';
import { forceClose } from './close-run.ts';
import { followFailure } from './cron.ts';

/** The run has taken longer than it may: if the chain has time, another follows where its policy or schedule gives one. */
export function timeOutRun(transition: Transition): void {
  const { executionExpiresAtMs, start } = transition.run.lifecycle;
  if (executionExpiresAtMs !== undefined && executionExpiresAtMs <= transition.env.nowMs) {
    timeOutExecution(transition);
    return;
  }
  const ended = { failure: RUN_TIMED_OUT, retryResult: start.lastCompletionResult };
  const { retryState, newExecutionRunId, begin } = followFailure(transition, ended);
  writeTimedOut(transition, retryState, newExecutionRunId);
  begin();
}

const RUN_TIMED_OUT: Failure = {
  message: 'workflow timeout',
  source: 'Server',
  timeoutFailureInfo: { timeoutType: TimeoutType.StartToClose },
};

/** The whole chain has taken longer than it may: nothing follows. */
export function timeOutExecution(transition: Transition): void {
  writeTimedOut(transition, RetryState.Timeout, undefined);
}

function writeTimedOut(transition: Transition, retryState: RetryState, newExecutionRunId: string | undefined): void {
  forceClose(transition, {
    eventType: EventType.WorkflowExecutionTimedOut,
    workflowExecutionTimedOutEventAttributes: { retryState, newExecutionRunId },
  });
}
