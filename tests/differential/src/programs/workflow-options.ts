import { startTimer } from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';

async function update(scene: Scene, name: string, options: object | undefined, paths?: readonly string[]) {
  await scene.attempt('UpdateWorkflowExecutionOptions', {
    workflowExecution: scene.execution(name),
    ...(options && { workflowExecutionOptions: options }),
    ...(paths && { updateMask: { paths } }),
    identity: 'operator',
  });
}

const VERSION = { deploymentName: 'deployment', buildId: 'build' };
const PINNED = { behavior: 'PINNED_OVERRIDE_BEHAVIOR_PINNED', version: VERSION };
const OVERRIDE = ['versioning_override'];

/** UpdateWorkflowExecutionOptions, and options with which workflows start. */
export const workflowOptions = programs('workflow-options', {
  'the priority, field by field': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    await update(scene, 'w', { priority: { priorityKey: 2 } }, ['priority']);
    await update(scene, 'w', { priority: { priorityKey: 4, fairnessKey: 'key' } }, ['priority.fairness_key']);
    await update(scene, 'w', { priority: { fairnessWeight: 2.5 } }, ['priority.fairness_weight']);
    await update(scene, 'w', { priority: { priorityKey: 3 } }, ['priority.priority_key']);
    await update(scene, 'w', { priority: { priorityKey: 3 } }, ['priority.priority_key']);
    await update(scene, 'w', { priority: { priorityKey: 1 } }, []);
    await scene.describe('w');
    await update(scene, 'w', {}, ['priority']);
    await scene.describe('w');
    await scene.history('w');
  },

  'an override that follows the versions': async (scene) => {
    await scene.start('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    await update(scene, 'w', { versioningOverride: { autoUpgrade: true } }, OVERRIDE);
    await scene.describe('w');
    await update(scene, 'w', { versioningOverride: { behavior: 'VERSIONING_BEHAVIOR_AUTO_UPGRADE' } }, OVERRIDE);
    await scene.describe('w');
    await update(scene, 'w', {}, OVERRIDE);
    await scene.describe('w');
    await update(scene, 'w', {}, OVERRIDE);
    await scene.history('w');
  },

  'while a task runs': async (scene) => {
    await scene.start('w');
    const task = await scene.task('w');
    await update(scene, 'w', { priority: { priorityKey: 2 } }, ['priority']);
    await scene.describe('w');
    await scene.complete(task, [startTimer('t', 60_000)]);
    await scene.history('w');
  },

  'what it must not be': async (scene) => {
    await scene.start('w');
    await update(scene, 'w', {});
    await update(scene, 'w', undefined, ['priority']);
    await update(scene, 'w', {}, ['nothing']);
    await update(scene, 'w', { priority: { priorityKey: -1 } }, ['priority']);
    await update(scene, 'w', { versioningOverride: {} }, OVERRIDE);
    await update(scene, 'w', { versioningOverride: { pinned: PINNED } }, OVERRIDE);
    await update(scene, 'w', { versioningOverride: { pinned: { version: VERSION } } }, OVERRIDE);
    await update(scene, 'w', { versioningOverride: { pinned: { behavior: PINNED.behavior } } }, OVERRIDE);
    await update(scene, 'w', { versioningOverride: { autoUpgrade: true } }, ['versioning_override.behavior']);
    await scene.attempt('UpdateWorkflowExecutionOptions', { workflowExecutionOptions: {}, updateMask: { paths: [] } });
    await update(scene, 'nobody', {}, OVERRIDE);
    await scene.terminate('w');
    await update(scene, 'w', { versioningOverride: { pinned: PINNED } }, OVERRIDE);
  },

  'from the start': async (scene) => {
    await scene.start('w', { versioningOverride: { autoUpgrade: true }, priority: { priorityKey: 2 } });
    await scene.describe('w');
    await scene.answer('w', [startTimer('t', 60_000)]);
    await scene.describe('w');
    await scene.history('w');
    for (const versioningOverride of [{}, { pinned: PINNED }, { pinned: { version: VERSION } }]) {
      await scene.attempt('StartWorkflowExecution', scene.startRequest('no', { versioningOverride }));
    }
  },
});
