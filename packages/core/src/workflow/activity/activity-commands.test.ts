import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventType, TaskQueueKind, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { Command, Duration } from '@perdure/proto/types';
import { Bench, START_MS, command, payloads, payloadsOf } from '../testing.ts';

const { scheduleActivity, cancelActivity, startTimer, completeWorkflow } = command;

function scheduled(bench: Bench) {
  return bench.last(EventType.ActivityTaskScheduled).activityTaskScheduledEventAttributes;
}

/** Schedules one activity in a run with this run timeout and gives its four timeouts in seconds. */
function timeouts(attributes: Command['scheduleActivityTaskCommandAttributes'], workflowRunTimeout?: Duration) {
  const bench = new Bench();
  bench.start({ workflowRunTimeout });
  bench.complete([scheduleActivity('a', { startToCloseTimeout: undefined, ...attributes })]);
  const event = scheduled(bench);
  const inOrder = [
    event?.scheduleToCloseTimeout,
    event?.scheduleToStartTimeout,
    event?.startToCloseTimeout,
    event?.heartbeatTimeout,
  ];
  return inOrder.map((timeout) => timeout?.seconds);
}

test('a scheduled activity is recorded with everything worked out, and offered on its queue', () => {
  const bench = new Bench();
  bench.start();
  const userMetadata = { summary: { data: new Uint8Array([1]) } };
  bench.complete([{ ...scheduleActivity('a', { priority: { priorityKey: 2 } }), userMetadata }]);
  assert.deepEqual(bench.history(4), ['4 WorkflowTaskCompleted', '5 ActivityTaskScheduled']);
  assert.equal(bench.last(EventType.ActivityTaskScheduled).userMetadata, userMetadata);
  assert.deepEqual(scheduled(bench), {
    activityId: 'a',
    activityType: { name: 'A' },
    taskQueue: { name: 'queue', kind: TaskQueueKind.Normal },
    header: undefined,
    input: undefined,
    scheduleToCloseTimeout: { seconds: 0, nanos: 0 },
    scheduleToStartTimeout: { seconds: 0, nanos: 0 },
    startToCloseTimeout: { seconds: 10 },
    heartbeatTimeout: { seconds: 0, nanos: 0 },
    retryPolicy: {
      initialInterval: { seconds: 1, nanos: 0 },
      backoffCoefficient: 2,
      maximumInterval: { seconds: 100, nanos: 0 },
      maximumAttempts: 0,
      nonRetryableErrorTypes: [],
    },
    useWorkflowBuildId: undefined,
    priority: { priorityKey: 2 },
    workflowTaskCompletedEventId: 4,
  });
  assert.deepEqual(bench.offers('offerActivityTask'), [
    { queue: 'queue', normalQueue: undefined, scheduledEventId: 5, stamp: 1, priority: { priorityKey: 2 } },
  ]);
});

test('timeouts bound each other, and the run timeout bounds them all', () => {
  const [s10, s20, s30] = [{ seconds: 10 }, { seconds: 20 }, { seconds: 30 }];
  assert.deepEqual(timeouts({ startToCloseTimeout: s10 }), [0, 0, 10, 0]);
  assert.deepEqual(timeouts({ scheduleToCloseTimeout: s10 }), [10, 10, 10, 0]);
  const bounded = { scheduleToCloseTimeout: s10, scheduleToStartTimeout: s20, startToCloseTimeout: s30 };
  assert.deepEqual(timeouts(bounded), [10, 10, 10, 0]);
  assert.deepEqual(timeouts({ startToCloseTimeout: s10, heartbeatTimeout: s20 }), [0, 0, 10, 10]);
  assert.deepEqual(timeouts({ startToCloseTimeout: s30, heartbeatTimeout: s30 }, s20), [20, 20, 20, 20]);
  assert.deepEqual(timeouts({ startToCloseTimeout: s10, scheduleToStartTimeout: s30 }, s20), [20, 20, 10, 0]);
  assert.deepEqual(timeouts({ scheduleToCloseTimeout: { seconds: 9e12 } }), Array(3).fill(3_153_600_000).concat(0));
});

test('a command that cannot be carried out fails the workflow task with its cause', () => {
  const bad = WorkflowTaskFailedCause.BadScheduleActivityAttributes;
  const badCancel = WorkflowTaskFailedCause.BadRequestCancelActivityAttributes;
  const long = 'x'.repeat(1_001);
  const noStartToClose = { startToCloseTimeout: undefined };
  const cases: [Command[], WorkflowTaskFailedCause, string][] = [
    [
      [{ commandType: 1 }],
      bad,
      'BadScheduleActivityAttributes: ScheduleActivityTaskCommandAttributes is not set on ScheduleActivityTaskCommand.',
    ],
    [[scheduleActivity('a', { taskQueue: undefined })], bad, 'BadScheduleActivityAttributes: taskQueue is not set'],
    [[scheduleActivity('a', { taskQueue: {} })], bad, 'BadScheduleActivityAttributes: missing task queue name'],
    [
      [scheduleActivity('a', { taskQueue: { name: '/_sys/a' } })],
      bad,
      'BadScheduleActivityAttributes: task queue name cannot start with reserved prefix /_sys/',
    ],
    [[scheduleActivity('')], bad, 'BadScheduleActivityAttributes: activityId is not set'],
    [[scheduleActivity('a', { activityType: {} })], bad, 'BadScheduleActivityAttributes: activityType is not set'],
    [
      [scheduleActivity(long)],
      bad,
      'BadScheduleActivityAttributes: activityId exceeds length limit. Length=1001 Limit=1000',
    ],
    [
      [scheduleActivity('a', { activityType: { name: long } })],
      bad,
      'BadScheduleActivityAttributes: activityType exceeds length limit. Length=1001 Limit=1000',
    ],
    [
      [scheduleActivity('a', { retryPolicy: { backoffCoefficient: 0.5 } })],
      bad,
      'BadScheduleActivityAttributes: BackoffCoefficient cannot be less than 1 on retry policy.',
    ],
    [
      [scheduleActivity('a', { priority: { priorityKey: -1 } })],
      bad,
      "BadScheduleActivityAttributes: invalid priorities: priority key can't be negative",
    ],
    [
      [scheduleActivity('a', { heartbeatTimeout: { seconds: -1 } })],
      bad,
      'BadScheduleActivityAttributes: invalid HeartbeatTimeout: negative duration',
    ],
    [
      [scheduleActivity('a', noStartToClose)],
      bad,
      'BadScheduleActivityAttributes: a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ' +
        'ActivityId=a ActivityType=A',
    ],
    [
      [scheduleActivity('a'), scheduleActivity('a')],
      WorkflowTaskFailedCause.ScheduleActivityDuplicateId,
      'ScheduleActivityDuplicateId: invalid history builder state for action: add-activitytask-scheduled-event, ActivityID: a',
    ],
    [
      [{ commandType: 2 }],
      badCancel,
      'BadRequestCancelActivityAttributes: RequestCancelActivityTaskCommandAttributes is not set on ' +
        'RequestCancelActivityTaskCommand.',
    ],
    [
      [cancelActivity(0)],
      badCancel,
      'BadRequestCancelActivityAttributes: ScheduledEventId is not set on RequestCancelActivityTaskCommand.',
    ],
    [
      [cancelActivity(99)],
      badCancel,
      'BadRequestCancelActivityAttributes: invalid history builder state for action: ' +
        'add-activitytask-cancel-requested-event, ScheduledEventID: 99',
    ],
  ];
  for (const [commands, cause, message] of cases) {
    const bench = new Bench();
    bench.start();
    assert.equal(bench.complete(commands).failure?.message, message);
    assert.deepEqual(bench.history(4), ['4 WorkflowTaskFailed']);
    assert.equal(bench.last(EventType.WorkflowTaskFailed).workflowTaskFailedEventAttributes?.cause, cause);
  }
});

test('an input that is too large ends the run', () => {
  const bench = new Bench();
  bench.start();
  const { failure } = bench.complete([scheduleActivity('a', { input: payloadsOf(2 * 1024 * 1024 + 1) })]);
  const message = 'BadScheduleActivityAttributes: ScheduleActivityTaskCommandAttributes.Input exceeds size limit.';
  assert.equal(failure?.message, message);
  assert.deepEqual(bench.history(4), ['4 WorkflowTaskFailed', '5 WorkflowExecutionTerminated']);
});

test('pending activities are counted, with those of the same workflow task', () => {
  const bench = new Bench({ limits: { pendingActivitiesMax: 2 } });
  bench.start();
  bench.complete([scheduleActivity('a'), startTimer('t', 1)]);
  bench.advance(1_000);
  const { failure } = bench.complete([scheduleActivity('b'), scheduleActivity('c')]);
  assert.equal(
    failure?.message,
    'PendingActivitiesLimitExceeded: the number of pending activities, 2, has reached the per-workflow limit of 2',
  );
});

test('an activity that was cancelled before its start makes room for another', () => {
  const bench = new Bench({ limits: { pendingActivitiesMax: 1 } });
  bench.start();
  bench.complete([scheduleActivity('a')]);
  bench.signal('s');
  assert.equal(bench.complete([cancelActivity(5), scheduleActivity('b')]).failure, undefined);
  assert.deepEqual([...bench.run.derived.activityIds.keys()], ['b']);
});

test('an eager activity is started with the completion that asks for it', () => {
  const bench = new Bench();
  bench.start({ priority: { priorityKey: 4, fairnessKey: 'tenant' } });
  const attributes = { requestEagerExecution: true, priority: { priorityKey: 2 } };
  const { eagerActivities } = bench.complete([scheduleActivity('a', attributes), scheduleActivity('b')]);
  assert.deepEqual(
    eagerActivities.map(({ scheduledEventId, attempt, stamp, startedAtMs, workflowType, options }) => ({
      scheduledEventId,
      attempt,
      stamp,
      startedAtMs,
      workflowType,
      priority: options.priority,
    })),
    [
      {
        scheduledEventId: 5,
        attempt: 1,
        stamp: 1,
        startedAtMs: START_MS,
        workflowType: { name: 'W' },
        priority: { priorityKey: 2, fairnessKey: 'tenant', fairnessWeight: undefined },
      },
    ],
  );
  assert.deepEqual(
    bench.offers('offerActivityTask').map((offer) => offer.scheduledEventId),
    [6],
  );
  const activity = { by: 'token', scheduledEventId: 5, attempt: 1, stamp: 1 } as const;
  bench.ok({ kind: 'completeActivity', runId: '', activity, result: payloads('done'), identity: 'workflow-worker' });
  const started = bench.last(EventType.ActivityTaskStarted).activityTaskStartedEventAttributes;
  assert.equal(started?.identity, 'workflow-worker');
});

test('no activity is eager where that is switched off, or on another queue than the workflow', () => {
  const off = new Bench({ limits: { eagerActivities: false } });
  off.start();
  assert.deepEqual(off.complete([scheduleActivity('a', { requestEagerExecution: true })]).eagerActivities, []);
  const elsewhere = new Bench();
  elsewhere.start();
  const attributes = { requestEagerExecution: true, taskQueue: { name: 'other' } };
  assert.deepEqual(elsewhere.complete([scheduleActivity('a', attributes)]).eagerActivities, []);
  assert.equal(elsewhere.offers('offerActivityTask').length, 1);
});

test('an activity that nobody has started is cancelled at once, behind the other commands and what was buffered', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([scheduleActivity('a')]);
  bench.signal('before');
  const task = bench.workflowTask();
  bench.signal('during');
  bench.complete([cancelActivity(5), cancelActivity(5), startTimer('t', 60)], {}, task);
  assert.deepEqual(bench.history(9), [
    '9 WorkflowTaskCompleted',
    '10 ActivityTaskCancelRequested',
    '11 ActivityTaskCancelRequested',
    '12 TimerStarted',
    '13 WorkflowExecutionSignaled',
    '14 ActivityTaskCanceled',
    '15 WorkflowTaskScheduled',
  ]);
  assert.deepEqual(bench.last(EventType.ActivityTaskCanceled).activityTaskCanceledEventAttributes, {
    scheduledEventId: 5,
    startedEventId: 0,
    latestCancelRequestedEventId: 10,
    details: payloads('ACTIVITY_ID_NOT_STARTED'),
    identity: 'workflow-worker',
  });
  assert.equal(bench.run.activities.size, 0);
});

test('an activity may be cancelled in the task that schedules it', () => {
  const bench = new Bench();
  bench.start();
  assert.equal(bench.complete([startTimer('t', 1_000), scheduleActivity('a'), cancelActivity(6)]).failure, undefined);
  const events = ['6 ActivityTaskScheduled', '7 ActivityTaskCancelRequested', '8 ActivityTaskCanceled'];
  assert.deepEqual(bench.history(6).slice(0, 3), events);
  assert.equal(bench.run.activities.size, 0);
});

test('a run that closes with the cancellation drops it', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([scheduleActivity('a')]);
  bench.signal('s');
  bench.complete([cancelActivity(5), completeWorkflow()]);
  assert.deepEqual(bench.history(9), [
    '9 WorkflowTaskCompleted',
    '10 ActivityTaskCancelRequested',
    '11 WorkflowExecutionCompleted',
  ]);
});

test('an activity at work is only asked to stop, and only once', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([scheduleActivity('a')]);
  bench.activityTask();
  bench.signal('s');
  bench.complete([cancelActivity(5)]);
  assert.deepEqual(bench.history(9), ['9 WorkflowTaskCompleted', '10 ActivityTaskCancelRequested']);
  assert.equal(bench.run.activities.get(5)?.cancelRequestedEventId, 10);
  bench.signal('s');
  assert.match(bench.complete([cancelActivity(5)]).failure?.message ?? '', /ScheduledEventID: 5$/);
});

test('a cancel request may cross the end of its activity', () => {
  const bench = new Bench();
  bench.start();
  bench.complete([scheduleActivity('a')]);
  const { attempt, stamp } = bench.activityTask();
  bench.signal('s');
  const task = bench.workflowTask();
  const activity = { by: 'token', scheduledEventId: 5, attempt, stamp } as const;
  bench.ok({ kind: 'completeActivity', runId: '', activity, result: undefined, identity: '' });
  assert.equal(bench.complete([cancelActivity(5)], {}, task).failure, undefined);
  assert.deepEqual(bench.history(9), [
    '9 WorkflowTaskCompleted',
    '10 ActivityTaskCancelRequested',
    '11 ActivityTaskStarted',
    '12 ActivityTaskCompleted',
    '13 WorkflowTaskScheduled',
  ]);
});
