import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus } from '@perdure/core';
import { refusalOf, TestServer } from './testing.ts';

const taskQueue = { name: 'queue' };

test('a poll for Nexus tasks waits as long as any other, and ends empty', async () => {
  const server = await TestServer.start();
  const polled = server.begin('PollNexusTaskQueue', { taskQueue });
  let answered = false;
  void polled.then(() => (answered = true));
  await server.host.advance(59_000);
  assert.equal(answered, false);
  await server.host.advance(1_000);
  assert.deepEqual(await polled, {});
});

test('it ends when its worker shuts down, and brings what the worker says of itself', async () => {
  const config = { 'frontend.enableCancelWorkerPollsOnShutdown': [{ value: true }] };
  const server = await TestServer.start({ config });
  const workerInstanceKey = 'worker';
  const polled = server.begin('PollNexusTaskQueue', {
    taskQueue,
    workerInstanceKey,
    workerHeartbeat: [{ workerInstanceKey, taskQueue: 'queue' }],
  });
  assert.equal((await server.ok('CountWorkers', {})).count, 1);
  await server.ok('ShutdownWorker', { workerInstanceKey, taskQueue: 'queue' });
  assert.deepEqual(await polled, {});
  assert.deepEqual(await server.ok('PollNexusTaskQueue', { taskQueue, workerInstanceKey }), {});
});

test('it is refused as any other poll', async () => {
  const server = await TestServer.start();
  const refused = async (request: object, deadlineMs?: number) => {
    const { status, message } = refusalOf(
      await server.call('PollNexusTaskQueue', request, { deadlineMs: deadlineMs ?? server.host.now() + 60_000 }),
    );
    return `${status} ${message}`;
  };
  const invalid = GrpcStatus.InvalidArgument;
  assert.equal(await refused({}), `${invalid} taskQueue is not set`);
  assert.equal(await refused({ taskQueue, identity: 'x'.repeat(1_001) }), `${invalid} Identity length exceeds limit.`);
  assert.equal(
    await refused({ taskQueue }, server.host.now() + 1_000),
    `${GrpcStatus.FailedPrecondition} Context timeout is too short.`,
  );
});
