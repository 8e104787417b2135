import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, TaskQueueKind, TimeoutType } from '@perdure/proto/enums';
import { STICKY, failureOf, signalOf, terminateOf, timeline } from '../testing-requests.ts';
import { Bench, command, refusal } from '../testing.ts';

/** A run that a worker has in its cache: its last task was completed at the time zero. */
function cached(): Bench {
  const bench = new Bench();
  bench.start({ workflowTaskTimeout: { seconds: 10 } });
  bench.complete([], STICKY);
  return bench;
}

test('a task goes to the queue of the worker that has the run in its cache, with what is new', () => {
  const bench = cached();
  bench.ok(signalOf('news'));
  assert.deepEqual(bench.last(EventType.WorkflowTaskScheduled).workflowTaskScheduledEventAttributes?.taskQueue, {
    name: 'sticky',
    kind: TaskQueueKind.Sticky,
    normalName: 'queue',
  });
  const [offer] = bench.offers('offerWorkflowTask');
  assert.deepEqual([offer?.queue, offer?.normalQueue], ['sticky', 'queue']);
  const task = bench.workflowTask();
  assert.deepEqual([task.sticky, task.previousStartedEventId, task.lastEventId], [true, 3, 7]);
});

test('a completion that does not speak of the cache ends the binding', () => {
  const bench = cached();
  bench.ok(signalOf('news'));
  bench.complete([]);
  bench.ok(signalOf('news'));
  assert.deepEqual(bench.offers('offerWorkflowTask').at(-1)?.queue, 'queue');
});

test('a refused completion of a task that was not on record ends the binding, at no cost', () => {
  const bench = cached();
  const request = { meta: { updateId: 'u' }, input: { name: 'update' } };
  bench.ok({ kind: 'admitUpdate', runId: '', firstRunId: '', updateId: 'u', request });
  const task = bench.workflowTask();
  assert.equal(task.sticky, true);
  assert.ok(bench.complete([command.cancelActivity(99)], STICKY, task).failure !== undefined);
  assert.equal(bench.run.task.binding, undefined);
  const [next] = bench.offers('offerWorkflowTask');
  assert.deepEqual([next?.queue, bench.workflowTask().task.attempt], ['queue', 1]);
});

test('ResetStickyTaskQueue ends the binding', () => {
  const bench = cached();
  bench.ok({ kind: 'resetSticky', runId: '' });
  bench.ok(signalOf('news'));
  assert.deepEqual(bench.offers('offerWorkflowTask').at(-1)?.queue, 'queue');
  bench.ok(terminateOf());
  const refused = refusal(bench.send({ kind: 'resetSticky', runId: '' }));
  assert.equal(refused.message, 'workflow execution already completed');
});

test('a worker of the normal queue that takes the task gets the whole history, and the binding ends', () => {
  const bench = cached();
  bench.ok(signalOf('news'));
  const [offer] = bench.offers('offerWorkflowTask');
  assert.ok(offer);
  const { scheduledEventId, stamp } = offer;
  const taker = { identity: 'other', requestId: 'poll', workerVersion: undefined };
  const task = bench.ok({ kind: 'startWorkflowTask', runId: '', scheduledEventId, stamp, taker, sticky: false });
  assert.equal(task.sticky, false);
  assert.equal(bench.run.task.binding, undefined);
});

test('a sticky worker that does not take its task in time loses it to the normal queue, at no cost', () => {
  const bench = cached();
  bench.ok(signalOf('news'));
  bench.advance(5_000);
  assert.deepEqual(timeline(bench.events().slice(6)), [
    '7 WorkflowTaskTimedOut after 5s',
    '8 WorkflowTaskScheduled after 5s',
  ]);
  const timedOut = bench.last(EventType.WorkflowTaskTimedOut).workflowTaskTimedOutEventAttributes;
  assert.equal(timedOut?.timeoutType, TimeoutType.ScheduleToStart);
  assert.equal(timedOut?.startedEventId, 0);
  const [offer] = bench.offers('offerWorkflowTask').slice(-1);
  assert.deepEqual([offer?.queue, offer?.normalQueue], ['queue', undefined]);
  assert.equal(bench.workflowTask().task.attempt, 1);
});

test('the timeout of a sticky task stays when the binding ends before the task is taken', () => {
  const bench = cached();
  bench.ok(signalOf('news'));
  bench.ok({ kind: 'resetSticky', runId: '' });
  bench.advance(5_000);
  assert.deepEqual(bench.history(7), ['7 WorkflowTaskTimedOut', '8 WorkflowTaskScheduled']);
});

test('a sticky task that is taken in time has only its own timeout', () => {
  const bench = cached();
  bench.ok(signalOf('news'));
  const task = bench.workflowTask();
  bench.advance(9_000);
  bench.complete([], {}, task);
  assert.equal(bench.history().at(-1), '8 WorkflowTaskCompleted');
});

test('a failure of the sticky worker does not count: the normal queue gets a first attempt', () => {
  for (const end of ['failed', 'timed out']) {
    const bench = cached();
    bench.ok(signalOf('news'));
    const task = bench.workflowTask();
    if (end === 'failed') bench.ok(failureOf(task));
    else bench.advance(10_000);
    assert.deepEqual(bench.history(8), [
      end === 'failed' ? '8 WorkflowTaskFailed' : '8 WorkflowTaskTimedOut',
      '9 WorkflowTaskScheduled',
    ]);
    assert.equal(bench.offers('offerWorkflowTask').at(-1)?.queue, 'queue');
    bench.ok(failureOf(bench.workflowTask()));
    assert.equal(bench.run.task.attempt, 2);
  }
});

test('a task that does not reach the sticky worker goes to the normal queue', () => {
  const bench = cached();
  bench.ok(signalOf('news'));
  const { scheduledEventId, stamp } = bench.workflowTask().task;
  bench.ok({ kind: 'returnTask', runId: '', task: 'workflow', scheduledEventId, stamp });
  assert.equal(bench.offers('offerWorkflowTask').at(-1)?.queue, 'queue');
  assert.equal(bench.run.task.binding, undefined);
});
