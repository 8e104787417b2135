import {
  cancelActivity,
  cancelExternal,
  cancelTimer,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  modifyProperties,
  protocolMessage,
  recordMarker,
  scheduleActivity,
  signalExternal,
  startChild,
  startTimer,
  upsertSearchAttributes,
} from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';
import { fields, ms, seconds } from '../values.ts';

const TOO_LONG = 'x'.repeat(1001);

/** Sends each list of commands with the first task of a workflow of its own, and notes what became of the task. */
async function failEach(scene: Scene, cases: Readonly<Record<string, readonly object[]>>): Promise<void> {
  for (const [name, commands] of Object.entries(cases)) {
    await scene.start(name);
    const task = await scene.task(name);
    await scene.tryToComplete(task, commands);
    await scene.history(name);
  }
}

/** A command with nothing but its type. */
function bare(type: string): object {
  return { commandType: `COMMAND_TYPE_${type}` };
}

export const failedTasks = programs('failed-tasks', {
  // A child without attributes is left out: it makes Temporal's server panic.
  'commands without attributes': async (scene) => {
    const types = [
      'SCHEDULE_ACTIVITY_TASK',
      'REQUEST_CANCEL_ACTIVITY_TASK',
      'START_TIMER',
      'CANCEL_TIMER',
      'COMPLETE_WORKFLOW_EXECUTION',
      'FAIL_WORKFLOW_EXECUTION',
      'CANCEL_WORKFLOW_EXECUTION',
      'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION',
      'RECORD_MARKER',
      'CONTINUE_AS_NEW_WORKFLOW_EXECUTION',
      'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION',
      'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
      'MODIFY_WORKFLOW_PROPERTIES',
      'PROTOCOL_MESSAGE',
    ];
    await failEach(scene, Object.fromEntries(types.map((type) => [type, [bare(type)]])));
  },

  'bad timers and markers': async (scene) => {
    await failEach(scene, {
      'no timer id': [startTimer('', 1000)],
      'long timer id': [startTimer(TOO_LONG, 1000)],
      'negative timer': [startTimer('t', -1000)],
      'twice the same timer': [startTimer('t', 60_000), startTimer('t', 60_000)],
      'cancel a timer that is not there': [cancelTimer('t')],
      'cancel a timer without id': [cancelTimer('')],
      'no marker name': [recordMarker('')],
      'long marker name': [recordMarker(TOO_LONG)],
    });
  },

  'bad activities': async (scene) => {
    await failEach(scene, {
      'no queue': [scheduleActivity('', 'a')],
      'no id': [scheduleActivity('any', '')],
      'long id': [scheduleActivity('any', TOO_LONG)],
      'no type': [scheduleActivity('any', 'a', { activityType: undefined })],
      'long type': [scheduleActivity('any', 'a', { activityType: { name: TOO_LONG } })],
      'no timeout': [scheduleActivity('any', 'a', { startToCloseTimeout: undefined })],
      'negative timeout': [scheduleActivity('any', 'a', { scheduleToStartTimeout: seconds(-1) })],
      'bad policy': [scheduleActivity('any', 'a', { retryPolicy: { backoffCoefficient: 0.1 } })],
      'long queue': [scheduleActivity('any', 'a', { taskQueue: { name: TOO_LONG } })],
      'twice the same id': [scheduleActivity('any', 'a'), scheduleActivity('any', 'a')],
      'cancel one that is not there': [cancelActivity(77)],
      'bad priority': [scheduleActivity('any', 'a', { priority: { priorityKey: -1 } })],
    });
  },

  'bad children': async (scene) => {
    await failEach(scene, {
      'no id': [startChild('')],
      'long id': [startChild(TOO_LONG)],
      'no type': [startChild('c', { workflowType: undefined })],
      'unknown namespace': [startChild('c', { namespace: 'nowhere' })],
      'negative run timeout': [startChild('c', { workflowRunTimeout: seconds(-1) })],
      'negative task timeout': [startChild('c', { workflowTaskTimeout: seconds(-1) })],
      'bad cron': [startChild('c', { cronSchedule: 'at noon' })],
      'bad policy': [startChild('c', { retryPolicy: { maximumAttempts: -1 } })],
      'unknown search attribute': [startChild('c', { searchAttributes: { indexedFields: fields({ Unknown: 1 }) } })],
      'system search attribute': [startChild('c', { searchAttributes: { indexedFields: fields({ RunId: 'r' }) } })],
    });
  },

  'bad children, by their lengths and timeouts': async (scene) => {
    await failEach(scene, {
      'long type': [startChild('c', { workflowType: { name: TOO_LONG } })],
      'long queue': [startChild('c', { taskQueue: { name: TOO_LONG } })],
      'other namespace': [startChild('c', { namespace: 'temporal-system' })],
      'negative execution timeout': [startChild('c', { workflowExecutionTimeout: seconds(-1) })],
      'bad priority': [startChild('c', { priority: { priorityKey: -1 } })],
      'bad interval': [startChild('c', { retryPolicy: { initialInterval: seconds(-1) } })],
      'small coefficient': [startChild('c', { retryPolicy: { backoffCoefficient: 0.5 } })],
      'small maximum': [startChild('c', { retryPolicy: { initialInterval: seconds(2), maximumInterval: seconds(1) } })],
      'bad timeout type': [startChild('c', { retryPolicy: { nonRetryableErrorTypes: ['TemporalTimeout:never'] } })],
    });
  },

  'bad signals and cancel requests, by their lengths': async (scene) => {
    await failEach(scene, {
      'signal to a long id': [signalExternal(TOO_LONG)],
      'long signal': [signalExternal('x', { signalName: TOO_LONG })],
      'signal to another namespace': [signalExternal('x', { namespace: 'temporal-system' })],
      'cancel a long id': [cancelExternal(TOO_LONG)],
      'cancel in another namespace': [cancelExternal('x', { namespace: 'temporal-system' })],
    });
  },

  'bad ends, by their lengths and timeouts': async (scene) => {
    await failEach(scene, {
      'long type': [continueAsNew({ workflowType: { name: TOO_LONG } })],
      'negative task timeout': [continueAsNew({ workflowTaskTimeout: seconds(-1) })],
      'bad interval': [continueAsNew({ retryPolicy: { initialInterval: seconds(-1) } })],
      'long failure': [failWorkflow('x'.repeat(3000))],
    });
  },

  'bad activities, by their timeouts and policies': async (scene) => {
    await failEach(scene, {
      'negative schedule to close': [scheduleActivity('any', 'a', { scheduleToCloseTimeout: seconds(-1) })],
      'negative start to close': [scheduleActivity('any', 'a', { startToCloseTimeout: seconds(-1) })],
      'negative heartbeat': [scheduleActivity('any', 'a', { heartbeatTimeout: seconds(-1) })],
      'mixed signs': [scheduleActivity('any', 'a', { startToCloseTimeout: { seconds: 1, nanos: -1 } })],
      'bad interval': [scheduleActivity('any', 'a', { retryPolicy: { initialInterval: seconds(-1) } })],
      'bad attempts': [scheduleActivity('any', 'a', { retryPolicy: { maximumAttempts: -1 } })],
      'long fairness key': [scheduleActivity('any', 'a', { priority: { fairnessKey: 'x'.repeat(65) } })],
      'negative weight': [scheduleActivity('any', 'a', { priority: { fairnessWeight: -1 } })],
      'cancel without an id': [cancelActivity(0)],
    });
  },

  'bad signals and cancel requests to others': async (scene) => {
    await failEach(scene, {
      'signal without id': [signalExternal('')],
      'signal without name': [signalExternal('x', { signalName: '' })],
      'signal with a bad run id': [signalExternal('', { execution: { workflowId: 'x', runId: 'no-uuid' } })],
      'cancel without id': [cancelExternal('')],
      'cancel with a bad run id': [cancelExternal('x', { runId: 'no-uuid' })],
      'cancel a child that is being started': [startChild('c'), cancelExternal('c', { childWorkflowOnly: true })],
    });
  },

  'bad ends': async (scene) => {
    await failEach(scene, {
      'no failure': [{ ...bare('FAIL_WORKFLOW_EXECUTION'), failWorkflowExecutionCommandAttributes: {} }],
      'negative run timeout': [continueAsNew({ workflowRunTimeout: seconds(-1) })],
      'negative backoff': [continueAsNew({ backoffStartInterval: seconds(-1) })],
      'long queue': [continueAsNew({ taskQueue: { name: TOO_LONG } })],
      'bad policy': [continueAsNew({ retryPolicy: { maximumAttempts: -1 } })],
      'bad cron': [continueAsNew({ cronSchedule: 'at noon' })],
      'unknown search attribute': [continueAsNew({ searchAttributes: { indexedFields: fields({ Unknown: 1 }) } })],
      'system search attribute': [continueAsNew({ searchAttributes: { indexedFields: fields({ RunId: 'r' }) } })],
    });
  },

  'bad properties': async (scene) => {
    await failEach(scene, {
      'unknown search attribute': [upsertSearchAttributes(fields({ Unknown: 1 }))],
      'system search attribute': [upsertSearchAttributes(fields({ StartTime: '2020-01-01T00:00:00Z' }))],
      'wrong type': [upsertSearchAttributes(fields({ Count: 'many' }))],
      'no search attributes': [upsertSearchAttributes({})],
      'no properties': [modifyProperties({})],
      'no memo': [modifyProperties({ upsertedMemo: {} })],
      'message that is not there': [protocolMessage('nobody')],
      'no message id': [protocolMessage('')],
    });
  },

  'messages that are no messages': async (scene) => {
    const bodies = {
      'another protocol': { type_url: 'type.googleapis.com/other.v1.Thing' },
      'another message': { type_url: 'type.googleapis.com/temporal.api.update.v1.Nothing' },
      'no type': { type_url: '' },
      'no body': undefined,
    };
    for (const [name, body] of Object.entries(bodies)) {
      await scene.start(name);
      const messages = [{ id: 'm', protocolInstanceId: 'u', body }];
      await scene.tryToComplete(await scene.task(name), [protocolMessage('m')], { messages });
      await scene.history(name);
    }
  },

  'commands that are no commands': async (scene) => {
    await scene.start('w');
    const task = await scene.task('w');
    await scene.tryToComplete(task, [{ commandType: 0 }]);
    await scene.tryToComplete(task, [{ commandType: 999 }]);
    await scene.tryToComplete(task, [completeWorkflow(), startTimer('t', 1000)]);
    await scene.tryToComplete(task, [completeWorkflow(), completeWorkflow()]);
    await scene.history('w');
    await scene.complete(task, [completeWorkflow()]);
  },

  'the server says so once; the task is still there': async (scene) => {
    await scene.start('w');
    await scene.tryToComplete(await scene.task('w'), [startTimer('', 1000)]);
    const second = await scene.task('w');
    await scene.tryToComplete(second, [startTimer('', 1000)]);
    await scene.tryToComplete(second, [startTimer('t', 60_000)]);
    await scene.describe('w');
    await scene.history('w');
  },

  'the server says so once; then the task times out': async (scene) => {
    await scene.start('w', { workflowTaskTimeout: seconds(1) });
    await scene.tryToComplete(await scene.task('w'), [startTimer('', 1000)]);
    await scene.tryToComplete(await scene.task('w'), [startTimer('', 1000)]);
    await scene.complete(await scene.task('w'), [startTimer('t', 60_000)]);
    await scene.history('w');
  },

  'good commands before a bad one': async (scene) => {
    await scene.start('w');
    const task = await scene.task('w');
    await scene.tryToComplete(task, [
      startTimer('good', 60_000),
      scheduleActivity('any', 'good'),
      startTimer('', ms(1).seconds),
    ]);
    await scene.history('w');
    await scene.describe('w');
  },
});
