import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { History } from '@perdure/proto/types';
import { TestServer } from './testing.ts';

const execution = { workflowId: 'w' };
const taskQueue = { name: 'queue' };

/** A server with these sizes of pages, and a workflow that was signaled twice. */
async function signaled(sizes: Readonly<Record<string, number>>): Promise<TestServer> {
  const config = Object.fromEntries(Object.entries(sizes).map(([key, value]) => [key, [{ value }]]));
  const server = await TestServer.start({ config });
  await server.ok('StartWorkflowExecution', { ...execution, workflowType: { name: 'W' }, taskQueue, requestId: 'r' });
  for (const signalName of ['one', 'two']) {
    await server.ok('SignalWorkflowExecution', { workflowExecution: execution, signalName });
  }
  return server;
}

function ids(history: History | undefined): readonly (number | undefined)[] {
  return (history?.events ?? []).map(({ eventId }) => eventId);
}

test('a request may ask for larger pages than it gets without a word', async () => {
  const server = await signaled({ 'frontend.historyMaxPageSize': 1 });
  const page = async (maximumPageSize: number) =>
    ids((await server.ok('GetWorkflowExecutionHistory', { execution, maximumPageSize })).history);
  assert.deepEqual(await page(0), [1, 2]);
  assert.deepEqual(await page(2), [1, 2, 3]);
  assert.deepEqual(await page(1_000), [1, 2, 3, 4]);
});

test('what comes with a workflow task and with a query has sizes of its own', async () => {
  const server = await signaled({ 'limit.historyMaxPageSize': 2, 'matching.historyMaxPageSize': 1 });
  const task = await server.ok('PollWorkflowTaskQueue', { taskQueue });
  assert.deepEqual(ids(task.history), [1, 2, 3]);
  const { nextPageToken, taskToken = new Uint8Array() } = task;
  const rest = await server.ok('GetWorkflowExecutionHistory', { execution, nextPageToken });
  assert.deepEqual(ids(rest.history), [4, 5]);
  await server.ok('RespondWorkflowTaskCompleted', { taskToken });
  void server.begin('QueryWorkflow', { execution, query: { queryType: 'q' } });
  const query = await server.ok('PollWorkflowTaskQueue', { taskQueue });
  assert.deepEqual(ids(query.history), [1, 2]);
});
