import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '@perdure/core';
import { BatchOperationState, CommandType, EventType } from '@perdure/proto/enums';
import { MemoryStore } from '@perdure/storage';
import { TestServer } from '../rpc/testing.ts';
import { failing } from '../testing/failing-store.ts';

const WORKFLOWS = ['a', 'b', 'c'] as const;

/** As a client does that got no answer; that it was done before is an answer. */
async function insist(server: TestServer, call: () => Promise<unknown>): Promise<void> {
  const reply = await call();
  if (isRejection(reply) && reply.status === 14) {
    await server.host.advance(1_000);
    await insist(server, call);
  }
}

/** Signals three workflows by a batch, while one commit fails; how many signals each has, and what the job says. */
async function play(nth: number, written: boolean) {
  const { store, commits } = failing(new MemoryStore(), nth, written);
  const server = await TestServer.start({ store });
  for (const workflowId of WORKFLOWS) {
    const start = { workflowId, requestId: workflowId, workflowType: { name: 'W' }, taskQueue: { name: 'q' } };
    await insist(server, () => server.call('StartWorkflowExecution', start));
  }
  const batch = {
    jobId: 'job',
    reason: 'r',
    visibilityQuery: "WorkflowType = 'W'",
    signalOperation: { signal: 's' },
    maxOperationsPerSecond: 1,
  };
  await insist(server, () => server.call('StartBatchOperation', batch));
  await server.host.advance(10_000);
  const signals: number[] = [];
  for (const workflowId of WORKFLOWS) {
    const { history } = await server.ok('GetWorkflowExecutionHistory', { execution: { workflowId } });
    const events = history?.events ?? [];
    signals.push(events.filter(({ eventType }) => eventType === EventType.WorkflowExecutionSignaled).length);
  }
  const { state, completeOperationCount } = await server.ok('DescribeBatchOperation', { jobId: 'job' });
  return { signals, state, completeOperationCount, commits: commits() };
}

test('whichever commit fails, each workflow is signalled exactly once, and the job is done', async () => {
  const { commits } = await play(0, false);
  assert.ok(commits > 2 * WORKFLOWS.length);
  for (let nth = 1; nth <= commits; nth++) {
    for (const written of [false, true]) {
      const { signals, state, completeOperationCount } = await play(nth, written);
      const name = `commit ${nth}${written ? ', written' : ''}`;
      assert.deepEqual(signals, [1, 1, 1], name);
      assert.deepEqual([state, completeOperationCount], [BatchOperationState.Completed, 3], name);
    }
  }
});

/** Starts three workflows with a paused activity each, and changes the activities by a batch while one commit fails. */
async function intervene(operation: object, nth: number, written: boolean) {
  const { store, commits } = failing(new MemoryStore(), nth, written);
  const server = await TestServer.start({ store });
  const taskQueue = { name: 'q' };
  for (const workflowId of WORKFLOWS) {
    const start = { workflowId, requestId: workflowId, workflowType: { name: 'W' }, taskQueue };
    await server.ok('StartWorkflowExecution', start);
    const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue });
    const attributes = { activityId: 'a', activityType: { name: 'A' }, taskQueue, startToCloseTimeout: { seconds: 9 } };
    const commandType = CommandType.ScheduleActivityTask;
    const commands = [{ commandType, scheduleActivityTaskCommandAttributes: attributes }];
    await server.ok('RespondWorkflowTaskCompleted', { taskToken, commands });
    await server.ok('PauseActivity', { execution: { workflowId }, id: 'a' });
  }
  const prepared = commits();
  const batch = { jobId: 'job', reason: 'r', visibilityQuery: "WorkflowType = 'W'", ...operation };
  await insist(server, () => server.call('StartBatchOperation', batch));
  await server.host.advance(10_000);
  const transitions: unknown[] = [];
  const paused: unknown[] = [];
  for (const workflowId of WORKFLOWS) {
    const described = await server.ok('DescribeWorkflowExecution', { execution: { workflowId } });
    transitions.push(described.workflowExecutionInfo?.stateTransitionCount);
    paused.push(described.pendingActivities?.[0]?.paused ?? false);
  }
  const { completeOperationCount } = await server.ok('DescribeBatchOperation', { jobId: 'job' });
  return { transitions, paused, completeOperationCount, prepared, commits: commits() };
}

const OPERATIONS = {
  'an end of their pause': { unpauseActivitiesOperation: { matchAll: true } },
  'a reset': { resetActivitiesOperation: { matchAll: true, keepPaused: true } },
  'new options': {
    updateActivityOptionsOperation: { matchAll: true, activityOptions: {}, updateMask: { paths: ['task_queue'] } },
  },
};

for (const [name, operation] of Object.entries(OPERATIONS)) {
  test(`whichever commit fails, activities get ${name} exactly once`, async () => {
    const { transitions, paused, completeOperationCount, prepared, commits } = await intervene(operation, 0, false);
    assert.equal(completeOperationCount, 3);
    assert.deepEqual(new Set(paused), new Set([!('unpauseActivitiesOperation' in operation)]));
    for (let nth = prepared + 1; nth <= commits; nth++) {
      for (const written of [false, true]) {
        const played = await intervene(operation, nth, written);
        const { completeOperationCount: done } = played;
        assert.deepEqual([played.transitions, played.paused, done], [transitions, paused, 3], `commit ${nth}`);
      }
    }
  });
}
