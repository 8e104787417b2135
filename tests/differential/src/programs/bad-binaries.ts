import { setTimeout as delay } from 'node:timers/promises';
import { completeWorkflow } from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';

const TRIES = 60;

/** Gives a binary up, and waits until all of the server knows of it. */
async function giveUp(scene: Scene, checksum: string): Promise<void> {
  // Alone, a change of bad binaries is forgotten by Temporal's server.
  const updateInfo = { data: { [checksum]: '' } };
  const binaries = { [checksum]: { reason: 'it loses orders', operator: 'somebody' } };
  await scene.quietly('UpdateNamespace', { updateInfo, config: { badBinaries: { binaries } } });
  await scene.quietly('StartWorkflowExecution', scene.startRequest('scratch'));
  const poll = { taskQueue: { name: scene.id('scratch') } };
  await untilRefused(() => scene.quietly('PollWorkflowTaskQueue', { ...poll, binaryChecksum: checksum }, 2_500));
  await untilRefused(async () => {
    const { taskToken } = await scene.quietly('PollWorkflowTaskQueue', poll);
    const completion = { taskToken, binaryChecksum: checksum, forceCreateNewWorkflowTask: true };
    await scene.quietly('RespondWorkflowTaskCompleted', completion);
  });
}

async function untilRefused(ask: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const refusal = await ask().then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    if (refusal?.message.includes('bad deployment') === true) return;
    await delay(100);
  }
  throw new Error('the binary is not given up');
}

export const badBinaries = programs('bad-binaries', {
  'a run goes back to before the binary': async (scene) => {
    const bad = scene.id('bad');
    const { runId } = await scene.start('w');
    await scene.answer('w', [], { binaryChecksum: scene.id('good'), forceCreateNewWorkflowTask: true });
    await scene.signal('w', 'one');
    await scene.answer('w', [], { binaryChecksum: bad, forceCreateNewWorkflowTask: true });
    await giveUp(scene, bad);
    await scene.attempt('PollWorkflowTaskQueue', { taskQueue: { name: scene.id('w') }, binaryChecksum: bad });
    await scene.signal('w', 'two');
    await scene.nextRun('w', runId);
    await scene.history('w', runId);
    await scene.answer('w', [completeWorkflow()], { binaryChecksum: scene.id('better') });
    await scene.history('w');
    await scene.describe('w');
    await scene.quietly('UpdateNamespace', { deleteBadBinary: bad });
  },

  'a task fails for the binary, once': async (scene) => {
    const bad = scene.id('bad');
    await giveUp(scene, bad);
    await scene.start('w');
    await scene.tryToComplete(await scene.task('w'), [completeWorkflow()], { binaryChecksum: bad });
    const second = await scene.task('w');
    await scene.tryToComplete(second, [completeWorkflow()], { binaryChecksum: bad });
    await scene.history('w');
    await scene.complete(second, [completeWorkflow()]);
    await scene.quietly('UpdateNamespace', { deleteBadBinary: bad });
  },
});
