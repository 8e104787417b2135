import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import proto from '@temporalio/proto';
import { Suite } from './harness.ts';
import type { Scene } from './harness.ts';
import { eventually, rejection } from './waiting.ts';
import { inbox } from './workflows/messages.ts';

const { BatchOperationState, BatchOperationType } = proto.temporal.api.enums.v1;
const namespace = 'default';

const suite = await Suite.open();
after(() => suite.close());
const service = suite.connection.workflowService;

/** Starts inboxes, and waits until a query finds them all. */
async function inboxes(scene: Scene, count: number) {
  const handles = await Promise.all(Array.from({ length: count }, () => scene.start(inbox, [])));
  const visibilityQuery = `TaskQueue = '${scene.taskQueue}'`;
  await eventually(async () => assert.equal((await scene.client.workflow.count(visibilityQuery)).count, count));
  return { handles, visibilityQuery };
}

async function done(jobId: string) {
  return await eventually(async () => {
    const job = await service.describeBatchOperation({ namespace, jobId });
    assert.notEqual(job.state, BatchOperationState.BATCH_OPERATION_STATE_RUNNING);
    return job;
  });
}

// A namespace has one job at a time.
describe('batch operations', { concurrency: 1, timeout: 300_000 }, () => {
  test('a signal to all that a query selects: their workers go on', async (t) => {
    await using scene = await suite.scene(t.name);
    const { handles, visibilityQuery } = await inboxes(scene, 5);
    const jobId = scene.id('job');
    const signalOperation = { signal: 'seal', identity: 'operator' };
    await service.startBatchOperation({ namespace, jobId, reason: 'the end', visibilityQuery, signalOperation });
    for (const handle of handles) assert.deepEqual(await handle.result(), []);
    const job = await done(jobId);
    assert.deepEqual(
      [job.state, job.operationType, job.identity, job.reason],
      [
        BatchOperationState.BATCH_OPERATION_STATE_COMPLETED,
        BatchOperationType.BATCH_OPERATION_TYPE_SIGNAL_WORKFLOW,
        'operator',
        'the end',
      ],
    );
    assert.deepEqual(
      [job.totalOperationCount, job.completeOperationCount, job.failureOperationCount].map(Number),
      [5, 5, 0],
    );
    await eventually(async () => {
      const { operationInfo } = await service.listBatchOperations({ namespace });
      assert.ok(operationInfo.some((info) => info.jobId === jobId));
    });
  });

  test('a list of executions is terminated; a job that has ended cannot be stopped', async (t) => {
    await using scene = suite.sceneWithoutWorker(t.name);
    const { handles } = await inboxes(scene, 2);
    const executions = handles.map(({ workflowId }) => ({ workflowId }));
    const jobId = scene.id('job');
    await service.startBatchOperation({ namespace, jobId, reason: 'over', executions, terminationOperation: {} });
    await done(jobId);
    for (const handle of handles) assert.equal((await handle.describe()).status.name, 'TERMINATED');
    const stopped = service.stopBatchOperation({ namespace, jobId, reason: 'late' });
    const error = (await rejection(stopped, Error)) as ServiceError;
    assert.equal(error.code, status.NOT_FOUND);
    assert.equal(error.details, 'workflow execution already completed');
  });
});
