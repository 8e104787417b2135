import { RetryState, TimeoutType } from '@perdure/proto/enums';
import type { Failure, Payloads } from '@perdure/proto/types';
import { isRetryable, nextRetry, type RetryDecision } from '../../kernel/retry-policy.ts';
import { durationMsOrZero } from '../../kernel/time.ts';
import type { Transition } from '../transition.ts';
import { keptFailure } from '../../kernel/failure.ts';
import type { Activity } from './activity.ts';
import { isPaused, optionsInForce } from './intervention-state.ts';

/**
 * Whether an attempt that ended with this failure is followed by another. Nothing that the workflow has asked to cancel
 * is tried again, nor what ran out of time as a whole. What is held is tried again whenever that ends. Temporal:
 * mutable_state_impl.go, RetryActivity.
 */
export function decideRetry(activity: Activity, failure: Failure | undefined, nowMs: number): RetryDecision {
  if (activity.cancelRequestedEventId !== 0) return { retryState: RetryState.CancelRequested };
  const timeoutType = failure?.timeoutFailureInfo?.timeoutType;
  if (timeoutType === TimeoutType.ScheduleToStart || timeoutType === TimeoutType.ScheduleToClose) {
    return { retryState: RetryState.Timeout };
  }
  const policy = optionsInForce(activity).retryPolicy ?? {};
  if (isPaused(activity) && isRetryable(failure, policy.nonRetryableErrorTypes ?? [])) {
    return { retryAtMs: activity.scheduledAtMs };
  }
  return nextRetry({
    policy,
    attempt: activity.attempt,
    nowMs,
    expiresAtMs: expiresAtMs(activity),
    failure,
    delayOverridesMaximum: true,
  });
}

/** When no attempt may begin any more, whatever options the activity has got since; undefined: never. */
export function expiresAtMs(activity: Activity): number | undefined {
  const timeoutMs = durationMsOrZero(activity.scheduled.scheduleToCloseTimeout);
  return timeoutMs > 0 ? activity.firstScheduledAtMs + timeoutMs : undefined;
}

/** Sets the activity back until its next attempt. No event: the workflow does not hear of it. */
export function backOff(
  transition: Transition,
  activity: Activity,
  retry: {
    readonly failure: Failure | undefined;
    readonly atMs: number;
    readonly heartbeatDetails: Payloads | undefined;
  },
): void {
  const { env } = transition;
  transition.note({
    kind: 'activityRetry',
    id: activity.scheduledEventId,
    failure: keptFailure(retry.failure, env.limits),
    completedAtMs: env.nowMs,
    nextAtMs: retry.atMs,
    heartbeatDetails: retry.heartbeatDetails,
  });
}
