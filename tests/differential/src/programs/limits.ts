import {
  cancelExternal,
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  modifyProperties,
  recordMarker,
  scheduleActivity,
  signalExternal,
  startChild,
  upsertSearchAttributes,
} from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';
import { big, failure, fields } from '../values.ts';

const TOO_BIG = big(2 * 1024 * 1024 + 1);
const [TOO_BIG_PAYLOAD] = TOO_BIG.payloads;

/** Answers the first task of a workflow of its own with the command, and notes how the workflow ends. */
async function tooBig(scene: Scene, name: string, command: object): Promise<void> {
  await scene.start(name);
  await scene.tryToComplete(await scene.task(name), [command]);
  await scene.history(name);
}

export const limits = programs('limits', {
  'payloads that are too big in commands': async (scene) => {
    await tooBig(scene, 'activity', scheduleActivity('any', 'a', { input: TOO_BIG }));
    await tooBig(scene, 'completion', completeWorkflowWith(TOO_BIG));
    await tooBig(scene, 'cancellation', {
      ...cancelWorkflow(),
      cancelWorkflowExecutionCommandAttributes: { details: TOO_BIG },
    });
    await tooBig(scene, 'marker', recordMarker('m', { details: { data: TOO_BIG } }));
    await tooBig(scene, 'child', startChild('c', { input: TOO_BIG }));
    await tooBig(scene, 'signal', signalExternal('x', { input: TOO_BIG }));
    await tooBig(scene, 'continue-as-new', continueAsNew({ input: TOO_BIG }));
    await tooBig(scene, 'failure', {
      commandType: 'COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION',
      failWorkflowExecutionCommandAttributes: { failure: failure('big', { details: TOO_BIG }) },
    });
  },

  'a workflow task that fails with too much': async (scene) => {
    await scene.start('w');
    const { taskToken } = await scene.task('w');
    const cause = failure('the cause', { details: TOO_BIG });
    await scene.call('RespondWorkflowTaskFailed', { taskToken, failure: { ...failure('too much'), cause } });
    await scene.history('w');
  },

  'too many activities': async (scene) => {
    await scene.start('w');
    const many = Array.from({ length: 13 }, (_, index) => scheduleActivity('any', `a${String(index)}`));
    await scene.tryToComplete(await scene.task('w'), many);
    await scene.history('w');
  },

  'too many signals and cancel requests to others': async (scene) => {
    await scene.start('signals');
    const signals = Array.from({ length: 13 }, (_, index) => signalExternal(scene.id(`s${String(index)}`)));
    await scene.tryToComplete(await scene.task('signals'), signals);
    await scene.history('signals');
    await scene.start('cancels');
    const cancels = Array.from({ length: 13 }, (_, index) => cancelExternal(scene.id(`c${String(index)}`)));
    await scene.tryToComplete(await scene.task('cancels'), cancels);
    await scene.history('cancels');
  },

  'search attributes and memos that are too big': async (scene) => {
    await tooBig(scene, 'value', upsertSearchAttributes(fields({ Color: 'x'.repeat(2049) })));
    await tooBig(
      scene,
      'child',
      startChild('c', { searchAttributes: { indexedFields: fields({ Note: 'x'.repeat(2049) }) } }),
    );
    await tooBig(
      scene,
      'next',
      continueAsNew({ searchAttributes: { indexedFields: fields({ Note: 'x'.repeat(2049) }) } }),
    );
    const memo = { fields: { note: TOO_BIG_PAYLOAD } };
    await tooBig(scene, 'memo', modifyProperties({ upsertedMemo: memo }));
    await tooBig(scene, 'memo of a child', startChild('c', { memo }));
    await tooBig(scene, 'memo of the next', continueAsNew({ memo }));
  },

  'too many children': async (scene) => {
    await scene.start('w');
    const many = Array.from({ length: 13 }, (_, index) => startChild(scene.id(`c${String(index)}`)));
    await scene.tryToComplete(await scene.task('w'), many);
    await scene.history('w');
  },
});

function completeWorkflowWith(result: object): object {
  return { ...completeWorkflow(), completeWorkflowExecutionCommandAttributes: { result } };
}
