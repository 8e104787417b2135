import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PendingActivityState } from '@perdure/proto/enums';
import { toDuration, toTimestamp } from '../../kernel/time.ts';
import { describePendingChildren } from '../child/pending-child.ts';
import { Bench, START_MS, command, payloads } from '../testing.ts';
import { outward } from '../testing-family.ts';
import { terminateOf } from '../testing-requests.ts';
import { describePendingActivities } from './pending-activity.ts';

const { scheduleActivity, cancelActivity } = command;

function only(bench: Bench) {
  const [info, ...others] = describePendingActivities(bench.run, bench.nowMs);
  assert.ok(info !== undefined && others.length === 0);
  return info;
}

test('a pending activity is described through its states', () => {
  const bench = new Bench();
  bench.start();
  const attributes = { scheduleToCloseTimeout: { seconds: 60 }, priority: { priorityKey: 1 } };
  bench.complete([scheduleActivity('a', { ...attributes, retryPolicy: { maximumAttempts: 5 } })]);
  assert.deepEqual(only(bench), {
    activityId: 'a',
    activityType: { name: 'A' },
    state: PendingActivityState.Scheduled,
    heartbeatDetails: undefined,
    lastHeartbeatTime: undefined,
    lastStartedTime: undefined,
    attempt: 1,
    maximumAttempts: 5,
    scheduledTime: toTimestamp(START_MS),
    expirationTime: toTimestamp(START_MS + 60_000),
    lastFailure: undefined,
    lastWorkerIdentity: '',
    lastAttemptCompleteTime: undefined,
    priority: { priorityKey: 1 },
    activityOptions: {
      taskQueue: { name: 'queue', normalName: 'queue' },
      scheduleToCloseTimeout: { seconds: 60 },
      scheduleToStartTimeout: { seconds: 60 },
      startToCloseTimeout: { seconds: 10 },
      heartbeatTimeout: { seconds: 0, nanos: 0 },
      retryPolicy: {
        initialInterval: toDuration(1_000),
        backoffCoefficient: 2,
        maximumInterval: toDuration(100_000),
        maximumAttempts: 5,
      },
      priority: { priorityKey: 1 },
    },
  });

  bench.advance(10);
  bench.activityTask();
  const started = only(bench);
  assert.equal(started.state, PendingActivityState.Started);
  assert.deepEqual(started.lastStartedTime, toTimestamp(START_MS + 10));
  assert.equal(started.lastWorkerIdentity, 'activity-worker');

  bench.advance(10);
  const activity = { by: 'id', activityId: 'a' } as const;
  bench.ok({ kind: 'heartbeat', runId: '', activity, details: payloads('half'), identity: 'heart' });
  assert.deepEqual(only(bench).heartbeatDetails, payloads('half'));
  assert.deepEqual(only(bench).lastHeartbeatTime, toTimestamp(START_MS + 20));

  bench.advance(10);
  const failure = { message: 'boom', applicationFailureInfo: {} };
  bench.ok({ kind: 'failActivity', runId: '', activity, failure, lastHeartbeatDetails: undefined, identity: '' });
  const backingOff = only(bench);
  assert.equal(backingOff.state, PendingActivityState.Scheduled);
  assert.equal(backingOff.attempt, 2);
  assert.equal(backingOff.lastStartedTime, undefined);
  assert.equal(backingOff.lastFailure, failure);
  assert.deepEqual(backingOff.lastAttemptCompleteTime, toTimestamp(START_MS + 30));
  assert.deepEqual(backingOff.nextAttemptScheduleTime, toTimestamp(START_MS + 1_030));
  assert.deepEqual(backingOff.currentRetryInterval, toDuration(1_000));
  assert.deepEqual(backingOff.heartbeatDetails, payloads('half'));
  assert.equal(backingOff.lastWorkerIdentity, 'activity-worker');

  bench.advance(1_000);
  assert.equal(only(bench).nextAttemptScheduleTime, undefined);
  assert.deepEqual(only(bench).scheduledTime, toTimestamp(START_MS + 1_030));

  bench.activityTask();
  bench.signal('stop');
  bench.complete([cancelActivity(5)]);
  assert.equal(only(bench).state, PendingActivityState.CancelRequested);
});

test('a worker that did not say who it is when it took the task may say so with a heartbeat', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([scheduleActivity('a')]);
  bench.activityTask(undefined, '');
  assert.equal(only(bench).lastWorkerIdentity, '');
  const activity = { by: 'id', activityId: 'a' } as const;
  bench.ok({ kind: 'heartbeat', runId: '', activity, details: undefined, identity: 'heart' });
  assert.equal(only(bench).lastWorkerIdentity, 'heart');
  bench.ok({ kind: 'heartbeat', runId: '', activity, details: undefined, identity: 'other' });
  assert.equal(only(bench).lastWorkerIdentity, 'heart');
});

test('a closed run goes on to show what it has left, without payloads', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([
    scheduleActivity('a', { input: payloads('in') }),
    outward.startChild('child'),
    command.startTimer('t', 60),
  ]);
  const task = bench.activityTask();
  const activity = { by: 'token', scheduledEventId: task.scheduledEventId, attempt: 1, stamp: task.stamp } as const;
  bench.ok({ kind: 'heartbeat', runId: '', activity, details: payloads('half'), identity: '' });
  bench.signal('wakes');
  bench.ok(terminateOf());
  assert.equal(bench.run.activities.size, 0);
  const shown = only(bench);
  assert.equal(shown.state, PendingActivityState.Started);
  assert.deepEqual(shown.heartbeatDetails, payloads('half'));
  assert.deepEqual(
    describePendingChildren(bench.run).map(({ workflowId }) => workflowId),
    ['child'],
  );
  const { left } = bench.run.closing ?? {};
  assert.equal(left?.activities[0]?.scheduled.input, undefined);
  assert.equal(left?.task?.phase, 'scheduled');
});

test('a run that had nothing pending has nothing left', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([command.completeWorkflow()]);
  assert.equal(bench.run.closing?.left, undefined);
});
