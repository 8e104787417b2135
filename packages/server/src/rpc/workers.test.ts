import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus } from '@perdure/core';
import { TaskQueueKind, WorkerStatus } from '@perdure/proto/enums';
import { refusalOf, TestServer } from './testing.ts';

const beat = (workerInstanceKey: string, taskQueue = 'queue') => ({
  workerInstanceKey,
  taskQueue,
  workerIdentity: `${workerInstanceKey}@host`,
  hostInfo: { hostName: 'host', processId: '7' },
  status: WorkerStatus.Running,
});

test('workers are known by their heartbeats, listed, counted and described', async () => {
  const server = await TestServer.start();
  await server.ok('RecordWorkerHeartbeat', { workerHeartbeat: [beat('b'), beat('a', 'other'), beat('c')] });
  await server.ok('RecordWorkerHeartbeat', { workerHeartbeat: [{ ...beat('b'), totalStickyCacheHit: 3 }] });
  const listed = await server.ok('ListWorkers', {});
  assert.deepEqual(
    listed.workers?.map(({ workerInstanceKey, hostName, processId }) => [workerInstanceKey, hostName, processId]),
    [
      ['a', 'host', '7'],
      ['b', 'host', '7'],
      ['c', 'host', '7'],
    ],
  );
  assert.equal(listed.workersInfo?.[1]?.workerHeartbeat?.totalStickyCacheHit, 3);
  assert.equal((await server.ok('CountWorkers', { query: "TaskQueue = 'queue'" })).count, 2);
  await server.ok('RecordWorkerHeartbeat', { workerHeartbeat: [beat('system', 'temporal-sys-per-ns-tq')] });
  assert.equal((await server.ok('CountWorkers', {})).count, 3);
  assert.equal((await server.ok('CountWorkers', { includeSystemWorkers: true })).count, 4);
  const described = await server.ok('DescribeWorker', { workerInstanceKey: 'a' });
  assert.equal(described.workerInfo?.workerHeartbeat?.taskQueue, 'other');
  assert.deepEqual(refusalOf(await server.call('DescribeWorker', { workerInstanceKey: 'x' })), {
    status: GrpcStatus.NotFound,
    message: 'Worker x not found',
  });
});

test('workers are listed page by page', async () => {
  const server = await TestServer.start();
  await server.ok('RecordWorkerHeartbeat', { workerHeartbeat: [beat('a'), beat('b'), beat('c')] });
  const first = await server.ok('ListWorkers', { pageSize: 2 });
  assert.deepEqual(
    first.workers?.map((worker) => worker.workerInstanceKey),
    ['a', 'b'],
  );
  const second = await server.ok('ListWorkers', {
    pageSize: 2,
    nextPageToken: first.nextPageToken ?? new Uint8Array(),
  });
  assert.deepEqual(
    second.workers?.map((worker) => worker.workerInstanceKey),
    ['c'],
  );
  assert.equal(second.nextPageToken?.length ?? 0, 0);
  assert.deepEqual(refusalOf(await server.call('ListWorkers', { nextPageToken: Uint8Array.of(1, 2, 3) })), {
    status: GrpcStatus.InvalidArgument,
    message: 'invalid next_page_token',
  });
});

test('a worker is forgotten when it shuts down, and when nobody has heard of it for five minutes', async () => {
  const server = await TestServer.start();
  await server.ok('RecordWorkerHeartbeat', { workerHeartbeat: [beat('a'), beat('b')] });
  await server.ok('ShutdownWorker', { workerHeartbeat: { ...beat('a'), status: WorkerStatus.Shutdown } });
  assert.equal((await server.ok('CountWorkers', {})).count, 1);
  await server.host.advance(300_000);
  assert.equal((await server.ok('CountWorkers', {})).count, 1);
  await server.host.advance(1);
  assert.equal((await server.ok('CountWorkers', {})).count ?? 0, 0);
});

test('a worker that shuts down is let go by the queues where that is switched on', async () => {
  const server = await TestServer.start({
    config: { 'frontend.enableCancelWorkerPollsOnShutdown': [{ value: true }] },
  });
  const poll = { taskQueue: { name: 'queue' }, identity: 'me', workerInstanceKey: 'key' };
  const polls = [server.begin('PollWorkflowTaskQueue', poll), server.begin('PollActivityTaskQueue', poll)];
  const sticky = { name: 'cache', kind: TaskQueueKind.Sticky, normalName: 'queue' };
  const stickyPoll = server.begin('PollWorkflowTaskQueue', { ...poll, taskQueue: sticky, workerInstanceKey: 'other' });
  await server.host.settle();
  await server.ok('ShutdownWorker', {
    taskQueue: 'queue',
    workerInstanceKey: 'key',
    stickyTaskQueue: 'cache',
    identity: 'me',
  });
  for (const polled of [...polls, stickyPoll]) assert.equal(tokenBytes(await polled), 0);
  const described = await server.ok('DescribeTaskQueue', { taskQueue: { name: 'queue' } });
  assert.deepEqual(described.pollers ?? [], []);
  // A poll that crossed the goodbye gets no task either; after a while the key may be used again.
  assert.equal(tokenBytes(await server.call('PollWorkflowTaskQueue', poll)), 0);
  await server.host.advance(31_000);
  await assert.rejects(server.call('PollWorkflowTaskQueue', poll), /waits/);
});

/** Bytes of the token of a poll's reply: 0 for an empty one. */
function tokenBytes(reply: object): number {
  return 'taskToken' in reply && reply.taskToken instanceof Uint8Array ? reply.taskToken.length : 0;
}
