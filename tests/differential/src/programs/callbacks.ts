import { randomUUID } from 'node:crypto';
import { continueAsNew, startTimer } from '../commands.ts';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';

const SYSTEM = { nexus: { url: 'temporal://system', header: { 'Nexus-Callback-Token': 'token' } } };
const LINK = { batchJob: { jobId: 'job' } };

function attach(scene: Scene, callbacks: readonly object[], requestId = randomUUID()): object {
  return scene.startRequest('w', {
    requestId,
    workflowIdConflictPolicy: 'WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING',
    completionCallbacks: callbacks,
    onConflictOptions: { attachRequestId: true, attachCompletionCallbacks: true, attachLinks: true },
    links: [LINK],
  });
}

/** Completion callbacks, until they are due. */
export const callbacks = programs('callbacks', {
  'from the start, and attached while it runs': async (scene) => {
    const { runId } = await scene.start('w', { completionCallbacks: [{ ...SYSTEM, links: [LINK] }], links: [LINK] });
    await scene.describe('w');
    const task = await scene.task('w');
    const again = attach(scene, [SYSTEM, SYSTEM]);
    await scene.attempt('StartWorkflowExecution', again);
    await scene.attempt('StartWorkflowExecution', again);
    await scene.complete(task, [startTimer('t', 60_000)]);
    await scene.history('w');
    await scene.signal('w', 'go on');
    await scene.answer('w', [continueAsNew()]);
    await scene.nextRun('w', runId);
    await scene.history('w');
  },

  'more than a workflow has': async (scene) => {
    await scene.attempt(
      'StartWorkflowExecution',
      attach(
        scene,
        Array.from({ length: 33 }, () => SYSTEM),
      ),
    );
    await scene.attempt(
      'StartWorkflowExecution',
      attach(
        scene,
        Array.from({ length: 20 }, () => SYSTEM),
      ),
    );
    await scene.attempt(
      'StartWorkflowExecution',
      attach(
        scene,
        Array.from({ length: 13 }, () => SYSTEM),
      ),
    );
    await scene.attempt('StartWorkflowExecution', attach(scene, [{ internal: {} }]));
  },
});
