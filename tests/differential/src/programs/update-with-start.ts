import { completeWorkflow, startTimer } from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';
import { acceptance, rejection, response } from '../update-protocol.ts';
import { seconds } from '../values.ts';

const USE_EXISTING = { workflowIdConflictPolicy: 'WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING' };

function request(scene: Scene, start: object = {}, update: object = {}): object {
  return {
    operations: [
      { startWorkflow: { namespace: 'default', ...scene.startRequest('w', { ...USE_EXISTING, ...start }) } },
      { updateWorkflow: { namespace: 'default', ...scene.updateRequest('w', 'u', update) } },
    ],
  };
}

/** Takes the next task, and answers its update. */
async function take(
  scene: Scene,
  answers: 'accept' | 'reject' = 'accept',
  commands: readonly object[] = [],
): Promise<void> {
  const task = await scene.task('w');
  const [message] = task.messages;
  if (message === undefined) throw new Error('the task has no message');
  const messages = answers === 'accept' ? [acceptance(message), response(message)] : [rejection(message)];
  await scene.complete(task, commands, { messages });
}

export const updateWithStart = programs('update-with-start', {
  'begins a workflow': async (scene) => {
    const reply = scene.attempt('ExecuteMultiOperation', request(scene));
    await take(scene, 'accept', [startTimer('t', 60_000)]);
    await reply;
    await scene.history('w');
  },

  'asks the one that runs': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    const reply = scene.attempt('ExecuteMultiOperation', request(scene));
    await take(scene);
    await reply;
    await scene.attempt('ExecuteMultiOperation', request(scene));
    await scene.history('w');
  },

  'is rejected': async (scene) => {
    const reply = scene.attempt('ExecuteMultiOperation', request(scene));
    await take(scene, 'reject', [startTimer('t', 60_000)]);
    await reply;
    await scene.history('w');
  },

  'waits for acceptance only': async (scene) => {
    const waitPolicy = { lifecycleStage: 'UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED' };
    const reply = scene.attempt('ExecuteMultiOperation', request(scene, {}, { waitPolicy }));
    const task = await scene.task('w');
    const [message] = task.messages;
    if (message) await scene.complete(task, [], { messages: [acceptance(message)] });
    await reply;
    await scene.history('w');
  },

  'the id is in use': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    const workflowIdConflictPolicy = 'WORKFLOW_ID_CONFLICT_POLICY_FAIL';
    await scene.attempt('ExecuteMultiOperation', request(scene, { workflowIdConflictPolicy }));
  },

  'the id was used': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [completeWorkflow()]);
    const workflowIdReusePolicy = 'WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE';
    await scene.attempt('ExecuteMultiOperation', request(scene, { workflowIdReusePolicy }));
    const reply = scene.attempt('ExecuteMultiOperation', request(scene));
    await take(scene);
    await reply;
  },

  'the update is done in a closed workflow': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    const reply = scene.update('w', 'u');
    await take(scene, 'accept', [completeWorkflow()]);
    await reply;
    await scene.attempt('ExecuteMultiOperation', request(scene));
    await scene.describe('w');
  },

  'terminates the one that runs': async (scene) => {
    const first = await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    const workflowIdConflictPolicy = 'WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING';
    const reply = scene.attempt('ExecuteMultiOperation', request(scene, { workflowIdConflictPolicy }));
    await take(scene);
    await reply;
    await scene.history('w', first.runId);
    await scene.history('w');
  },

  'the workflow closes over it': async (scene) => {
    const reply = scene.attempt('ExecuteMultiOperation', request(scene));
    const task = await scene.task('w');
    await scene.complete(task, [completeWorkflow()]);
    await reply;
    await scene.history('w');
  },

  'what it must not be': async (scene) => {
    const { operations } = request(scene) as { operations: readonly [object, object] };
    const [start, update] = operations;
    for (const change of [
      { operations: [] },
      { operations: [start] },
      { operations: [update, start] },
      { operations: [start, start] },
      { operations: [start, update, update] },
      { operations: [{}, update] },
      { namespace: 'nowhere' },
    ]) {
      await scene.attempt('ExecuteMultiOperation', { operations, ...change });
    }
    const starts: readonly object[] = [
      { cronSchedule: '* * * * *' },
      { requestEagerExecution: true },
      { workflowStartDelay: seconds(1) },
      { workflowId: '' },
      { workflowType: undefined },
      { workflowId: 'another' },
    ];
    for (const change of starts) await scene.attempt('ExecuteMultiOperation', request(scene, change));
    const updates: readonly object[] = [
      { workflowExecution: scene.execution('w', '11111111-2222-3333-4444-555555555555') },
      { firstExecutionRunId: '11111111-2222-3333-4444-555555555555' },
      { workflowExecution: scene.execution('another') },
      { request: undefined },
      { request: { meta: { updateId: 'u' }, input: { name: '' } } },
      { waitPolicy: { lifecycleStage: 'UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED' } },
    ];
    for (const change of updates) await scene.attempt('ExecuteMultiOperation', request(scene, {}, change));
  },
});
