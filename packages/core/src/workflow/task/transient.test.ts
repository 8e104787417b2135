import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, TaskQueueKind, TimeoutType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import { toTimestamp } from '../../kernel/time.ts';
import { failureOf, signalOf, terminateOf, timeline } from '../testing-requests.ts';
import { Bench, START_MS, command, refusal } from '../testing.ts';
import { transientEvents } from './dispatch.ts';

/** A run whose first workflow task has failed so often, at the time zero. */
function withFailures(count: number): Bench {
  const bench = new Bench();
  bench.start({ workflowTaskTimeout: { seconds: 10 } });
  for (let failures = 0; failures < count; failures++) bench.ok(failureOf(bench.workflowTask()));
  return bench;
}

test('the first failure is recorded, those that follow at once are not', () => {
  const bench = withFailures(3);
  assert.deepEqual(bench.history(3), ['3 WorkflowTaskStarted', '4 WorkflowTaskFailed']);
  assert.deepEqual(bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes, {
    scheduledEventId: 2,
    startedEventId: 3,
    cause: WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure,
    failure: { message: 'gave up' },
    identity: 'workflow-worker',
    binaryChecksum: '',
    workerVersion: undefined,
  });
  assert.equal(bench.run.task.attempt, 4);
});

test('a worker that fails its task for a reset begins a first attempt again', () => {
  const bench = withFailures(2);
  bench.ok({ ...failureOf(bench.workflowTask()), cause: WorkflowTaskFailedCause.ResetWorkflow });
  assert.equal(bench.run.task.attempt, 1);
  assert.equal(bench.run.task.failuresInRow, 3);
  assert.deepEqual(bench.history(5), ['5 WorkflowTaskScheduled']);
  bench.ok({ ...failureOf(bench.workflowTask()), cause: WorkflowTaskFailedCause.ResetWorkflow });
  assert.deepEqual(bench.history(6), ['6 WorkflowTaskStarted', '7 WorkflowTaskFailed', '8 WorkflowTaskScheduled']);
});

test('a later attempt is not in the history, yet its worker sees it there', () => {
  const bench = withFailures(1);
  bench.advance(1_000);
  const task = bench.workflowTask();
  assert.equal(task.lastEventId, 4);
  assert.equal(task.task.startedEventId, 6);
  assert.equal(bench.events().length, 4);
  const [scheduled, started] = task.transientEvents;
  assert.deepEqual(scheduled, {
    eventId: 5,
    eventTime: toTimestamp(START_MS),
    eventType: EventType.WorkflowTaskScheduled,
    workflowTaskScheduledEventAttributes: {
      taskQueue: { name: 'queue', kind: TaskQueueKind.Normal },
      startToCloseTimeout: { seconds: 10 },
      attempt: 2,
    },
  });
  assert.equal(started?.eventId, 6);
  assert.deepEqual(started?.eventTime, toTimestamp(START_MS + 1_000));
  assert.equal(started?.workflowTaskStartedEventAttributes?.scheduledEventId, 5);
  bench.advance(1_000);
  bench.complete([], {}, task);
  assert.deepEqual(timeline(bench.events().slice(4)), [
    '5 WorkflowTaskScheduled after 0s',
    '6 WorkflowTaskStarted after 1s',
    '7 WorkflowTaskCompleted after 2s',
  ]);
  assert.deepEqual(bench.events().slice(4, 6), task.transientEvents);
});

test('after a success the next failure is a first one again', () => {
  const bench = withFailures(2);
  bench.complete([]);
  bench.signal('wake up');
  bench.ok(failureOf(bench.workflowTask()));
  assert.equal(bench.history().at(-1), '11 WorkflowTaskFailed');
});

test('an event that comes before a later attempt is taken makes it a first one', () => {
  const bench = withFailures(1);
  bench.ok(signalOf('news'));
  assert.deepEqual(bench.history(5), ['5 WorkflowExecutionSignaled']);
  assert.equal(bench.run.task.attempt, 2);
  const task = bench.workflowTask();
  assert.deepEqual(bench.history(6), ['6 WorkflowTaskScheduled', '7 WorkflowTaskStarted']);
  assert.deepEqual([task.task.attempt, task.lastEventId, task.transientEvents.length], [1, 7, 0]);
});

test('an event that comes while a later attempt is at work makes the next a first one', () => {
  const bench = withFailures(1);
  const task = bench.workflowTask();
  bench.ok(signalOf('news'));
  assert.equal(bench.events().length, 4);
  bench.ok(failureOf(task));
  assert.deepEqual(bench.history(5), ['5 WorkflowExecutionSignaled', '6 WorkflowTaskScheduled']);
  assert.equal(bench.workflowTask().task.attempt, 1);
});

test('a later attempt that completes goes into the history before what came while it was at work', () => {
  const bench = withFailures(1);
  const task = bench.workflowTask();
  bench.ok(signalOf('news'));
  bench.complete([command.startTimer('a', 60)], {}, task);
  assert.deepEqual(bench.history(5), [
    '5 WorkflowTaskScheduled',
    '6 WorkflowTaskStarted',
    '7 WorkflowTaskCompleted',
    '8 TimerStarted',
    '9 WorkflowExecutionSignaled',
    '10 WorkflowTaskScheduled',
  ]);
});

test('a task that is not answered in time is tried again; only the first time is recorded', () => {
  const bench = new Bench();
  bench.start({ workflowTaskTimeout: { seconds: 10 } });
  const task = bench.workflowTask();
  bench.advance(10_000);
  assert.deepEqual(bench.last(EventType.WorkflowTaskTimedOut).workflowTaskTimedOutEventAttributes, {
    scheduledEventId: 2,
    startedEventId: 3,
    timeoutType: TimeoutType.StartToClose,
  });
  assert.equal(refusal(bench.send(failureOf(task))).message, 'Workflow task not found.');
  bench.workflowTask();
  bench.advance(10_000);
  assert.deepEqual(timeline(bench.events().slice(3)), ['4 WorkflowTaskTimedOut after 10s']);
  assert.equal(bench.run.task.attempt, 3);
  assert.equal(bench.workflowTask().scheduledAtMs, START_MS + 20_000);
});

test('a task that nobody takes waits for ever', () => {
  const bench = new Bench();
  bench.start();
  bench.advance(1_000_000_000);
  assert.deepEqual(bench.history(2), ['2 WorkflowTaskScheduled']);
});

test('from the fourth attempt on a worker has more time, with each attempt more', () => {
  const timeouts: number[] = [];
  for (let failures = 0; failures < 12; failures++) {
    const bench = withFailures(failures);
    timeouts.push(bench.run.task.startToCloseTimeoutMs / 1_000);
  }
  assert.deepEqual(timeouts, [10, 10, 10, 15, 20, 30, 50, 90, 170, 330, 610, 610]);
});

test('a worker that cannot even report its failure has its run ended', () => {
  for (const failures of [0, 1]) {
    const bench = withFailures(failures);
    const task = bench.workflowTask();
    bench.ok(failureOf(task, WorkflowTaskFailedCause.GrpcMessageTooLarge));
    const failed = bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes;
    const forced = WorkflowTaskFailedCause.ForceCloseCommand;
    assert.equal(failed?.cause, failures === 0 ? forced : WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure);
    assert.deepEqual(bench.history(5), ['5 WorkflowExecutionTerminated']);
    const terminated = bench.last(EventType.WorkflowExecutionTerminated).workflowExecutionTerminatedEventAttributes;
    assert.deepEqual([terminated?.reason, terminated?.identity], ['GrpcMessageTooLarge', 'history-service']);
  }
});

test('a task that does not reach its worker goes to another, as it is', () => {
  const bench = new Bench();
  bench.start({ workflowTaskTimeout: { seconds: 10 } });
  const lost = bench.workflowTask();
  bench.advance(3_000);
  const { scheduledEventId, stamp } = lost.task;
  bench.ok({ kind: 'returnTask', runId: '', task: 'workflow', scheduledEventId, stamp });
  bench.ok({ kind: 'returnTask', runId: '', task: 'workflow', scheduledEventId, stamp });
  assert.equal(bench.offers('offerWorkflowTask').length, 1);
  bench.advance(100_000);
  assert.equal(refusal(bench.send(failureOf(lost))).message, 'Workflow task not found.');
  const task = bench.workflowTask();
  assert.equal(task.task.attempt, 1);
  assert.equal(task.startedAtMs, bench.nowMs);
  assert.deepEqual(bench.history(3), ['3 WorkflowTaskStarted']);
  bench.advance(9_999);
  bench.complete([], {}, task);
  assert.deepEqual(bench.history(4), ['4 WorkflowTaskCompleted']);
});

test('a task that does not reach its worker holds nothing back', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([command.startTimer('a', 1)]);
  bench.ok(signalOf('wake up'));
  const { scheduledEventId, stamp } = bench.workflowTask().task;
  bench.ok({ kind: 'returnTask', runId: '', task: 'workflow', scheduledEventId, stamp });
  assert.deepEqual(bench.history(7), ['7 WorkflowTaskScheduled', '8 WorkflowTaskStarted']);
  bench.advance(1_000);
  bench.ok(signalOf('no worker'));
  assert.deepEqual(bench.history(9), [
    '9 WorkflowTaskTimedOut',
    '10 TimerFired',
    '11 WorkflowTaskScheduled',
    '12 WorkflowExecutionSignaled',
  ]);
  const timedOut = bench.last(EventType.WorkflowTaskTimedOut).workflowTaskTimedOutEventAttributes;
  assert.deepEqual(timedOut, { scheduledEventId: 7, startedEventId: 8, timeoutType: TimeoutType.StartToClose });
  const task = bench.workflowTask();
  assert.deepEqual([task.task.attempt, task.task.scheduledEventId], [1, 11]);
  bench.complete([], {}, task);
  assert.deepEqual(bench.history(13), ['13 WorkflowTaskStarted', '14 WorkflowTaskCompleted']);
});

test('what has come before a task is known to have missed its worker is not held back either', () => {
  const bench = new Bench();
  bench.start();
  const { scheduledEventId, stamp } = bench.workflowTask().task;
  bench.ok(signalOf('while it is handed over'));
  assert.deepEqual(bench.history(3), ['3 WorkflowTaskStarted']);
  bench.ok({ kind: 'returnTask', runId: '', task: 'workflow', scheduledEventId, stamp });
  assert.deepEqual(bench.history(4), [
    '4 WorkflowTaskTimedOut',
    '5 WorkflowExecutionSignaled',
    '6 WorkflowTaskScheduled',
  ]);
  assert.equal(bench.offers('offerWorkflowTask').length, 1);
  assert.equal(bench.workflowTask().task.attempt, 1);
});

test('a later attempt that does not reach its worker holds nothing back', () => {
  const bench = withFailures(1);
  const { scheduledEventId, stamp } = bench.workflowTask().task;
  bench.ok({ kind: 'returnTask', runId: '', task: 'workflow', scheduledEventId, stamp });
  bench.ok(signalOf('no worker'));
  assert.deepEqual(bench.history(5), ['5 WorkflowExecutionSignaled', '6 WorkflowTaskScheduled']);
  assert.equal(bench.workflowTask().task.attempt, 1);
});

test('a return of what is not at work changes nothing', () => {
  const bench = new Bench();
  bench.start();
  const [offer] = bench.offers('offerWorkflowTask');
  const { scheduledEventId, stamp } = offer ?? assert.fail();
  bench.ok({ kind: 'returnTask', runId: '', task: 'workflow', scheduledEventId, stamp });
  assert.deepEqual(bench.offers('offerWorkflowTask'), [offer]);
  bench.ok(terminateOf());
  const late = bench.send({ kind: 'returnTask', runId: '', task: 'workflow', scheduledEventId, stamp });
  assert.equal(refusal(late).message, 'workflow execution already completed');
});

test('a later attempt that waits for a worker has a scheduled event only', () => {
  const bench = withFailures(1);
  assert.deepEqual(
    transientEvents(bench.run).map((event) => event.eventType),
    [EventType.WorkflowTaskScheduled],
  );
});

test('a later attempt that does not reach its worker costs no attempt either', () => {
  const bench = withFailures(1);
  const { scheduledEventId, stamp } = bench.workflowTask().task;
  bench.ok({ kind: 'returnTask', runId: '', task: 'workflow', scheduledEventId, stamp });
  const task = bench.workflowTask();
  assert.deepEqual([task.task.attempt, task.task.startedEventId], [2, 6]);
  bench.complete([], {}, task);
  assert.equal(bench.events().length, 7);
});
