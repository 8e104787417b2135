import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, PendingActivityState, TimeoutType } from '@perdure/proto/enums';
import type { Command, Failure } from '@perdure/proto/types';
import { GrpcStatus } from '../../kernel/rejection.ts';
import { toTimestamp } from '../../kernel/time.ts';
import { Bench, START_MS, command, payloads, refusal } from '../testing.ts';
import { wakeAtMs } from '../wake.ts';
import type { ActivityTaskView } from './activity-task.ts';
import type { ActivityTarget } from './interventions.ts';
import { describePendingActivities } from './pending-activity.ts';

const { scheduleActivity, cancelActivity } = command;
const BOOM: Failure = { message: 'boom', applicationFailureInfo: { type: 'Broken' } };
const ALL: ActivityTarget = { by: 'all' };

function withActivity(attributes: Command['scheduleActivityTaskCommandAttributes'] = {}): Bench {
  const bench = new Bench();
  bench.start();
  bench.complete([scheduleActivity('a', attributes)]);
  return bench;
}

function byId(activityId: string): ActivityTarget {
  return { by: 'id', activityId };
}

function pause(bench: Bench, target = byId('a'), requestId = '') {
  const asked = { identity: 'somebody', reason: 'a reason', requestId };
  return bench.send({ kind: 'pauseActivity', runId: '', target, ...asked });
}

function unpause(bench: Bench, more: { target?: ActivityTarget; anew?: boolean; jitterMs?: number } = {}) {
  const { target = byId('a'), anew = false, jitterMs = 0 } = more;
  const jitter = { ms: jitterMs, random: 0.5 };
  bench.ok({
    kind: 'unpauseActivity',
    runId: '',
    requestId: '',
    target,
    resetsAttempts: anew,
    dropsHeartbeat: anew,
    jitter,
  });
}

function reset(
  bench: Bench,
  more: { keepsPaused?: boolean; dropsHeartbeat?: boolean; restoresOptions?: boolean; requestId?: string } = {},
) {
  const jitter = { ms: 0, random: 0 };
  const options = { keepsPaused: false, dropsHeartbeat: false, restoresOptions: false, requestId: '', ...more };
  bench.ok({ kind: 'resetActivity', runId: '', target: byId('a'), ...options, jitter });
}

function token({ scheduledEventId, attempt, stamp }: ActivityTaskView) {
  return { by: 'token', scheduledEventId, attempt, stamp } as const;
}

function fail(bench: Bench, task: ActivityTaskView) {
  const ended = { failure: BOOM, lastHeartbeatDetails: undefined, identity: '' };
  return bench.send({ kind: 'failActivity', runId: '', activity: token(task), ...ended });
}

function heartbeat(bench: Bench, task: ActivityTaskView) {
  const { paused, reset: anew } = bench.ok({
    kind: 'heartbeat',
    runId: '',
    activity: token(task),
    details: payloads('progress'),
    identity: '',
  });
  return { paused, reset: anew };
}

function described(bench: Bench, index = 0) {
  const info = describePendingActivities(bench.run, bench.nowMs)[index];
  assert.ok(info !== undefined);
  return info;
}

/** Nobody can take what was offered before. */
function assertWithdrawn(bench: Bench): void {
  const [offer, ...others] = bench.offers('offerActivityTask');
  assert.ok(offer !== undefined && others.length === 0);
  const taker = { identity: '', requestId: 'poll', workerVersion: undefined };
  const { scheduledEventId, stamp } = offer;
  const taken = bench.send({ kind: 'startActivityTask', runId: '', scheduledEventId, stamp, taker });
  assert.equal(refusal(taken).status, GrpcStatus.NotFound);
  bench.effects = bench.effects.filter(({ kind }) => kind !== 'offerActivityTask');
}

test('a held activity is not handed out and does not time out; then it is, and does', () => {
  const bench = withActivity({ scheduleToStartTimeout: { seconds: 3 } });
  pause(bench);
  assertWithdrawn(bench);
  assert.equal(wakeAtMs(bench.run), undefined);
  assert.equal(described(bench).state, PendingActivityState.Paused);
  assert.deepEqual(described(bench).pauseInfo, {
    pauseTime: toTimestamp(START_MS),
    manual: { identity: 'somebody', reason: 'a reason' },
  });
  bench.advance(10_000);
  unpause(bench);
  assert.equal(described(bench).paused, undefined);
  assert.equal(wakeAtMs(bench.run), START_MS + 13_000);
  bench.advance(3_000);
  const { failure } = bench.last(EventType.ActivityTaskTimedOut).activityTaskTimedOutEventAttributes ?? {};
  assert.equal(failure?.timeoutFailureInfo?.timeoutType, TimeoutType.ScheduleToStart);
});

test('an attempt at work goes on while the activity is held, and its heartbeats are told', () => {
  const bench = withActivity({ heartbeatTimeout: { seconds: 2 }, startToCloseTimeout: { seconds: 5 } });
  const task = bench.activityTask();
  assert.deepEqual(heartbeat(bench, task), { paused: false, reset: false });
  pause(bench);
  bench.advance(60_000);
  assert.equal(described(bench).state, PendingActivityState.PauseRequested);
  assert.deepEqual(heartbeat(bench, task), { paused: true, reset: false });
  fail(bench, task);
  assert.deepEqual(bench.offers('offerActivityTask'), []);
  assert.equal(wakeAtMs(bench.run), undefined);
  assert.equal(described(bench).attempt, 2);
  unpause(bench);
  const next = bench.activityTask();
  assert.equal(next.attempt, 2);
  assert.deepEqual(next.heartbeatDetails, payloads('progress'));
});

test('a worker that was gone gives its task back to an activity that is held', () => {
  const bench = withActivity();
  const { scheduledEventId, stamp } = bench.activityTask();
  pause(bench);
  bench.ok({ kind: 'returnTask', runId: '', task: 'activity', scheduledEventId, stamp });
  assert.deepEqual(bench.offers('offerActivityTask'), []);
  unpause(bench);
  assert.equal(bench.activityTask().attempt, 1);
});

test('the maximum of attempts does not end what is held, a failure that is not retried does', () => {
  const bench = withActivity({ retryPolicy: { maximumAttempts: 1, nonRetryableErrorTypes: ['Hopeless'] } });
  const first = bench.activityTask();
  pause(bench);
  fail(bench, first);
  assert.deepEqual(bench.history(6), []);
  unpause(bench);
  const second = bench.activityTask();
  pause(bench);
  const failure = { ...BOOM, applicationFailureInfo: { type: 'Hopeless' } };
  const activity = token(second);
  bench.ok({ kind: 'failActivity', runId: '', activity, failure, lastHeartbeatDetails: undefined, identity: '' });
  assert.deepEqual(bench.history(6), ['6 ActivityTaskStarted', '7 ActivityTaskFailed', '8 WorkflowTaskScheduled']);
});

test('activities that go on at different times within the jitter, with their first attempt', () => {
  const bench = new Bench();
  bench.start();
  bench.complete(['a', 'b', 'c'].map((id) => scheduleActivity(id, { heartbeatTimeout: { seconds: 5 } })));
  const task = bench.activityTask();
  heartbeat(bench, task);
  pause(bench, ALL);
  fail(bench, task);
  bench.effects = [];
  unpause(bench, { target: ALL, anew: true, jitterMs: 1_000 });
  assert.deepEqual(bench.offers('offerActivityTask'), []);
  const infos = describePendingActivities(bench.run, bench.nowMs);
  assert.deepEqual(
    infos.map(({ attempt, heartbeatDetails, nextAttemptScheduleTime }) => [
      attempt,
      heartbeatDetails,
      nextAttemptScheduleTime,
    ]),
    [500, 118, 736].map((afterMs) => [1, undefined, toTimestamp(START_MS + afterMs)]),
  );
  bench.advance(1_000);
  assert.deepEqual(
    bench.offers('offerActivityTask').map(({ scheduledEventId }) => scheduledEventId),
    [6, 5, 7],
  );
});

test('visibility is told which types are held, once each, until none is', () => {
  const bench = new Bench();
  bench.start();
  const commands = ['a', 'b'].map((id) => scheduleActivity(id));
  bench.complete([...commands, scheduleActivity('c', { activityType: { name: 'Other' } })]);
  const task = bench.activityTask();
  const indexed = () => {
    const last = bench.effects.findLast(({ kind }) => kind === 'indexVisibility');
    return last?.kind === 'indexVisibility' ? last.record.values.get('TemporalPauseInfo') : undefined;
  };
  pause(bench, ALL);
  assert.deepEqual(indexed(), ['property:activityType=A', 'property:activityType=Other']);
  unpause(bench, { target: { by: 'type', activityType: 'Other' } });
  assert.deepEqual(indexed(), ['property:activityType=A']);
  unpause(bench, { target: byId('b') });
  assert.deepEqual(indexed(), ['property:activityType=A']);
  bench.ok({ kind: 'completeActivity', runId: '', activity: token(task), result: undefined, identity: '' });
  assert.equal(indexed(), undefined);
  assert.deepEqual(Object.keys(bench.run.lifecycle.searchAttributes?.indexedFields ?? {}), ['BuildIds']);
});

test('a held activity that nobody has started is cancelled at once', () => {
  const bench = withActivity();
  pause(bench);
  bench.signal('stop');
  bench.complete([cancelActivity(5)]);
  assert.equal(bench.last(EventType.ActivityTaskCanceled).activityTaskCanceledEventAttributes?.scheduledEventId, 5);
  assert.deepEqual(Object.keys(bench.run.lifecycle.searchAttributes?.indexedFields ?? {}), ['BuildIds']);
});

test('a reset ends the back-off and begins with the first attempt', () => {
  const bench = withActivity({ retryPolicy: { initialInterval: { seconds: 60 } } });
  const task = bench.activityTask();
  heartbeat(bench, task);
  fail(bench, task);
  reset(bench, { dropsHeartbeat: true });
  const again = bench.activityTask();
  assert.equal(again.attempt, 1);
  assert.equal(again.heartbeatDetails, undefined);
  assert.equal(described(bench).lastFailure, undefined);
});

test('a first attempt hears of the reset, and the heartbeat is dropped for the next', () => {
  const bench = withActivity({ retryPolicy: { initialInterval: { seconds: 1 } } });
  const task = bench.activityTask();
  reset(bench, { dropsHeartbeat: true });
  assert.deepEqual(heartbeat(bench, task), { paused: false, reset: true });
  fail(bench, task);
  bench.advance(1_000);
  const next = bench.activityTask();
  assert.equal(next.attempt, 2);
  assert.equal(next.heartbeatDetails, undefined);
  assert.deepEqual(heartbeat(bench, next), { paused: false, reset: false });
});

test('the token of a later attempt no longer fits after a reset', () => {
  const bench = withActivity({ startToCloseTimeout: { seconds: 5 } });
  fail(bench, bench.activityTask());
  bench.advance(1_000);
  const second = bench.activityTask();
  reset(bench);
  assert.equal(refusal(fail(bench, second)).status, GrpcStatus.NotFound);
  bench.advance(6_000);
  assert.equal(bench.activityTask().attempt, 2);
});

test('a reset that is asked for twice is done once', () => {
  const bench = withActivity();
  fail(bench, bench.activityTask());
  reset(bench, { requestId: 'one' });
  const first = bench.activityTask();
  assert.equal(first.attempt, 1);
  fail(bench, first);
  const { transitionCount } = bench.run;
  reset(bench, { requestId: 'one' });
  assert.deepEqual([described(bench).attempt, bench.run.transitionCount], [2, transitionCount]);
  reset(bench, { requestId: 'two' });
  assert.equal(described(bench).attempt, 1);
});

test('a reset may leave the activity held', () => {
  const bench = withActivity();
  const task = bench.activityTask();
  heartbeat(bench, task);
  pause(bench);
  fail(bench, task);
  reset(bench, { keepsPaused: true, dropsHeartbeat: true });
  assert.equal(described(bench).state, PendingActivityState.Paused);
  assert.equal(described(bench).attempt, 1);
  assert.deepEqual(described(bench).heartbeatDetails, payloads('progress'));
  unpause(bench);
  assert.equal(bench.activityTask().heartbeatDetails, undefined);
});

function update(bench: Bench, options: object, paths: readonly string[], target = byId('a')) {
  const input = { kind: 'updateActivityOptions', runId: '', requestId: '', target } as const;
  return bench.send({ ...input, update: { options, paths: new Set(paths) } });
}

test('an activity that waits is offered to its new queue, with its new options', () => {
  const bench = withActivity({ priority: { fairnessKey: 'tenant' } });
  update(bench, { taskQueue: { name: 'other' }, startToCloseTimeout: { seconds: 3 }, priority: { priorityKey: 1 } }, [
    'taskQueue.name',
    'startToCloseTimeout',
    'priority.priorityKey',
  ]);
  const { options } = bench.activityTask('other');
  assert.deepEqual(options.startToCloseTimeout, { seconds: 3 });
  assert.deepEqual(options.priority, { priorityKey: 1, fairnessKey: 'tenant' });
  bench.advance(3_000);
  assert.equal(described(bench).lastFailure?.message, 'activity StartToClose timeout');
  bench.ok({ kind: 'updateActivityOptions', runId: '', requestId: '', target: byId('a'), update: undefined });
  bench.advance(2_000);
  assert.ok(bench.offers('offerActivityTask').some(({ queue, stamp }) => queue === 'queue' && stamp > 2));
});

test('a back-off is measured by the new policy, from the end of the last attempt', () => {
  const bench = withActivity({ retryPolicy: { initialInterval: { seconds: 60 }, maximumInterval: { seconds: 100 } } });
  fail(bench, bench.activityTask());
  bench.advance(500);
  update(bench, { retryPolicy: { initialInterval: { seconds: 2 } } }, ['retryPolicy.initialInterval']);
  assert.equal(wakeAtMs(bench.run), START_MS + 4_000);
  bench.advance(3_500);
  assert.equal(bench.activityTask().attempt, 2);
});

test('of several activities all are changed, or none', () => {
  const bench = new Bench();
  bench.start();
  const short = { scheduleToCloseTimeout: { seconds: 5 } };
  bench.complete([scheduleActivity('a', { ...short, startToCloseTimeout: undefined }), scheduleActivity('b', short)]);
  const refused = refusal(update(bench, {}, ['startToCloseTimeout', 'scheduleToCloseTimeout'], ALL));
  assert.match(refused.message, /^a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set .* ActivityId=a/);
  assert.ok([...bench.run.activities.values()].every(({ intervention }) => intervention === undefined));
});

test('a reset restores options but for the priority', () => {
  const bench = withActivity();
  update(bench, { heartbeatTimeout: { seconds: 3 }, priority: { priorityKey: 1 } }, ['heartbeatTimeout', 'priority']);
  reset(bench, { restoresOptions: true });
  const { activityOptions } = described(bench);
  assert.deepEqual(activityOptions?.heartbeatTimeout, { seconds: 0, nanos: 0 });
  assert.deepEqual(activityOptions?.priority, { priorityKey: 1 });
});

test('nobody can be told to be held who is not there', () => {
  const bench = withActivity();
  for (const target of [byId('b'), { by: 'type', activityType: 'B' } as const]) {
    const refused = refusal(pause(bench, target));
    assert.equal(refused.status, GrpcStatus.NotFound);
    assert.match(refused.message, /^Can't find pending activity with such ID\./);
  }
});

test('who asks a second time to hold what is held is told so, and the same request is not', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([scheduleActivity('a'), scheduleActivity('b')]);
  pause(bench, byId('a'), 'one');
  const { pauseInfo } = described(bench, 0);
  bench.advance(1_000);
  assert.deepEqual(pause(bench, byId('a'), 'one'), { runId: bench.run.runId });
  assert.equal(refusal(pause(bench, ALL, 'two')).message, 'activity is already paused');
  assert.deepEqual(described(bench, 0).pauseInfo, pauseInfo);
  assert.equal(described(bench, 1).paused, undefined);
});
