import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus, isRejection, toDuration } from '@perdure/core';
import {
  BuildIdTaskReachability,
  CommandType,
  DescribeTaskQueueMode,
  TaskQueueKind,
  TaskQueueType,
} from '@perdure/proto/enums';
import type { Command, Priority } from '@perdure/proto/types';
import { refusalOf, TestServer } from './testing.ts';

const taskQueue = { name: 'queue' };

/** Starts a workflow; its first task waits in the queue. */
async function start(server: TestServer, workflowId: string, priority?: Priority): Promise<void> {
  const request = { workflowId, requestId: workflowId, workflowType: { name: 'W' }, taskQueue };
  await server.ok('StartWorkflowExecution', priority === undefined ? request : { ...request, priority });
}

/** The ids of the workflows whose tasks come next. */
async function next(server: TestServer, count: number): Promise<string> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const { workflowExecution } = await server.ok('PollWorkflowTaskQueue', { taskQueue });
    ids.push(workflowExecution?.workflowId ?? '');
  }
  return ids.join(' ');
}

async function restart(server: TestServer): Promise<TestServer> {
  assert.deepEqual(server.errors, []);
  return TestServer.start({ store: server.store, nowMs: server.host.now() });
}

test('tasks leave by priority, then by age, before and after a restart', async () => {
  const server = await TestServer.start();
  const startFour = async (suffix: string) => {
    await start(server, `low${suffix}`, { priorityKey: 5 });
    await start(server, `plain${suffix}`);
    await start(server, `high${suffix}`, { priorityKey: 1 });
    await start(server, `middle${suffix}`, { priorityKey: 3 });
  };
  await startFour('1');
  assert.equal(await next(server, 1), 'high1');
  await startFour('2');
  const restarted = await restart(server);
  assert.equal(await next(restarted, 7), 'high2 plain1 middle1 plain2 middle2 low1 low2');
});

test('a workflow that gets another priority while its task waits changes its place', async () => {
  const server = await TestServer.start();
  await start(server, 'first');
  await start(server, 'second');
  await server.ok('UpdateWorkflowExecutionOptions', {
    workflowExecution: { workflowId: 'second' },
    workflowExecutionOptions: { priority: { priorityKey: 1 } },
    updateMask: { paths: ['priority'] },
  });
  const restarted = await restart(server);
  assert.equal(await next(restarted, 2), 'second first');
  const { host } = restarted;
  const poll = restarted.begin('PollWorkflowTaskQueue', { taskQueue }, { deadlineMs: host.now() + 5_000 });
  await host.advance(5_000);
  const third = await poll;
  assert.ok(!isRejection(third) && (third.taskToken?.length ?? 0) === 0, 'its old place is void');
});

test('fairness keys take turns by their weights, before and after a restart', async () => {
  const server = await TestServer.start();
  for (const index of [1, 2, 3, 4]) await start(server, `a${index}`, { fairnessKey: 'a' });
  for (const index of [1, 2, 3, 4]) await start(server, `b${index}`, { fairnessKey: 'b', fairnessWeight: 2 });
  assert.equal(await next(server, 3), 'a1 b1 b2');
  const restarted = await restart(server);
  const rest = await next(restarted, 5);
  assert.deepEqual(
    rest.split(' ').filter((id) => id.startsWith('a')),
    ['a2', 'a3', 'a4'],
  );
  assert.equal(rest.split(' ').lastIndexOf('b4') < rest.split(' ').indexOf('a4'), true);
});

test('what a person has set for a fairness key goes before what its tasks say', async () => {
  const server = await TestServer.start();
  const weights = { setFairnessWeightOverrides: { b: 3 } };
  const type = { taskQueueType: TaskQueueType.Workflow };
  await server.ok('UpdateTaskQueueConfig', { taskQueue: 'queue', ...type, ...weights });
  for (const index of [1, 2, 3]) await start(server, `a${index}`, { fairnessKey: 'a', fairnessWeight: 100 });
  for (const index of [1, 2, 3]) await start(server, `b${index}`, { fairnessKey: 'b' });
  await server.ok('UpdateTaskQueueConfig', { taskQueue: 'queue', ...type, setFairnessWeightOverrides: { a: 1 } });
  assert.equal(await next(server, 5), 'a1 b1 b2 b3 a2');
});

test('the stats tell what waits, by priority, and how fast it comes and goes', async () => {
  const server = await TestServer.start();
  await start(server, 'plain');
  await start(server, 'high', { priorityKey: 1 });
  await start(server, 'higher than there is', { priorityKey: 9 });
  await server.host.advance(2_000);
  assert.equal(await next(server, 1), 'high');
  const described = await server.ok('DescribeTaskQueue', { taskQueue, reportStats: true });
  assert.deepEqual(described.stats, {
    approximateBacklogCount: 2,
    approximateBacklogAge: toDuration(2_000),
    tasksAddRate: 1.5,
    tasksDispatchRate: 0.5,
  });
  const { 1: high, 3: plain, 5: low } = described.statsByPriorityKey ?? {};
  assert.deepEqual(
    [high, plain, low].map((stats) => stats?.approximateBacklogCount),
    [0, 1, 1],
  );
  assert.equal(described.versioningInfo?.currentVersion, '__unversioned__');
});

test('the enhanced mode tells the same by build id and type', async () => {
  const server = await TestServer.start();
  await start(server, 'plain');
  await start(server, 'other');
  await server.ok('PollWorkflowTaskQueue', { taskQueue, identity: 'worker' });
  const enhanced = { taskQueue, apiMode: DescribeTaskQueueMode.Enhanced };
  const { versionsInfo, pollers } = await server.ok('DescribeTaskQueue', {
    ...enhanced,
    reportStats: true,
    reportPollers: true,
    reportTaskReachability: true,
  });
  assert.equal(pollers?.length ?? 0, 0);
  const unversioned = versionsInfo?.[''];
  assert.equal(unversioned?.taskReachability, BuildIdTaskReachability.Reachable);
  const { 1: workflows, 2: activities } = unversioned.typesInfo ?? {};
  assert.equal(workflows?.stats?.approximateBacklogCount, 1);
  assert.deepEqual(
    workflows.pollers?.map(({ identity }) => identity),
    ['worker'],
  );
  assert.equal(activities?.stats?.approximateBacklogCount, 0);

  const one = { versions: { buildIds: ['1.0'] }, taskQueueTypes: [TaskQueueType.Workflow] };
  const chosen = await server.ok('DescribeTaskQueue', { ...enhanced, ...one, reportTaskReachability: true });
  assert.deepEqual(Object.keys(chosen.versionsInfo ?? {}), ['1.0']);
  assert.equal(chosen.versionsInfo?.['1.0']?.taskReachability, BuildIdTaskReachability.Unreachable);
});

test('what cannot be described is refused with the words of the official server', async () => {
  const server = await TestServer.start();
  const refused = async (request: object) =>
    refusalOf(await server.call('DescribeTaskQueue', { taskQueue, ...request }));
  const status = GrpcStatus.InvalidArgument;
  const apiMode = DescribeTaskQueueMode.Enhanced;
  const sticky = { taskQueue: { name: 'sticky', kind: TaskQueueKind.Sticky, normalName: 'queue' } };
  assert.deepEqual(await refused({ ...sticky, apiMode }), {
    status,
    message: 'Enhanced DescribeTaskQueue is not valid for a sticky queue, use api_mode=UNSPECIFIED or a normal queue.',
  });
  assert.deepEqual(await refused({ ...sticky, reportStats: true }), {
    status,
    message: 'DescribeTaskQueue stats are only supported for the root partition',
  });
  const versions = { buildIds: ['1', '2', '3', '4', '5', '6'] };
  assert.deepEqual(await refused({ apiMode, versions, reportTaskReachability: true }), {
    status,
    message: 'Too many build ids queried at once with ReportTaskReachability==true, limit: 5',
  });
});

test('workers hear whether they should poll more, or less', async () => {
  const server = await TestServer.start();
  const poll = async () => {
    const { pollerScalingDecision } = await server.ok('PollWorkflowTaskQueue', { taskQueue, identity: 'worker' });
    return pollerScalingDecision?.pollRequestDeltaSuggestion;
  };
  for (let index = 0; index < 20; index++) await start(server, `w${index}`);
  await server.host.advance(500);
  const decisions: (number | undefined)[] = [];
  for (let index = 0; index < 12; index++) decisions.push(await poll());
  assert.deepEqual(decisions, [...Array.from({ length: 10 }, () => 1), undefined, undefined]);
  await next(server, 8);

  const idle = server.begin('PollWorkflowTaskQueue', { taskQueue, identity: 'worker' });
  await server.host.advance(1_500);
  await start(server, 'late');
  const late = await idle;
  assert.ok(!isRejection(late));
  assert.equal(late.pollerScalingDecision?.pollRequestDeltaSuggestion, -1);
});

test('what has closed no longer counts, whether it is in memory or not', async () => {
  const first = await TestServer.start();
  for (const id of ['a', 'b', 'c']) await start(first, id);
  assert.equal(await backlogOf(first), 3);
  await first.ok('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'b' } });
  assert.equal(await backlogOf(first), 2);
  const second = await restart(first);
  assert.equal(await backlogOf(second), 2);
  await second.ok('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'a' } });
  assert.equal(await backlogOf(second), 1);
  const third = await restart(second);
  assert.equal(await backlogOf(third), 1);
  assert.equal(await next(third, 1), 'c');
  assert.equal(await backlogOf(third), 0);
});

test('an activity that is held, or has run out of time, no longer counts', async () => {
  const server = await TestServer.start();
  await start(server, 'w');
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue });
  const schedule = (activityId: string): Command => ({
    commandType: CommandType.ScheduleActivityTask,
    scheduleActivityTaskCommandAttributes: {
      activityId,
      activityType: { name: 'A' },
      taskQueue,
      scheduleToStartTimeout: toDuration(5_000),
      startToCloseTimeout: toDuration(5_000),
    },
  });
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, commands: [schedule('held'), schedule('late')] });
  const execution = { workflowId: 'w' };
  assert.equal(await backlogOf(server, TaskQueueType.Activity), 2);
  await server.ok('PauseActivity', { execution, id: 'held' });
  assert.equal(await backlogOf(server, TaskQueueType.Activity), 1);
  await server.ok('UnpauseActivity', { execution, id: 'held' });
  assert.equal(await backlogOf(server, TaskQueueType.Activity), 2);
  await server.host.advance(5_000);
  assert.equal(await backlogOf(server, TaskQueueType.Activity), 0);
});

/** How many tasks of the queue are said to wait. */
async function backlogOf(server: TestServer, taskQueueType: TaskQueueType = TaskQueueType.Workflow): Promise<number> {
  const { stats } = await server.ok('DescribeTaskQueue', { taskQueue, taskQueueType, reportStats: true });
  return stats?.approximateBacklogCount ?? 0;
}
