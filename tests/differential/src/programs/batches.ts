import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { programs } from '../program.ts';
import type { Scene } from '../scene.ts';
import { payloads } from '../values.ts';

/** A namespace has one job at a time: others may be before this one. */
async function begin(scene: Scene, request: object): Promise<void> {
  for (;;) {
    try {
      await scene.quietly('StartBatchOperation', request);
      return;
    } catch (error) {
      if ((error as { code?: number }).code !== status.RESOURCE_EXHAUSTED) throw error;
      await delay(50);
    }
  }
}

/** Runs a job on the named workflows to its end, and notes what is told of it. */
async function job(scene: Scene, name: string, operation: object, targets: readonly string[]): Promise<void> {
  const jobId = scene.id(`job-${name}`);
  const executions = targets.map((target) => scene.execution(target));
  await begin(scene, { jobId, reason: 'because', executions, ...operation });
  for (;;) {
    const { state } = await scene.quietly('DescribeBatchOperation', { jobId });
    if (state !== 1) break;
    await delay(50);
  }
  await scene.call('DescribeBatchOperation', { jobId });
}

const OPERATIONS: Readonly<Record<string, object>> = {
  signal: { signalOperation: { signal: 'go', input: payloads('now'), identity: 'operator' } },
  cancel: { cancellationOperation: { identity: 'operator' } },
  terminate: { terminationOperation: { identity: 'operator' } },
};

export const batches = programs('batches', {
  'what is asked of workflows': async (scene) => {
    for (const [name, operation] of Object.entries(OPERATIONS)) {
      await scene.start(name);
      await job(scene, name, operation, [name, 'there-is-none']);
      await scene.history(name);
    }
    const { runId } = await scene.start('reset');
    await scene.answer('reset');
    await job(scene, 'reset', { resetOperation: { resetType: 1, identity: 'operator' } }, ['reset']);
    await scene.history('reset', runId);
    await scene.history('reset');
    await scene.start('delete');
    await scene.terminate('delete');
    await job(scene, 'delete', { deletionOperation: {} }, ['delete']);
    const jobId = scene.id('job-signal');
    await scene.attempt('StopBatchOperation', { jobId, reason: 'late' });
    await scene.attempt('StartBatchOperation', {
      jobId,
      reason: 'again',
      executions: [scene.execution('signal')],
      ...OPERATIONS['signal'],
    });
  },

  'what is refused': async (scene) => {
    const start = async (request: object): Promise<void> => {
      const jobId = scene.id('job');
      await scene.attempt('StartBatchOperation', { jobId, reason: 'r', visibilityQuery: 'x', ...request });
    };
    const { signal = {} } = OPERATIONS;
    await start({});
    await start({ ...signal, reason: '' });
    await start({ ...signal, visibilityQuery: '' });
    await start({ ...signal, jobId: '' });
    for (const visibilityQuery of ['()', 'a b c', 'order by', "WorkflowId = 'x"])
      await start({ ...signal, visibilityQuery });
    await start({ resetOperation: {} });
    await start({ resetOperation: { resetType: 9 } });
    await start({ resetOperation: { options: {} } });
    await start({ unpauseActivitiesOperation: {} });
    await start({ unpauseActivitiesOperation: { type: '' } });
    await start({ unpauseActivitiesOperation: { matchAll: false } });
    await start({ resetActivitiesOperation: {} });
    await start({ resetActivitiesOperation: { type: '' } });
    await start({ updateActivityOptionsOperation: { type: 'A' } });
    await start({ updateActivityOptionsOperation: { type: 'A', activityOptions: {}, restoreOriginal: true } });
    await start({ updateActivityOptionsOperation: { type: '', restoreOriginal: true } });
    await scene.attempt('DescribeBatchOperation', { jobId: scene.id('none') });
    await scene.attempt('DescribeBatchOperation', {});
    await scene.attempt('StopBatchOperation', { jobId: scene.id('none'), reason: 'x' });
    await scene.attempt('StopBatchOperation', { jobId: scene.id('none') });
    await scene.attempt('StopBatchOperation', { reason: 'x' });
  },
});
