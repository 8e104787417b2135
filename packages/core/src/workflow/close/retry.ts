import { ContinueAsNewInitiator, RetryState } from '@perdure/proto/enums';
import type { Failure, Payloads, WorkflowExecutionStartedEventAttributes } from '@perdure/proto/types';
import type { Env } from '../../kernel/env.ts';
import { nextRetry } from '../../kernel/retry-policy.ts';
import { toDuration } from '../../kernel/time.ts';
import type { Run } from '../run.ts';
import { createRun } from '../start/create-run.ts';
import type { Transition } from '../transition.ts';
import { firstTaskWaitMs, inChain, successorOptions } from './successor.ts';

/** What follows a run that has failed: the state to record, and another attempt where the policy gives one. */
export interface RunRetry {
  readonly retryState: RetryState;
  /** Undefined where no attempt follows. */
  readonly newExecutionRunId: string | undefined;
  /** Begins the next attempt; to be called once the close event is written. */
  readonly begin: () => void;
}

/** How a run failed. */
export interface RunFailure {
  readonly failure: Failure | undefined;
  /** The last completion result that another attempt is given. Temporal: none, unless the run has timed out. */
  readonly retryResult: Payloads | undefined;
}

/** Decides whether a failed run is tried again. Temporal: service/history/workflow/retry.go. */
export function retryRun(transition: Transition, failed: RunFailure): RunRetry {
  const { run, env, step } = transition;
  const { start } = run.lifecycle;
  if (start.retryPolicy === undefined) return noRetry(RetryState.RetryPolicyNotSet);
  const decision = nextRetry({
    policy: start.retryPolicy,
    attempt: start.attempt || 1,
    nowMs: env.nowMs,
    expiresAtMs: run.lifecycle.executionExpiresAtMs,
    failure: failed.failure,
    delayOverridesMaximum: false,
  });
  if ('retryState' in decision) return noRetry(decision.retryState);
  const waitMs = firstTaskWaitMs(run, env, decision.retryAtMs - env.nowMs);
  const newExecutionRunId = env.newId();
  const started = nextAttempt(run, failed, { newExecutionRunId, waitMs, env });
  return {
    retryState: RetryState.InProgress,
    newExecutionRunId,
    begin: () => void createRun(step, run, successorOptions(run, newExecutionRunId, env.newId(), started)),
  };
}

function noRetry(retryState: RetryState): RunRetry {
  return { retryState, newExecutionRunId: undefined, begin: () => undefined };
}

/** Event 1 of the next attempt: that of this run, as it was started, but for what only the client's start has. */
function nextAttempt(
  run: Run,
  failed: RunFailure,
  retry: { readonly newExecutionRunId: string; readonly waitMs: number; readonly env: Env },
): WorkflowExecutionStartedEventAttributes {
  const { start } = run.lifecycle;
  return {
    ...start,
    ...inChain(run, retry.newExecutionRunId, retry.env),
    identity: undefined,
    lastCompletionResult: failed.retryResult,
    initiator: ContinueAsNewInitiator.Retry,
    continuedFailure: failed.failure,
    attempt: (start.attempt || 1) + 1,
    firstWorkflowTaskBackoff: toDuration(retry.waitMs),
    eagerExecutionAccepted: undefined,
  };
}
