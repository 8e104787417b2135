import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScheduleOverlapPolicy } from '@perdure/proto/enums';
import type { Schedule } from '@perdure/proto/types';
import { MemoryStore } from '@perdure/storage';
import { refusalOf, TestServer } from './testing.ts';

const HOUR_MS = 3_600_000;

function hourly(more: Schedule = {}): Schedule {
  return {
    spec: { interval: [{ interval: { seconds: 3_600 } }] },
    action: { startWorkflow: { workflowId: 'w', workflowType: { name: 'W' }, taskQueue: { name: 'q' } } },
    ...more,
  };
}

async function startedBy(server: TestServer, scheduleId: string): Promise<number> {
  const query = `TemporalScheduledById = '${scheduleId}'`;
  const { executions } = await server.ok('ListWorkflowExecutions', { query });
  return executions?.length ?? 0;
}

test('a schedule is created, listed, counted, described and deleted', async () => {
  const server = await TestServer.start();
  const schedule = hourly({ state: { paused: true, notes: 'not yet' } });
  const created = await server.ok('CreateSchedule', { scheduleId: 'one', requestId: 'r', schedule });
  assert.deepEqual([...(created.conflictToken ?? [])], [0, 0, 0, 0, 0, 0, 0, 1]);
  await server.ok('CreateSchedule', { scheduleId: 'two', requestId: 'r', schedule: hourly() });

  const query = "ScheduleId = 'one' AND TemporalSchedulePaused = true";
  const { schedules: listed } = await server.ok('ListSchedules', { query });
  assert.deepEqual(
    listed?.map(({ scheduleId, info }) => [scheduleId, info?.notes, info?.futureActionTimes?.length]),
    [['one', 'not yet', 5]],
  );
  assert.equal((await server.ok('CountSchedules', {})).count, 2);
  const { executions } = await server.ok('ListWorkflowExecutions', {});
  assert.deepEqual(executions, []);

  const described = await server.ok('DescribeSchedule', { scheduleId: 'two' });
  assert.equal(described.info?.futureActionTimes?.length, 10);
  await server.ok('DeleteSchedule', { scheduleId: 'two' });
  assert.equal((await server.ok('CountSchedules', {})).count, 1);
  assert.deepEqual(refusalOf(await server.call('DescribeSchedule', { scheduleId: 'two' })), {
    status: 5,
    message: 'schedule not found',
  });
});

test('what is refused, and in which words', async () => {
  const server = await TestServer.start();
  const create = async (schedule: Schedule, requestId = 'r') =>
    refusalOf(await server.call('CreateSchedule', { scheduleId: 'bad', requestId, schedule })).message;
  assert.equal(await create(hourly(), ''), 'RequestId is not set on request.');
  assert.equal(
    await create(hourly({ spec: { timezoneName: 'Mars/Base' } })),
    'Invalid schedule spec: unknown time zone Mars/Base',
  );
  const workflow = hourly().action?.startWorkflow;
  assert.equal(
    await create({ action: { startWorkflow: { ...workflow, cronSchedule: '@daily' } } }),
    'Scheduled workflow must not contain CronSchedule',
  );
  assert.equal(
    await create({ action: { startWorkflow: { ...workflow, workflowIdReusePolicy: 3 } } }),
    'Scheduled workflow must not contain WorkflowIDReusePolicy',
  );
  const missing = await server.call('PatchSchedule', { scheduleId: 'none', patch: { pause: 'x' } });
  assert.equal(refusalOf(missing).message, 'workflow not found for ID: temporal-sys-scheduler:none');
  const query = "WorkflowId = 'x'";
  assert.equal(
    refusalOf(await server.call('ListSchedules', { query })).message,
    'invalid query filter for schedules: cannot filter on "WorkflowId"',
  );
});

test('a server that comes back makes up for what it has missed, and does nothing twice', async () => {
  const store = new MemoryStore();
  const before = await TestServer.start({ store });
  const schedule = hourly({ policies: { overlapPolicy: ScheduleOverlapPolicy.AllowAll } });
  await before.ok('CreateSchedule', { scheduleId: 'hourly', requestId: 'r', schedule });
  await before.host.advance(2 * HOUR_MS);
  assert.equal(await startedBy(before, 'hourly'), 2);

  const after = await TestServer.start({ store });
  // A test's host counts its ids from the beginning again.
  for (let used = 0; used < 100; used++) after.host.uuid();
  await after.host.advance(5 * HOUR_MS);
  assert.equal(await startedBy(after, 'hourly'), 5);
  const { info } = await after.ok('DescribeSchedule', { scheduleId: 'hourly' });
  assert.deepEqual([info?.actionCount, info?.recentActions?.length], [5, 5]);
});

test('matching times are told of a schedule, at most a thousand', async () => {
  const server = await TestServer.start();
  await server.ok('CreateSchedule', { scheduleId: 'hourly', requestId: 'r', schedule: hourly() });
  const range = { startTime: { seconds: 1_700_000_000 }, endTime: { seconds: 1_800_000_000 } };
  const { startTime } = await server.ok('ListScheduleMatchingTimes', { scheduleId: 'hourly', ...range });
  assert.deepEqual([startTime?.length, startTime?.[0]?.seconds], [1_000, 1_700_002_800]);
});

test('the memo of a schedule counts with the input of what it starts', async () => {
  const server = await TestServer.start({ config: { 'limit.blobSize.error': [{ value: 1_000 }] } });
  const request = { scheduleId: 's', requestId: 'r', schedule: hourly() };
  await server.ok('CreateSchedule', request);
  const memo = { fields: { key: { data: new Uint8Array(1_001) } } };
  for (const name of ['CreateSchedule', 'UpdateSchedule'] as const) {
    const refused = refusalOf(await server.call(name, { ...request, memo }));
    assert.equal(refused.message, 'Blob data size exceeds limit.');
  }
});
