import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE_MS } from '../../kernel/time.ts';
import { STICKY } from '../testing-requests.ts';
import { Bench, START_MS, command } from '../testing.ts';
import type { WorkflowTaskView } from './workflow-task-view.ts';

const HEARTBEAT = { forceCreateNewWorkflowTask: true, returnNewWorkflowTask: true, ...STICKY };

function beating() {
  const bench = new Bench();
  bench.start();
  return { bench, task: bench.workflowTask() };
}

/** Answers with a heartbeat, and gets the next task for it. */
function beat(bench: Bench, task: WorkflowTaskView, ...commands: Parameters<Bench['complete']>[0]): WorkflowTaskView {
  return bench.complete(commands, HEARTBEAT, task).nextTask ?? assert.fail('a heartbeat is answered with a task');
}

test('a worker that needs more time completes its task and gets another', () => {
  const { bench, task } = beating();
  const next = beat(bench, task);
  assert.deepEqual(bench.history(3), [
    '3 WorkflowTaskStarted',
    '4 WorkflowTaskCompleted',
    '5 WorkflowTaskScheduled',
    '6 WorkflowTaskStarted',
  ]);
  assert.deepEqual([next.sticky, next.previousStartedEventId, next.task.attempt], [true, 3, 1]);
});

test('without a wish for it the next task goes through its queue', () => {
  const { bench, task } = beating();
  const { nextTask } = bench.complete([], { forceCreateNewWorkflowTask: true }, task);
  assert.equal(nextTask, undefined);
  assert.equal(bench.offers('offerWorkflowTask').length, 1);
});

test('heartbeats in a row count from the first task', () => {
  const { bench, task } = beating();
  bench.advance(1_000);
  const second = beat(bench, task);
  bench.advance(1_000);
  beat(bench, second);
  assert.equal(bench.run.task.originalScheduledAtMs, START_MS);
  assert.equal(bench.run.task.scheduledAtMs, START_MS + 2_000);
});

test('a heartbeat with commands is progress: the count begins anew', () => {
  const { bench, task } = beating();
  bench.advance(1_000);
  beat(bench, task, command.startTimer('a', 600));
  assert.equal(bench.run.task.originalScheduledAtMs, START_MS + 1_000);
});

test('a task that is answered at last, without asking for more time, is never too late', () => {
  const bench = new Bench();
  bench.start();
  bench.advance(60 * MINUTE_MS);
  assert.equal(bench.complete([]).failure, undefined);
});

test('half an hour of heartbeats without progress is too much', () => {
  const bench = new Bench();
  bench.start({ workflowTaskTimeout: { seconds: 120 } });
  let task = bench.workflowTask();
  for (let minute = 1; minute < 30; minute++) {
    bench.advance(MINUTE_MS);
    task = beat(bench, task);
  }
  const before = bench.events().length;
  bench.advance(MINUTE_MS);
  const { failure, nextTask } = bench.complete([], HEARTBEAT, task);
  assert.equal(failure?.message, 'workflow task heartbeat timeout');
  assert.equal(nextTask, undefined);
  assert.deepEqual(bench.history(before + 1), [
    `${before + 1} WorkflowTaskTimedOut`,
    `${before + 2} WorkflowTaskScheduled`,
  ]);
  assert.equal(bench.run.task.binding, undefined);
  assert.equal(bench.offers('offerWorkflowTask').at(-1)?.queue, 'queue');
});
