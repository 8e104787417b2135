import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus } from '@perdure/core';
import { EventType } from '@perdure/proto/enums';
import { refusalOf, TestServer } from './testing.ts';

const started = { workflowId: 'workflow', workflowType: { name: 'Type' }, taskQueue: { name: 'queue' } };
const workflowExecution = { workflowId: 'workflow' };
const query = "TemporalWorkflowVersioningBehavior = 'AutoUpgrade'";

async function update(server: TestServer, workflowExecutionOptions: object, paths: readonly string[]) {
  const request = { workflowExecution, workflowExecutionOptions, updateMask: { paths }, identity: 'operator' };
  return await server.call('UpdateWorkflowExecutionOptions', request);
}

test('options are merged by the mask, recorded, described and kept by a reload', async () => {
  const server = await TestServer.start();
  await server.ok('StartWorkflowExecution', { ...started, priority: { priorityKey: 2 } });
  const reply = await update(server, { priority: { priorityKey: 5, fairnessKey: 'key' } }, ['priority.fairness_key']);
  assert.deepEqual(reply, { workflowExecutionOptions: { priority: { priorityKey: 2, fairnessKey: 'key' } } });
  const { history } = await server.ok('GetWorkflowExecutionHistory', { execution: workflowExecution });
  const event = history?.events?.at(-1);
  assert.equal(event?.eventType, EventType.WorkflowExecutionOptionsUpdated);
  const { identity, priority } = event.workflowExecutionOptionsUpdatedEventAttributes ?? {};
  assert.deepEqual([identity, priority], ['operator', { priorityKey: 2, fairnessKey: 'key' }]);
  const restarted = await TestServer.start({ store: server.store });
  const { workflowExecutionInfo } = await restarted.ok('DescribeWorkflowExecution', { execution: workflowExecution });
  assert.deepEqual(workflowExecutionInfo?.priority, { priorityKey: 2, fairnessKey: 'key' });
});

test('a run is found by its override for as long as it has one', async () => {
  const server = await TestServer.start();
  await server.ok('StartWorkflowExecution', started);
  await update(server, { versioningOverride: { autoUpgrade: true } }, ['versioning_override']);
  assert.equal((await server.ok('ListWorkflowExecutions', { query })).executions?.length, 1);
  await update(server, {}, ['versioning_override']);
  assert.equal((await server.ok('ListWorkflowExecutions', { query })).executions?.length ?? 0, 0);
});

test('a run cannot be bound to a version that its task queue does not know, from the start or by a reset neither', async () => {
  const server = await TestServer.start();
  const version = { deploymentName: 'deployment', buildId: 'build' };
  const versioningOverride = { pinned: { behavior: 1, version } } as const;
  const expected = {
    status: GrpcStatus.FailedPrecondition,
    message: "Pinned version 'deployment:build' is not present in task queue 'queue' of type 'Workflow'",
  };
  assert.deepEqual(
    refusalOf(await server.call('StartWorkflowExecution', { ...started, versioningOverride })),
    expected,
  );
  await server.ok('StartWorkflowExecution', started);
  assert.deepEqual(refusalOf(await update(server, { versioningOverride }, ['versioning_override'])), expected);
  await server.ok('PollWorkflowTaskQueue', { taskQueue: { name: 'queue' } });
  const updateWorkflowOptions = {
    workflowExecutionOptions: { versioningOverride },
    updateMask: { paths: ['versioning_override'] },
  };
  const reset = await server.call('ResetWorkflowExecution', {
    workflowExecution,
    workflowTaskFinishEventId: 3,
    requestId: 'reset',
    postResetOperations: [{ updateWorkflowOptions }],
  });
  assert.deepEqual(refusalOf(reset), expected);
});
