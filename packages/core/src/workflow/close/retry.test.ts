import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContinueAsNewInitiator, EventType, RetryState, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Command, Failure, Payload, RetryPolicy } from '@perdure/proto/types';
import { toTimestamp } from '../../kernel/time.ts';
import { outward } from '../testing-family.ts';
import {
  cancelOf,
  resetPointsOf,
  signalOf,
  startOf,
  terminateOf,
  timeline,
  type StartFields,
} from '../testing-requests.ts';
import { Bench, START_MS, command, payloads, refusal } from '../testing.ts';

const ONE: Payload = { data: new Uint8Array([1]) };

function failWith(failure: Failure): Command {
  return { ...outward.fail(''), failWorkflowExecutionCommandAttributes: { failure } };
}

/** A run with that retry policy, which then fails. */
function failed(retryPolicy: RetryPolicy | undefined, failure: Failure = { message: 'x' }, request: StartFields = {}) {
  const bench = new Bench();
  const first = bench.start({ ...(retryPolicy && { retryPolicy }), ...request });
  bench.complete([failWith(failure)]);
  const closed = bench.last(EventType.WorkflowExecutionFailed, first).workflowExecutionFailedEventAttributes;
  return { bench, first, closed };
}

test('without a retry policy a failure is the end', () => {
  const { bench, first, closed } = failed(undefined);
  assert.deepEqual(closed, {
    failure: { message: 'x' },
    retryState: RetryState.RetryPolicyNotSet,
    workflowTaskCompletedEventId: 4,
    newExecutionRunId: undefined,
  });
  assert.equal(bench.run, first);
});

test('with one the next attempt begins in the same step, and waits for its time', () => {
  const { bench, first, closed } = failed({ initialInterval: { seconds: 5 } });
  const second = bench.run;
  assert.notEqual(second, first);
  assert.deepEqual([closed?.retryState, closed?.newExecutionRunId], [RetryState.InProgress, second.runId]);
  assert.equal(first.lifecycle.newRunId, second.runId);
  bench.advance(5_000);
  assert.deepEqual(timeline(bench.events()), [
    '1 WorkflowExecutionStarted after 0s',
    '2 WorkflowTaskScheduled after 5s',
  ]);
});

test('an attempt begins as the first did, but for what only a client gives', () => {
  const memo = { fields: { note: ONE } };
  const header = { fields: { trace: ONE } };
  const links = [{ batchJob: { jobId: 'job' } }];
  const { bench, first } = failed(
    { initialInterval: { seconds: 5 } },
    { message: 'broken' },
    {
      input: payloads('input'),
      memo,
      header,
      links,
      userMetadata: { summary: ONE },
      workflowExecutionTimeout: { seconds: 100 },
      workflowTaskTimeout: { seconds: 7 },
      priority: { priorityKey: 2 },
      lastCompletionResult: payloads('old'),
      identity: 'starter',
      requestId: 'request',
    },
  );
  const [event] = bench.events();
  const before = first.lifecycle.start;
  const after = event?.workflowExecutionStartedEventAttributes;
  assert.deepEqual(event?.links, links);
  assert.equal(event?.userMetadata, undefined);
  assert.deepEqual(after, {
    ...before,
    originalExecutionRunId: bench.run.runId,
    prevAutoResetPoints: resetPointsOf(first, START_MS),
    continuedExecutionRunId: first.runId,
    firstExecutionRunId: first.runId,
    initiator: ContinueAsNewInitiator.Retry,
    continuedFailure: { message: 'broken' },
    attempt: 2,
    firstWorkflowTaskBackoff: { seconds: 5, nanos: 0 },
    workflowExecutionExpirationTime: toTimestamp(START_MS + 100_000),
    identity: undefined,
    lastCompletionResult: undefined,
    eagerExecutionAccepted: undefined,
    parentInitiatedEventId: undefined,
    parentWorkflowExecution: undefined,
    parentWorkflowNamespace: undefined,
    parentWorkflowNamespaceId: undefined,
    rootWorkflowExecution: undefined,
  });
  assert.deepEqual(after.memo, memo);
  // The request has started the first run, not this one.
  const again = refusal(bench.send(startOf(bench, { requestId: 'request' })));
  assert.deepEqual(again.detail?.value, {
    startRequestId: 'id-4',
    runId: bench.run.runId,
    firstExecutionRunId: first.runId,
  });
});

test('attempts are further and further apart, until there are no more', () => {
  const bench = new Bench();
  bench.start({ retryPolicy: { initialInterval: { seconds: 5 }, maximumAttempts: 3 } });
  const states: unknown[] = [];
  for (let attempt = 1; attempt <= 3; attempt++) {
    const { run } = bench;
    bench.complete([outward.fail('x')]);
    states.push(bench.last(EventType.WorkflowExecutionFailed, run).workflowExecutionFailedEventAttributes?.retryState);
    bench.advance(10_000);
  }
  assert.deepEqual(states, [RetryState.InProgress, RetryState.InProgress, RetryState.MaximumAttemptsReached]);
  assert.equal(bench.run.lifecycle.start.attempt, 3);
  assert.equal(bench.run.lifecycle.firstTaskAtMs, START_MS + 20_000);
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Failed);
});

test('no attempt begins after the last deadline of the chain', () => {
  const { bench, first, closed } = failed(
    { initialInterval: { seconds: 30 } },
    {},
    { workflowExecutionTimeout: { seconds: 20 } },
  );
  assert.equal(closed?.retryState, RetryState.Timeout);
  assert.equal(bench.run, first);
});

test('a failure may say that it is final, by its kind or by its type', () => {
  const policy = { initialInterval: { seconds: 5 }, nonRetryableErrorTypes: ['Bad'] };
  const stateOf = (failure: Failure) => failed(policy, failure).closed?.retryState;
  assert.equal(stateOf({ applicationFailureInfo: { type: 'Good' } }), RetryState.InProgress);
  assert.equal(stateOf({ applicationFailureInfo: { type: 'Bad' } }), RetryState.NonRetryableFailure);
  assert.equal(stateOf({ applicationFailureInfo: { nonRetryable: true } }), RetryState.NonRetryableFailure);
  assert.equal(stateOf({ canceledFailureInfo: {} }), RetryState.NonRetryableFailure);
  assert.equal(stateOf({ terminatedFailureInfo: {} }), RetryState.NonRetryableFailure);
  assert.equal(stateOf({ activityFailureInfo: {} }), RetryState.InProgress);
});

test('a failure may ask for a delay, which the policy bounds', () => {
  const policy = { initialInterval: { seconds: 5 }, maximumInterval: { seconds: 20 } };
  const waitOf = (seconds: number): unknown => {
    const { bench } = failed(policy, { applicationFailureInfo: { nextRetryDelay: { seconds } } });
    return bench.run.lifecycle.start.firstWorkflowTaskBackoff?.seconds;
  };
  assert.deepEqual([waitOf(10), waitOf(60)], [10, 20]);
});

test('runs that fail at once do not follow each other within a second', () => {
  const { bench } = failed({ initialInterval: { nanos: 1_000_000 } });
  assert.equal(bench.run.lifecycle.firstTaskAtMs, START_MS + 1_000);
});

test('only a failure is tried again', () => {
  for (const end of [command.completeWorkflow(), outward.cancelWorkflow(), undefined]) {
    const bench = new Bench();
    const run = bench.start({ retryPolicy: {} });
    if (end === undefined) bench.ok(terminateOf());
    else bench.complete([end]);
    assert.equal(bench.run, run);
  }
});

test('in its back-off an attempt takes signals, a cancellation wakes it, and it may be terminated', () => {
  const { bench } = failed({ initialInterval: { seconds: 5 } });
  bench.ok(signalOf('news'));
  assert.deepEqual(bench.history(2), ['2 WorkflowExecutionSignaled']);
  bench.ok(cancelOf());
  assert.deepEqual(bench.history(3), ['3 WorkflowExecutionCancelRequested', '4 WorkflowTaskScheduled']);
  const other = failed({ initialInterval: { seconds: 5 } });
  other.bench.ok(terminateOf({ firstRunId: other.first.runId }));
  assert.deepEqual(other.bench.history(2), ['2 WorkflowExecutionTerminated']);
});
