import { completeWorkflow, continueAsNew } from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';

async function build(scene: Scene, buildId: string, commands: readonly object[] = [], more: object = {}) {
  await scene.answer('w', commands, {
    workerVersionStamp: { buildId },
    forceCreateNewWorkflowTask: commands.length === 0,
    ...more,
  });
}

/** How runs are known by the builds of their workers, and by tasks that keep failing. */
export const builds = programs('builds', {
  'several workers of one run': async (scene) => {
    await scene.start('w');
    await build(scene, 'one');
    await build(scene, 'two');
    await scene.describe('w');
    await build(scene, 'one');
    await scene.answer('w', [], { forceCreateNewWorkflowTask: true });
    await scene.describe('w');
  },

  'checksums of binaries': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [], { binaryChecksum: 'a', forceCreateNewWorkflowTask: true });
    await build(scene, 'one', [], { binaryChecksum: 'b' });
    await scene.describe('w');
    await scene.history('w');
  },

  'a chain of runs': async (scene) => {
    const { runId } = await scene.start('w');
    await build(scene, 'one', [continueAsNew()]);
    await build(scene, 'two');
    await scene.describe('w');
    await scene.describe('w', runId);
    await scene.history('w');
  },

  'the deployment of workers that are not versioned': async (scene) => {
    await scene.start('w');
    const deploymentName = scene.id('deployment');
    const workerVersioningMode = 'WORKER_VERSIONING_MODE_UNVERSIONED';
    await scene.answer('w', [], {
      deploymentOptions: { deploymentName, buildId: 'one', workerVersioningMode },
      forceCreateNewWorkflowTask: true,
    });
    await scene.describe('w');
    await scene.answer('w', [], { forceCreateNewWorkflowTask: true });
    await scene.describe('w');
    await scene.answer('w', [completeWorkflow()], { deploymentOptions: { deploymentName } });
    await scene.describe('w');
    await scene.history('w');
  },

  'how a worker that is not versioned would bind its runs': async (scene) => {
    await scene.start('w');
    const { taskToken } = await scene.task('w');
    const versioningBehavior = 'VERSIONING_BEHAVIOR_AUTO_UPGRADE';
    await scene.attempt('RespondWorkflowTaskCompleted', { taskToken, versioningBehavior });
    const deploymentOptions = { deploymentName: 'd', workerVersioningMode: 'WORKER_VERSIONING_MODE_UNVERSIONED' };
    await scene.attempt('RespondWorkflowTaskCompleted', { taskToken, versioningBehavior, deploymentOptions });
    const workerTaskQueue = { name: scene.id('sticky'), kind: 'TASK_QUEUE_KIND_STICKY' };
    await scene.attempt('PollWorkflowTaskQueue', { taskQueue: workerTaskQueue, deploymentOptions });
    const stickyAttributes = { workerTaskQueue };
    await scene.attempt('RespondWorkflowTaskCompleted', { taskToken, deploymentOptions, stickyAttributes });
    await scene.history('w');
  },

  'tasks that fail again and again': async (scene) => {
    await scene.start('w');
    const cause = 'WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR';
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const { taskToken } = await scene.quietly('PollWorkflowTaskQueue', { taskQueue: { name: scene.id('w') } });
      await scene.quietly('RespondWorkflowTaskFailed', { taskToken, cause });
      if (attempt >= 4) await scene.describe('w');
    }
    await scene.answer('w', [], { forceCreateNewWorkflowTask: true });
    await scene.describe('w');
  },
});
