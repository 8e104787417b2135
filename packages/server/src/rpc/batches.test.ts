import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '@perdure/core';
import {
  BatchOperationState,
  BatchOperationType,
  CommandType,
  PendingActivityState,
  EventType,
  ExecutionType,
  ResetReapplyExcludeType,
  WorkflowExecutionStatus,
} from '@perdure/proto/enums';
import type { StartBatchOperationRequest } from '@perdure/proto/types';
import { MemoryStore } from '@perdure/storage';
import { refusalOf, TestServer, text } from './testing.ts';

async function startWorkflows(server: TestServer, count: number, type = 'W'): Promise<void> {
  for (let index = 0; index < count; index++) {
    await server.ok('StartWorkflowExecution', {
      workflowId: `${type}-${index}`,
      requestId: `start-${index}`,
      workflowType: { name: type },
      taskQueue: { name: 'queue' },
    });
  }
}

async function eventTypes(server: TestServer, workflowId: string): Promise<readonly (EventType | undefined)[]> {
  const { history } = await server.ok('GetWorkflowExecutionHistory', { execution: { workflowId } });
  return (history?.events ?? []).map(({ eventType }) => eventType);
}

async function statuses(server: TestServer, type = 'W'): Promise<readonly (WorkflowExecutionStatus | undefined)[]> {
  const { executions } = await server.ok('ListWorkflowExecutions', { query: `WorkflowType = '${type}'` });
  return (executions ?? []).map(({ status }) => status);
}

/** How far a job has come: state, total, done, failed. */
async function progress(server: TestServer, jobId: string) {
  const job = await server.ok('DescribeBatchOperation', { jobId });
  return [job.state, job.totalOperationCount, job.completeOperationCount, job.failureOperationCount];
}

const { Running, Completed, Failed } = BatchOperationState;
const { SignalWorkflow } = BatchOperationType;

const OF_W = { reason: 'because', visibilityQuery: "WorkflowType = 'W'" };

test('a signal by query reaches each open run once, and the job tells of it', async () => {
  const server = await TestServer.start();
  await startWorkflows(server, 3);
  await startWorkflows(server, 1, 'Other');
  const signalOperation = { signal: 'go', input: text('now'), identity: 'operator' };
  await server.ok('StartBatchOperation', { jobId: 'job', ...OF_W, signalOperation });
  assert.deepEqual(await progress(server, 'job'), [Completed, 3, 3, 0]);
  for (const id of ['W-0', 'W-1', 'W-2']) {
    const signals = (await eventTypes(server, id)).filter((type) => type === EventType.WorkflowExecutionSignaled);
    assert.equal(signals.length, 1, id);
  }
  assert(!(await eventTypes(server, 'Other-0')).includes(EventType.WorkflowExecutionSignaled));
  const job = await server.ok('DescribeBatchOperation', { jobId: 'job' });
  assert.deepEqual(
    [job.operationType, job.identity, job.reason, job.query],
    [SignalWorkflow, 'operator', 'because', OF_W.visibilityQuery],
  );
  const { operationInfo } = await server.ok('ListBatchOperations', {});
  assert.deepEqual(
    operationInfo?.map(({ jobId, state, operationType }) => [jobId, state, operationType]),
    [['job', Completed, SignalWorkflow]],
  );
  // Its row is in a division of its own.
  assert.equal((await server.ok('CountWorkflowExecutions', { query: '' })).count, 4);
  const query = "TemporalNamespaceDivision = 'TemporalBatcher' AND BatcherUser = 'operator'";
  const { executions } = await server.ok('ListWorkflowExecutions', { query });
  assert.equal(executions?.[0]?.type?.name, 'temporal-sys-batch-workflow-protobuf');
});

test('cancel, terminate and delete', async () => {
  const server = await TestServer.start();
  await startWorkflows(server, 2);
  await server.ok('StartBatchOperation', { jobId: 'cancel', ...OF_W, cancellationOperation: { identity: 'me' } });
  assert((await eventTypes(server, 'W-1')).includes(EventType.WorkflowExecutionCancelRequested));
  await server.ok('StartBatchOperation', { jobId: 'terminate', ...OF_W, terminationOperation: {} });
  assert.deepEqual(await statuses(server), [WorkflowExecutionStatus.Terminated, WorkflowExecutionStatus.Terminated]);
  const { history } = await server.ok('GetWorkflowExecutionHistory', { execution: { workflowId: 'W-0' } });
  assert.equal(history?.events?.at(-1)?.workflowExecutionTerminatedEventAttributes?.reason, 'because');
  await server.ok('StartBatchOperation', { jobId: 'delete', ...OF_W, deletionOperation: {} });
  await server.host.advance(1_000);
  assert.deepEqual(await statuses(server), []);
  assert.deepEqual(await progress(server, 'delete'), [Completed, 2, 2, 0]);
});

test('a list of executions: what is not there needs nothing; what refuses has failed', async () => {
  const server = await TestServer.start();
  await startWorkflows(server, 2);
  const executions = [{ workflowId: 'W-0' }, { workflowId: 'none' }, { workflowId: 'W-1', runId: 'no-uuid' }];
  await server.ok('StartBatchOperation', { jobId: 'job', reason: 'x', executions, terminationOperation: {} });
  assert.deepEqual(await progress(server, 'job'), [Completed, 3, 2, 1]);
  const open = await server.ok('CountWorkflowExecutions', { query: "ExecutionStatus = 'Running'" });
  assert.equal(open.count, 1);
});

test('reset: each run once, to the first or the last workflow task', async () => {
  const server = await TestServer.start();
  await startWorkflows(server, 2);
  for (let task = 0; task < 2; task++) {
    const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue: { name: 'queue' } });
    await server.ok('RespondWorkflowTaskCompleted', { taskToken });
  }
  await server.host.advance(1_000);
  await server.ok('StartBatchOperation', { jobId: 'first', ...OF_W, resetOperation: { resetType: 1 } });
  assert.deepEqual(await progress(server, 'first'), [Completed, 2, 2, 0]);
  const { Running: Open, Terminated } = WorkflowExecutionStatus;
  assert.deepEqual(await statuses(server), [Open, Open, Terminated, Terminated]);
  await server.host.advance(1_000);
  const options = { lastWorkflowTask: {}, resetReapplyExcludeTypes: [ResetReapplyExcludeType.Signal] };
  const query = `${OF_W.visibilityQuery} AND ExecutionStatus = 'Running'`;
  await server.ok('StartBatchOperation', {
    jobId: 'last',
    reason: 'again',
    visibilityQuery: query,
    resetOperation: { options },
  });
  assert.deepEqual(await progress(server, 'last'), [Completed, 2, 2, 0]);
  const unknown = { resetOperation: { options: { buildId: 'unknown' } } };
  await server.ok('StartBatchOperation', { jobId: 'build', reason: 'again', visibilityQuery: query, ...unknown });
  assert.deepEqual(await progress(server, 'build'), [Completed, 2, 0, 2]);
});

test('reset to where a build came in', async () => {
  const server = await TestServer.start();
  await startWorkflows(server, 1);
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue: { name: 'queue' } });
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, workerVersionStamp: { buildId: 'v1' } });
  const byBuild = (buildId: string) => ({ ...OF_W, resetOperation: { options: { buildId, currentRunOnly: true } } });
  await server.ok('StartBatchOperation', { jobId: 'unknown', ...byBuild('v0') });
  assert.deepEqual(await progress(server, 'unknown'), [Completed, 1, 0, 1]);
  await server.ok('StartBatchOperation', { jobId: 'known', ...byBuild('v1') });
  assert.deepEqual(await progress(server, 'known'), [Completed, 1, 1, 0]);
  assert.deepEqual(await statuses(server), [WorkflowExecutionStatus.Running, WorkflowExecutionStatus.Terminated]);
});

test('activities: other options, a new beginning, and on with those that are held', async () => {
  const server = await TestServer.start();
  await startWorkflows(server, 2);
  const taskQueue = { name: 'queue' };
  for (let index = 0; index < 2; index++) {
    const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue });
    const activity = {
      activityId: 'a',
      activityType: { name: "it's" },
      taskQueue,
      startToCloseTimeout: { seconds: 9 },
    };
    const command = {
      commandType: CommandType.ScheduleActivityTask,
      scheduleActivityTaskCommandAttributes: activity,
    };
    await server.ok('RespondWorkflowTaskCompleted', { taskToken, commands: [command] });
  }
  const execution = { workflowId: 'W-0' };
  const state = async () => {
    const { pendingActivities } = await server.ok('DescribeWorkflowExecution', { execution });
    const [activity] = pendingActivities ?? [];
    return [activity?.state, activity?.attempt, activity?.activityOptions?.startToCloseTimeout?.seconds];
  };
  const { taskToken } = await server.ok('PollActivityTaskQueue', { taskQueue });
  await server.ok('RespondActivityTaskFailed', { taskToken, failure: { message: 'no', applicationFailureInfo: {} } });
  await server.ok('PauseActivity', { execution, type: "it's" });
  assert.deepEqual(await state(), [PendingActivityState.Paused, 2, 9]);

  const activityOptions = { startToCloseTimeout: { seconds: 5 } };
  const updateMask = { paths: ['start_to_close_timeout'] };
  const updateActivityOptionsOperation = { type: "it's", activityOptions, updateMask };
  await server.ok('StartBatchOperation', { jobId: 'update', ...OF_W, updateActivityOptionsOperation });
  assert.deepEqual(await progress(server, 'update'), [Completed, 2, 2, 0]);
  const resetActivitiesOperation = { matchAll: true, keepPaused: true };
  await server.ok('StartBatchOperation', { jobId: 'reset', ...OF_W, resetActivitiesOperation });
  assert.deepEqual(await state(), [PendingActivityState.Paused, 1, 5]);
  // Of the two only one holds an activity.
  const unpauseActivitiesOperation = { type: "it's" };
  await server.ok('StartBatchOperation', { jobId: 'unpause', ...OF_W, unpauseActivitiesOperation });
  assert.deepEqual(await progress(server, 'unpause'), [Completed, 1, 1, 0]);
  assert.deepEqual(await state(), [PendingActivityState.Scheduled, 1, 5]);
});

test('options of executions', async () => {
  const server = await TestServer.start();
  await startWorkflows(server, 2);
  const workflowExecutionOptions = { priority: { priorityKey: 1 } };
  const updateWorkflowOptionsOperation = { workflowExecutionOptions, updateMask: { paths: ['priority'] } };
  await server.ok('StartBatchOperation', { jobId: 'options', ...OF_W, updateWorkflowOptionsOperation });
  assert.deepEqual(await progress(server, 'options'), [Completed, 2, 2, 0]);
  assert((await eventTypes(server, 'W-1')).includes(EventType.WorkflowExecutionOptionsUpdated));
});

test('the rate of the request holds, up to that of the server; stopping leaves the rest alone', async () => {
  const server = await TestServer.start();
  await startWorkflows(server, 6);
  const batch = { jobId: 'slow', ...OF_W, maxOperationsPerSecond: 2, terminationOperation: {} };
  await server.ok('StartBatchOperation', batch);
  assert.deepEqual(await progress(server, 'slow'), [Running, 6, 2, 0]);
  await server.host.advance(500);
  assert.deepEqual(await progress(server, 'slow'), [Running, 6, 3, 0]);

  const other = await server.call('StartBatchOperation', { ...batch, jobId: 'other' });
  assert.deepEqual(refusalOf(other), { status: 8, message: 'Max concurrent batch operations is reached' });

  await server.ok('StopBatchOperation', { jobId: 'slow', reason: 'enough' });
  await server.host.advance(10_000);
  assert.deepEqual(await progress(server, 'slow'), [Failed, 6, 3, 0]);
  const open = await server.ok('CountWorkflowExecutions', { query: "ExecutionStatus = 'Running'" });
  assert.equal(open.count, 3);
  const again = await server.call('StopBatchOperation', { jobId: 'slow', reason: 'enough' });
  assert.deepEqual(refusalOf(again), { status: 5, message: 'workflow execution already completed' });
  const twice = refusalOf(await server.call('StartBatchOperation', batch));
  assert.equal(twice.status, 6);
  assert.match(twice.message, /^Workflow execution already finished\. WorkflowId: slow, RunId: .* reject duplicate/);
});

test('more than one page; a server that comes back goes on, and signals nobody twice', async () => {
  const store = new MemoryStore();
  const before = await TestServer.start({ store });
  await startWorkflows(before, 230);
  const signalOperation = { signal: 'go' };
  await before.ok('StartBatchOperation', { jobId: 'job', ...OF_W, signalOperation });
  await before.host.advance(2_000);
  const [state, total] = await progress(before, 'job');
  assert.deepEqual([state, total], [Running, 230]);

  const after = await TestServer.start({ store });
  // A test's host counts its ids from the beginning again.
  for (let used = 0; used < 1_000; used++) after.host.uuid();
  await after.host.advance(10_000);
  assert.deepEqual(await progress(after, 'job'), [Completed, 230, 230, 0]);
  for (let index = 0; index < 230; index++) {
    const types = await eventTypes(after, `W-${index}`);
    assert.equal(types.filter((type) => type === EventType.WorkflowExecutionSignaled).length, 1, `W-${index}`);
  }
});

test('what is refused, and in which words', async () => {
  const server = await TestServer.start();
  const start = async (request: StartBatchOperationRequest) => {
    const reply = await server.call('StartBatchOperation', {
      jobId: 'job',
      reason: 'r',
      visibilityQuery: 'x',
      ...request,
    });
    return isRejection(reply) ? reply.message : 'ok';
  };
  const parameters = 'must provide required parameters: BatchType/Reason/Namespace/Query/Executions';
  const nothing = 'Either activity type must be set, or match all should be set to true';
  const signalOperation = { signal: 's' };
  const cases: readonly (readonly [StartBatchOperationRequest, string])[] = [
    [{}, parameters],
    [{ signalOperation, reason: '' }, parameters],
    [{ signalOperation, visibilityQuery: '' }, parameters],
    [{ signalOperation, jobId: '' }, 'JobId is not set on request.'],
    [{ signalOperation, executions: [{ workflowId: 'a' }] }, 'batch query and executions are mutually exclusive'],
    [{ signalOperation: {} }, 'must provide signal name'],
    [{ signalOperation, visibilityQuery: '()' }, 'invalid visibility query: syntax error at position 29'],
    [{ signalOperation, visibilityQuery: 'a b c' }, "invalid visibility query: syntax error at position 30 near 'b'"],
    [{ resetOperation: {} }, 'unknown batch reset type Unspecified'],
    [{ resetOperation: { options: {} } }, 'batch reset missing target'],
    [{ updateWorkflowOptionsOperation: {} }, 'must provide UpdateOptions'],
    [{ updateWorkflowOptionsOperation: { workflowExecutionOptions: {} } }, 'must provide UpdateMask'],
    [{ unpauseActivitiesOperation: {} }, 'activity filter must be set'],
    [{ unpauseActivitiesOperation: { type: '' } }, nothing],
    [{ resetActivitiesOperation: {} }, 'must provide ActivityType or MatchAll'],
    [
      { updateActivityOptionsOperation: { type: 'A' } },
      'Either activity type must be set, or restore original should be set to true',
    ],
  ];
  for (const [request, message] of cases) assert.equal(await start(request), message);
  const missing = await server.call('DescribeBatchOperation', { jobId: 'none' });
  assert.deepEqual(refusalOf(missing), { status: 5, message: 'workflow not found for ID: none' });
  const nameless = await server.call('StopBatchOperation', { reason: 'r' });
  assert.equal(refusalOf(nameless).message, 'JobId is not set on request.');
  const reasonless = await server.call('StopBatchOperation', { jobId: 'job' });
  assert.equal(refusalOf(reasonless).message, 'Reason is not set on request.');
  // As in Temporal, that an attribute does not exist is found out at work.
  await server.ok('StartBatchOperation', { jobId: 'bad', reason: 'r', visibilityQuery: "No = 'x'", signalOperation });
  assert.deepEqual(await progress(server, 'bad'), [Failed, 0, 0, 0]);

  const off = await TestServer.start({ config: { 'frontend.enableBatcher': [{ value: false }] } });
  assert.deepEqual(refusalOf(await off.call('ListBatchOperations', {})), {
    status: 7,
    message: 'Batch operation feature are disabled on this namespace.',
  });
});

test('the executions that are meant may be named by their type', async () => {
  const server = await TestServer.start();
  await startWorkflows(server, 2);
  const request = { jobId: 'job', reason: 'because', cancellationOperation: {} };
  const targets = (type: ExecutionType) => ({ targetExecutions: [{ type, businessId: 'W-0' }] });
  const refused = await server.call('StartBatchOperation', { ...request, ...targets(ExecutionType.Activity) });
  assert.match(refusalOf(refused).message, /^target_executions\[0\] has type Activity/);
  await server.ok('StartBatchOperation', { ...request, ...targets(ExecutionType.Workflow) });
  assert.deepEqual(await progress(server, 'job'), [Completed, 1, 1, 0]);
  const { executions } = await server.ok('DescribeBatchOperation', { jobId: 'job' });
  assert.deepEqual(
    executions?.map(({ type, businessId }) => [type, businessId]),
    [[ExecutionType.Workflow, 'W-0']],
  );
  const cancelled = async (id: string) =>
    (await eventTypes(server, id)).includes(EventType.WorkflowExecutionCancelRequested);
  assert.deepEqual([await cancelled('W-0'), await cancelled('W-1')], [true, false]);
});
