import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, RetryState } from '@perdure/proto/enums';
import type { Command, Failure, Payloads } from '@perdure/proto/types';
import { GrpcStatus, isRejection } from '../../kernel/rejection.ts';
import { toTimestamp } from '../../kernel/time.ts';
import type { ActivityRef } from '../input.ts';
import { Bench, START_MS, command, payloads, payloadsOf, refusal } from '../testing.ts';
import type { ActivityTaskView } from './activity-task.ts';

const { scheduleActivity, cancelActivity } = command;

const GONE = 'invalid activityID or activity already timed out or invoking workflow is completed';
const TOO_LARGE = payloadsOf(2 * 1024 * 1024 + 1);
const BOOM: Failure = { message: 'boom', source: 'Test', applicationFailureInfo: { type: 'Broken' } };
const byId: ActivityRef = { by: 'id', activityId: 'a' };

/** A run with one activity, `a`, whose schedule is event 5. */
function withActivity(attributes: Command['scheduleActivityTaskCommandAttributes'] = {}): Bench {
  const bench = new Bench();
  bench.start();
  bench.complete([scheduleActivity('a', attributes)]);
  return bench;
}

function token({ scheduledEventId, attempt, stamp }: ActivityTaskView): ActivityRef {
  return { by: 'token', scheduledEventId, attempt, stamp };
}

function complete(bench: Bench, activity: ActivityRef, result: Payloads | undefined = payloads('result')) {
  return bench.send({ kind: 'completeActivity', runId: '', activity, result, identity: 'completer' });
}

function fail(
  bench: Bench,
  activity: ActivityRef,
  failure: Failure | undefined = BOOM,
  lastHeartbeatDetails?: Payloads,
) {
  return bench.send({ kind: 'failActivity', runId: '', activity, failure, lastHeartbeatDetails, identity: 'failer' });
}

function cancel(bench: Bench, activity: ActivityRef, details: Payloads | undefined = payloads('bye')) {
  return bench.send({ kind: 'cancelActivity', runId: '', activity, details, identity: 'canceler' });
}

function heartbeat(bench: Bench, activity: ActivityRef, details: Payloads | undefined = payloads('progress')) {
  return bench.send({ kind: 'heartbeat', runId: '', activity, details, identity: 'heart' });
}

/** Has the workflow ask its activity to stop. */
function requestCancel(bench: Bench): void {
  bench.signal('stop');
  bench.complete([cancelActivity(5)]);
}

test('an activity completes: its start, as it was, and its result', () => {
  const bench = withActivity();
  bench.advance(20);
  const task = bench.activityTask();
  bench.advance(30);
  assert.deepEqual(complete(bench, token(task)), { runId: bench.run.runId });
  assert.deepEqual(bench.history(5), [
    '5 ActivityTaskScheduled',
    '6 ActivityTaskStarted',
    '7 ActivityTaskCompleted',
    '8 WorkflowTaskScheduled',
  ]);
  const started = bench.last(EventType.ActivityTaskStarted);
  assert.deepEqual(started.eventTime, toTimestamp(START_MS + 20));
  assert.deepEqual(started.activityTaskStartedEventAttributes, {
    scheduledEventId: 5,
    identity: 'activity-worker',
    requestId: bench.events()[5]?.activityTaskStartedEventAttributes?.requestId,
    attempt: 1,
    lastFailure: undefined,
    workerVersion: undefined,
  });
  const completed = bench.last(EventType.ActivityTaskCompleted);
  assert.deepEqual(completed.eventTime, toTimestamp(START_MS + 50));
  assert.deepEqual(completed.activityTaskCompletedEventAttributes, {
    result: payloads('result'),
    scheduledEventId: 5,
    startedEventId: 6,
    identity: 'completer',
  });
});

test('a completion that comes twice is refused the second time', () => {
  const bench = withActivity();
  const task = bench.activityTask();
  complete(bench, token(task));
  assert.equal(refusal(complete(bench, token(task))).message, GONE);
  assert.equal(refusal(fail(bench, token(task))).message, GONE);
  assert.equal(refusal(heartbeat(bench, token(task))).status, GrpcStatus.NotFound);
});

test('a token fits one attempt only', () => {
  const bench = withActivity();
  const first = bench.activityTask();
  fail(bench, token(first));
  assert.equal(refusal(complete(bench, token(first))).message, GONE);
  bench.advance(1_000);
  const second = bench.activityTask();
  assert.equal(second.attempt, 2);
  for (const respond of [complete, fail, heartbeat, cancel]) {
    assert.equal(refusal(respond(bench, token(first))).message, GONE);
    assert.equal(refusal(respond(bench, { by: 'token', scheduledEventId: 5, attempt: 2, stamp: 1 })).message, GONE);
  }
  assert.ok(!isRejection(complete(bench, token(second))));
});

test('nothing is accepted for a run that has closed', () => {
  const bench = withActivity();
  const task = bench.activityTask();
  const execution = { runId: '', firstRunId: '', identity: '', reason: '', details: undefined, links: [] };
  bench.ok({ kind: 'terminate', ...execution, childWorkflowOnly: undefined });
  for (const respond of [complete, fail, heartbeat, cancel]) {
    assert.equal(refusal(respond(bench, token(task))).message, 'workflow execution already completed');
    assert.equal(refusal(respond(bench, byId)).message, 'workflow execution already completed');
  }
});

test('an activity is found by its id', () => {
  const bench = withActivity();
  const unknown = refusal(complete(bench, { by: 'id', activityId: 'x' }));
  assert.equal(unknown.status, GrpcStatus.NotFound);
  assert.equal(
    unknown.message,
    'cannot find pending activity with ActivityID x, check workflow execution history for more details',
  );
  assert.equal(refusal(complete(bench, { by: 'id', activityId: '' })).message, 'activityID cannot be empty');
  for (const respond of [fail, heartbeat, cancel]) assert.equal(refusal(respond(bench, byId)).message, GONE);
  bench.activityTask();
  assert.ok(!isRejection(heartbeat(bench, byId)));
  assert.ok(!isRejection(complete(bench, byId)));
});

test('an activity that nobody has started can be completed by its id', () => {
  const bench = withActivity();
  bench.advance(5);
  assert.ok(!isRejection(complete(bench, byId)));
  assert.deepEqual(bench.history(6), ['6 ActivityTaskStarted', '7 ActivityTaskCompleted', '8 WorkflowTaskScheduled']);
  const started = bench.last(EventType.ActivityTaskStarted);
  assert.deepEqual(started.eventTime, toTimestamp(START_MS + 5));
  assert.equal(started.activityTaskStartedEventAttributes?.identity, 'completer');
  assert.equal(started.activityTaskStartedEventAttributes?.requestId, '');
});

test('while a workflow task runs the events wait, and are wired when they get their ids', () => {
  const bench = withActivity();
  const task = bench.activityTask();
  bench.signal('first');
  const workflowTask = bench.workflowTask();
  complete(bench, token(task));
  bench.signal('second');
  assert.equal(bench.run.activities.size, 0);
  assert.deepEqual(bench.history(9), []);
  bench.complete([], {}, workflowTask);
  assert.deepEqual(bench.history(9), [
    '9 WorkflowTaskCompleted',
    '10 ActivityTaskStarted',
    '11 WorkflowExecutionSignaled',
    '12 ActivityTaskCompleted',
    '13 WorkflowTaskScheduled',
  ]);
  const completed = bench.last(EventType.ActivityTaskCompleted).activityTaskCompletedEventAttributes;
  assert.equal(completed?.startedEventId, 10);
});

test('a failed attempt is followed by another, until there have been enough', () => {
  const bench = withActivity({ retryPolicy: { maximumAttempts: 2, initialInterval: { seconds: 2 } } });
  assert.ok(!isRejection(fail(bench, token(bench.activityTask()), BOOM, payloads('half'))));
  assert.deepEqual(bench.history(6), []);
  bench.advance(1_999);
  assert.deepEqual(bench.offers('offerActivityTask'), []);
  bench.advance(1);
  const task = bench.activityTask();
  assert.equal(task.attempt, 2);
  assert.equal(task.scheduledAtMs, START_MS + 2_000);
  assert.equal(task.firstScheduledAtMs, START_MS);
  assert.deepEqual(task.heartbeatDetails, payloads('half'));
  fail(bench, token(task), { ...BOOM, message: 'again' });
  assert.deepEqual(bench.history(6), ['6 ActivityTaskStarted', '7 ActivityTaskFailed', '8 WorkflowTaskScheduled']);
  const started = bench.last(EventType.ActivityTaskStarted).activityTaskStartedEventAttributes;
  assert.equal(started?.attempt, 2);
  assert.deepEqual(started.lastFailure, BOOM);
  assert.deepEqual(bench.last(EventType.ActivityTaskFailed).activityTaskFailedEventAttributes, {
    failure: { ...BOOM, message: 'again' },
    scheduledEventId: 5,
    startedEventId: 6,
    identity: 'failer',
    retryState: RetryState.MaximumAttemptsReached,
  });
});

test('why a failure was not followed by another attempt', () => {
  const retryState = (
    attributes: Command['scheduleActivityTaskCommandAttributes'],
    failure: Failure,
    before?: (bench: Bench) => void,
  ) => {
    const bench = withActivity(attributes);
    const task = bench.activityTask();
    before?.(bench);
    fail(bench, token(task), failure);
    return bench.last(EventType.ActivityTaskFailed).activityTaskFailedEventAttributes?.retryState;
  };
  const { NonRetryableFailure, Timeout, CancelRequested } = RetryState;
  assert.equal(retryState({ retryPolicy: { nonRetryableErrorTypes: ['Broken'] } }, BOOM), NonRetryableFailure);
  assert.equal(retryState({}, { applicationFailureInfo: { nonRetryable: true } }), NonRetryableFailure);
  assert.equal(retryState({ scheduleToCloseTimeout: { nanos: 999_000_000 } }, BOOM), Timeout);
  assert.equal(retryState({}, BOOM, requestCancel), CancelRequested);
});

test('the delay that a failure asks for may exceed the maximum interval', () => {
  const bench = withActivity();
  fail(bench, token(bench.activityTask()), { applicationFailureInfo: { nextRetryDelay: { seconds: 5_000 } } });
  assert.equal(bench.run.activities.get(5)?.scheduledAtMs, START_MS + 5_000_000);
});

test('a failure must be one of the application, with a delay that is one', () => {
  const bench = withActivity();
  const task = bench.activityTask();
  const foreign = refusal(fail(bench, token(task), { message: 'x' }));
  assert.equal(foreign.status, GrpcStatus.InvalidArgument);
  assert.equal(foreign.message, 'Failure must have ApplicationFailureInfo.');
  const nextRetryDelay = { seconds: 1, nanos: -5 };
  const mixed = refusal(fail(bench, token(task), { ...BOOM, cause: { applicationFailureInfo: { nextRetryDelay } } }));
  assert.equal(
    mixed.message,
    'NextRetryDelay is not a valid duration: proto: duration (seconds:1 nanos:-5) has seconds and nanos with different signs',
  );
  assert.ok(!isRejection(fail(bench, byId, { message: 'x' })));
});

test('a failure may be empty: the attempt is retried', () => {
  const bench = withActivity();
  const activity = token(bench.activityTask());
  bench.ok({
    kind: 'failActivity',
    runId: '',
    activity,
    failure: undefined,
    lastHeartbeatDetails: undefined,
    identity: '',
  });
  assert.equal(bench.run.activities.get(5)?.attempt, 2);
});

test('what is too large is recorded as a failure that is final', () => {
  const { NonRetryableFailure } = RetryState;
  const failed = (respond: (bench: Bench, activity: ActivityRef) => unknown) => {
    const bench = withActivity();
    const reply = respond(bench, token(bench.activityTask()));
    const attributes = bench.last(EventType.ActivityTaskFailed).activityTaskFailedEventAttributes;
    assert.equal(attributes?.retryState, NonRetryableFailure);
    return { reply, failure: attributes.failure, identity: attributes.identity };
  };
  const server = (message: string) => ({ message, serverFailureInfo: { nonRetryable: true } });

  assert.deepEqual(
    failed((bench, activity) => complete(bench, activity, TOO_LARGE)).failure,
    server('Complete result exceeds size limit.'),
  );
  assert.deepEqual(
    failed((bench, activity) => cancel(bench, activity, TOO_LARGE)).failure,
    server('Cancel details exceed size limit.'),
  );
  const beat = failed((bench, activity) => heartbeat(bench, activity, TOO_LARGE));
  assert.deepEqual(beat.failure, server('Heartbeat details exceed size limit.'));
  assert.deepEqual(beat.reply, { runId: 'id-2', cancelRequested: true, paused: false, reset: false });
  assert.equal(beat.identity, 'heart');
  const large = { ...BOOM, applicationFailureInfo: { type: 'Broken', details: TOO_LARGE } };
  const { failure, reply } = failed((bench, activity) => fail(bench, activity, large));
  assert.deepEqual(reply, { runId: 'id-2', failures: [failure] });
  assert.equal(failure?.message, 'Failure exceeds size limit.');
  assert.deepEqual(failure.serverFailureInfo, { nonRetryable: true });
  assert.equal(failure.cause?.message, 'boom');
  assert.deepEqual(failure.cause.applicationFailureInfo, { type: 'Broken', nonRetryable: undefined });
});

test('heartbeat details that are too large are left out of a failure', () => {
  const bench = withActivity();
  fail(bench, token(bench.activityTask()), BOOM, TOO_LARGE);
  assert.equal(bench.run.activities.get(5)?.attempt, 2);
  assert.equal(bench.run.activities.get(5)?.heartbeatDetails, undefined);
});

test('a result that is too large does not complete by id what nobody has started', () => {
  assert.equal(refusal(complete(withActivity(), byId, TOO_LARGE)).message, GONE);
});

test('an activity hears from its heartbeat that it shall stop, and stops', () => {
  const bench = withActivity();
  const activity = token(bench.activityTask());
  const { runId } = bench.run;
  const untouched = { runId, paused: false, reset: false };
  assert.deepEqual(heartbeat(bench, activity), { ...untouched, cancelRequested: false });
  const early = refusal(cancel(bench, activity));
  assert.equal(early.status, GrpcStatus.InvalidArgument);
  assert.equal(early.message, 'unable to mark activity as canceled without activity being request canceled first');
  requestCancel(bench);
  assert.deepEqual(heartbeat(bench, activity), { ...untouched, cancelRequested: true });
  assert.ok(!isRejection(cancel(bench, activity)));
  assert.deepEqual(bench.history(10), [
    '10 ActivityTaskCancelRequested',
    '11 ActivityTaskStarted',
    '12 ActivityTaskCanceled',
    '13 WorkflowTaskScheduled',
  ]);
  assert.deepEqual(bench.last(EventType.ActivityTaskCanceled).activityTaskCanceledEventAttributes, {
    details: payloads('bye'),
    latestCancelRequestedEventId: 10,
    scheduledEventId: 5,
    startedEventId: 11,
    identity: 'canceler',
  });
});

test('a heartbeat replaces the details of the one before, and by nothing where it has none', () => {
  const bench = withActivity();
  const activity = token(bench.activityTask());
  heartbeat(bench, activity, payloads('one'));
  heartbeat(bench, activity, payloads('two'));
  assert.deepEqual(bench.run.activities.get(5)?.heartbeatDetails, payloads('two'));
  bench.ok({ kind: 'heartbeat', runId: '', activity, details: undefined, identity: 'heart' });
  assert.equal(bench.run.activities.get(5)?.heartbeatDetails, undefined);
});

test('a failure that is long is kept short between attempts', () => {
  const bench = withActivity();
  const long = { ...BOOM, stackTrace: 's'.repeat(6_000), cause: BOOM };
  fail(bench, token(bench.activityTask()), long);
  const kept = bench.run.activities.get(5)?.lastFailure;
  assert.equal(kept?.message, 'Failure exceeds size limit.');
  assert.deepEqual(kept.serverFailureInfo, { nonRetryable: false });
  // 4,096 bytes without 2 x type, source and message with 4 each, and 8 for the kind.
  assert.equal(kept.cause?.stackTrace?.length, 4_096 - (6 + 4) - 8 - (4 + 4) - (4 + 4));
  assert.equal(kept.cause.cause, undefined);
});
