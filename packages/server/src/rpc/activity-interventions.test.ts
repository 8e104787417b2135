import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus, isRejection, toDuration } from '@perdure/core';
import { CommandType, PendingActivityState } from '@perdure/proto/enums';
import type { PendingActivityInfo } from '@perdure/proto/types';
import { refusalOf, TestServer } from './testing.ts';

const execution = { workflowId: 'w' };
const taskQueue = { name: 'queue' };
const BOOM = { message: 'boom', applicationFailureInfo: {} };

/** A workflow with two activities, `a0` and `a1`, of type A. */
async function running(): Promise<TestServer> {
  const server = await TestServer.start();
  const start = { workflowId: 'w', requestId: 'r', workflowType: { name: 'W' }, taskQueue };
  await server.ok('StartWorkflowExecution', start);
  const { taskToken = new Uint8Array() } = await server.ok('PollWorkflowTaskQueue', { taskQueue });
  const commands = ['a0', 'a1'].map((activityId) => ({
    commandType: CommandType.ScheduleActivityTask,
    scheduleActivityTaskCommandAttributes: {
      activityId,
      activityType: { name: 'A' },
      taskQueue,
      startToCloseTimeout: { seconds: 600 },
    },
  }));
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, commands });
  return server;
}

async function activity(server: TestServer, queue = taskQueue) {
  const task = await server.ok('PollActivityTaskQueue', { taskQueue: queue });
  return { ...task, taskToken: task.taskToken ?? new Uint8Array() };
}

async function pending(server: TestServer): Promise<readonly PendingActivityInfo[]> {
  return (await server.ok('DescribeWorkflowExecution', { execution })).pendingActivities ?? [];
}

async function paused(server: TestServer): Promise<number> {
  await server.host.settle();
  const query = "TemporalPauseInfo = 'property:activityType=A'";
  return (await server.ok('CountWorkflowExecutions', { query })).count ?? 0;
}

test('an activity is held, found by a query, survives a restart so, and goes on', async () => {
  const server = await running();
  const { taskToken, activityId } = await activity(server);
  assert.equal(activityId, 'a0');
  await server.ok('PauseActivity', { execution, type: 'A', identity: 'somebody', reason: 'a reason' });
  assert.equal(await paused(server), 1);
  const heard = await server.ok('RecordActivityTaskHeartbeat', { taskToken });
  assert.deepEqual([heard.activityPaused, heard.activityReset, heard.cancelRequested], [true, false, false]);
  await server.ok('RespondActivityTaskFailed', { taskToken, failure: BOOM });

  const restarted = await TestServer.start({ store: server.store, nowMs: server.host.now() });
  assert.deepEqual(
    (await pending(restarted)).map(({ state, attempt, pauseInfo }) => [state, attempt, pauseInfo?.manual?.reason]),
    [2, 1].map((attempt) => [PendingActivityState.Paused, attempt, 'a reason']),
  );
  await restarted.ok('UnpauseActivity', { execution, unpauseAll: true });
  assert.equal(await paused(restarted), 0);
  const tasks = [await activity(restarted), await activity(restarted)];
  assert.deepEqual(new Set(tasks.map(({ attempt }) => attempt)), new Set([1, 2]));
  assert.deepEqual([...server.errors, ...restarted.errors], []);
});

test('what a held activity had offered before is in no worker’s hands', async () => {
  const server = await running();
  await server.ok('PauseActivity', { execution, id: 'a0' });
  assert.equal((await activity(server)).activityId, 'a1');
  const poll = server.begin('PollActivityTaskQueue', { taskQueue });
  await server.host.settle();
  await server.ok('UnpauseActivity', { execution, id: 'a0' });
  const task = await poll;
  assert.ok(!isRejection(task));
  assert.equal(task.activityId, 'a0');
});

test('the first attempt again, for all at once', async () => {
  const server = await running();
  const { taskToken } = await activity(server);
  await server.ok('RespondActivityTaskFailed', { taskToken, failure: BOOM });
  await server.ok('ResetActivity', { execution, matchAll: true });
  const tasks = [await activity(server), await activity(server)];
  assert.deepEqual(
    tasks.map(({ attempt }) => attempt),
    [1, 1],
  );
});

test('other options, by a mask', async () => {
  const server = await running();
  const { activityOptions } = await server.ok('UpdateActivityOptions', {
    execution,
    id: 'a1',
    activityOptions: { taskQueue: { name: 'other' }, heartbeatTimeout: { seconds: 9 } },
    updateMask: { paths: ['task_queue.name'] },
  });
  assert.equal(activityOptions?.taskQueue?.name, 'other');
  assert.equal(activityOptions.heartbeatTimeout?.seconds, 0);
  assert.equal((await activity(server, { name: 'other' })).activityId, 'a1');
  const restored = await server.ok('UpdateActivityOptions', { execution, id: 'a1', restoreOriginal: true });
  assert.equal(restored.activityOptions?.taskQueue?.name, 'queue');
});

test('what is not whole is refused with the words of the official server', async () => {
  const server = await running();
  const status = GrpcStatus.InvalidArgument;
  for (const method of ['PauseActivity', 'UnpauseActivity', 'ResetActivity', 'UpdateActivityOptions'] as const) {
    const refused = async (request: object) => refusalOf(await server.call(method, request));
    assert.deepEqual(await refused({ id: 'a0' }), { status, message: 'WorkflowId is not set on request.' });
    const message = 'Either Activity.Id or Activity.Type should be set on request.';
    assert.deepEqual(await refused({ execution }), { status, message });
    const malformed = { execution: { workflowId: 'w', runId: 'r' }, id: 'a0' };
    assert.deepEqual(await refused(malformed), { status, message: 'RunId is not valid UUID.' });
  }
});

test('the newer methods do the same to an activity of a workflow', async () => {
  const server = await running();
  const target = { workflowId: 'w', activityId: 'a0' };
  await server.ok('PauseActivityExecution', { ...target, requestId: 'one', reason: 'a reason' });
  await server.ok('PauseActivityExecution', { ...target, requestId: 'one' });
  const again = await server.call('PauseActivityExecution', { ...target, requestId: 'two' });
  const status = GrpcStatus.FailedPrecondition;
  assert.deepEqual(refusalOf(again), { status, message: 'activity is already paused' });
  assert.equal((await pending(server))[0]?.pauseInfo?.manual?.reason, 'a reason');
  await server.ok('ResetActivityExecution', { ...target, keepPaused: true });
  assert.equal((await pending(server))[0]?.paused, true);
  await server.ok('UnpauseActivityExecution', target);
  const { activityOptions } = await server.ok('UpdateActivityExecutionOptions', {
    ...target,
    activityOptions: { retryPolicy: { maximumAttempts: 3 } },
    updateMask: { paths: ['retry_policy'] },
  });
  assert.deepEqual(activityOptions?.retryPolicy, {
    initialInterval: toDuration(1_000),
    backoffCoefficient: 2,
    maximumInterval: toDuration(100_000),
    maximumAttempts: 3,
  });
  assert.equal((await activity(server)).activityId, 'a1');
  assert.equal((await activity(server)).activityId, 'a0');
});

test('the newer methods are refused with the words of the official server', async () => {
  const server = await running();
  const refused = async (method: Parameters<TestServer['call']>[0], request: object) =>
    refusalOf(await server.call(method, request)).message;
  const target = { workflowId: 'w', activityId: 'a0' };
  const alone = 'Standalone activity operator commands are disabled';
  assert.equal(await refused('PauseActivityExecution', { activityId: 'a0' }), alone);
  assert.equal(await refused('UnpauseActivityExecution', { workflowId: 'w' }), 'activity ID is required');
  const malformed = 'invalid run id: must be a valid UUID';
  assert.equal(await refused('ResetActivityExecution', { ...target, runId: 'r' }), malformed);
  const negative = { ...target, jitter: { seconds: -1 } };
  assert.equal(await refused('ResetActivityExecution', negative), 'invalid jitter: negative duration');
  const update = (paths: readonly string[] | undefined, activityOptions = {}) =>
    refused('UpdateActivityExecutionOptions', { ...target, activityOptions, updateMask: paths && { paths } });
  assert.equal(await update(undefined), 'UpdateMask is not provided');
  assert.equal(await update([]), 'UpdateMask must specify at least one path');
  assert.equal(await update(['nothing']), 'unsupported update_mask path: "nothing"');
  const coefficient = { retryPolicy: { backoffCoefficient: 0.5 } };
  assert.equal(
    await update(['retry_policy.backoff_coefficient'], coefficient),
    'BackoffCoefficient cannot be less than 1 on retry policy.',
  );
});
