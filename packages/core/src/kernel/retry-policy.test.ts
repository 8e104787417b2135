import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RetryState, TimeoutType } from '@perdure/proto/enums';
import type { Failure, RetryPolicy } from '@perdure/proto/types';
import { defaultLimits } from './limits.ts';
import { nextRetry, validateRetryPolicy, withRetryDefaults, type FailedAttempt } from './retry-policy.ts';

const NOW_MS = 1_000_000;

function decide(policy: RetryPolicy, attempt: number, more: Partial<FailedAttempt> = {}) {
  return nextRetry({
    policy: withRetryDefaults(policy, defaultLimits.activityRetry),
    attempt,
    nowMs: NOW_MS,
    expiresAtMs: undefined,
    failure: { applicationFailureInfo: { type: 'Broken' } },
    delayOverridesMaximum: true,
    ...more,
  });
}

function application(info: NonNullable<Failure['applicationFailureInfo']>): Failure {
  return { applicationFailureInfo: info };
}

test('a policy that says nothing gets the defaults: 1 s, doubled each time, at most 100 s, for ever', () => {
  assert.deepEqual(withRetryDefaults({}, defaultLimits.activityRetry), {
    initialInterval: { seconds: 1, nanos: 0 },
    backoffCoefficient: 2,
    maximumInterval: { seconds: 100, nanos: 0 },
    maximumAttempts: 0,
    nonRetryableErrorTypes: [],
  });
  const maximum = withRetryDefaults(
    { initialInterval: { nanos: 500_000_000 } },
    defaultLimits.activityRetry,
  ).maximumInterval;
  assert.deepEqual(maximum, { seconds: 50, nanos: 0 });
  const tiny = withRetryDefaults({ initialInterval: { nanos: 1 } }, defaultLimits.activityRetry);
  assert.deepEqual(tiny.maximumInterval, { seconds: 0, nanos: 100 });
});

test('intervals are capped at 100 years', () => {
  const policy = withRetryDefaults({ initialInterval: { seconds: 9e12 } }, defaultLimits.activityRetry);
  assert.equal(policy.initialInterval?.seconds, 100 * 365 * 86_400);
  assert.equal(policy.maximumInterval?.seconds, 100 * 365 * 86_400);
});

test('what is wrong with a policy is said as Temporal says it', () => {
  const problem = (policy: RetryPolicy) => validateRetryPolicy(withRetryDefaults(policy, defaultLimits.activityRetry));
  assert.equal(problem({}), undefined);
  assert.equal(
    problem({ initialInterval: { seconds: -1 } }),
    'invalid InitialInterval set on retry policy: negative duration',
  );
  assert.equal(
    problem({ maximumInterval: { seconds: 1, nanos: -1 } }),
    'invalid MaximumInterval set on retry policy: duration has seconds and nanos with different signs',
  );
  assert.equal(problem({ backoffCoefficient: 0.5 }), 'BackoffCoefficient cannot be less than 1 on retry policy.');
  assert.equal(
    problem({ initialInterval: { seconds: 2 }, maximumInterval: { seconds: 1 } }),
    'MaximumInterval cannot be less than InitialInterval on retry policy.',
  );
  assert.equal(problem({ maximumAttempts: -1 }), 'MaximumAttempts cannot be negative on retry policy.');
  assert.equal(problem({ nonRetryableErrorTypes: ['TemporalTimeout:Never'] }), 'Invalid timeout type value: Never.');
  assert.equal(problem({ nonRetryableErrorTypes: ['TemporalTimeout:Heartbeat', 'Any'] }), undefined);
  assert.equal(problem({ maximumAttempts: 1, backoffCoefficient: 0.5 }), undefined);
  assert.equal(validateRetryPolicy(undefined), undefined);
});

test('the interval grows by the coefficient up to the maximum', () => {
  const policy = { backoffCoefficient: 1.1, maximumInterval: { seconds: 2 } };
  assert.deepEqual(decide(policy, 1), { retryAtMs: NOW_MS + 1_000 });
  assert.deepEqual(decide(policy, 2), { retryAtMs: NOW_MS + 1_100 });
  assert.deepEqual(decide(policy, 3), { retryAtMs: NOW_MS + 1_210 });
  assert.deepEqual(decide(policy, 9), { retryAtMs: NOW_MS + 2_000 });
  assert.deepEqual(decide({}, 5_000), { retryAtMs: NOW_MS + 100_000 });
});

test('the last attempt is not followed by another', () => {
  assert.deepEqual(decide({ maximumAttempts: 3 }, 2), { retryAtMs: NOW_MS + 2_000 });
  assert.deepEqual(decide({ maximumAttempts: 3 }, 3), { retryState: RetryState.MaximumAttemptsReached });
});

test('no attempt begins after the expiry', () => {
  assert.deepEqual(decide({}, 1, { expiresAtMs: NOW_MS + 1_001 }), { retryAtMs: NOW_MS + 1_000 });
  assert.deepEqual(decide({}, 1, { expiresAtMs: NOW_MS + 1_000 }), { retryState: RetryState.Timeout });
});

test('the delay that a failure asks for replaces the interval', () => {
  const failure = application({ nextRetryDelay: { seconds: 500 } });
  assert.deepEqual(decide({}, 1, { failure }), { retryAtMs: NOW_MS + 500_000 });
  assert.deepEqual(decide({}, 1, { failure, delayOverridesMaximum: false }), { retryAtMs: NOW_MS + 100_000 });
  assert.deepEqual(decide({}, 1, { failure, expiresAtMs: NOW_MS + 400_000 }), { retryState: RetryState.Timeout });
});

test('a delay of nothing ends an activity, and is the maximum interval for a workflow', () => {
  const failure = application({ nextRetryDelay: {} });
  assert.deepEqual(decide({}, 1, { failure }), { retryState: RetryState.Timeout });
  assert.deepEqual(decide({}, 1, { failure, delayOverridesMaximum: false }), { retryAtMs: NOW_MS + 100_000 });
});

test('the kind of a failure decides whether it may be retried', () => {
  const policy = { nonRetryableErrorTypes: ['Fatal', 'TemporalTimeout:Heartbeat'] };
  const timeout = (timeoutType: TimeoutType): Failure => ({ timeoutFailureInfo: { timeoutType } });
  const retried: (Failure | undefined)[] = [
    undefined,
    {},
    application({ type: 'Broken' }),
    { serverFailureInfo: { nonRetryable: false } },
    { childWorkflowExecutionFailureInfo: {} },
    timeout(TimeoutType.StartToClose),
  ];
  const final: Failure[] = [
    application({ type: 'Fatal' }),
    application({ type: 'Broken', nonRetryable: true }),
    { serverFailureInfo: { nonRetryable: true } },
    { canceledFailureInfo: {} },
    { terminatedFailureInfo: {} },
    timeout(TimeoutType.Heartbeat),
    timeout(TimeoutType.ScheduleToStart),
    timeout(TimeoutType.ScheduleToClose),
  ];
  for (const failure of retried) assert.deepEqual(decide(policy, 1, { failure }), { retryAtMs: NOW_MS + 1_000 });
  for (const failure of final) {
    assert.deepEqual(decide(policy, 1, { failure }), { retryState: RetryState.NonRetryableFailure });
  }
});
