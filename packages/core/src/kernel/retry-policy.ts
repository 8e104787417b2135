import { RetryState, TimeoutType } from '@perdure/proto/enums';
import type { Duration, Failure, RetryPolicy } from '@perdure/proto/types';
import { enumName } from './enum-name.ts';
import type { RetryDefaults } from './limits.ts';
import { DURATION_MS_MAX, durationMs, durationMsOrZero, timesDuration, toDuration } from './time.ts';

/** With it, `nonRetryableErrorTypes` names a kind of timeout: `TemporalTimeout:StartToClose`. */
const TIMEOUT_TYPE_PREFIX = 'TemporalTimeout:';

/** The kinds of timeouts as a policy may spell them. */
const TIMEOUT_NAMES: ReadonlySet<string> = new Set([
  'StartToClose',
  'ScheduleToStart',
  'ScheduleToClose',
  'Heartbeat',
  'TIMEOUT_TYPE_START_TO_CLOSE',
  'TIMEOUT_TYPE_SCHEDULE_TO_START',
  'TIMEOUT_TYPE_SCHEDULE_TO_CLOSE',
  'TIMEOUT_TYPE_HEARTBEAT',
]);

/** The policy with these defaults for what it leaves open, its intervals capped at 100 years. */
export function withRetryDefaults(policy: RetryPolicy, defaults: RetryDefaults): RetryPolicy {
  const initialInterval =
    durationMsOrZero(policy.initialInterval) === 0
      ? toDuration(defaults.initialIntervalMs)
      : capDuration(policy.initialInterval);
  const maximumInterval =
    durationMsOrZero(policy.maximumInterval) === 0
      ? timesDuration(initialInterval, defaults.maximumIntervalCoefficient)
      : policy.maximumInterval;
  return {
    initialInterval,
    backoffCoefficient: policy.backoffCoefficient || defaults.backoffCoefficient,
    maximumInterval: capDuration(maximumInterval),
    maximumAttempts: policy.maximumAttempts || defaults.maximumAttempts,
    nonRetryableErrorTypes: policy.nonRetryableErrorTypes ?? [],
  };
}

/**
 * What is wrong with a policy that has its defaults; undefined where nothing is. Without a policy, and with one of one
 * attempt, nothing is retried and nothing can be wrong. Temporal: common/retrypolicy/retry_policy.go.
 */
export function validateRetryPolicy(policy: RetryPolicy | undefined): string | undefined {
  if (policy === undefined || policy.maximumAttempts === 1) return undefined;
  const initialProblem = durationProblem(policy.initialInterval);
  if (initialProblem !== undefined) return `invalid InitialInterval set on retry policy: ${initialProblem}`;
  if ((policy.backoffCoefficient ?? 0) < 1) return 'BackoffCoefficient cannot be less than 1 on retry policy.';
  const maximumProblem = durationProblem(policy.maximumInterval);
  if (maximumProblem !== undefined) return `invalid MaximumInterval set on retry policy: ${maximumProblem}`;
  const maximumMs = durationMsOrZero(policy.maximumInterval);
  if (maximumMs > 0 && maximumMs < durationMsOrZero(policy.initialInterval)) {
    return 'MaximumInterval cannot be less than InitialInterval on retry policy.';
  }
  if ((policy.maximumAttempts ?? 0) < 0) return 'MaximumAttempts cannot be negative on retry policy.';
  for (const type of policy.nonRetryableErrorTypes ?? []) {
    if (!type.startsWith(TIMEOUT_TYPE_PREFIX)) continue;
    const name = type.slice(TIMEOUT_TYPE_PREFIX.length);
    if (!TIMEOUT_NAMES.has(name)) return `Invalid timeout type value: ${name}.`;
  }
  return undefined;
}

/** What is wrong with a duration; undefined where nothing is. Temporal: common/primitives/timestamp/duration.go. */
export function durationProblem(duration: Duration | undefined): string | undefined {
  const { seconds = 0, nanos = 0 } = duration ?? {};
  if ((seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0)) {
    return 'duration has seconds and nanos with different signs';
  }
  return seconds < 0 || nanos < 0 ? 'negative duration' : undefined;
}

/** The duration, of at most 100 years. */
export function capDuration<D extends Duration | undefined>(duration: D): D | Duration {
  return durationMsOrZero(duration) > DURATION_MS_MAX ? toDuration(DURATION_MS_MAX) : duration;
}

/** An attempt that failed. */
export interface FailedAttempt {
  /** With its defaults. */
  readonly policy: RetryPolicy;
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly nowMs: number;
  /** No attempt may begin then or later; undefined: no such limit. */
  readonly expiresAtMs: number | undefined;
  readonly failure: Failure | undefined;
  /** Whether a delay that the failure asks for may exceed the maximum interval: an activity's may, a workflow's not. */
  readonly delayOverridesMaximum: boolean;
}

/** When the next attempt may begin, or why there is none. */
export type RetryDecision = { readonly retryAtMs: number } | { readonly retryState: RetryState };

/**
 * Decides whether an attempt is followed by another: after initial x coefficient^(attempt - 1), or after the delay that
 * the failure asks for. Without jitter. Temporal: service/history/workflow/retry.go.
 */
export function nextRetry(failed: FailedAttempt): RetryDecision {
  const { policy, attempt, nowMs, expiresAtMs, failure } = failed;
  if (!isRetryable(failure, policy.nonRetryableErrorTypes ?? [])) return { retryState: RetryState.NonRetryableFailure };
  const attemptsMax = policy.maximumAttempts ?? 0;
  if (attemptsMax > 0 && attempt >= attemptsMax) return { retryState: RetryState.MaximumAttemptsReached };

  const delayMs = durationMs(failure?.applicationFailureInfo?.nextRetryDelay);
  let intervalMs = delayMs ?? backoffMs(policy, attempt);
  const maximumMs =
    delayMs !== undefined && failed.delayOverridesMaximum ? delayMs : durationMsOrZero(policy.maximumInterval);
  if (maximumMs === 0 && intervalMs <= 0) return { retryState: RetryState.Timeout };
  if (maximumMs !== 0 && (intervalMs <= 0 || intervalMs > maximumMs)) intervalMs = maximumMs;
  const retryAtMs = nowMs + Math.min(intervalMs, DURATION_MS_MAX);
  // Temporal's clock is finer: of an attempt at that very millisecond it knows that its time is over.
  if (expiresAtMs !== undefined && retryAtMs >= expiresAtMs) return { retryState: RetryState.Timeout };
  return { retryAtMs };
}

/** How long the attempt of that number is followed by none, where no failure says otherwise and nothing bounds it. */
export function backoffMs(policy: RetryPolicy, attempt: number): number {
  return Math.round(durationMsOrZero(policy.initialInterval) * (policy.backoffCoefficient ?? 1) ** (attempt - 1));
}

/** Whether a failure, by its kind, may be followed by another attempt. An unknown kind may. */
export function isRetryable(failure: Failure | undefined, nonRetryableTypes: readonly string[]): boolean {
  if (failure?.terminatedFailureInfo !== undefined || failure?.canceledFailureInfo !== undefined) return false;
  if (failure?.timeoutFailureInfo !== undefined) {
    const type = failure.timeoutFailureInfo.timeoutType ?? TimeoutType.Unspecified;
    if (type !== TimeoutType.StartToClose && type !== TimeoutType.Heartbeat) return false;
    return !nonRetryableTypes.includes(TIMEOUT_TYPE_PREFIX + enumName(TimeoutType, type));
  }
  if (failure?.serverFailureInfo !== undefined) return failure.serverFailureInfo.nonRetryable !== true;
  if (failure?.applicationFailureInfo !== undefined) {
    const { nonRetryable, type = '' } = failure.applicationFailureInfo;
    return nonRetryable !== true && !nonRetryableTypes.includes(type);
  }
  return true;
}
