import {
  cancelWorkflow,
  completeWorkflow,
  continueAsNew,
  recordMarker,
  scheduleActivity,
  signalExternal,
  startChild,
} from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';
import { big, failure } from '../values.ts';

const TOO_BIG = big(2 * 1024 * 1024 + 1);

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

  'too many activities': async (scene) => {
    await scene.start('w');
    const many = Array.from({ length: 13 }, (_, index) => scheduleActivity('any', `a${String(index)}`));
    await scene.tryToComplete(await scene.task('w'), many);
    await scene.history('w');
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
