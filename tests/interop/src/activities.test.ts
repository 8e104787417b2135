import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ActivityCancelledError, ActivityNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityOptions } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { Activities } from './activities.ts';
import type { FailureSummary } from './failures.ts';
import { Suite } from './harness.ts';
import { eventOfType, expectHistory, expectMilestones, eventsOfType } from './history.ts';
import {
  callActivity,
  callLocalActivity,
  cancelNow,
  cancelsActivity,
  cancelsWaitingActivity,
  fanOut,
  leave,
} from './workflows/activities.ts';
import { eventually, rejection } from './waiting.ts';

const ONE_ACTIVITY_OK = `WorkflowExecutionStarted TASK ACTIVITY TASK WorkflowExecutionCompleted`;
const ONE_ACTIVITY_BAD = (closing: string): string => `
  WorkflowExecutionStarted TASK
  ActivityTaskScheduled ActivityTaskStarted ${closing} TASK
  WorkflowExecutionCompleted`;

const { PendingActivityState } = proto.temporal.api.enums.v1;

const PARALLEL = { concurrency: 2, timeout: 300_000 };

const suite = await Suite.open();
after(() => suite.close());

describe('activities', { concurrency: 4 }, () => {
  describe('activity retries', PARALLEL, () => {
    test('an activity is retried with back-off, and each attempt has its number', async (t) => {
      await using scene = await suite.scene(t.name);
      const started = Date.now();
      const retry = { initialInterval: '200ms', backoffCoefficient: 2 } as const;
      const handle = await scene.start(callActivity, ['flaky', [3], { startToCloseTimeout: '5s', retry }]);
      assert.deepEqual(await handle.result(), { value: 3 });
      assert.ok(Date.now() - started >= 600, 'the two back-offs are 200 ms and 400 ms');
      assert.deepEqual(scene.journal.entries, ['attempt 1', 'attempt 2', 'attempt 3']);
      await expectHistory(handle, ONE_ACTIVITY_OK);
      const { activityTaskStartedEventAttributes: attributes } = await eventOfType(handle, 'ActivityTaskStarted');
      assert.equal(attributes?.attempt, 3);
      assert.equal(attributes.lastFailure?.message, 'attempt 2 failed');
    });

    const failed = (attempt: number, type = 'Flaky'): FailureSummary => ({
      kind: 'ApplicationFailure',
      message: `attempt ${String(attempt)} failed`,
      type,
    });
    const exhausted: readonly {
      readonly name: string;
      readonly error?: { readonly type?: string; readonly nonRetryable?: boolean };
      readonly options: ActivityOptions;
      readonly attempts: number;
      readonly failure: FailureSummary;
    }[] = [
      {
        name: 'maximumAttempts ends the retries',
        options: { startToCloseTimeout: '5s', retry: { initialInterval: '20ms', maximumAttempts: 3 } },
        attempts: 3,
        failure: { kind: 'ActivityFailure', retryState: 'MAXIMUM_ATTEMPTS_REACHED', cause: failed(3) },
      },
      {
        name: 'a non-retryable error is not retried',
        error: { nonRetryable: true },
        options: { startToCloseTimeout: '5s' },
        attempts: 1,
        failure: { kind: 'ActivityFailure', retryState: 'NON_RETRYABLE_FAILURE', cause: failed(1) },
      },
      {
        name: 'an error type that the policy names is not retried',
        error: { type: 'Hopeless' },
        options: { startToCloseTimeout: '5s', retry: { nonRetryableErrorTypes: ['Hopeless'] } },
        attempts: 1,
        failure: { kind: 'ActivityFailure', retryState: 'NON_RETRYABLE_FAILURE', cause: failed(1, 'Hopeless') },
      },
      {
        name: 'no attempt is scheduled past the schedule-to-close timeout',
        options: { scheduleToCloseTimeout: '5s', retry: { initialInterval: '1h', maximumInterval: '1h' } },
        attempts: 1,
        failure: { kind: 'ActivityFailure', retryState: 'TIMEOUT', cause: failed(1) },
      },
    ];
    for (const { name, error = {}, options, attempts, failure } of exhausted) {
      test(name, async (t) => {
        await using scene = await suite.scene(t.name);
        const handle = await scene.start(callActivity, ['flaky', [99, error], options]);
        assert.deepEqual(await handle.result(), { failure });
        assert.equal(scene.journal.entries.length, attempts);
        await expectHistory(handle, ONE_ACTIVITY_BAD('ActivityTaskFailed'));
      });
    }

    test('nextRetryDelay in the error overrides the policy', async (t) => {
      await using scene = await suite.scene(t.name);
      const options = { startToCloseTimeout: '5s', retry: { initialInterval: '1h', maximumInterval: '1h' } } as const;
      const args = ['flaky', [2, { nextRetryDelayMs: 50 }], options] as Parameters<typeof callActivity>;
      assert.deepEqual(await scene.execute(callActivity, args), { value: 2 });
    });

    test('describe shows a pending activity between two attempts', async (t) => {
      await using scene = await suite.scene(t.name);
      const options = { startToCloseTimeout: '5s', retry: { initialInterval: '1h', maximumInterval: '1h' } } as const;
      const handle = await scene.start(callActivity, ['flaky', [2], options]);
      await scene.journal.until('attempt 1');
      const pending = await eventually(async () => {
        const activity = (await handle.describe()).raw.pendingActivities?.[0];
        assert.equal(activity?.attempt, 2);
        return activity;
      });
      assert.equal(pending.state, 1, 'PENDING_ACTIVITY_STATE_SCHEDULED');
      assert.equal(pending.activityType?.name, 'flaky');
      assert.equal(pending.lastFailure?.message, 'attempt 1 failed');
      assert.ok(Number(pending.scheduledTime?.seconds) > Date.now() / 1000 + 3000, 'the next attempt is an hour away');
      await handle.terminate();
    });
  });

  describe('heartbeats', PARALLEL, () => {
    for (const ending of ['throws', 'falls silent'] as const) {
      test(`the next attempt resumes from the last heartbeat of one that ${ending}`, async (t) => {
        await using scene = await suite.scene(t.name);
        const options = {
          startToCloseTimeout: '30s',
          heartbeatTimeout: '3s',
          retry: { initialInterval: '20ms' },
        } as const;
        const handle = await scene.start(callActivity, ['progress', [ending], options]);
        assert.deepEqual(await handle.result(), { value: { attempt: 2, resumedAt: 2 } });
        await expectHistory(handle, ONE_ACTIVITY_OK);
      });
    }
  });

  describe('activity timeouts', PARALLEL, () => {
    const timedOut = (
      retryState: string,
      timeoutType: string,
      message: string,
      lastHeartbeat?: number,
    ): FailureSummary => {
      const heartbeat = lastHeartbeat === undefined ? {} : { lastHeartbeat };
      return {
        kind: 'ActivityFailure',
        retryState,
        cause: { kind: 'TimeoutFailure', timeoutType, message, ...heartbeat },
      };
    };
    const NO_TIME_LEFT =
      'Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying';
    const once = { maximumAttempts: 1 };
    const timeouts: readonly {
      readonly name: string;
      readonly activity: keyof Activities;
      readonly args?: readonly unknown[];
      readonly options: ActivityOptions;
      readonly failure: FailureSummary;
    }[] = [
      {
        name: 'start-to-close',
        activity: 'silent',
        options: { startToCloseTimeout: '300ms', retry: once },
        failure: timedOut('MAXIMUM_ATTEMPTS_REACHED', 'START_TO_CLOSE', 'activity StartToClose timeout'),
      },
      {
        name: 'schedule-to-close, while an attempt runs',
        activity: 'silent',
        options: { scheduleToCloseTimeout: '3s' },
        failure: timedOut('TIMEOUT', 'SCHEDULE_TO_CLOSE', NO_TIME_LEFT),
      },
      {
        name: 'heartbeat, with the last details',
        activity: 'progress',
        args: ['falls silent'],
        options: { startToCloseTimeout: '30s', heartbeatTimeout: '2s', retry: once },
        failure: timedOut('MAXIMUM_ATTEMPTS_REACHED', 'HEARTBEAT', 'activity Heartbeat timeout', 2),
      },
      {
        name: 'start-to-close with no time left for a retry becomes schedule-to-close',
        activity: 'silent',
        options: { startToCloseTimeout: '300ms', scheduleToCloseTimeout: '20s', retry: { initialInterval: '30s' } },
        failure: timedOut('TIMEOUT', 'SCHEDULE_TO_CLOSE', NO_TIME_LEFT),
      },
    ];
    for (const { name, activity, args = [], options, failure } of timeouts) {
      test(name, async (t) => {
        await using scene = await suite.scene(t.name, { shutdownForceTime: '5s' });
        const handle = await scene.start(callActivity, [activity, args, options]);
        const result = await handle.result();
        assert.deepEqual(result, { failure });
        await expectHistory(handle, ONE_ACTIVITY_BAD('ActivityTaskTimedOut'));
      });
    }

    test('schedule-to-start, when no worker takes the task', async (t) => {
      await using scene = await suite.scene(t.name);
      const options = {
        taskQueue: `${scene.taskQueue}-empty`,
        scheduleToStartTimeout: '300ms',
        startToCloseTimeout: '5s',
      };
      const handle = await scene.start(callActivity, ['echo', [1], options as ActivityOptions]);
      assert.deepEqual(await handle.result(), {
        failure: timedOut('TIMEOUT', 'SCHEDULE_TO_START', 'activity ScheduleToStart timeout'),
      });
      await expectHistory(
        handle,
        'WorkflowExecutionStarted TASK ActivityTaskScheduled ActivityTaskTimedOut TASK WorkflowExecutionCompleted',
      );
    });

    const retried = [
      { name: 'no time is left', retry: { initialInterval: '30ms', backoffCoefficient: 1000, maximumInterval: '1h' } },
      { name: 'the attempts are used up', retry: { initialInterval: '20ms', maximumAttempts: 2 } },
    ] as const;
    for (const { name, retry } of retried) {
      test(`start-to-close is retried until ${name}; the cause is the attempt before`, async (t) => {
        await using scene = await suite.scene(t.name, { shutdownForceTime: '5s' });
        const options = { startToCloseTimeout: '300ms', scheduleToCloseTimeout: '20s', retry } as const;
        const handle = await scene.start(callActivity, ['silent', [], options]);
        await handle.result();
        assert.equal(scene.journal.count('silent started'), 2);
        const { activityTaskTimedOutEventAttributes: closed } = await eventOfType(handle, 'ActivityTaskTimedOut');
        assert.equal(closed?.failure?.cause?.message, 'activity StartToClose timeout');
      });
    }
  });

  describe('activity cancellation', PARALLEL, () => {
    const cancelled: FailureSummary = {
      kind: 'ActivityFailure',
      retryState: 'CANCEL_REQUESTED',
      cause: { kind: 'CancelledFailure' },
    };
    const types = [
      { type: 'TRY_CANCEL', reason: 'cancel requested', request: 1, closing: 1 },
      { type: 'WAIT_CANCELLATION_COMPLETED', reason: 'cancel requested', request: 1, closing: 1 },
      { type: 'ABANDON', reason: 'not found', request: 0, closing: 0 },
    ] as const;
    for (const { type, reason, request, closing } of types) {
      test(type, async (t) => {
        await using scene = await suite.scene(t.name);
        const handle = await scene.start(cancelsActivity, [type]);
        await scene.journal.until('diligent started');
        await handle.signal(cancelNow);
        if (type !== 'ABANDON') {
          await eventually(async () => eventOfType(handle, 'ActivityTaskCanceled'));
        }
        await handle.signal(leave);
        const result = await handle.result();
        assert.equal('failure' in result && result.failure.cause?.kind, cancelled.cause?.kind);
        await scene.journal.until(`diligent stopped: ${reason}`);
        assert.equal((await eventsOfType(handle, 'ActivityTaskCancelRequested')).length, request);
        assert.equal((await eventsOfType(handle, 'ActivityTaskCanceled')).length, closing);
      });
    }

    test('an activity that no worker has taken is cancelled at once', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(cancelsWaitingActivity, [`${scene.taskQueue}-empty`]);
      const result = await handle.result();
      assert.equal('failure' in result && result.failure.cause?.kind, 'CancelledFailure');
      await expectMilestones(
        handle,
        `WorkflowExecutionStarted ActivityTaskScheduled TimerStarted TimerFired
         ActivityTaskCancelRequested ActivityTaskCanceled WorkflowExecutionCompleted`,
      );
    });
  });

  describe('asynchronous completion', PARALLEL, () => {
    const options = {
      startToCloseTimeout: '30s',
      heartbeatTimeout: '20s',
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    } as const;
    for (const way of ['token', 'id'] as const) {
      test(`by ${way}`, async (t) => {
        await using scene = await suite.scene(t.name);
        const { activity } = scene.client;
        const delegate = async (name: string) => {
          const args: Parameters<typeof callActivity> = [
            'delegated',
            [name],
            { ...options, activityId: `outside ${name}` },
          ];
          const handle = await scene.start(callActivity, args);
          await scene.journal.until(`delegated ${name}`);
          const id = { workflowId: handle.workflowId, activityId: `outside ${name}` };
          return { handle, key: (way === 'id' ? id : scene.journal.tokens.get(name)) as Uint8Array };
        };

        const completes = await delegate('completes');
        await activity.heartbeat(completes.key, 'half way');
        await activity.complete(completes.key, 'from outside');
        assert.deepEqual(await completes.handle.result(), { value: 'from outside' });
        await expectHistory(completes.handle, ONE_ACTIVITY_OK);
        await rejection(activity.complete(completes.key, 'again'), ActivityNotFoundError);

        const fails = await delegate('fails');
        await activity.fail(fails.key, ApplicationFailure.nonRetryable('it cannot be done', 'Outside', 7));
        assert.deepEqual(await fails.handle.result(), {
          failure: {
            kind: 'ActivityFailure',
            retryState: 'NON_RETRYABLE_FAILURE',
            cause: { kind: 'ApplicationFailure', message: 'it cannot be done', type: 'Outside', details: [7] },
          },
        });

        const cancels = await delegate('cancels');
        await cancels.handle.cancel();
        await eventually(() => rejection(activity.heartbeat(cancels.key), ActivityCancelledError));
        await activity.reportCancellation(cancels.key, 'stopped outside');
        const closed = await eventually(() => eventOfType(cancels.handle, 'ActivityTaskCanceled'));
        assert.ok(closed.activityTaskCanceledEventAttributes?.details?.payloads?.[0]);
      });
    }
  });

  describe('local activities', PARALLEL, () => {
    test('a local activity is recorded as a marker, retries included', async (t) => {
      await using scene = await suite.scene(t.name);
      const options = { startToCloseTimeout: '1h', retry: { initialInterval: '20ms' } } as const;
      const handle = await scene.start(callLocalActivity, ['flaky', [3], options]);
      assert.deepEqual(await handle.result(), { value: 3 });
      await expectHistory(handle, 'WorkflowExecutionStarted TASK MarkerRecorded WorkflowExecutionCompleted');
      const { markerRecordedEventAttributes: marker } = await eventOfType(handle, 'MarkerRecorded');
      assert.equal(marker?.markerName, 'core_local_activity');
    });

    test('a local activity that outlasts the workflow task timeout keeps its task alive', async (t) => {
      await using scene = await suite.scene(t.name);
      const options = { startToCloseTimeout: '1h', retry: { initialInterval: '6s', maximumAttempts: 2 } } as const;
      const handle = await scene.start(callLocalActivity, ['flaky', [2], options], { workflowTaskTimeout: '5s' });
      assert.deepEqual(await handle.result(), { value: 2 });
      await expectMilestones(handle, 'WorkflowExecutionStarted MarkerRecorded WorkflowExecutionCompleted');
      const tasks = await eventsOfType(handle, 'WorkflowTaskCompleted');
      assert.ok(tasks.length >= 2, 'the worker asked for a new task before the first ran out');
      assert.equal((await eventsOfType(handle, 'WorkflowTaskTimedOut')).length, 0);
    });

    test('a long back-off of a local activity is a durable timer', async (t) => {
      await using scene = await suite.scene(t.name);
      const retry = { initialInterval: '400ms', maximumAttempts: 2 } as const;
      const options = { startToCloseTimeout: '1h', localRetryThreshold: '100ms', retry } as const;
      const handle = await scene.start(callLocalActivity, ['flaky', [2], options]);
      assert.deepEqual(await handle.result(), { value: 2 });
      await expectHistory(
        handle,
        `WorkflowExecutionStarted TASK MarkerRecorded TimerStarted TimerFired
         TASK MarkerRecorded WorkflowExecutionCompleted`,
      );
    });
  });

  describe('many activities, many workers', PARALLEL, () => {
    test('200 activities in parallel', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await scene.start(fanOut, [200]);
      assert.equal(await handle.result(), (199 * 200) / 2);
      for (const type of ['ActivityTaskScheduled', 'ActivityTaskStarted', 'ActivityTaskCompleted']) {
        assert.equal((await eventsOfType(handle, type)).length, 200, type);
      }
    });

    test('a paused activity breaks off, and goes on when it is unpaused', async (t) => {
      await using scene = await suite.scene(t.name);
      const options = {
        startToCloseTimeout: '30s',
        heartbeatTimeout: '20s',
        retry: { initialInterval: '20ms' },
      } as const;
      const handle = await scene.start(callActivity, ['patient', [], options]);
      await scene.journal.until('diligent started');
      const { workflowService } = suite.connection;
      const target = { namespace: 'default', execution: { workflowId: handle.workflowId }, type: 'patient' };
      await workflowService.pauseActivity({ ...target, reason: 'a test' });
      await scene.journal.until('diligent stopped: paused');
      await eventually(async () => {
        const { raw } = await handle.describe();
        assert.equal(raw.pendingActivities?.[0]?.state, PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED);
      });
      await workflowService.unpauseActivity(target);
      assert.deepEqual(await handle.result(), { value: 2 });
      await expectHistory(handle, ONE_ACTIVITY_OK);
    });

    test('two workers share a task queue', async (t) => {
      const one = { maxConcurrentActivityTaskExecutions: 1 };
      await using scene = await suite.scene(t.name, one);
      await scene.startWorker(one);
      const call: Parameters<typeof callActivity> = ['rendezvous', [2], { startToCloseTimeout: '20s' }];
      const results = await Promise.all([scene.execute(callActivity, call), scene.execute(callActivity, call)]);
      assert.deepEqual(results, [{ value: scene.taskQueue }, { value: scene.taskQueue }]);
    });

    test('an activity whose worker shuts down is retried by another worker', async (t) => {
      await using scene = await suite.scene(t.name, { shutdownGraceTime: '100ms' });
      const options = {
        startToCloseTimeout: '30s',
        heartbeatTimeout: '20s',
        retry: { initialInterval: '20ms' },
      } as const;
      const handle = await scene.start(callActivity, ['diligent', [], options]);
      await scene.journal.until('diligent started');
      const [first] = scene.workers;
      await first?.stop();
      assert.deepEqual(scene.journal.entries, ['diligent started', 'diligent stopped: worker shutdown']);
      await scene.startWorker({ activities: { diligent: async () => 'done by the second worker' } });
      assert.deepEqual(await handle.result(), { value: 'done by the second worker' });
      const { activityTaskStartedEventAttributes: attributes } = await eventOfType(handle, 'ActivityTaskStarted');
      assert.equal(attributes?.attempt, 2);
    });
  });
});
