import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus } from '@perdure/core';
import { CommandType, EventType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Command, HistoryEvent } from '@perdure/proto/types';
import { refusalOf, TestServer, text } from './testing.ts';

const started = { workflowId: 'workflow', workflowType: { name: 'Type' }, taskQueue: { name: 'queue' } };
const workflowExecution = { workflowId: 'workflow' };

/** A run that has completed one workflow task: events 2 to 4. */
async function running(): Promise<{ readonly server: TestServer; readonly runId: string }> {
  const server = await TestServer.start();
  const { runId = '' } = await server.ok('StartWorkflowExecution', started);
  await completeTask(server);
  return { server, runId };
}

async function completeTask(server: TestServer): Promise<void> {
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue: { name: 'queue' }, identity: 'worker' });
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, commands: [] });
}

async function signal(server: TestServer, signalName: string): Promise<void> {
  await server.ok('SignalWorkflowExecution', { workflowExecution, signalName, input: text('x'.repeat(1_000)) });
}

async function reset(server: TestServer, finishEventId: number, requestId = 'reset'): Promise<string> {
  const request = { workflowExecution, workflowTaskFinishEventId: finishEventId, requestId, reason: 'a reason' };
  const { runId = '' } = await server.ok('ResetWorkflowExecution', request);
  return runId;
}

/** All events of a run, read page by page. */
async function events(server: TestServer, runId: string): Promise<HistoryEvent[]> {
  const all: HistoryEvent[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const request = { execution: { workflowId: 'workflow', runId }, ...(nextPageToken && { nextPageToken }) };
    const page = await server.ok('GetWorkflowExecutionHistory', request);
    all.push(...(page.history?.events ?? []));
    nextPageToken = page.nextPageToken;
  } while ((nextPageToken?.length ?? 0) > 0);
  return all;
}

test('a run is reset, and base and new run know of each other', async () => {
  const { server, runId } = await running();
  await signal(server, 'later');
  const newRunId = await reset(server, 4);
  const base = await server.ok('DescribeWorkflowExecution', { execution: { workflowId: 'workflow', runId } });
  assert.equal(base.workflowExtendedInfo?.resetRunId, newRunId);
  assert.equal(base.workflowExecutionInfo?.status, WorkflowExecutionStatus.Terminated);
  const made = await server.ok('DescribeWorkflowExecution', { execution: workflowExecution });
  assert.equal(made.workflowExecutionInfo?.execution?.runId, newRunId);
  assert.equal(made.workflowExecutionInfo?.firstRunId, runId);
  assert.ok(made.workflowExtendedInfo?.lastResetTime !== undefined);
  assert.deepEqual(
    (await events(server, newRunId)).slice(3).map(({ eventType }) => eventType),
    [EventType.WorkflowTaskFailed, EventType.WorkflowExecutionSignaled, EventType.WorkflowTaskScheduled],
  );
  await completeTask(server);
  assert.equal(await reset(server, 4), newRunId, 'the same request makes no other run');
});

test('a history longer than a page is carried over whole, and what comes of it survives a restart', async () => {
  const { server } = await running();
  for (let index = 0; index < 300; index++) await signal(server, `s${index}`);
  await completeTask(server);
  await signal(server, 'after the point');
  const before = await events(server, '');
  const point = before.findIndex(
    ({ eventType, eventId = 0 }) => eventId > 10 && eventType === EventType.WorkflowTaskStarted,
  );
  const newRunId = await reset(server, point + 2);
  const after = await events(server, newRunId);
  assert.deepEqual(after.slice(0, point + 1), before.slice(0, point + 1));
  assert.equal(after[point + 1]?.eventType, EventType.WorkflowTaskFailed);
  assert.equal(after.at(-2)?.workflowExecutionSignaledEventAttributes?.signalName, 'after the point');

  const restarted = await TestServer.start({ store: server.store });
  assert.deepEqual(await events(restarted, newRunId), after);
  await completeTask(restarted);
  const again = await reset(restarted, 4, 'another');
  assert.equal(
    (await events(restarted, again)).filter((event) => event.workflowExecutionSignaledEventAttributes).length,
    301,
  );
  assert.deepEqual([...server.errors, ...restarted.errors], []);
});

test('what cannot be reset is refused with the words of the official server', async () => {
  const { server } = await running();
  const refused = async (request: object) => refusalOf(await server.call('ResetWorkflowExecution', request));
  const good = { workflowExecution, workflowTaskFinishEventId: 4, requestId: 'reset' };
  const status = GrpcStatus.InvalidArgument;
  assert.deepEqual(await refused({ ...good, requestId: '' }), { status, message: 'RequestId is not set on request.' });
  assert.deepEqual(await refused({ ...good, workflowTaskFinishEventId: 5 }), {
    status,
    message: 'Workflow task finish ID must be > 1 && <= workflow last event ID.',
  });
  assert.deepEqual(await refused({ ...good, postResetOperations: [{}] }), {
    status,
    message: 'unsupported post reset operation: <nil>',
  });
  assert.deepEqual(await refused({ ...good, workflowExecution: { workflowId: 'nobody' } }), {
    status: GrpcStatus.NotFound,
    message: 'workflow not found for ID: nobody',
  });
});

test('a run on which two given-up binaries worked begins anew from the second where the first is out of reach', async () => {
  const server = await TestServer.start();
  const first = await server.ok('StartWorkflowExecution', started);
  const poll = { taskQueue: { name: 'queue' }, identity: 'worker' };
  const complete = async (binaryChecksum: string, commands: readonly Command[]): Promise<void> => {
    const { taskToken } = await server.ok('PollWorkflowTaskQueue', poll);
    await server.ok('RespondWorkflowTaskCompleted', { taskToken, binaryChecksum, commands });
  };
  const commandType = CommandType.ContinueAsNewWorkflowExecution;
  await complete('worse', [{ commandType, continueAsNewWorkflowExecutionCommandAttributes: {} }]);
  await server.ok('DeleteWorkflowExecution', { workflowExecution: { ...workflowExecution, runId: first.runId ?? '' } });
  await server.host.advance(10_000);
  await complete('bad', []);
  const before = await server.ok('DescribeWorkflowExecution', { execution: workflowExecution });
  const binaries = { worse: { reason: 'a' }, bad: { reason: 'b' } };
  await server.ok('UpdateNamespace', { namespace: 'default', config: { badBinaries: { binaries } } });
  await signal(server, 'go');
  const after = await server.ok('DescribeWorkflowExecution', { execution: workflowExecution });
  const runIdOf = ({ workflowExecutionInfo }: typeof before) => workflowExecutionInfo?.execution?.runId;
  assert.notEqual(runIdOf(after), runIdOf(before));
  const kinds = (await events(server, runIdOf(after) ?? '')).slice(3).map(({ eventType }) => eventType);
  assert.deepEqual(kinds.slice(0, 2), [EventType.WorkflowTaskFailed, EventType.WorkflowExecutionSignaled]);
  assert.deepEqual(server.errors, []);
});

test('a binary that is given up gets no tasks and completes none; runs begin anew from where it came in', async () => {
  const { server, runId } = await running();
  const poll = { taskQueue: { name: 'queue' }, identity: 'worker' };
  await signal(server, 'one');
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', poll);
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, binaryChecksum: 'bad' });
  await signal(server, 'two');
  const late = await server.ok('PollWorkflowTaskQueue', poll);
  const binaries = { bad: { reason: 'it loses orders', operator: 'me' } };
  await server.ok('UpdateNamespace', { namespace: 'default', config: { badBinaries: { binaries } } });
  const refused = await server.call('PollWorkflowTaskQueue', { ...poll, binaryChecksum: 'bad' });
  assert.equal(refusalOf(refused).message, 'Binary bad already marked as bad deployment.');
  const completed = { taskToken: late.taskToken, binaryChecksum: 'bad' };
  const failed = refusalOf(await server.call('RespondWorkflowTaskCompleted', completed));
  assert.equal(failed.message, 'BadBinary: binary bad is marked as bad deployment');

  const next = await server.ok('PollWorkflowTaskQueue', poll);
  assert.notEqual(next.workflowExecution?.runId, runId);
  const kinds = (await events(server, next.workflowExecution?.runId ?? '')).slice(6).map(({ eventType }) => eventType);
  assert.deepEqual(kinds, [
    EventType.WorkflowTaskStarted,
    EventType.WorkflowTaskFailed,
    EventType.WorkflowExecutionSignaled,
    EventType.WorkflowTaskScheduled,
    EventType.WorkflowTaskStarted,
  ]);
  const base = await server.ok('DescribeWorkflowExecution', { execution: { workflowId: 'workflow', runId } });
  assert.equal(base.workflowExecutionInfo?.status, WorkflowExecutionStatus.Terminated);
  await server.ok('RespondWorkflowTaskCompleted', { taskToken: next.taskToken, binaryChecksum: 'good' });
  assert.deepEqual(server.errors, []);
});
