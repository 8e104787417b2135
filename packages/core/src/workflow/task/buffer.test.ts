import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import { toTimestamp } from '../../kernel/time.ts';
import type { ActivityTaskView } from '../activity/activity-task.ts';
import { outward } from '../testing-family.ts';
import { cancelOf, cancelTimer, failureOf, signalOf } from '../testing-requests.ts';
import { Bench, START_MS, command } from '../testing.ts';

const { scheduleActivity, startTimer, completeWorkflow } = command;

function completeActivity(bench: Bench, { scheduledEventId, attempt, stamp }: ActivityTaskView): void {
  const activity = { by: 'token', scheduledEventId, attempt, stamp } as const;
  bench.ok({ kind: 'completeActivity', runId: '', activity, result: undefined, identity: 'activity-worker' });
}

/** A run with timer `a`, due at one second, and activities `x` and `y` at work; the next workflow task has begun. */
function busy() {
  const bench = new Bench();
  bench.start();
  bench.complete([startTimer('a', 1), scheduleActivity('x'), scheduleActivity('y')]);
  const [x, y] = [bench.activityTask(), bench.activityTask()];
  bench.ok(signalOf('wake up'));
  return { bench, x, y, task: bench.workflowTask() };
}

test('what comes while a task is at work waits for its end: in order, the ends of activities behind the rest', () => {
  const { bench, x, y, task } = busy();
  completeActivity(bench, y);
  bench.ok(signalOf('one'));
  bench.advance(1_000);
  completeActivity(bench, x);
  bench.ok(cancelOf());
  bench.ok(signalOf('two'));
  assert.deepEqual(bench.history(8), [
    '8 WorkflowExecutionSignaled',
    '9 WorkflowTaskScheduled',
    '10 WorkflowTaskStarted',
  ]);
  bench.complete([startTimer('b', 60)], {}, task);
  assert.deepEqual(bench.history(11), [
    '11 WorkflowTaskCompleted',
    '12 TimerStarted',
    '13 ActivityTaskStarted',
    '14 WorkflowExecutionSignaled',
    '15 TimerFired',
    '16 ActivityTaskStarted',
    '17 WorkflowExecutionCancelRequested',
    '18 WorkflowExecutionSignaled',
    '19 ActivityTaskCompleted',
    '20 ActivityTaskCompleted',
    '21 WorkflowTaskScheduled',
  ]);
  const ends = bench.events().slice(18, 20);
  assert.deepEqual(
    ends.map((event) => event.activityTaskCompletedEventAttributes?.startedEventId),
    [13, 16],
  );
  assert.deepEqual(bench.events()[14]?.eventTime, toTimestamp(START_MS + 1_000));
});

test('what waits has its effect at once', () => {
  const { bench, x } = busy();
  completeActivity(bench, x);
  bench.advance(1_000);
  bench.ok(cancelOf());
  assert.equal(bench.run.activities.size, 1);
  assert.equal(bench.run.timers.size, 0);
  assert.equal(bench.run.lifecycle.cancelRequested, true);
});

test('a task that fails hands what waited to the next, which is a first attempt', () => {
  const { bench, task } = busy();
  bench.ok(signalOf('news'));
  bench.ok(failureOf(task));
  assert.deepEqual(bench.history(11), [
    '11 WorkflowTaskFailed',
    '12 WorkflowExecutionSignaled',
    '13 WorkflowTaskScheduled',
  ]);
  assert.equal(bench.workflowTask().task.attempt, 1);
});

test('a task that is not answered in time hands on what waited, too', () => {
  const { bench } = busy();
  bench.ok(signalOf('news'));
  bench.advance(10_000);
  assert.deepEqual(bench.history(11), [
    '11 WorkflowTaskTimedOut',
    '12 WorkflowExecutionSignaled',
    '13 TimerFired',
    '14 WorkflowTaskScheduled',
  ]);
});

test('a timer that fires while the task runs may still be cancelled, and started anew', () => {
  const { bench, task } = busy();
  bench.advance(1_000);
  bench.complete([cancelTimer('a'), startTimer('a', 60)], {}, task);
  assert.deepEqual(bench.history(11), ['11 WorkflowTaskCompleted', '12 TimerCanceled', '13 TimerStarted']);
  assert.equal(bench.last(EventType.TimerCanceled).timerCanceledEventAttributes?.startedEventId, 5);
  assert.deepEqual([...bench.run.timers.keys()], ['a']);
  assert.deepEqual([bench.run.buffer.length, bench.run.bufferSizeBytes], [0, 0]);
});

test('a timer that fires while the task runs is gone: its id may be used again', () => {
  const { bench, task } = busy();
  bench.advance(1_000);
  bench.complete([startTimer('a', 60)], {}, task);
  assert.deepEqual(bench.history(12), ['12 TimerStarted', '13 TimerFired', '14 WorkflowTaskScheduled']);
  assert.deepEqual([...bench.run.timers.keys()], ['a']);
});

test('a firing that is taken back is not taken back twice', () => {
  const { bench, task } = busy();
  bench.advance(1_000);
  const { failure } = bench.complete([cancelTimer('a'), cancelTimer('a')], {}, task);
  assert.equal(
    failure?.message,
    'BadCancelTimerAttributes: invalid history builder state for action: add-timer-canceled-event, TimerID: a',
  );
});

test('a workflow does not close over what it has not seen', () => {
  for (const close of [completeWorkflow(), outward.fail('x'), outward.cancelWorkflow(), outward.continueAsNew()]) {
    const { bench, task } = busy();
    bench.ok(signalOf('news'));
    const { failure } = bench.complete([startTimer('b', 60), close], {}, task);
    assert.equal(failure?.message, 'UnhandledCommand');
    assert.deepEqual(bench.history(11), [
      '11 WorkflowTaskFailed',
      '12 WorkflowExecutionSignaled',
      '13 WorkflowTaskScheduled',
    ]);
    const failed = bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes;
    assert.equal(failed?.cause, WorkflowTaskFailedCause.UnhandledCommand);
    bench.complete([close]);
    assert.equal(bench.run.task.phase, 'none');
  }
});

test('a workflow that takes back all that it has not seen may close', () => {
  const { bench, task } = busy();
  bench.advance(1_000);
  const { failure } = bench.complete([cancelTimer('a'), completeWorkflow()], {}, task);
  assert.equal(failure, undefined);
  assert.deepEqual(bench.history(11), [
    '11 WorkflowTaskCompleted',
    '12 TimerCanceled',
    '13 WorkflowExecutionCompleted',
  ]);
});

test('a workflow that takes back one of two firings may not', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([startTimer('a', 1), startTimer('b', 1)]);
  bench.ok(signalOf('wake up'));
  const task = bench.workflowTask();
  bench.advance(1_000);
  const { failure } = bench.complete([cancelTimer('a'), completeWorkflow()], {}, task);
  assert.equal(failure?.message, 'UnhandledCommand');
  assert.deepEqual(bench.history().slice(-3), ['11 TimerFired', '12 TimerFired', '13 WorkflowTaskScheduled']);
});

test('more than may wait: the task is ended, and the next begins with all of it', () => {
  const bench = new Bench({ limits: { bufferedEventsMax: 2 } });
  bench.start();
  const task = bench.workflowTask();
  for (const name of ['one', 'two']) bench.ok(signalOf(name));
  assert.equal(bench.events().length, 3);
  bench.ok(signalOf('three'));
  assert.deepEqual(bench.history(4), [
    '4 WorkflowTaskFailed',
    '5 WorkflowExecutionSignaled',
    '6 WorkflowExecutionSignaled',
    '7 WorkflowExecutionSignaled',
    '8 WorkflowTaskScheduled',
  ]);
  const failed = bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes;
  assert.equal(failed?.cause, WorkflowTaskFailedCause.ForceCloseCommand);
  assert.equal(failed?.identity, 'history-service');
  assert.ok('kind' in bench.send({ kind: 'completeWorkflowTask', runId: '', task: task.task, request: {} }));
});

test('what waits is measured in bytes as well', () => {
  const bench = new Bench({ limits: { bufferedEventsSizeBytesMax: 1_000 } });
  bench.start();
  bench.workflowTask();
  bench.ok(signalOf('small'));
  bench.ok(signalOf('x'.repeat(1_000)));
  assert.deepEqual(bench.history(4), [
    '4 WorkflowTaskFailed',
    '5 WorkflowExecutionSignaled',
    '6 WorkflowExecutionSignaled',
    '7 WorkflowTaskScheduled',
  ]);
});

test('a second request of any kind may be the one too many', () => {
  for (const fill of ['cancel', 'attach', 'timer'] as const) {
    const bench = new Bench({ limits: { bufferedEventsMax: 1 } });
    bench.start();
    bench.complete([startTimer('a', 1)]);
    bench.ok(signalOf('wake up'));
    bench.workflowTask();
    bench.ok(signalOf('one'));
    if (fill === 'cancel') bench.ok(cancelOf());
    if (fill === 'timer') bench.advance(1_000);
    if (fill === 'attach') {
      const request = { requestId: 'r', workflowIdConflictPolicy: 2, onConflictOptions: {} } as const;
      bench.ok({ kind: 'start', request, signal: undefined, parent: undefined });
    }
    assert.deepEqual(
      [fill, ...bench.history(9).slice(0, 2)],
      [fill, '9 WorkflowTaskFailed', '10 WorkflowExecutionSignaled'],
    );
    assert.equal(bench.history().at(-1), '12 WorkflowTaskScheduled');
  }
});
