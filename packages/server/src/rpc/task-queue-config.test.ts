import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus, toTimestamp } from '@perdure/core';
import { CommandType, RateLimitSource, TaskQueueType } from '@perdure/proto/enums';
import { MemoryStore } from '@perdure/storage';
import { refusalOf, TestServer } from './testing.ts';

const activityQueue = { taskQueue: 'queue', taskQueueType: TaskQueueType.Activity };
const described = { taskQueue: { name: 'queue' }, taskQueueType: TaskQueueType.Activity, reportConfig: true };

/** Schedules so many activities on the queue. */
async function schedule(server: TestServer, count: number): Promise<void> {
  const taskQueue = { name: 'queue' };
  await server.ok('StartWorkflowExecution', {
    workflowId: 'w',
    requestId: 'r',
    workflowType: { name: 'W' },
    taskQueue,
  });
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue });
  const commands = Array.from({ length: count }, (_, index) => ({
    commandType: CommandType.ScheduleActivityTask,
    scheduleActivityTaskCommandAttributes: {
      activityId: `a${index}`,
      activityType: { name: 'A' },
      taskQueue,
      startToCloseTimeout: { seconds: 600 },
    },
  }));
  await server.ok('RespondWorkflowTaskCompleted', { taskToken: taskToken ?? new Uint8Array(), commands });
}

/** Polls for activities, and says when each poll got its task, in milliseconds from now. */
function pollFor(server: TestServer, count: number, maxTasksPerSecond?: number): number[] {
  const fromMs = server.host.now();
  const times: number[] = [];
  const taskQueueMetadata =
    maxTasksPerSecond === undefined ? undefined : { maxTasksPerSecond: { value: maxTasksPerSecond } };
  for (let index = 0; index < count; index++) {
    void server
      .begin('PollActivityTaskQueue', { taskQueue: { name: 'queue' }, taskQueueMetadata })
      .then((reply) => 'activityId' in reply && reply.activityId !== '' && times.push(server.host.now() - fromMs));
  }
  return times;
}

test('the rate that a worker asks for holds tasks back', async () => {
  const server = await TestServer.start();
  await schedule(server, 5);
  const times = pollFor(server, 5, 2);
  await server.host.advance(3_000);
  assert.deepEqual(times, [0, 0, 500, 1_000, 1_500]);
  const { effectiveRateLimit } = await server.ok('DescribeTaskQueue', described);
  assert.deepEqual(effectiveRateLimit, { requestsPerSecond: 2, rateLimitSource: RateLimitSource.Worker });
});

test('tasks that come while pollers wait are held back alike', async () => {
  const server = await TestServer.start();
  const times = pollFor(server, 3, 1);
  await schedule(server, 3);
  await server.host.advance(3_000);
  assert.deepEqual(times, [0, 1_000, 2_000]);
});

test('the rate that a person sets goes before, survives a restart, and stops the queue at 0', async () => {
  const store = new MemoryStore();
  const server = await TestServer.start({ store });
  const update = { ...activityQueue, identity: 'me', updateQueueRateLimit: { rateLimit: {}, reason: 'incident' } };
  const { config } = await server.ok('UpdateTaskQueueConfig', update);
  assert.deepEqual(config?.queueRateLimit?.metadata, {
    reason: 'incident',
    updateIdentity: 'me',
    updateTime: toTimestamp(server.host.now()),
  });
  const again = await TestServer.start({ store });
  await schedule(again, 2);
  const times = pollFor(again, 2, 100);
  await again.host.advance(5_000);
  assert.deepEqual(times, []);
  const { effectiveRateLimit, config: shown } = await again.ok('DescribeTaskQueue', described);
  assert.equal(effectiveRateLimit?.rateLimitSource, RateLimitSource.Api);
  assert.equal(shown?.queueRateLimit?.metadata?.reason, 'incident');
  await again.ok('UpdateTaskQueueConfig', { ...activityQueue, updateQueueRateLimit: {} });
  // The worker's own limit holds again; what was stopped begins with an empty bucket.
  await again.host.advance(20);
  assert.deepEqual(times, [5_010, 5_020]);
});

test('weights of fairness keys are set and taken back', async () => {
  const server = await TestServer.start();
  const set = { ...activityQueue, setFairnessWeightOverrides: { a: 2, b: 3 } };
  await server.ok('UpdateTaskQueueConfig', set);
  const { config } = await server.ok('UpdateTaskQueueConfig', {
    ...activityQueue,
    setFairnessWeightOverrides: { c: 1 },
    unsetFairnessWeightOverrides: ['a'],
  });
  assert.deepEqual({ ...config?.fairnessWeightOverrides }, { b: 3, c: 1 });
});

test('what cannot be set is refused', async () => {
  const server = await TestServer.start();
  const rate = (requestsPerSecond: number) => ({ rateLimit: { requestsPerSecond } });
  const cases = [
    [
      { taskQueue: 'queue', taskQueueType: TaskQueueType.Workflow, updateQueueRateLimit: rate(1) },
      'Setting rate limit on workflow task queues is not allowed.',
    ],
    [
      { ...activityQueue, updateQueueRateLimit: rate(-1) },
      'RequestsPerSecond for UpdateQueueRateLimit rate limit must be non-negative.',
    ],
    [
      { ...activityQueue, updateQueueRateLimit: { ...rate(1), reason: 'x'.repeat(1_001) } },
      'UpdateQueueRateLimit.Reason field too long (max 1000 characters).',
    ],
    [
      { ...activityQueue, setFairnessWeightOverrides: { a: 0 } },
      'invalid fairness weight weight for key "a": must be greater than zero',
    ],
    [
      { ...activityQueue, setFairnessWeightOverrides: { a: 1 }, unsetFairnessWeightOverrides: ['a'] },
      'fairness weight override key "a" present in both set and unset lists',
    ],
    [{ ...activityQueue, unsetFairnessWeightOverrides: [''] }, 'fairness weight override key must not be empty'],
  ] as const;
  for (const [request, message] of cases) {
    const refused = refusalOf(await server.call('UpdateTaskQueueConfig', request));
    assert.deepEqual(refused, { status: GrpcStatus.InvalidArgument, message });
  }
});
