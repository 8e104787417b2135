import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import { GrpcStatus } from '../../kernel/rejection.ts';
import { listOf } from '../../visibility/index.ts';
import { Bench, command, payloads, refusal } from '../testing.ts';
import { cancelOf } from '../testing-requests.ts';
import { wakeAtMs } from '../wake.ts';
import { isRunPaused } from './run-pause.ts';

const { scheduleActivity, startTimer, completeWorkflow } = command;
const CALLER = { identity: 'somebody', reason: 'a reason' };

function pause(bench: Bench, requestId = 'pause') {
  return bench.send({ kind: 'pause', runId: '', ...CALLER, requestId });
}

function unpause(bench: Bench) {
  return bench.send({ kind: 'unpause', runId: '', ...CALLER, requestId: 'unpause' });
}

function entries(bench: Bench): readonly string[] {
  return listOf(bench.run.lifecycle.searchAttributes, 'TemporalPauseInfo');
}

/** A run that has completed its first workflow task with these commands. */
function idle(...commands: Parameters<Bench['complete']>[0][number][]): Bench {
  const bench = new Bench();
  bench.start();
  bench.complete(commands);
  return bench;
}

test('a run that is held records what comes, and its worker sees all of it at once when it goes on', () => {
  const bench = idle(startTimer('t', 5));
  pause(bench);
  bench.signal('one');
  bench.advance(10_000);
  bench.ok(cancelOf());
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Paused);
  assert.deepEqual(entries(bench), ['Workflow:workflow', 'Reason:a reason']);
  assert.deepEqual(bench.offers('offerWorkflowTask'), []);
  unpause(bench);
  assert.deepEqual(bench.history(6), [
    '6 WorkflowExecutionPaused',
    '7 WorkflowExecutionSignaled',
    '8 TimerFired',
    '9 WorkflowExecutionCancelRequested',
    '10 WorkflowExecutionUnpaused',
    '11 WorkflowTaskScheduled',
  ]);
  const { workerMayIgnore, workflowExecutionPausedEventAttributes } = bench.last(EventType.WorkflowExecutionPaused);
  assert.deepEqual(workflowExecutionPausedEventAttributes, { ...CALLER, requestId: 'pause' });
  assert.deepEqual([workerMayIgnore, bench.last(EventType.WorkflowExecutionUnpaused).workerMayIgnore], [true, true]);
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Running);
  assert.deepEqual(entries(bench), []);
  bench.complete([completeWorkflow()]);
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.Completed);
});

test('a workflow task that no worker has is over', () => {
  const bench = new Bench();
  bench.start();
  const [offered] = bench.offers('offerWorkflowTask');
  pause(bench);
  const taker = { identity: 'late', requestId: 'poll', workerVersion: undefined };
  const { stamp = 0 } = offered ?? {};
  const late = bench.send({ kind: 'startWorkflowTask', runId: '', scheduledEventId: 2, stamp, taker, sticky: false });
  assert.equal(refusal(late).status, GrpcStatus.NotFound);
  unpause(bench);
  assert.deepEqual(bench.history(2), [
    '2 WorkflowTaskScheduled',
    '3 WorkflowTaskFailed',
    '4 WorkflowExecutionPaused',
    '5 WorkflowExecutionUnpaused',
    '6 WorkflowTaskScheduled',
  ]);
  const { cause, identity } = bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes ?? {};
  assert.deepEqual([cause, identity], [39, 'history-service']);
  assert.equal(bench.workflowTask().task.attempt, 1);
});

test('a workflow task at work may be completed, but none follows it', () => {
  const bench = new Bench();
  bench.start();
  const task = bench.workflowTask();
  pause(bench);
  bench.signal('one');
  const heartbeat = bench.send({
    kind: 'completeWorkflowTask',
    runId: '',
    task: task.task,
    request: { forceCreateNewWorkflowTask: true },
  });
  assert.equal(refusal(heartbeat).message, 'Workflow is paused and force create new workflow task is not allowed.');
  const { nextTask } = bench.complete([scheduleActivity('a')], { returnNewWorkflowTask: true }, task);
  assert.equal(nextTask, undefined);
  assert.deepEqual(bench.history(4), [
    '4 WorkflowTaskCompleted',
    '5 ActivityTaskScheduled',
    '6 WorkflowExecutionPaused',
    '7 WorkflowExecutionSignaled',
  ]);
  assert.deepEqual([bench.offers('offerWorkflowTask'), bench.offers('offerActivityTask')], [[], []]);
  unpause(bench);
  assert.equal(bench.offers('offerWorkflowTask').length, 1);
  assert.equal(bench.activityTask().attempt, 1);
});

test('a workflow task that fails or times out is followed by another when the run goes on', () => {
  for (const how of ['fails', 'times out']) {
    const bench = new Bench();
    bench.start();
    const { task } = bench.workflowTask();
    pause(bench);
    const failed = {
      cause: 0,
      failure: undefined,
      identity: '',
      binaryChecksum: '',
      workerVersion: undefined,
    } as const;
    if (how === 'fails') bench.ok({ kind: 'failWorkflowTask', runId: '', task, ...failed });
    else bench.advance(10_000);
    assert.equal(bench.history().at(-1), '5 WorkflowExecutionPaused', how);
    assert.equal(wakeAtMs(bench.run), undefined, how);
    bench.signal('one');
    assert.equal(refusal(bench.reset(6)).status, GrpcStatus.InvalidArgument, how);
    unpause(bench);
    assert.equal(bench.workflowTask().task.attempt, 2, how);
  }
});

test('a task that its worker never got is not handed out while the run is held', () => {
  const bench = new Bench();
  bench.start();
  const { task } = bench.workflowTask();
  const { scheduledEventId, stamp } = task;
  bench.ok({ kind: 'returnTask', runId: '', task: 'workflow', scheduledEventId, stamp });
  bench.effects = [];
  pause(bench);
  assert.deepEqual(bench.history(4), ['4 WorkflowTaskTimedOut', '5 WorkflowExecutionPaused']);
  unpause(bench);
  assert.equal(bench.workflowTask().task.attempt, 1);
});

test('an attempt that waits for a worker is withdrawn, one at work goes on, and none follows it', () => {
  const bench = idle(scheduleActivity('at-work'), scheduleActivity('waits'));
  const { scheduledEventId, attempt, stamp } = bench.activityTask();
  const waiting = bench.offers('offerActivityTask').at(0);
  bench.effects = [];
  pause(bench);
  const taker = { identity: 'late', requestId: 'poll', workerVersion: undefined };
  const late = { scheduledEventId: waiting?.scheduledEventId ?? 0, stamp: waiting?.stamp ?? 0, taker };
  assert.equal(refusal(bench.send({ kind: 'startActivityTask', runId: '', ...late })).status, GrpcStatus.NotFound);
  bench.ok({
    kind: 'failActivity',
    runId: '',
    activity: { by: 'token', scheduledEventId, attempt, stamp },
    failure: { message: 'boom', applicationFailureInfo: {} },
    lastHeartbeatDetails: undefined,
    identity: '',
  });
  bench.advance(60_000);
  assert.deepEqual(bench.offers('offerActivityTask'), []);
  unpause(bench);
  assert.deepEqual([bench.activityTask().attempt, bench.activityTask().attempt], [2, 1]);
});

test('what backs off when the run goes on still does', () => {
  const initialInterval = { seconds: 100 };
  const bench = idle(scheduleActivity('a', { retryPolicy: { initialInterval } }));
  const { scheduledEventId, attempt, stamp } = bench.activityTask();
  bench.ok({
    kind: 'failActivity',
    runId: '',
    activity: { by: 'token', scheduledEventId, attempt, stamp },
    failure: { message: 'boom', applicationFailureInfo: {} },
    lastHeartbeatDetails: undefined,
    identity: '',
  });
  pause(bench);
  assert.equal(wakeAtMs(bench.run), undefined);
  unpause(bench);
  assert.deepEqual(bench.offers('offerActivityTask'), []);
  bench.advance(100_000);
  assert.equal(bench.activityTask().attempt, 2);
});

test('timeouts of activities, of the run and of timers count on', () => {
  const bench = new Bench();
  bench.start({ workflowRunTimeout: { seconds: 60 } });
  bench.complete([scheduleActivity('a', { scheduleToStartTimeout: { seconds: 5 } })]);
  pause(bench);
  bench.advance(30_000);
  assert.equal(bench.history().at(-1), '7 ActivityTaskTimedOut');
  bench.advance(30_000);
  assert.equal(bench.run.lifecycle.status, WorkflowExecutionStatus.TimedOut);
});

test('an activity that is held by itself stays so', () => {
  const bench = idle(scheduleActivity('a'));
  bench.effects = [];
  const target = { by: 'all' } as const;
  bench.ok({ kind: 'pauseActivity', runId: '', target, ...CALLER, requestId: '' });
  pause(bench);
  assert.deepEqual(entries(bench), ['Workflow:workflow', 'Reason:a reason', 'property:activityType=A']);
  unpause(bench);
  assert.deepEqual(entries(bench), ['property:activityType=A']);
  assert.deepEqual(bench.offers('offerActivityTask'), []);
  const again = { resetsAttempts: false, dropsHeartbeat: false, jitter: { ms: 0, random: 0 } };
  pause(bench);
  bench.ok({ kind: 'unpauseActivity', runId: '', target, requestId: '', ...again });
  assert.equal(bench.activityTask().attempt, 1, 'who lets the activity itself go on gets it at once');
});

test('a first workflow task that is put off comes in its time, however long the run was held', () => {
  const early = new Bench();
  early.start({ workflowStartDelay: { seconds: 60 } });
  pause(early);
  unpause(early);
  assert.deepEqual(early.offers('offerWorkflowTask'), []);
  early.advance(60_000);
  assert.equal(early.offers('offerWorkflowTask').length, 1);
  const late = new Bench();
  late.start({ workflowStartDelay: { seconds: 60 } });
  pause(late);
  late.advance(120_000);
  assert.deepEqual(late.offers('offerWorkflowTask'), []);
  unpause(late);
  assert.equal(late.offers('offerWorkflowTask').length, 1);
});

test('updates are refused; one that no worker has had waits until the run goes on', () => {
  const bench = idle();
  const request = { meta: { updateId: 'u' }, input: { name: 'update', args: payloads('x') } };
  bench.ok({ kind: 'admitUpdate', runId: '', firstRunId: '', updateId: 'u', request });
  pause(bench);
  assert.deepEqual(bench.history(5), ['5 WorkflowExecutionPaused']);
  const refused = refusal(bench.send({ kind: 'admitUpdate', runId: '', firstRunId: '', updateId: 'other', request }));
  assert.deepEqual(
    [refused.status, refused.message],
    [GrpcStatus.FailedPrecondition, 'Workflow is paused. Cannot update the workflow.'],
  );
  unpause(bench);
  assert.deepEqual(
    bench.workflowTask().updates.map(({ updateId }) => updateId),
    ['u'],
  );
});

test('a request that comes again is granted, another one is not; a reset run is not held', () => {
  const bench = idle();
  assert.equal(refusal(unpause(bench)).message, 'workflow is not paused.');
  pause(bench);
  pause(bench);
  assert.deepEqual(bench.history(5), ['5 WorkflowExecutionPaused']);
  assert.equal(refusal(pause(bench, 'another')).message, 'workflow is already paused.');
  bench.reset(4);
  assert.equal(isRunPaused(bench.run), false);
  assert.equal(bench.workflowTask().task.attempt, 1);
  bench.ok({
    kind: 'terminate',
    runId: '',
    firstRunId: '',
    identity: '',
    reason: '',
    details: undefined,
    links: [],
    childWorkflowOnly: undefined,
  });
  assert.equal(refusal(pause(bench, 'late')).message, 'workflow execution already completed');
});
