import {
  cancelExternal,
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  startChild,
  startTimer,
} from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';
import { fields, ms, payloads, seconds } from '../values.ts';

/** Starts a parent with one child, whose tasks are on a queue of its own. */
async function family(scene: Scene, attributes: object = {}): Promise<void> {
  await scene.start('w');
  await scene.answer('w', [startChild(scene.id('child'), { taskQueue: { name: scene.id('child') }, ...attributes })]);
  await scene.answer('w', [startTimer('t', 60_000)]);
}

/** The child ends with `command`; the parent hears of it. */
async function childEnds(scene: Scene, command: object, attributes: object = {}): Promise<void> {
  await family(scene, attributes);
  await scene.answer('child', [command]);
  await scene.task('w');
  await scene.history('w');
  await scene.history('child');
}

/** The parent ends while the child runs. */
async function parentEnds(scene: Scene, parentClosePolicy: string, end: object = completeWorkflow()): Promise<void> {
  await scene.start('w');
  const attributes = {
    taskQueue: { name: scene.id('child') },
    parentClosePolicy: `PARENT_CLOSE_POLICY_${parentClosePolicy}`,
  };
  await scene.answer('w', [startChild(scene.id('child'), attributes)]);
  await scene.answer('w', [end]);
}

export const children = programs('children', {
  'everything that a child can be given': async (scene) => {
    await family(scene, {
      input: payloads('in'),
      workflowExecutionTimeout: seconds(80),
      workflowRunTimeout: seconds(70),
      workflowTaskTimeout: seconds(9),
      control: 'control',
      workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE',
      retryPolicy: { maximumAttempts: 2 },
      header: { fields: fields({ trace: 'a header' }) },
      memo: { fields: fields({ note: 'a memo' }) },
      searchAttributes: { indexedFields: fields({ Color: 'blue' }) },
      priority: { priorityKey: 5 },
    });
    await scene.task('child');
    await scene.history('w');
    await scene.history('child');
    await scene.describe('w');
    await scene.describe('child');
  },

  'it completes': async (scene) => childEnds(scene, completeWorkflow('out')),
  'it fails': async (scene) => childEnds(scene, failWorkflow('no')),
  'it is cancelled': async (scene) => childEnds(scene, cancelWorkflow('details')),

  'it times out': async (scene) => {
    await family(scene, { workflowRunTimeout: seconds(1) });
    await scene.task('w');
    await scene.history('w');
  },

  'it is terminated': async (scene) => {
    await family(scene);
    await scene.terminate('child', { reason: 'enough' });
    await scene.task('w');
    await scene.history('w');
  },

  'it continues as new': async (scene) => {
    await family(scene);
    const first = await scene.answer('child', [continueAsNew({ workflowType: { name: 'child' } })]);
    await scene.nextRun('child', first.workflowExecution?.runId ?? '');
    await scene.answer('child', [completeWorkflow('out')]);
    await scene.task('w');
    await scene.history('w');
    await scene.history('child');
  },

  'it is retried': async (scene) => {
    await family(scene, { retryPolicy: { initialInterval: ms(100), maximumAttempts: 2 } });
    const first = await scene.answer('child', [failWorkflow('one')]);
    await scene.nextRun('child', first.workflowExecution?.runId ?? '');
    await scene.answer('child', [failWorkflow('two')]);
    await scene.task('w');
    await scene.history('w');
  },

  'its id is taken': async (scene) => {
    await scene.start('child');
    await scene.start('w');
    await scene.answer('w', [startChild(scene.id('child'))]);
    await scene.task('w');
    await scene.history('w');
  },

  'its id was used': async (scene) => {
    await scene.start('child');
    await scene.answer('child', [completeWorkflow()]);
    await scene.start('w');
    await scene.answer('w', [
      startChild(scene.id('child'), { workflowIdReusePolicy: 'WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE' }),
    ]);
    await scene.task('w');
    await scene.history('w');
  },

  'its parent cancels it': async (scene) => {
    await family(scene);
    await scene.signal('w', 'cancel');
    await scene.answer('w', [cancelExternal(scene.id('child'), { childWorkflowOnly: true, reason: 'a reason' })]);
    await scene.until('child', 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED');
    await scene.answer('child', [cancelWorkflow()]);
    await scene.until('w', 'EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED');
    await scene.until('w', 'EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED');
    await scene.history('child');
  },

  'the parent ends, the child is terminated': async (scene) => {
    await parentEnds(scene, 'TERMINATE');
    await scene.until('child', 'EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED');
    await scene.history('child');
    await scene.history('w');
    await scene.describe('w');
  },

  'the parent ends, the child is asked to cancel': async (scene) => {
    await parentEnds(scene, 'REQUEST_CANCEL');
    await scene.until('child', 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED');
    await scene.history('child');
  },

  'the parent ends, the child goes on': async (scene) => {
    await parentEnds(scene, 'ABANDON');
    await scene.answer('child', [completeWorkflow('alone')]);
    await scene.history('child');
    await scene.history('w');
  },

  'the parent fails, the child is terminated': async (scene) => {
    await parentEnds(scene, 'UNSPECIFIED', failWorkflow('no'));
    await scene.until('child', 'EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED');
    await scene.history('child');
  },

  'the parent continues as new, the child is terminated': async (scene) => {
    await parentEnds(scene, 'TERMINATE', continueAsNew());
    await scene.until('child', 'EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED');
    await scene.history('child');
  },

  'the parent is terminated, the child is asked to cancel': async (scene) => {
    await scene.start('w');
    const attributes = {
      taskQueue: { name: scene.id('child') },
      parentClosePolicy: 'PARENT_CLOSE_POLICY_REQUEST_CANCEL',
    };
    await scene.answer('w', [startChild(scene.id('child'), attributes)]);
    await scene.until('child', 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED');
    await scene.terminate('w');
    await scene.until('child', 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED');
    await scene.history('child');
  },

  'a grandchild knows its root': async (scene) => {
    await family(scene);
    await scene.answer('child', [startChild(scene.id('grandchild'), { taskQueue: { name: scene.id('grandchild') } })]);
    await scene.task('grandchild');
    await scene.history('grandchild');
    await scene.describe('grandchild');
  },

  'on a schedule': async (scene) => {
    await family(scene, { cronSchedule: '@every 1s' });
    await scene.history('child');
    await scene.describe('child');
    const first = await scene.answer('child', [completeWorkflow('tick')]);
    await scene.nextRun('child', first.workflowExecution?.runId ?? '');
    await scene.terminate('child');
    await scene.task('w');
    await scene.history('w');
  },
});
