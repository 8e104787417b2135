import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus } from '@perdure/core';
import { CommandType, EventType, QueryRejectCondition, WorkflowExecutionStatus } from '@perdure/proto/enums';
import { refusalOf, TestServer } from './testing.ts';

const execution = { workflowId: 'w' };
const taskQueue = { name: 'queue' };
const SWITCHED_ON = { 'frontend.WorkflowPauseEnabled': [{ value: true }] };

/** A server with a workflow that has completed its first workflow task. */
async function running(): Promise<TestServer> {
  const server = await TestServer.start({ config: SWITCHED_ON });
  await server.ok('StartWorkflowExecution', {
    workflowId: 'w',
    requestId: 'r',
    workflowType: { name: 'W' },
    taskQueue,
  });
  const { taskToken = new Uint8Array() } = await server.ok('PollWorkflowTaskQueue', { taskQueue });
  await server.ok('RespondWorkflowTaskCompleted', { taskToken });
  return server;
}

const asked = { workflowId: 'w', identity: 'somebody', reason: 'a reason' };

async function listed(server: TestServer, query: string) {
  await server.host.settle();
  return (await server.ok('ListWorkflowExecutions', { query })).executions ?? [];
}

test('a paused workflow is described and found so, survives a restart so, and goes on', async () => {
  const server = await running();
  await server.ok('PauseWorkflowExecution', { ...asked, requestId: 'one' });
  const atMs = server.host.now();
  const restarted = await TestServer.start({ store: server.store, nowMs: atMs + 60_000 });
  const { workflowExecutionInfo, workflowExtendedInfo, pendingWorkflowTask } = await restarted.ok(
    'DescribeWorkflowExecution',
    { execution },
  );
  assert.equal(workflowExecutionInfo?.status, WorkflowExecutionStatus.Paused);
  assert.deepEqual(workflowExtendedInfo?.pauseInfo, {
    identity: 'somebody',
    reason: 'a reason',
    pausedTime: { seconds: atMs / 1_000, nanos: 0 },
  });
  assert.equal(pendingWorkflowTask, undefined);
  const query =
    "ExecutionStatus = 'Paused' AND TemporalPauseInfo = 'Workflow:w' AND TemporalPauseInfo = 'Reason:a reason'";
  const [found] = await listed(restarted, query);
  assert.deepEqual([found?.status, found?.closeTime], [WorkflowExecutionStatus.Paused, undefined]);

  // What is held can be let go by a server that would hold nothing.
  await restarted.ok('UnpauseWorkflowExecution', asked);
  assert.equal((await listed(restarted, "ExecutionStatus = 'Running'")).length, 1);
  const { history } = await restarted.ok('PollWorkflowTaskQueue', { taskQueue });
  assert.deepEqual(
    history?.events?.slice(4).map(({ eventType }) => eventType),
    [
      EventType.WorkflowExecutionPaused,
      EventType.WorkflowExecutionUnpaused,
      EventType.WorkflowTaskScheduled,
      EventType.WorkflowTaskStarted,
    ],
  );
});

test('queries and updates are not for a paused workflow', async () => {
  const server = await running();
  await server.ok('PauseWorkflowExecution', asked);
  for (const queryRejectCondition of Object.values(QueryRejectCondition)) {
    const query = { execution, query: { queryType: 'q' }, queryRejectCondition };
    const { queryRejected } = await server.ok('QueryWorkflow', query);
    assert.equal(queryRejected?.status, WorkflowExecutionStatus.Paused);
  }
  const update = { workflowExecution: execution, request: { meta: { updateId: 'u' }, input: { name: 'update' } } };
  const { status, message } = refusalOf(await server.call('UpdateWorkflowExecution', update));
  assert.deepEqual(
    [status, message],
    [GrpcStatus.FailedPrecondition, 'Workflow is paused. Cannot update the workflow.'],
  );
});

test('a batch operation on what runs reaches what is paused', async () => {
  const server = await running();
  await server.ok('PauseWorkflowExecution', asked);
  await server.host.settle();
  await server.ok('StartBatchOperation', {
    jobId: 'job',
    reason: 'a reason',
    visibilityQuery: "WorkflowType = 'W'",
    terminationOperation: { identity: 'somebody' },
  });
  await server.host.advance(10_000);
  assert.equal((await listed(server, "ExecutionStatus = 'Terminated'")).length, 1);
});

test('an activity that a paused workflow asks for waits', async () => {
  const server = await running();
  await server.ok('SignalWorkflowExecution', { workflowExecution: execution, signalName: 's' });
  const { taskToken = new Uint8Array() } = await server.ok('PollWorkflowTaskQueue', { taskQueue });
  await server.ok('PauseWorkflowExecution', asked);
  const scheduleActivityTaskCommandAttributes = {
    activityId: 'a',
    activityType: { name: 'A' },
    taskQueue,
    startToCloseTimeout: { seconds: 600 },
  };
  const commands = [{ commandType: CommandType.ScheduleActivityTask, scheduleActivityTaskCommandAttributes }];
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, commands });
  const polled = server.begin('PollActivityTaskQueue', { taskQueue });
  let answered = false;
  void polled.then(() => (answered = true));
  await server.host.advance(5_000);
  assert.equal(answered, false);
  await server.ok('UnpauseWorkflowExecution', asked);
  const task = await polled;
  assert.equal('activityId' in task && task.activityId, 'a');
});

test('pausing is off unless the configuration says otherwise, and a namespace says which', async () => {
  const capability = async (server: TestServer) =>
    (await server.ok('DescribeNamespace', { namespace: 'default' })).namespaceInfo?.capabilities?.workflowPause;
  const off = await TestServer.start();
  const refused = refusalOf(await off.call('PauseWorkflowExecution', asked));
  assert.deepEqual(
    [refused.status, refused.message],
    [GrpcStatus.Unimplemented, 'workflow pause is not enabled for namespace: default'],
  );
  assert.deepEqual([await capability(off), await capability(await running())], [false, true]);
});

test('what is refused', async () => {
  const server = await running();
  const refused = async (name: 'PauseWorkflowExecution' | 'UnpauseWorkflowExecution', request: object) => {
    const { status, message } = refusalOf(await server.call(name, request));
    return `${status} ${message}`;
  };
  for (const name of ['PauseWorkflowExecution', 'UnpauseWorkflowExecution'] as const) {
    const invalid = GrpcStatus.InvalidArgument;
    assert.equal(await refused(name, {}), `${invalid} Can't load workflow execution.  WorkflowId not set.`);
    assert.equal(await refused(name, { workflowId: 'w', runId: 'r' }), `${invalid} RunId is not valid UUID.`);
    assert.equal(
      await refused(name, { workflowId: 'nobody' }),
      `${GrpcStatus.NotFound} workflow not found for ID: nobody`,
    );
    for (const [field, what] of [
      ['reason', 'reason'],
      ['requestId', 'request id'],
      ['identity', 'identity'],
    ] as const) {
      assert.equal(
        await refused(name, { workflowId: 'w', [field]: 'x'.repeat(1_001) }),
        `${invalid} ${what} is too long.`,
      );
    }
  }
  const precondition = GrpcStatus.FailedPrecondition;
  assert.equal(await refused('UnpauseWorkflowExecution', asked), `${precondition} workflow is not paused.`);
  await server.ok('PauseWorkflowExecution', asked);
  assert.equal(await refused('PauseWorkflowExecution', asked), `${precondition} workflow is already paused.`);
});
