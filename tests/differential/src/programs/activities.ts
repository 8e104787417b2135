import { cancelActivity, completeWorkflow, scheduleActivity, startTimer } from '../commands.ts';
import { programs } from '../program.ts';
import type { ActivityTask, Scene } from '../scene.ts';
import { big, failure, fields, ms, payloads, seconds } from '../values.ts';

const QUICK = { initialInterval: ms(100), backoffCoefficient: 1 };

/** Starts a workflow that schedules one activity. */
async function schedule(scene: Scene, attributes: object = {}): Promise<void> {
  await scene.start('w');
  await scene.answer('w', [scheduleActivity(scene.id('w'), 'a', attributes)]);
}

async function scheduled(scene: Scene, attributes: object = {}): Promise<ActivityTask> {
  await schedule(scene, attributes);
  return await scene.activity('w');
}

/** Waits for the workflow task that hears of the activity's end, and notes the history. */
async function heard(scene: Scene): Promise<void> {
  await scene.task('w');
  await scene.history('w');
}

async function heartbeat(scene: Scene, task: ActivityTask, ...details: readonly unknown[]): Promise<void> {
  await scene.attempt('RecordActivityTaskHeartbeat', { taskToken: task.taskToken, details: payloads(...details) });
}

export const activities = programs('activities', {
  'scheduled, started, completed': async (scene) => {
    const task = await scheduled(scene, {
      input: payloads('in', 2),
      header: { fields: fields({ trace: 'a header' }) },
      scheduleToCloseTimeout: seconds(30),
      heartbeatTimeout: seconds(20),
      priority: { priorityKey: 1 },
    });
    await scene.history('w');
    await scene.describe('w');
    await scene.completeActivity(task, 'out');
    await heard(scene);
    await scene.completeActivity(task, 'again');
  },

  'retried until the maximum': async (scene) => {
    const first = await scheduled(scene, { retryPolicy: { initialInterval: ms(1500), maximumAttempts: 3 } });
    await scene.failActivity(first, failure('one'));
    await scene.describe('w');
    await scene.failActivity(await scene.activity('w'), failure('two'));
    await scene.describe('w');
    await scene.failActivity(await scene.activity('w'), failure('three'));
    await heard(scene);
  },

  'the last failure is kept until success': async (scene) => {
    await scene.failActivity(await scheduled(scene, { retryPolicy: QUICK }), failure('one'));
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'a failure that is not retryable': async (scene) => {
    await scene.failActivity(
      await scheduled(scene),
      failure('no', { nonRetryable: true, details: payloads('details') }),
    );
    await heard(scene);
  },

  'an error type that the policy names': async (scene) => {
    const task = await scheduled(scene, { retryPolicy: { ...QUICK, nonRetryableErrorTypes: ['Hopeless'] } });
    await scene.failActivity(task, failure('no', { type: 'Hopeless' }));
    await heard(scene);
  },

  'the failure says when': async (scene) => {
    const retryPolicy = { initialInterval: seconds(60), maximumInterval: seconds(60) };
    const task = await scheduled(scene, { retryPolicy });
    await scene.failActivity(task, failure('soon', { nextRetryDelay: ms(100) }));
    await scene.failActivity(await scene.activity('w'), failure('late', { nextRetryDelay: seconds(500) }));
    await scene.describe('w');
  },

  'no time for another attempt': async (scene) => {
    const retryPolicy = { initialInterval: seconds(60), maximumInterval: seconds(60) };
    await scene.failActivity(
      await scheduled(scene, { scheduleToCloseTimeout: seconds(5), retryPolicy }),
      failure('no'),
    );
    await heard(scene);
  },

  'schedule to start timeout': async (scene) => {
    await schedule(scene, { scheduleToStartTimeout: seconds(1) });
    await heard(scene);
  },
  'schedule to close timeout before the start': async (scene) => {
    await schedule(scene, { scheduleToCloseTimeout: seconds(1) });
    await heard(scene);
  },
  'schedule to close timeout of a running attempt': async (scene) => {
    await scheduled(scene, { startToCloseTimeout: undefined, scheduleToCloseTimeout: seconds(1) });
    await heard(scene);
  },
  'start to close timeout': async (scene) => {
    const task = await scheduled(scene, { startToCloseTimeout: seconds(1), retryPolicy: { maximumAttempts: 1 } });
    await heartbeat(scene, task, 'progress');
    await heard(scene);
    await scene.completeActivity(task, 'late');
  },
  'heartbeat timeout': async (scene) => {
    const task = await scheduled(scene, { heartbeatTimeout: seconds(1), retryPolicy: { maximumAttempts: 1 } });
    await heartbeat(scene, task, 'progress', 2);
    await heard(scene);
    await heartbeat(scene, task, 'late');
  },
  'a timeout is retried': async (scene) => {
    const first = await scheduled(scene, {
      startToCloseTimeout: seconds(1),
      retryPolicy: { ...QUICK, maximumAttempts: 2 },
    });
    await heartbeat(scene, first, 'progress');
    const second = await scene.activity('w');
    await scene.describe('w');
    await scene.completeActivity(first, 'late');
    await scene.failActivity(second, failure('no'));
    await heard(scene);
  },
  'a timeout that the policy names': async (scene) => {
    const retryPolicy = { ...QUICK, nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'] };
    await scheduled(scene, { startToCloseTimeout: seconds(1), retryPolicy });
    await heard(scene);
  },
  'a timeout with no time for another attempt': async (scene) => {
    const retryPolicy = { initialInterval: seconds(60), maximumInterval: seconds(60) };
    await scheduled(scene, { startToCloseTimeout: seconds(1), scheduleToCloseTimeout: seconds(20), retryPolicy });
    await heard(scene);
  },
  'the schedule to close timeout comes between two attempts': async (scene) => {
    const retryPolicy = { initialInterval: ms(900), backoffCoefficient: 1 };
    await scene.failActivity(
      await scheduled(scene, { scheduleToCloseTimeout: seconds(2), retryPolicy }),
      failure('one'),
    );
    await scene.activity('w');
    await heard(scene);
  },

  'heartbeat details go on to the next attempt': async (scene) => {
    const task = await scheduled(scene, { heartbeatTimeout: seconds(30), retryPolicy: QUICK });
    await heartbeat(scene, task, 'progress');
    await scene.describe('w');
    await scene.failActivity(task, failure('one'), { lastHeartbeatDetails: payloads('more progress') });
    const second = await scene.activity('w');
    await scene.describe('w');
    await scene.completeActivity(second, 'out');
    await heard(scene);
  },

  'cancelled before it is started': async (scene) => {
    await schedule(scene);
    await scene.signal('w', 'cancel');
    await scene.answer('w', [cancelActivity(5)]);
    await heard(scene);
  },

  'cancelled while it runs': async (scene) => {
    const task = await scheduled(scene, { heartbeatTimeout: seconds(30) });
    await scene.signal('w', 'cancel');
    await scene.answer('w', [cancelActivity(5)]);
    await scene.describe('w');
    await heartbeat(scene, task, 'still here');
    await scene.attempt('RespondActivityTaskCanceled', { taskToken: task.taskToken, details: payloads('cancelled') });
    await heard(scene);
  },

  'cancelled, but it completes': async (scene) => {
    const task = await scheduled(scene);
    await scene.signal('w', 'cancel');
    await scene.answer('w', [cancelActivity(5)]);
    await scene.completeActivity(task, 'out');
    await heard(scene);
  },

  'cancelled, but it fails': async (scene) => {
    const task = await scheduled(scene, { retryPolicy: QUICK });
    await scene.signal('w', 'cancel');
    await scene.answer('w', [cancelActivity(5)]);
    await scene.failActivity(task, failure('no'));
    await heard(scene);
  },

  'cancelled, but it times out': async (scene) => {
    await scheduled(scene, { startToCloseTimeout: seconds(2), retryPolicy: QUICK });
    await scene.signal('w', 'cancel');
    await scene.answer('w', [cancelActivity(5)]);
    await heard(scene);
  },

  'cancelled between two attempts': async (scene) => {
    const retryPolicy = { initialInterval: seconds(60), maximumInterval: seconds(60) };
    await scene.failActivity(await scheduled(scene, { retryPolicy }), failure('one'));
    await scene.signal('w', 'cancel');
    await scene.answer('w', [cancelActivity(5)]);
    await heard(scene);
  },

  'cancelled in the task that schedules it': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [scheduleActivity(scene.id('w'), 'a'), cancelActivity(5)]);
    await heard(scene);
  },

  'cancelled twice, and once more when it is over': async (scene) => {
    const task = await scheduled(scene);
    await scene.signal('w', 'cancel');
    await scene.answer('w', [cancelActivity(5)]);
    await scene.signal('w', 'cancel');
    await scene.tryToComplete(await scene.task('w'), [cancelActivity(5)]);
    await scene.completeActivity(task, 'out');
    await scene.tryToComplete(await scene.task('w'), [cancelActivity(5)]);
    await scene.history('w');
  },

  'completed from outside': async (scene) => {
    const byId = { workflowId: scene.id('w'), activityId: 'a' };
    await scheduled(scene, { heartbeatTimeout: seconds(30) });
    await scene.attempt('RecordActivityTaskHeartbeatById', { ...byId, details: payloads('progress') });
    await scene.attempt('RespondActivityTaskCompletedById', { ...byId, result: payloads('out') });
    await heard(scene);
    await scene.attempt('RespondActivityTaskCompletedById', byId);
  },

  'failed and cancelled from outside': async (scene) => {
    const byId = { workflowId: scene.id('w'), activityId: 'a' };
    await scheduled(scene, { retryPolicy: { ...QUICK, maximumAttempts: 2 } });
    await scene.attempt('RespondActivityTaskFailedById', { ...byId, failure: failure('one') });
    await scene.activity('w');
    await scene.attempt('RespondActivityTaskCanceledById', byId);
    await scene.signal('w', 'cancel');
    await scene.answer('w', [cancelActivity(5)]);
    await scene.attempt('RespondActivityTaskCanceledById', { ...byId, details: payloads('cancelled') });
    await heard(scene);
  },

  'reports by id that fit nothing': async (scene) => {
    await schedule(scene);
    for (const ids of [
      { workflowId: scene.id('w'), activityId: 'b' },
      { workflowId: scene.id('nobody'), activityId: 'a' },
      { workflowId: scene.id('w'), activityId: '' },
      { workflowId: '', activityId: 'a' },
      { workflowId: scene.id('w'), runId: 'no-uuid', activityId: 'a' },
      { workflowId: scene.id('w'), activityId: 'a' },
    ]) {
      await scene.attempt('RecordActivityTaskHeartbeatById', ids);
      await scene.attempt('RespondActivityTaskFailedById', { ...ids, failure: failure('no') });
      await scene.attempt('RespondActivityTaskCanceledById', ids);
    }
    await scene.attempt('RespondActivityTaskCompletedById', {
      workflowId: scene.id('w'),
      activityId: 'a',
      result: payloads('not started'),
    });
    await heard(scene);
  },

  'reports that the server does not take': async (scene) => {
    const task = await scheduled(scene, { retryPolicy: { initialInterval: seconds(60) } });
    await scene.attempt('RespondActivityTaskCanceled', { taskToken: task.taskToken });
    await scene.failActivity(task, { message: 'no application failure', timeoutFailureInfo: {} });
    await scene.attempt('RespondActivityTaskFailed', { taskToken: task.taskToken });
    await scene.attempt('RespondActivityTaskCompleted', { taskToken: Buffer.alloc(0) });
    await scene.attempt('RespondActivityTaskCompleted', { taskToken: Buffer.from('garbage') });
    await scene.history('w');
    await scene.describe('w');
  },

  'reports to a workflow that is closed': async (scene) => {
    const task = await scheduled(scene, { heartbeatTimeout: seconds(30) });
    await scene.terminate('w');
    await heartbeat(scene, task, 'progress');
    await scene.completeActivity(task, 'late');
    await scene.failActivity(task, failure('late'));
    await scene.attempt('RespondActivityTaskCanceled', { taskToken: task.taskToken });
    await scene.describe('w');
  },

  'too much': async (scene) => {
    for (const [name, report] of Object.entries({
      result: async (taskToken: unknown) =>
        scene.attempt('RespondActivityTaskCompleted', { taskToken, result: big(2 * 1024 * 1024 + 1) }),
      failure: async (taskToken: unknown) =>
        scene.attempt('RespondActivityTaskFailed', {
          taskToken,
          failure: failure('big', { details: big(2 * 1024 * 1024 + 1), nonRetryable: true }),
        }),
      'last heartbeat': async (taskToken: unknown) =>
        scene.attempt('RespondActivityTaskFailed', {
          taskToken,
          failure: failure('small', { nonRetryable: true }),
          lastHeartbeatDetails: big(2 * 1024 * 1024 + 1),
        }),
      heartbeat: async (taskToken: unknown) =>
        scene.attempt('RecordActivityTaskHeartbeat', { taskToken, details: big(2 * 1024 * 1024 + 1) }),
      cancellation: async (taskToken: unknown) =>
        scene.attempt('RespondActivityTaskCanceled', { taskToken, details: big(2 * 1024 * 1024 + 1) }),
    })) {
      await scene.start(name);
      await scene.answer(name, [scheduleActivity(scene.id('w'), 'a', { taskQueue: { name: scene.id(name) } })]);
      const { taskToken } = await scene.activity(name);
      await report(taskToken);
      await scene.history(name);
    }
  },

  'a long failure is cut while it is retried': async (scene) => {
    const task = await scheduled(scene, { retryPolicy: { ...QUICK, initialInterval: ms(1500) } });
    await scene.failActivity(task, { ...failure('m'.repeat(6000)), stackTrace: 's'.repeat(3000) });
    await scene.describe('w');
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'the run timeout cuts its timeouts': async (scene) => {
    await scene.start('w', { workflowRunTimeout: seconds(20) });
    await scene.answer('w', [
      scheduleActivity(scene.id('w'), 'long', { startToCloseTimeout: seconds(60), heartbeatTimeout: seconds(90) }),
      scheduleActivity(scene.id('w'), 'to-close', {
        startToCloseTimeout: undefined,
        scheduleToCloseTimeout: seconds(60),
      }),
      scheduleActivity(scene.id('w'), 'filled', {
        startToCloseTimeout: seconds(5),
        scheduleToStartTimeout: seconds(50),
        scheduleToCloseTimeout: seconds(10),
      }),
    ]);
    await scene.history('w');
  },

  'on another queue, of another workflow task': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [
      scheduleActivity(scene.id('w'), 'a', { taskQueue: { name: scene.id('other') } }),
      startTimer('t', 60_000),
    ]);
    await scene.completeActivity(await scene.activity('other'), 'out');
    await scene.answer('w', [completeWorkflow()]);
    await scene.history('w');
  },
});
