import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CommandType,
  ContinueAsNewInitiator,
  EventType,
  RetryState,
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from '@perdure/proto/enums';
import type { Command, StartWorkflowExecutionRequest } from '@perdure/proto/types';
import { toDuration } from '../../kernel/time.ts';
import type { Run } from '../run.ts';
import { Family, outward } from '../testing-family.ts';
import { cancelOf, resetPointsOf, signalWithStartOf, terminateOf, timeline } from '../testing-requests.ts';
import { Bench, payloads } from '../testing.ts';

/** A workflow on a schedule, whose first task has just become due. */
function dueOn(cronSchedule: string, request: Partial<StartWorkflowExecutionRequest> = {}): Bench {
  const bench = new Bench();
  const run = bench.start({ cronSchedule, ...request });
  bench.advance(run.lifecycle.firstTaskAtMs - bench.nowMs);
  return bench;
}

/** The next run's first event. */
function startOf(bench: Bench, run: Run = bench.run) {
  return bench.last(EventType.WorkflowExecutionStarted, run).workflowExecutionStartedEventAttributes ?? assert.fail();
}

function backoffMs(bench: Bench): number {
  const { firstTaskAtMs, startedAtMs } = bench.run.lifecycle;
  return firstTaskAtMs - startedAtMs;
}

function continueAsNew(attributes: Command['continueAsNewWorkflowExecutionCommandAttributes']): Command {
  return {
    commandType: CommandType.ContinueAsNewWorkflowExecution,
    continueAsNewWorkflowExecutionCommandAttributes: attributes,
  };
}

test('a run waits for its tick; when it completes, the next begins and waits for the next tick', () => {
  const bench = new Bench();
  const memo = { fields: { note: payloads('kept').payloads?.[0] ?? {} } };
  const first = bench.start({ cronSchedule: '@every 10s', input: payloads('in'), memo, identity: 'client' });
  assert.deepEqual(startOf(bench).firstWorkflowTaskBackoff, toDuration(10_000));
  assert.equal(startOf(bench).initiator, ContinueAsNewInitiator.CronSchedule);
  bench.advance(10_000);
  bench.advance(500);
  bench.complete([outward.complete({ result: payloads('one') })]);

  assert.deepEqual(timeline(bench.events(first)), [
    '1 WorkflowExecutionStarted after 0s',
    '2 WorkflowTaskScheduled after 10s',
    '3 WorkflowTaskStarted after 10.5s',
    '4 WorkflowTaskCompleted after 10.5s',
    '5 WorkflowExecutionCompleted after 10.5s',
  ]);
  const second = bench.run;
  assert.equal(first.lifecycle.status, WorkflowExecutionStatus.Completed);
  assert.equal(first.lifecycle.newRunId, second.runId);
  const completed = bench.last(EventType.WorkflowExecutionCompleted, first).workflowExecutionCompletedEventAttributes;
  assert.equal(completed?.newExecutionRunId, second.runId);
  assert.deepEqual(startOf(bench), {
    ...startOf(bench, first),
    continuedExecutionRunId: first.runId,
    firstExecutionRunId: first.runId,
    originalExecutionRunId: second.runId,
    prevAutoResetPoints: resetPointsOf(first, bench.nowMs),
    initiator: ContinueAsNewInitiator.CronSchedule,
    lastCompletionResult: payloads('one'),
    continuedFailure: undefined,
    attempt: 1,
    firstWorkflowTaskBackoff: toDuration(10_000),
    identity: undefined,
    eagerExecutionAccepted: undefined,
    parentWorkflowNamespace: undefined,
    parentWorkflowNamespaceId: undefined,
    parentWorkflowExecution: undefined,
    parentInitiatedEventId: undefined,
    rootWorkflowExecution: undefined,
    workflowExecutionExpirationTime: undefined,
  });
  bench.advance(9_999);
  assert.deepEqual(bench.history(), ['1 WorkflowExecutionStarted']);
  bench.advance(1);
  assert.deepEqual(bench.history(), ['1 WorkflowExecutionStarted', '2 WorkflowTaskScheduled']);
});

test('ticks that a run has missed are skipped, counted from when it was due', () => {
  const bench = dueOn('@every 10s');
  bench.advance(35_500);
  bench.complete([outward.complete()]);
  assert.equal(backoffMs(bench), 5_000);
});

test('a tick that is just now is not missed, but no run follows within a second of when the last was due', () => {
  const bench = dueOn('@every 1s');
  bench.advance(300);
  bench.complete([outward.complete()]);
  // The next tick is 0.7 s away, and the wait is rounded up.
  assert.equal(backoffMs(bench), 1_000);
  bench.advance(1_700);
  bench.complete([outward.complete()]);
  assert.equal(backoffMs(bench), 300);
  bench.advance(2_000);
  bench.complete([outward.complete()]);
  assert.equal(backoffMs(bench), 0);
  assert.deepEqual(bench.history(), ['1 WorkflowExecutionStarted', '2 WorkflowTaskScheduled']);
});

test('a run that fails is followed too, and hands on the last result and its failure', () => {
  const bench = dueOn('@every 10s', { lastCompletionResult: payloads('before') });
  const first = bench.run;
  bench.complete([outward.fail('broken')]);
  const failed = bench.last(EventType.WorkflowExecutionFailed, first).workflowExecutionFailedEventAttributes;
  assert.equal(failed?.retryState, RetryState.RetryPolicyNotSet);
  assert.equal(failed?.newExecutionRunId, bench.run.runId);
  assert.equal(startOf(bench).continuedFailure?.message, 'broken');
  assert.deepEqual(startOf(bench).lastCompletionResult, payloads('before'));
  bench.advance(10_000);
  bench.complete([outward.complete()]);
  assert.equal(startOf(bench).continuedFailure, undefined);
  assert.equal(startOf(bench).lastCompletionResult, undefined);
});

test('the retry policy comes before the schedule, and counts anew in each run of the schedule', () => {
  const bench = dueOn('@every 10s', { retryPolicy: { initialInterval: { seconds: 2 }, maximumAttempts: 2 } });
  const first = bench.run;
  bench.complete([outward.fail('broken')]);
  const failed = bench.last(EventType.WorkflowExecutionFailed, first).workflowExecutionFailedEventAttributes;
  assert.equal(failed?.retryState, RetryState.InProgress);
  assert.equal(startOf(bench).initiator, ContinueAsNewInitiator.Retry);
  assert.equal(startOf(bench).attempt, 2);
  assert.equal(startOf(bench).cronSchedule, '@every 10s');
  assert.equal(backoffMs(bench), 2_000);

  const second = bench.run;
  bench.advance(2_000);
  bench.complete([outward.fail('broken again')]);
  const failedAgain = bench.last(EventType.WorkflowExecutionFailed, second).workflowExecutionFailedEventAttributes;
  assert.equal(failedAgain?.retryState, RetryState.MaximumAttemptsReached);
  assert.equal(startOf(bench).initiator, ContinueAsNewInitiator.CronSchedule);
  assert.equal(startOf(bench).attempt, 1);
  assert.equal(startOf(bench).firstExecutionRunId, first.runId);
  assert.equal(startOf(bench).continuedFailure?.message, 'broken again');
  assert.equal(backoffMs(bench), 10_000);
});

test('a run that times out is followed as one that fails', () => {
  const bench = dueOn('@every 10s', { workflowRunTimeout: { seconds: 12 }, lastCompletionResult: payloads('before') });
  const first = bench.run;
  bench.workflowTask();
  bench.advance(12_000);
  assert.equal(first.lifecycle.status, WorkflowExecutionStatus.TimedOut);
  const timedOut = bench.last(EventType.WorkflowExecutionTimedOut, first).workflowExecutionTimedOutEventAttributes;
  assert.deepEqual(timedOut, { retryState: RetryState.RetryPolicyNotSet, newExecutionRunId: bench.run.runId });
  assert.equal(backoffMs(bench), 8_000);
  assert.equal(startOf(bench).continuedFailure?.message, 'workflow timeout');
  assert.deepEqual(startOf(bench).lastCompletionResult, payloads('before'));
});

test('the execution timeout ends the schedule, even while a run waits for its tick', () => {
  const bench = dueOn('@every 10s', { workflowExecutionTimeout: { seconds: 15 } });
  const first = bench.run;
  bench.complete([outward.complete()]);
  const second = bench.run;
  assert.notEqual(second, first);
  assert.deepEqual(
    startOf(bench).workflowExecutionExpirationTime,
    startOf(bench, first).workflowExecutionExpirationTime,
  );
  bench.advance(5_000);
  assert.equal(bench.run, second);
  assert.deepEqual(bench.history(), ['1 WorkflowExecutionStarted', '2 WorkflowExecutionTimedOut']);
  const timedOut = bench.last(EventType.WorkflowExecutionTimedOut).workflowExecutionTimedOutEventAttributes;
  assert.deepEqual(timedOut, { retryState: RetryState.Timeout, newExecutionRunId: undefined });
});

test('cancellation and termination end the schedule', () => {
  const canceled = new Bench();
  canceled.start({ cronSchedule: '@every 10s' });
  canceled.ok(cancelOf());
  assert.deepEqual(canceled.history(2), ['2 WorkflowExecutionCancelRequested', '3 WorkflowTaskScheduled']);
  canceled.complete([outward.cancelWorkflow()]);
  assert.deepEqual(canceled.history(6), ['6 WorkflowExecutionCanceled']);

  const terminated = new Bench();
  terminated.start({ cronSchedule: '@every 10s' });
  terminated.ok(terminateOf());
  assert.deepEqual(terminated.history(2), ['2 WorkflowExecutionTerminated']);
});

test('a signal does not wake a run before its tick; a signal with start does, and the tick stays for the next run', () => {
  const bench = new Bench();
  bench.start({ cronSchedule: '@every 10s' });
  bench.advance(2_500);
  bench.signal('poke');
  assert.deepEqual(bench.history(2), ['2 WorkflowExecutionSignaled']);
  bench.ok(signalWithStartOf(bench, 'poke', {}));
  assert.deepEqual(bench.history(3), ['3 WorkflowExecutionSignaled', '4 WorkflowTaskScheduled']);
  bench.complete([outward.complete()]);
  // The tick is 7.5 s away, counted in whole seconds; this run has lived since its start.
  assert.equal(backoffMs(bench), 8_000);
});

test('continue-as-new leaves the schedule unless its command brings one, and does not wait for a tick', () => {
  const bench = dueOn('@every 10s');
  bench.advance(5_000);
  bench.complete([continueAsNew({ cronSchedule: '@every 4s', lastCompletionResult: payloads('so far') })]);
  assert.equal(startOf(bench).cronSchedule, '@every 4s');
  assert.equal(startOf(bench).initiator, ContinueAsNewInitiator.Workflow);
  assert.deepEqual(startOf(bench).lastCompletionResult, payloads('so far'));
  assert.equal(backoffMs(bench), 0);

  bench.complete([outward.complete()]);
  assert.equal(startOf(bench).initiator, ContinueAsNewInitiator.CronSchedule);
  assert.equal(backoffMs(bench), 4_000);

  bench.advance(5_000);
  bench.complete([continueAsNew({})]);
  const last = bench.run;
  bench.complete([outward.complete()]);
  assert.equal(bench.run, last);
  assert.equal(last.lifecycle.newRunId, undefined);
});

test('a schedule that makes no sense, which only a continue-as-new can bring, is none', () => {
  const bench = dueOn('@every 10s');
  bench.advance(5_000);
  bench.complete([continueAsNew({ cronSchedule: 'now and then' })]);
  const second = bench.run;
  bench.complete([outward.complete()]);
  assert.equal(bench.run, second);
  assert.deepEqual(bench.history(5), ['5 WorkflowExecutionCompleted']);
});

test('a parent hears of a child on a schedule only when no run follows', () => {
  const family = new Family();
  const parent = family.member('parent');
  const child = family.member('child');
  parent.start();
  parent.complete([outward.startChild('child', { cronSchedule: '@every 10s' })]);
  assert.deepEqual(family.deliver(), ['parent child:5 start -> child']);
  assert.equal(startOf(child).initiator, ContinueAsNewInitiator.CronSchedule);
  assert.equal(backoffMs(child), 10_000);

  child.advance(10_000);
  child.complete([outward.complete()]);
  child.advance(10_000);
  child.complete([outward.fail('broken')]);
  assert.deepEqual(family.deliver(), []);
  assert.equal(parent.run.children.size, 1);

  child.ok(terminateOf());
  assert.deepEqual(family.deliver(), ['child parent childClosed -> parent']);
  const told = parent.last(EventType.ChildWorkflowExecutionTerminated).childWorkflowExecutionTerminatedEventAttributes;
  assert.equal(told?.workflowExecution?.runId, child.run.runId);
});

test('a child on a schedule that makes no sense, or has no time, fails the workflow task', () => {
  const names = 'WorkflowId=child WorkflowType=Child Namespace=default';
  const cases: readonly (readonly [string, string])[] = [
    ['now and then', 'invalid CronSchedule.'],
    ['0 0 31 2 *', 'invalid CronSchedule, no time can be found to satisfy the schedule'],
  ];
  for (const [cronSchedule, problem] of cases) {
    const parent = new Family().member('parent');
    parent.start();
    const { failure } = parent.complete([outward.startChild('child', { cronSchedule })]);
    const message = `invalid CronSchedule on StartChildWorkflowExecutionCommand: ${problem}. ${names}`;
    assert.equal(failure?.message, `BadStartChildExecutionAttributes: ${message}`);
    const { cause } = parent.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes ?? {};
    assert.equal(cause, WorkflowTaskFailedCause.BadStartChildExecutionAttributes);
  }
});
