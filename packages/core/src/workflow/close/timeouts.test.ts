import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, RetryState, TimeoutType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import { outward } from '../testing-family.ts';
import { failureOf, signalOf, timeline } from '../testing-requests.ts';
import { Bench, command, refusal } from '../testing.ts';

test('a run that takes too long ends', () => {
  const bench = new Bench();
  bench.start({ workflowRunTimeout: { seconds: 60 } });
  bench.complete([command.startTimer('a', 60)]);
  bench.advance(60_000);
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.TimedOut);
  assert.deepEqual(bench.last(EventType.WorkflowExecutionTimedOut).workflowExecutionTimedOutEventAttributes, {
    retryState: RetryState.RetryPolicyNotSet,
    newExecutionRunId: undefined,
  });
  assert.deepEqual(timeline(bench.events().slice(5)), ['6 WorkflowExecutionTimedOut after 60s']);
});

test('a task at work is failed first, and what it has not seen goes into the history', () => {
  const bench = new Bench();
  bench.start({ workflowRunTimeout: { seconds: 60 }, workflowTaskTimeout: { seconds: 60 } });
  bench.advance(10_000);
  const task = bench.workflowTask();
  bench.ok(signalOf('unseen'));
  bench.advance(50_000);
  assert.deepEqual(bench.history(4), [
    '4 WorkflowTaskFailed',
    '5 WorkflowExecutionSignaled',
    '6 WorkflowExecutionTimedOut',
  ]);
  assert.equal(refusal(bench.send(failureOf(task))).message, 'workflow execution already completed');
});

test('a run with a retry policy is tried again, when its time is up', () => {
  const bench = new Bench();
  const first = bench.start({ workflowRunTimeout: { seconds: 60 }, retryPolicy: { maximumAttempts: 2 } });
  bench.advance(60_000);
  const second = bench.run;
  const timedOut = (run = first) => bench.last(EventType.WorkflowExecutionTimedOut, run);
  assert.deepEqual(timedOut().workflowExecutionTimedOutEventAttributes, {
    retryState: RetryState.InProgress,
    newExecutionRunId: second.runId,
  });
  const started = bench.events(second)[0]?.workflowExecutionStartedEventAttributes;
  assert.deepEqual(started?.continuedFailure, {
    message: 'workflow timeout',
    source: 'Server',
    timeoutFailureInfo: { timeoutType: TimeoutType.StartToClose },
  });
  bench.advance(61_000);
  assert.deepEqual(timedOut(second).workflowExecutionTimedOutEventAttributes, {
    retryState: RetryState.MaximumAttemptsReached,
    newExecutionRunId: undefined,
  });
  assert.deepEqual(timeline(bench.events(second)), [
    '1 WorkflowExecutionStarted after 60s',
    '2 WorkflowTaskScheduled after 61s',
    '3 WorkflowExecutionTimedOut after 121s',
  ]);
});

test('a chain that takes too long ends in whichever run it is, and nothing follows', () => {
  const bench = new Bench();
  const retryPolicy = { initialInterval: { seconds: 1 } };
  bench.start({ workflowExecutionTimeout: { seconds: 60 }, workflowRunTimeout: { seconds: 30 } });
  bench.advance(20_000);
  bench.complete([outward.continueAsNew({ retryPolicy, workflowRunTimeout: { seconds: 1_000 } })]);
  const second = bench.run;
  bench.advance(1_000_000);
  assert.equal(bench.run, second);
  assert.deepEqual(timeline(bench.events()), [
    '1 WorkflowExecutionStarted after 20s',
    '2 WorkflowTaskScheduled after 20s',
    '3 WorkflowExecutionTimedOut after 60s',
  ]);
  const timedOut = bench.last(EventType.WorkflowExecutionTimedOut).workflowExecutionTimedOutEventAttributes;
  assert.deepEqual(timedOut, { retryState: RetryState.Timeout, newExecutionRunId: undefined });
});

test('a run that times out with its chain is not tried again', () => {
  const bench = new Bench();
  const run = bench.start({ workflowExecutionTimeout: { seconds: 60 }, retryPolicy: {} });
  bench.advance(60_000);
  assert.equal(bench.run, run);
  const timedOut = bench.last(EventType.WorkflowExecutionTimedOut).workflowExecutionTimedOutEventAttributes;
  assert.deepEqual(timedOut, { retryState: RetryState.Timeout, newExecutionRunId: undefined });
});
