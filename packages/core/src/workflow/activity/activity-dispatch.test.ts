import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType } from '@perdure/proto/enums';
import { Bench, command, refusal } from '../testing.ts';

const { scheduleActivity } = command;
const GONE = 'invalid activityID or activity already timed out or invoking workflow is completed';

function withActivity(): Bench {
  const bench = new Bench();
  bench.start();
  bench.complete([scheduleActivity('a', { heartbeatTimeout: { seconds: 3 } })]);
  return bench;
}

function poll(bench: Bench, stamp: number, requestId: string) {
  const taker = { identity: requestId, requestId, workerVersion: { buildId: 'build' } };
  return bench.send({ kind: 'startActivityTask', runId: '', scheduledEventId: 5, stamp, taker });
}

test('an offer is taken once; the poller that asks again gets the same task', () => {
  const bench = withActivity();
  const task = poll(bench, 1, 'first');
  assert.deepEqual(poll(bench, 1, 'first'), task);
  assert.equal(refusal(poll(bench, 1, 'second')).message, GONE);
});

test('offers that no longer fit are refused', () => {
  const bench = withActivity();
  assert.equal(refusal(poll(bench, 2, 'early')).message, GONE);
  const taker = { identity: '', requestId: '', workerVersion: undefined };
  const unknown = { kind: 'startActivityTask', runId: '', scheduledEventId: 4, stamp: 1, taker } as const;
  assert.equal(refusal(bench.send(unknown)).message, GONE);
  bench.activityTask();
  const activity = { by: 'id', activityId: 'a' } as const;
  bench.ok({
    kind: 'failActivity',
    runId: '',
    activity,
    failure: undefined,
    lastHeartbeatDetails: undefined,
    identity: '',
  });
  assert.equal(refusal(poll(bench, 1, 'late')).message, GONE);
  assert.equal(refusal(poll(bench, 2, 'while it backs off')).message, GONE);
});

test('a task whose worker was gone is offered again: the same attempt under another stamp', () => {
  const bench = withActivity();
  const task = bench.activityTask();
  const returned = { kind: 'returnTask', runId: '', task: 'activity', scheduledEventId: 5, stamp: task.stamp } as const;
  bench.ok(returned);
  bench.ok(returned);
  assert.deepEqual(bench.offers('offerActivityTask'), [
    { queue: 'queue', normalQueue: undefined, scheduledEventId: 5, stamp: 2, priority: undefined },
  ]);
  const lost = { by: 'token', scheduledEventId: 5, attempt: task.attempt, stamp: task.stamp } as const;
  const late = { kind: 'completeActivity', runId: '', activity: lost, result: undefined, identity: '' } as const;
  assert.equal(refusal(bench.send(late)).message, GONE);
  bench.advance(9_000);
  const again = bench.activityTask();
  assert.equal(again.attempt, 1);
  bench.ok({ ...late, activity: { ...lost, stamp: again.stamp } });
  assert.equal(bench.last(EventType.ActivityTaskStarted).activityTaskStartedEventAttributes?.attempt, 1);
});

test('the version of the worker that started the activity is recorded', () => {
  const bench = withActivity();
  poll(bench, 1, 'poll');
  bench.ok({
    kind: 'completeActivity',
    runId: '',
    activity: { by: 'id', activityId: 'a' },
    result: undefined,
    identity: '',
  });
  const started = bench.last(EventType.ActivityTaskStarted).activityTaskStartedEventAttributes;
  assert.deepEqual(started?.workerVersion, { buildId: 'build' });
  assert.equal(started.requestId, 'poll');
});
