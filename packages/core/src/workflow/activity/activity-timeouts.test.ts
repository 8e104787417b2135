import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, RetryState, TimeoutType } from '@perdure/proto/enums';
import type { Command, Failure } from '@perdure/proto/types';
import { isRejection } from '../../kernel/rejection.ts';
import type { Input } from '../input.ts';
import { step } from '../step.ts';
import { Bench, START_MS, command, payloads } from '../testing.ts';
import { wakeAtMs } from '../wake.ts';

const { scheduleActivity } = command;
const OUT_OF_TIME =
  'Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying';
const BOOM: Failure = { message: 'boom', applicationFailureInfo: { type: 'Broken' } };

function withActivity(attributes: Command['scheduleActivityTaskCommandAttributes']): Bench {
  const bench = new Bench();
  bench.start();
  bench.complete([scheduleActivity('a', attributes)]);
  return bench;
}

function timedOut(bench: Bench) {
  return bench.last(EventType.ActivityTaskTimedOut).activityTaskTimedOutEventAttributes;
}

function timeout(timeoutType: TimeoutType, message: string, more: { cause?: Failure; details?: string } = {}): Failure {
  const lastHeartbeatDetails = more.details === undefined ? undefined : payloads(more.details);
  return { message, source: 'Server', timeoutFailureInfo: { timeoutType, lastHeartbeatDetails }, cause: more.cause };
}

test('an activity that nobody takes in time: schedule-to-start, not retried', () => {
  const bench = withActivity({ scheduleToStartTimeout: { seconds: 3 } });
  assert.equal(wakeAtMs(bench.run), START_MS + 3_000);
  bench.advance(2_999);
  assert.deepEqual(bench.history(6), []);
  bench.advance(1);
  assert.deepEqual(bench.history(6), ['6 ActivityTaskTimedOut', '7 WorkflowTaskScheduled']);
  assert.deepEqual(timedOut(bench), {
    failure: timeout(TimeoutType.ScheduleToStart, 'activity ScheduleToStart timeout'),
    scheduledEventId: 5,
    startedEventId: 0,
    retryState: RetryState.Timeout,
  });
  assert.equal(wakeAtMs(bench.run), undefined);
});

test('of two timeouts at the same instant schedule-to-start is the one that is told', () => {
  const bench = withActivity({ scheduleToCloseTimeout: { seconds: 3 } });
  bench.advance(3_000);
  assert.equal(timedOut(bench)?.failure?.timeoutFailureInfo?.timeoutType, TimeoutType.ScheduleToStart);
});

test('an attempt taken at once that may last as long as the whole: it is the whole that runs out of time', () => {
  const bench = withActivity({ scheduleToCloseTimeout: { seconds: 3 }, retryPolicy: { maximumAttempts: 1 } });
  bench.activityTask();
  bench.advance(3_000);
  assert.deepEqual(timedOut(bench)?.failure, timeout(TimeoutType.ScheduleToClose, OUT_OF_TIME));
});

test('an attempt that takes too long is followed by another, the last one by the end', () => {
  const bench = withActivity({ startToCloseTimeout: { seconds: 1 }, retryPolicy: { maximumAttempts: 2 } });
  bench.activityTask();
  bench.advance(1_999);
  assert.deepEqual(bench.offers('offerActivityTask'), []);
  bench.advance(1);
  assert.equal(bench.activityTask().attempt, 2);
  bench.advance(1_000);
  assert.deepEqual(bench.history(6), ['6 ActivityTaskStarted', '7 ActivityTaskTimedOut', '8 WorkflowTaskScheduled']);
  const first = { message: 'activity StartToClose timeout', source: 'Server' };
  const cause = { ...first, timeoutFailureInfo: { timeoutType: TimeoutType.StartToClose } };
  assert.deepEqual(bench.last(EventType.ActivityTaskStarted).activityTaskStartedEventAttributes?.lastFailure, cause);
  assert.deepEqual(timedOut(bench), {
    failure: timeout(TimeoutType.StartToClose, 'activity StartToClose timeout', { cause }),
    scheduledEventId: 5,
    startedEventId: 6,
    retryState: RetryState.MaximumAttemptsReached,
  });
});

test('a timeout can be named as one that is not retried', () => {
  const nonRetryableErrorTypes = ['TemporalTimeout:StartToClose'];
  const bench = withActivity({ startToCloseTimeout: { seconds: 1 }, retryPolicy: { nonRetryableErrorTypes } });
  bench.activityTask();
  bench.advance(1_000);
  assert.equal(timedOut(bench)?.retryState, RetryState.NonRetryableFailure);
});

test('heartbeats keep an attempt alive; when they cease it times out with the last details', () => {
  const bench = withActivity({ heartbeatTimeout: { seconds: 2 }, retryPolicy: { maximumAttempts: 1 } });
  bench.activityTask();
  for (const details of ['one', 'two']) {
    bench.advance(1_500);
    const activity = { by: 'id', activityId: 'a' } as const;
    bench.ok({ kind: 'heartbeat', runId: '', activity, details: payloads(details), identity: 'heart' });
  }
  bench.advance(1_999);
  assert.deepEqual(bench.history(6), []);
  bench.advance(1);
  assert.deepEqual(
    timedOut(bench)?.failure,
    timeout(TimeoutType.Heartbeat, 'activity Heartbeat timeout', { details: 'two' }),
  );
});

test('an attempt that no other has time to follow ends the activity as out of time', () => {
  const bench = withActivity({
    startToCloseTimeout: { seconds: 1 },
    scheduleToCloseTimeout: { seconds: 4 },
    retryPolicy: { backoffCoefficient: 4 },
  });
  const { attempt, stamp } = bench.activityTask();
  const activity = { by: 'token', scheduledEventId: 5, attempt, stamp } as const;
  const lastHeartbeatDetails = payloads('half');
  bench.ok({ kind: 'failActivity', runId: '', activity, failure: BOOM, lastHeartbeatDetails, identity: '' });
  bench.advance(1_000);
  bench.activityTask();
  bench.advance(1_000);
  assert.deepEqual(timedOut(bench), {
    failure: timeout(TimeoutType.ScheduleToClose, OUT_OF_TIME, { cause: BOOM, details: 'half' }),
    scheduledEventId: 5,
    startedEventId: 6,
    retryState: RetryState.Timeout,
  });
});

test('an activity runs out of time as a whole while an attempt is at work', () => {
  const bench = withActivity({ scheduleToCloseTimeout: { seconds: 5 } });
  bench.advance(2_000);
  bench.activityTask();
  bench.advance(3_000);
  assert.deepEqual(timedOut(bench)?.failure, timeout(TimeoutType.ScheduleToClose, OUT_OF_TIME));
});

test('what the workflow has asked to cancel is not retried, and keeps the name of its timeout', () => {
  const bench = withActivity({ startToCloseTimeout: { seconds: 1 } });
  bench.activityTask();
  bench.signal('stop');
  bench.complete([command.cancelActivity(5)]);
  bench.advance(1_000);
  assert.equal(timedOut(bench)?.retryState, RetryState.CancelRequested);
  assert.equal(timedOut(bench)?.failure?.message, 'activity StartToClose timeout');
});

test('a server that wakes late does what was due, once', () => {
  const bench = withActivity({ startToCloseTimeout: { seconds: 1 }, retryPolicy: { maximumAttempts: 3 } });
  bench.activityTask();
  bench.nowMs += 3_600_000;
  bench.ok({ kind: 'wake', runId: '' });
  assert.equal(bench.run.activities.get(5)?.attempt, 2);
  assert.equal(wakeAtMs(bench.run), bench.nowMs + 1_000);
  bench.ok({ kind: 'wake', runId: '' });
  assert.equal(bench.run.activities.get(5)?.attempt, 2);
});

test('an offer that comes after the back-off can be taken until schedule-to-start is over', () => {
  const bench = withActivity({ scheduleToStartTimeout: { seconds: 2 } });
  const { attempt, stamp } = bench.activityTask();
  const activity = { by: 'token', scheduledEventId: 5, attempt, stamp } as const;
  bench.advance(1_500);
  bench.ok({ kind: 'failActivity', runId: '', activity, failure: BOOM, lastHeartbeatDetails: undefined, identity: '' });
  bench.advance(1_000);
  assert.deepEqual(
    bench.offers('offerActivityTask').map((offer) => offer.stamp),
    [2],
  );
  bench.advance(2_000);
  assert.equal(timedOut(bench)?.failure?.message, 'activity ScheduleToStart timeout');
  assert.deepEqual(timedOut(bench)?.failure?.cause, BOOM);
});

test('no step looks through all that is pending', () => {
  const bench = new Bench();
  bench.start();
  const commands = Array.from({ length: 2_000 }, (_, index) =>
    scheduleActivity(`a${index}`, { scheduleToStartTimeout: { seconds: 2_000 - index } }),
  );
  bench.complete(commands);
  const { activities } = bench.run;
  for (const scan of ['values', 'keys', 'entries', 'forEach', Symbol.iterator]) {
    Object.defineProperty(activities, scan, { value: () => assert.fail('a scan') });
  }
  const send = (input: Input) => {
    const { reply } = step(bench.workflow, input, bench.env);
    assert.ok(!isRejection(reply));
  };
  const taker = { identity: '', requestId: 'poll', workerVersion: undefined };
  const activity = { by: 'id', activityId: 'a0' } as const;
  send({ kind: 'startActivityTask', runId: '', scheduledEventId: 5, stamp: 1, taker });
  send({ kind: 'heartbeat', runId: '', activity, details: undefined, identity: 'heart' });
  send({ kind: 'failActivity', runId: '', activity, failure: BOOM, lastHeartbeatDetails: undefined, identity: '' });
  send({ kind: 'completeActivity', runId: '', activity, result: undefined, identity: '' });
  bench.nowMs += 1_000;
  send({ kind: 'wake', runId: '' });
  assert.equal(activities.size, 1_998);
  assert.equal(wakeAtMs(bench.run), START_MS + 2_000);
});
