import { cancelActivity, completeWorkflow, scheduleActivity, startTimer } from '../commands.ts';
import { programs } from '../program.ts';
import type { ActivityTask, ReplyOf, Scene } from '../scene.ts';
import { failure, ms, payloads, seconds } from '../values.ts';

const QUICK = { initialInterval: ms(100), backoffCoefficient: 1 };
const SLOW = { initialInterval: seconds(60), maximumInterval: seconds(240) };

type Intervention = 'PauseActivity' | 'UnpauseActivity' | 'ResetActivity' | 'UpdateActivityOptions';

/** Starts a workflow that schedules one activity, `a`. */
async function schedule(scene: Scene, attributes: object = {}): Promise<void> {
  await scene.start('w');
  await scene.answer('w', [scheduleActivity(scene.id('w'), 'a', attributes)]);
}

async function scheduled(scene: Scene, attributes: object = {}): Promise<ActivityTask> {
  await schedule(scene, attributes);
  return await scene.activity('w');
}

/** Intervenes with activity `a`, unless the request names another. */
async function intervene(scene: Scene, rpc: Intervention, more: object = {}): Promise<void> {
  const target = 'type' in more || 'matchAll' in more || 'unpauseAll' in more ? {} : { id: 'a' };
  await scene.attempt(rpc, { execution: scene.execution('w'), ...target, ...more });
}

async function update(scene: Scene, activityOptions: object, ...paths: readonly string[]): Promise<void> {
  await intervene(scene, 'UpdateActivityOptions', { activityOptions, updateMask: { paths } });
}

async function heartbeat(scene: Scene, task: ActivityTask, ...details: readonly unknown[]): Promise<void> {
  await scene.attempt('RecordActivityTaskHeartbeat', { taskToken: task.taskToken, details: payloads(...details) });
}

async function heard(scene: Scene): Promise<void> {
  await scene.task('w');
  await scene.history('w');
}

/** Waits until no attempt runs. */
async function untilNoneRuns(scene: Scene): Promise<void> {
  type Description = ReplyOf<'DescribeWorkflowExecution'>;
  await scene.untilDescribed('w', ({ pendingActivities }: Description) =>
    pendingActivities.every(({ lastStartedTime }) => !lastStartedTime),
  );
}

export const activityInterventions = programs('activity-interventions', {
  'what they must not be': async (scene) => {
    await scene.start('w');
    const execution = scene.execution('w');
    for (const rpc of ['PauseActivity', 'UnpauseActivity', 'ResetActivity', 'UpdateActivityOptions'] as const) {
      await scene.attempt(rpc, {});
      await scene.attempt(rpc, { execution, id: undefined });
      await scene.attempt(rpc, { execution: scene.execution('nobody'), id: 'a' });
      await scene.attempt(rpc, { execution: { workflowId: scene.id('w'), runId: 'none' }, id: 'a' });
      await scene.attempt(rpc, { execution, id: '' });
      await scene.attempt(rpc, { execution, id: 'a' });
      await scene.attempt(rpc, { execution, type: 'act' });
    }
    await intervene(scene, 'UnpauseActivity', { unpauseAll: true });
    await intervene(scene, 'ResetActivity', { matchAll: true });
    await intervene(scene, 'UpdateActivityOptions', { matchAll: true });
  },

  'what options must not be': async (scene) => {
    await schedule(scene);
    const mask = (...paths: readonly string[]) => ({ updateMask: { paths } });
    const attempt = (more: object) => intervene(scene, 'UpdateActivityOptions', more);
    await attempt({});
    await attempt({ activityOptions: {} });
    await attempt({ ...mask('heartbeat_timeout') });
    await attempt({ activityOptions: {}, ...mask('heartbeat_timeout'), restoreOriginal: true });
    await attempt({ activityOptions: {}, ...mask(), restoreOriginal: true });
    await attempt({ activityOptions: { priority: { priorityKey: -1 } }, ...mask('priority') });
    await attempt({ activityOptions: { priority: { fairnessKey: 'x'.repeat(65) } }, ...mask('priority') });
    await attempt({ activityOptions: { priority: { fairnessWeight: -1 } }, ...mask('priority') });
    await attempt({ activityOptions: {}, ...mask('task_queue.name') });
    await attempt({ activityOptions: {}, ...mask('priority.priority_key') });
    await attempt({ activityOptions: {}, ...mask('priority.fairness_key') });
    await attempt({ activityOptions: {}, ...mask('priority.fairness_weight') });
    await attempt({ activityOptions: {}, ...mask('retry_policy.initial_interval') });
    await attempt({ activityOptions: {}, ...mask('retry_policy.maximum_attempts') });
    await attempt({ activityOptions: { taskQueue: { name: '' } }, ...mask('task_queue.name') });
    await attempt({ activityOptions: { taskQueue: { name: '/_sys/x' } }, ...mask('task_queue.name') });
    await attempt({ activityOptions: { heartbeatTimeout: seconds(-1) }, ...mask('heartbeat_timeout') });
    await attempt({ activityOptions: {}, ...mask('start_to_close_timeout', 'schedule_to_close_timeout') });
    await attempt({ activityOptions: {}, ...mask('nothing', 'of.the.kind') });
    await scene.describe('w');
  },

  'paused before it is started': async (scene) => {
    await schedule(scene);
    await intervene(scene, 'PauseActivity', { identity: 'somebody', reason: 'a reason', requestId: 'one' });
    await scene.describe('w');
    await intervene(scene, 'PauseActivity', { identity: 'another', reason: 'no reason', requestId: 'two' });
    await scene.describe('w');
    await intervene(scene, 'UnpauseActivity');
    await scene.describe('w');
    await intervene(scene, 'UnpauseActivity');
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'paused while it runs': async (scene) => {
    const task = await scheduled(scene, { heartbeatTimeout: seconds(30), retryPolicy: QUICK });
    await heartbeat(scene, task, 'before');
    await intervene(scene, 'PauseActivity');
    await heartbeat(scene, task, 'after');
    await scene.attempt('RecordActivityTaskHeartbeatById', { workflowId: scene.id('w'), activityId: 'a' });
    await scene.describe('w');
    await scene.failActivity(task, failure('one'), { lastHeartbeatDetails: payloads('last') });
    await scene.describe('w');
    await intervene(scene, 'UnpauseActivity');
    const next = await scene.activity('w');
    await scene.describe('w');
    await heartbeat(scene, next, 'again');
    await scene.completeActivity(next, 'out');
    await heard(scene);
  },

  'paused and unpaused while it runs': async (scene) => {
    const task = await scheduled(scene, { heartbeatTimeout: seconds(30) });
    await intervene(scene, 'PauseActivity');
    await intervene(scene, 'UnpauseActivity');
    await heartbeat(scene, task, 'still');
    await scene.completeActivity(task, 'out');
    await heard(scene);
  },

  'completed while it is paused': async (scene) => {
    const task = await scheduled(scene);
    await intervene(scene, 'PauseActivity');
    await scene.completeActivity(task, 'out');
    await heard(scene);
    await scene.describe('w');
  },

  'a paused one does not time out': async (scene) => {
    const retryPolicy = { maximumAttempts: 1 };
    const task = await scheduled(scene, { startToCloseTimeout: seconds(1), retryPolicy });
    await intervene(scene, 'PauseActivity');
    await scene.start('timer');
    await scene.answer('timer', [startTimer('t', 2_000)]);
    await scene.task('timer');
    await scene.completeActivity(task, 'late');
    await heard(scene);
  },

  'the last of its attempts fails while it is paused': async (scene) => {
    const task = await scheduled(scene, { retryPolicy: { ...QUICK, maximumAttempts: 1 } });
    await intervene(scene, 'PauseActivity');
    await scene.failActivity(task, failure('one'));
    await scene.describe('w');
    await intervene(scene, 'UnpauseActivity');
    await scene.failActivity(await scene.activity('w'), failure('two'));
    await heard(scene);
  },

  'a failure that is not retryable, while it is paused': async (scene) => {
    const task = await scheduled(scene);
    await intervene(scene, 'PauseActivity');
    await scene.failActivity(task, failure('one', { nonRetryable: true }));
    await heard(scene);
  },

  'paused between two attempts': async (scene) => {
    await scene.failActivity(await scheduled(scene, { retryPolicy: SLOW }), failure('one'));
    await intervene(scene, 'PauseActivity');
    await scene.describe('w');
    await intervene(scene, 'UnpauseActivity');
    const next = await scene.activity('w');
    await scene.describe('w');
    await scene.completeActivity(next, 'out');
    await heard(scene);
  },

  'unpaused with a new beginning': async (scene) => {
    const first = await scheduled(scene, { heartbeatTimeout: seconds(30), retryPolicy: QUICK });
    await heartbeat(scene, first, 'progress');
    await scene.failActivity(first, failure('one'));
    const second = await scene.activity('w');
    await intervene(scene, 'PauseActivity');
    await scene.failActivity(second, failure('two'));
    await intervene(scene, 'UnpauseActivity', { resetAttempts: true, resetHeartbeat: true });
    await scene.describe('w');
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'unpaused at some time': async (scene) => {
    await schedule(scene);
    await intervene(scene, 'PauseActivity');
    await intervene(scene, 'UnpauseActivity', { jitter: ms(500) });
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'cancelled while it is paused': async (scene) => {
    await schedule(scene);
    await intervene(scene, 'PauseActivity');
    await scene.signal('w', 'cancel');
    await scene.answer('w', [cancelActivity(5)]);
    await heard(scene);
  },

  'cancelled while it runs and is paused': async (scene) => {
    const task = await scheduled(scene, { heartbeatTimeout: seconds(30) });
    await intervene(scene, 'PauseActivity');
    await scene.signal('w', 'cancel');
    await scene.answer('w', [cancelActivity(5)]);
    await heartbeat(scene, task, 'still');
    await scene.describe('w');
    await scene.failActivity(task, failure('no'));
    await heard(scene);
  },

  'all of a type': async (scene) => {
    await scene.start('w');
    const queue = scene.id('w');
    const other = { activityType: { name: 'other' } };
    const commands = [scheduleActivity(queue, 'a'), scheduleActivity(queue, 'b'), scheduleActivity(queue, 'c', other)];
    await scene.answer('w', commands);
    await intervene(scene, 'PauseActivity', { type: 'act' });
    await scene.describe('w');
    await intervene(scene, 'PauseActivity', { type: 'other' });
    await intervene(scene, 'UnpauseActivity', { type: 'act' });
    await scene.describe('w');
    await intervene(scene, 'UpdateActivityOptions', {
      type: 'act',
      activityOptions: { heartbeatTimeout: seconds(7) },
      updateMask: { paths: ['heartbeat_timeout'] },
    });
    await intervene(scene, 'ResetActivity', { type: 'other' });
    await scene.describe('w');
    await intervene(scene, 'PauseActivity', { type: 'nothing' });
  },

  'reset while it backs off': async (scene) => {
    const task = await scheduled(scene, { heartbeatTimeout: seconds(30), retryPolicy: SLOW });
    await heartbeat(scene, task, 'progress');
    await scene.failActivity(task, failure('one'));
    await intervene(scene, 'ResetActivity');
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'reset with its heartbeats while it backs off': async (scene) => {
    const task = await scheduled(scene, { heartbeatTimeout: seconds(30), retryPolicy: SLOW });
    await heartbeat(scene, task, 'progress');
    await scene.failActivity(task, failure('one'));
    await intervene(scene, 'ResetActivity', { resetHeartbeat: true, jitter: ms(100) });
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'reset in its first attempt': async (scene) => {
    const task = await scheduled(scene, { heartbeatTimeout: seconds(30), retryPolicy: QUICK });
    await heartbeat(scene, task, 'progress');
    await intervene(scene, 'ResetActivity', { resetHeartbeat: true });
    await heartbeat(scene, task, 'more progress');
    await scene.describe('w');
    await scene.failActivity(task, failure('one'));
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'reset in a later attempt': async (scene) => {
    const attributes = { startToCloseTimeout: seconds(2), heartbeatTimeout: seconds(2), retryPolicy: QUICK };
    await scene.failActivity(await scheduled(scene, attributes), failure('one'));
    const second = await scene.activity('w');
    await intervene(scene, 'ResetActivity');
    await scene.describe('w');
    await heartbeat(scene, second, 'still');
    await scene.completeActivity(second, 'out');
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'reset while it is paused': async (scene) => {
    const task = await scheduled(scene, { heartbeatTimeout: seconds(30), retryPolicy: QUICK });
    await heartbeat(scene, task, 'progress');
    await intervene(scene, 'PauseActivity');
    await scene.failActivity(task, failure('one'));
    await intervene(scene, 'ResetActivity', { keepPaused: true, resetHeartbeat: true });
    await scene.describe('w');
    await intervene(scene, 'ResetActivity');
    await scene.describe('w');
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'reset while it runs and is paused': async (scene) => {
    const task = await scheduled(scene, { heartbeatTimeout: seconds(30) });
    await intervene(scene, 'PauseActivity');
    await intervene(scene, 'ResetActivity');
    await heartbeat(scene, task, 'still');
    await scene.describe('w');
    await intervene(scene, 'UnpauseActivity');
    await scene.completeActivity(task, 'out');
    await heard(scene);
  },

  'other options before it is started': async (scene) => {
    await schedule(scene);
    const activityOptions = {
      taskQueue: { name: scene.id('elsewhere') },
      scheduleToCloseTimeout: seconds(100),
      scheduleToStartTimeout: seconds(200),
      startToCloseTimeout: seconds(50),
      heartbeatTimeout: seconds(60),
      retryPolicy: { initialInterval: seconds(2), maximumAttempts: 7 },
      priority: { priorityKey: 2 },
    };
    await update(
      scene,
      activityOptions,
      'task_queue.name',
      'schedule_to_close_timeout',
      'schedule_to_start_timeout',
      'start_to_close_timeout',
      'heartbeat_timeout',
      'retry_policy.initial_interval',
      'retry_policy.maximum_attempts',
      'priority.priority_key',
    );
    await scene.describe('w');
    await scene.completeActivity(await scene.activity('elsewhere'), 'out');
    await heard(scene);
  },

  'other options, and the first ones again': async (scene) => {
    await schedule(scene, { priority: { priorityKey: 1, fairnessKey: 'key' } });
    const activityOptions = { taskQueue: { name: scene.id('elsewhere') }, priority: { fairnessWeight: 2 } };
    await update(scene, activityOptions, 'taskQueue.name', 'priority');
    await scene.describe('w');
    await intervene(scene, 'UpdateActivityOptions', { restoreOriginal: true });
    await scene.describe('w');
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'other options while it runs': async (scene) => {
    const task = await scheduled(scene, { startToCloseTimeout: seconds(20), retryPolicy: QUICK });
    await update(scene, { startToCloseTimeout: seconds(1) }, 'start_to_close_timeout');
    await scene.describe('w');
    await untilNoneRuns(scene);
    await scene.completeActivity(task, 'late');
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'a shorter interval while it backs off': async (scene) => {
    await scene.failActivity(await scheduled(scene, { retryPolicy: SLOW }), failure('one'));
    await update(scene, { retryPolicy: { initialInterval: ms(400) } }, 'retry_policy.initial_interval');
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'a longer interval while it backs off': async (scene) => {
    await scene.failActivity(await scheduled(scene, { retryPolicy: SLOW }), failure('one'));
    await update(scene, { retryPolicy: { initialInterval: seconds(90) } }, 'retry_policy.initial_interval');
    await scene.describe('w');
  },

  'other options while it is paused': async (scene) => {
    const task = await scheduled(scene, { retryPolicy: SLOW });
    await intervene(scene, 'PauseActivity');
    await scene.failActivity(task, failure('one'));
    await update(scene, { taskQueue: { name: scene.id('elsewhere') } }, 'task_queue.name');
    await scene.describe('w');
    await intervene(scene, 'ResetActivity', { restoreOriginalOptions: true });
    await scene.describe('w');
    await scene.completeActivity(await scene.activity('w'), 'out');
    await heard(scene);
  },

  'more time as a whole': async (scene) => {
    const task = await scheduled(scene, { scheduleToCloseTimeout: seconds(8), retryPolicy: SLOW });
    await update(scene, { scheduleToCloseTimeout: seconds(800) }, 'schedule_to_close_timeout');
    await scene.failActivity(task, failure('one'));
    await scene.describe('w');
  },

  'of a closed run': async (scene) => {
    await schedule(scene);
    await scene.signal('w', 'end');
    await scene.answer('w', [completeWorkflow()]);
    const options = { activityOptions: {}, updateMask: { paths: [] } };
    for (const rpc of ['PauseActivity', 'UnpauseActivity', 'ResetActivity', 'UpdateActivityOptions'] as const) {
      await intervene(scene, rpc, options);
      await intervene(scene, rpc, { type: 'act', ...options });
    }
    await intervene(scene, 'UpdateActivityOptions', { restoreOriginal: true });
    await scene.describe('w');
  },
});
