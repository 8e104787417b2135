import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus, isRejection } from '@perdure/core';
import {
  CommandType,
  EventType,
  HistoryEventFilterType,
  PendingWorkflowTaskState,
  QueryRejectCondition,
  QueryResultType,
  TaskQueueKind,
  WorkflowExecutionStatus,
  WorkflowTaskFailedCause,
} from '@perdure/proto/enums';
import type { Command, History, PollWorkflowTaskQueueResponse } from '@perdure/proto/types';
import { refusalOf, TestServer, text, textOf } from './testing.ts';

const started = { workflowId: 'workflow', workflowType: { name: 'Type' }, taskQueue: { name: 'queue' } };
const workflowExecution = { workflowId: 'workflow' };
const normal = { taskQueue: { name: 'queue' }, identity: 'worker' };
const stickyAttributes = { workerTaskQueue: { name: 'sticky' }, scheduleToStartTimeout: { seconds: 10 } };
const sticky = {
  taskQueue: { name: 'sticky', kind: TaskQueueKind.Sticky, normalName: 'queue' },
  identity: 'worker',
};
const complete: Command = {
  commandType: CommandType.CompleteWorkflowExecution,
  completeWorkflowExecutionCommandAttributes: { result: text('done') },
};
const scheduleActivity: Command = {
  commandType: CommandType.ScheduleActivityTask,
  scheduleActivityTaskCommandAttributes: {
    activityId: 'a',
    activityType: { name: 'Activity' },
    taskQueue: { name: 'queue' },
    input: text('in'),
    startToCloseTimeout: { seconds: 60 },
    heartbeatTimeout: { seconds: 30 },
  },
};

function types(history: History | undefined): (EventType | undefined)[] {
  return (history?.events ?? []).map(({ eventType }) => eventType);
}

function ids(history: History | undefined): (number | undefined)[] {
  return (history?.events ?? []).map(({ eventId }) => eventId);
}

async function polled(server: TestServer, request = normal): Promise<PollWorkflowTaskQueueResponse> {
  const task = await server.ok('PollWorkflowTaskQueue', request);
  assert.ok((task.taskToken?.length ?? 0) > 0, 'a task came');
  return task;
}

/** A run whose first workflow task has been completed with these commands. */
async function running(commands: readonly Command[] = [], request: object = {}): Promise<TestServer> {
  const server = await TestServer.start();
  await server.ok('StartWorkflowExecution', { ...started, ...request });
  const { taskToken } = await polled(server);
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, commands });
  return server;
}

test('a workflow is started, worked on, completed and read', async () => {
  const server = await TestServer.start();
  const reply = await server.ok('StartWorkflowExecution', { ...started, input: text('hello'), requestId: 'r1' });
  assert.equal(reply.started, true);
  assert.equal(reply.status, WorkflowExecutionStatus.Running);
  assert.equal(reply.firstExecutionRunId, reply.runId);
  assert.equal(reply.link?.workflowEvent?.eventRef?.eventId, 1);
  const again = await server.ok('StartWorkflowExecution', { ...started, requestId: 'r1' });
  assert.equal(again.runId, reply.runId);
  assert.equal(again.started, true);

  const task = await polled(server);
  assert.deepEqual(types(task.history), [
    EventType.WorkflowExecutionStarted,
    EventType.WorkflowTaskScheduled,
    EventType.WorkflowTaskStarted,
  ]);
  assert.equal(task.startedEventId, 3);
  assert.equal(task.attempt, 1);
  assert.equal(task.workflowExecution?.runId, reply.runId);
  assert.equal(task.workflowExecutionTaskQueue?.name, 'queue');
  const input = task.history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input;
  assert.equal(textOf(input), 'hello');

  const { taskToken } = task;
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, commands: [complete], identity: 'worker' });
  const { history, nextPageToken } = await server.ok('GetWorkflowExecutionHistory', { execution: workflowExecution });
  assert.deepEqual(ids(history), [1, 2, 3, 4, 5]);
  assert.equal(nextPageToken?.length ?? 0, 0);
  const closed = await server.ok('GetWorkflowExecutionHistory', {
    execution: workflowExecution,
    waitNewEvent: true,
    historyEventFilterType: HistoryEventFilterType.CloseEvent,
  });
  assert.deepEqual(types(closed.history), [EventType.WorkflowExecutionCompleted]);
  const late = await server.call('RespondWorkflowTaskCompleted', { taskToken, commands: [complete] });
  assert.equal(refusalOf(late).message, 'Workflow task not found.');
  assert.deepEqual(server.errors, []);
});

test('a poll waits for a task, and is answered empty before its deadline', async () => {
  const server = await TestServer.start();
  const waiting = server.begin('PollWorkflowTaskQueue', normal);
  await server.host.settle();
  await server.ok('StartWorkflowExecution', started);
  const task = await waiting;
  assert.ok(!isRejection(task) && task.startedEventId === 3);

  const deadlineMs = server.host.now() + 10_000;
  const idle = server.begin('PollWorkflowTaskQueue', normal, { deadlineMs });
  let isOver = false;
  void idle.then(() => (isOver = true));
  await server.host.advance(8_999);
  assert.equal(isOver, false);
  await server.host.advance(1);
  assert.deepEqual(await idle, {});

  const short = { deadlineMs: server.host.now() + 1_999 };
  const refused = refusalOf(await server.call('PollWorkflowTaskQueue', normal, short));
  assert.deepEqual(refused, { status: GrpcStatus.FailedPrecondition, message: 'Context timeout is too short.' });
  const none = refusalOf(await server.call('PollActivityTaskQueue', normal, {}));
  assert.deepEqual(none, { status: GrpcStatus.InvalidArgument, message: 'Context timeout is not set.' });
});

test('a task whose poller is gone goes to the next one, as the same attempt', async () => {
  const server = await TestServer.start();
  const controller = new AbortController();
  const deadlineMs = server.host.now() + 60_000;
  const gone = server.begin('PollWorkflowTaskQueue', normal, { deadlineMs, signal: controller.signal });
  await server.host.settle();
  const start = server.begin('StartWorkflowExecution', started);
  controller.abort();
  await server.host.settle();
  assert.ok(!isRejection(await start));
  await gone;
  const task = await polled(server);
  assert.equal(task.attempt, 1);
  assert.equal(task.startedEventId, 3);
  await server.ok('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands: [complete] });
});

test('an activity is polled, heartbeats and completes', async () => {
  const server = await running([scheduleActivity]);
  const task = await server.ok('PollActivityTaskQueue', normal);
  assert.equal(task.activityId, 'a');
  assert.equal(task.activityType?.name, 'Activity');
  assert.equal(task.workflowExecution?.workflowId, 'workflow');
  assert.equal(task.workflowNamespace, 'default');
  assert.equal(textOf(task.input), 'in');
  assert.equal(task.attempt, 1);
  assert.deepEqual(task.scheduleToCloseTimeout, { seconds: 0, nanos: 0 });
  const { taskToken } = task;
  const beat = await server.ok('RecordActivityTaskHeartbeat', { taskToken, details: text('half') });
  assert.equal(beat.cancelRequested, false);
  const { pendingActivities } = await server.ok('DescribeWorkflowExecution', { execution: workflowExecution });
  assert.equal(textOf(pendingActivities?.[0]?.heartbeatDetails), 'half');
  await server.ok('RespondActivityTaskCompleted', { taskToken, result: text('out') });
  const twice = await server.call('RespondActivityTaskCompleted', { taskToken, result: text('out') });
  assert.equal(refusalOf(twice).status, GrpcStatus.NotFound);
  const next = await polled(server);
  assert.equal(next.previousStartedEventId, 3);
  assert.equal(types(next.history).at(-4), EventType.ActivityTaskStarted);
});

test('an activity is completed by its id', async () => {
  const server = await running([scheduleActivity]);
  const byId = { workflowId: 'workflow', activityId: 'a' };
  assert.equal(
    refusalOf(await server.call('RespondActivityTaskCompletedById', { ...byId, activityId: '' })).message,
    'ActivityId is not set on request.',
  );
  assert.equal(
    refusalOf(await server.call('RespondActivityTaskCompletedById', { ...byId, runId: 'no uuid' })).message,
    'RunId is not valid UUID.',
  );
  const unknown = await server.call('RespondActivityTaskFailedById', { ...byId, activityId: 'b' });
  assert.equal(refusalOf(unknown).status, GrpcStatus.NotFound);
  await server.ok('RespondActivityTaskCompletedById', { ...byId, result: text('out') });
  assert.equal((await polled(server)).attempt, 1);
});

test('a worker gets its next task and its own activities with the reply', async () => {
  const server = await TestServer.start();
  await server.ok('StartWorkflowExecution', started);
  const { taskToken } = await polled(server);
  const eager = { ...scheduleActivity.scheduleActivityTaskCommandAttributes, requestEagerExecution: true };
  const reply = await server.ok('RespondWorkflowTaskCompleted', {
    taskToken,
    commands: [{ ...scheduleActivity, scheduleActivityTaskCommandAttributes: eager }],
    returnNewWorkflowTask: true,
    forceCreateNewWorkflowTask: true,
    stickyAttributes,
  });
  assert.equal(reply.activityTasks?.[0]?.activityId, 'a');
  assert.deepEqual(types(reply.workflowTask?.history), [
    EventType.WorkflowTaskCompleted,
    EventType.ActivityTaskScheduled,
    EventType.WorkflowTaskScheduled,
    EventType.WorkflowTaskStarted,
  ]);
  const activityToken = reply.activityTasks?.[0]?.taskToken;
  await server.ok('RespondActivityTaskCompleted', { taskToken: activityToken, result: text('out') });
  const nextToken = reply.workflowTask?.taskToken;
  const waiting = server.begin('PollWorkflowTaskQueue', sticky);
  await server.ok('RespondWorkflowTaskCompleted', { taskToken: nextToken, commands: [], stickyAttributes });
  const last = await waiting;
  assert.ok(!isRejection(last));
  assert.equal(last.previousStartedEventId, 7);
  assert.equal(ids(last.history)[0], 8);
});

test('a client with a worker at hand gets the first task with the reply', async () => {
  const server = await TestServer.start();
  const request = { ...started, requestEagerExecution: true, requestId: 'r1' };
  const { eagerWorkflowTask } = await server.ok('StartWorkflowExecution', request);
  assert.deepEqual(ids(eagerWorkflowTask?.history), [1, 2, 3]);
  const again = await server.ok('StartWorkflowExecution', request);
  assert.deepEqual(ids(again.eagerWorkflowTask?.history), [1, 2, 3]);
  const { taskToken } = again.eagerWorkflowTask ?? {};
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, commands: [complete] });
});

test('histories are read in pages, forward and backward, and each event comes once', async () => {
  const server = await running([], { workflowId: 'workflow' });
  for (let signal = 0; signal < 5; signal++) {
    await server.ok('SignalWorkflowExecution', { workflowExecution, signalName: `s${signal}` });
  }
  const whole = await server.ok('GetWorkflowExecutionHistory', { execution: workflowExecution });
  const all = ids(whole.history);
  for (const name of ['GetWorkflowExecutionHistory', 'GetWorkflowExecutionHistoryReverse'] as const) {
    const seen: (number | undefined)[] = [];
    let nextPageToken: Uint8Array | undefined;
    let pages = 0;
    do {
      const request = { execution: workflowExecution, maximumPageSize: 1, nextPageToken };
      const page = await server.ok(name, request);
      seen.push(...ids(page.history));
      nextPageToken = page.nextPageToken;
      pages += 1;
    } while (nextPageToken !== undefined && nextPageToken.length > 0);
    assert.ok(pages > 3);
    assert.deepEqual(seen, name === 'GetWorkflowExecutionHistory' ? all : all.toReversed());
  }
});

test('a page token fits its run, its direction and its namespace only', async () => {
  const server = await running();
  await server.ok('StartWorkflowExecution', { ...started, workflowId: 'other' });
  await server.ok('RegisterNamespace', { namespace: 'another', workflowExecutionRetentionPeriod: { seconds: 86_400 } });
  const request = { execution: workflowExecution, maximumPageSize: 1 };
  const { nextPageToken } = await server.ok('GetWorkflowExecutionHistory', request);
  const invalid = 'Invalid NextPageToken.';
  const otherRun = '33333333-3333-7333-8333-333333333333';
  const refused = [
    [{ nextPageToken: Buffer.from('made up') }, invalid],
    [{ nextPageToken, execution: { workflowId: 'other' } }, invalid],
    [{ nextPageToken, namespace: 'another' }, invalid],
    [
      { nextPageToken, execution: { workflowId: 'workflow', runId: otherRun } },
      'RunId in the request does not match the NextPageToken.',
    ],
  ] as const;
  for (const [change, message] of refused) {
    const reply = await server.call('GetWorkflowExecutionHistory', { ...request, ...change });
    assert.equal(refusalOf(reply).message, message);
  }
  const reverse = await server.call('GetWorkflowExecutionHistoryReverse', { ...request, nextPageToken });
  assert.equal(refusalOf(reverse).message, invalid);
});

test('a reader waits for new events, and for the end', async () => {
  const server = await running();
  const request = { execution: workflowExecution, waitNewEvent: true };
  const { nextPageToken } = await server.ok('GetWorkflowExecutionHistory', request);
  assert.ok(nextPageToken !== undefined);
  const waiting = server.begin('GetWorkflowExecutionHistory', { ...request, nextPageToken });
  const historyEventFilterType = HistoryEventFilterType.CloseEvent;
  const end = server.begin('GetWorkflowExecutionHistory', { ...request, historyEventFilterType });
  await server.host.settle();
  await server.ok('SignalWorkflowExecution', { workflowExecution, signalName: 'go' });
  const news = await waiting;
  assert.ok(!isRejection(news));
  assert.equal(types(news.history)[0], EventType.WorkflowExecutionSignaled);

  await server.host.advance(20_000);
  const notYet = await end;
  assert.ok(!isRejection(notYet));
  assert.deepEqual(notYet.history?.events ?? [], []);
  assert.ok((notYet.nextPageToken?.length ?? 0) > 0);
  const { nextPageToken: endToken } = notYet;
  const later = server.begin('GetWorkflowExecutionHistory', {
    ...request,
    historyEventFilterType,
    nextPageToken: endToken,
  });
  await server.host.settle();
  await server.ok('TerminateWorkflowExecution', { workflowExecution });
  const closed = await later;
  assert.ok(!isRejection(closed));
  assert.deepEqual(types(closed.history), [EventType.WorkflowExecutionTerminated]);
  const { reason, identity } = closed.history?.events?.[0]?.workflowExecutionTerminatedEventAttributes ?? {};
  assert.deepEqual([reason, identity], ['terminated by user via frontend', 'frontend-service']);
});

test('events of a later attempt are shown to workers, not to people', async () => {
  const server = await TestServer.start();
  await server.ok('StartWorkflowExecution', started);
  for (let attempt = 1; attempt <= 2; attempt++) {
    const { taskToken } = await polled(server);
    const cause = WorkflowTaskFailedCause.NonDeterministicError;
    await server.ok('RespondWorkflowTaskFailed', { taskToken, cause, identity: 'worker' });
  }
  const task = await polled(server);
  assert.equal(task.attempt, 3);
  assert.deepEqual(ids(task.history), [1, 2, 3, 4, 5, 6]);
  const seenBy = async (client: string) => {
    const headers = new Map([['client-name', client]]);
    const request = { execution: workflowExecution };
    return ids((await server.ok('GetWorkflowExecutionHistory', request, { headers })).history);
  };
  assert.deepEqual(await seenBy('temporal-typescript'), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(await seenBy('temporal-ui'), [1, 2, 3, 4]);
  await server.ok('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands: [complete] });
});

test('a query goes to a worker by itself when no task is pending', async () => {
  const server = await running();
  const asked = server.begin('QueryWorkflow', {
    execution: workflowExecution,
    query: { queryType: 'state', queryArgs: text('in') },
  });
  const task = await polled(server);
  assert.equal(task.query?.queryType, 'state');
  assert.equal(task.startedEventId ?? 0, 0);
  assert.deepEqual(ids(task.history), [1, 2, 3, 4]);
  const { taskToken } = task;
  const answer = { taskToken, completedType: QueryResultType.Answered, queryResult: text('answer') };
  await server.ok('RespondQueryTaskCompleted', answer);
  const reply = await asked;
  assert.ok(!isRejection(reply));
  assert.equal(textOf(reply.queryResult), 'answer');
  assert.equal(reply.link?.workflow?.reason, 'Query processed');
  const late = refusalOf(await server.call('RespondQueryTaskCompleted', answer));
  assert.equal(late.message, 'query task not found, or already expired');
});

test('a query rides on the pending task and is answered with it', async () => {
  const server = await running();
  await server.ok('SignalWorkflowExecution', { workflowExecution, signalName: 'go' });
  const asked = server.begin('QueryWorkflow', { execution: workflowExecution, query: { queryType: 'state' } });
  await server.host.settle();
  const full = await server.call('QueryWorkflow', { execution: workflowExecution, query: { queryType: 'state' } });
  assert.equal(refusalOf(full).status, GrpcStatus.ResourceExhausted);
  const task = await polled(server);
  const [id, query] = Object.entries(task.queries ?? {})[0] ?? [];
  assert.equal(query?.queryType, 'state');
  const failed = { resultType: QueryResultType.Failed, errorMessage: 'unknown query' };
  await server.ok('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, queryResults: { [id ?? '']: failed } });
  const reply = await asked;
  assert.deepEqual(refusalOf(reply), { status: GrpcStatus.InvalidArgument, message: 'unknown query' });
});

test('a query waits for a first workflow task that comes before its caller gives up', async () => {
  const server = await TestServer.start();
  await server.ok('StartWorkflowExecution', { ...started, workflowStartDelay: { seconds: 20 } });
  const query = { execution: workflowExecution, query: { queryType: 'state' } };
  const atMs = server.host.now();
  const hasty = await server.call('QueryWorkflow', query, { deadlineMs: atMs + 10_000 });
  assert.equal(refusalOf(hasty).message, 'Workflow task is not scheduled yet.');
  const asked = server.begin('QueryWorkflow', query, { deadlineMs: atMs + 25_000 });
  await server.host.settle();
  await server.host.advance(20_000);
  const task = await polled(server);
  const [id = ''] = Object.keys(task.queries ?? {});
  const queryResults = { [id]: { resultType: QueryResultType.Answered, answer: text('first') } };
  await server.ok('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, queryResults });
  const reply = await asked;
  assert.ok(!isRejection(reply));
  assert.equal(textOf(reply.queryResult), 'first');
});

test('answers that come with a stale task do not count', async () => {
  const server = await running();
  await server.ok('SignalWorkflowExecution', { workflowExecution, signalName: 'go' });
  const asked = server.begin('QueryWorkflow', { execution: workflowExecution, query: { queryType: 'state' } });
  await server.host.settle();
  const stale = await polled(server);
  await server.host.advance(10_000);
  const [id = ''] = Object.keys(stale.queries ?? {});
  const answered = (value: string) => ({ [id]: { resultType: QueryResultType.Answered, answer: text(value) } });
  const late = await server.call('RespondWorkflowTaskCompleted', {
    taskToken: stale.taskToken,
    queryResults: answered('stale'),
  });
  assert.equal(refusalOf(late).message, 'Workflow task not found.');
  const task = await polled(server);
  assert.deepEqual(Object.keys(task.queries ?? {}), [id]);
  await server.ok('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, queryResults: answered('fresh') });
  const reply = await asked;
  assert.ok(!isRejection(reply));
  assert.equal(textOf(reply.queryResult), 'fresh');
});

test('a query of a closed run is rejected where that is asked for; one that nobody answers times out', async () => {
  const server = await running();
  const request = { execution: workflowExecution, query: { queryType: 'state' } };
  const controller = new AbortController();
  const asked = server.begin('QueryWorkflow', request, { signal: controller.signal });
  await server.host.settle();
  controller.abort();
  assert.equal(refusalOf(await asked).status, GrpcStatus.DeadlineExceeded);
  await server.ok('TerminateWorkflowExecution', { workflowExecution });
  const queryRejectCondition = QueryRejectCondition.NotOpen;
  const { queryRejected } = await server.ok('QueryWorkflow', { ...request, queryRejectCondition });
  assert.equal(queryRejected?.status, WorkflowExecutionStatus.Terminated);
  assert.equal(
    refusalOf(await server.call('QueryWorkflow', { execution: workflowExecution })).message,
    'WorkflowQuery is not set on request.',
  );
  assert.equal(
    refusalOf(await server.call('QueryWorkflow', { execution: workflowExecution, query: {} })).message,
    'QueryType is not set on request.',
  );
});

test('signals, cancel requests and terminations reach a run, or say why not', async () => {
  const server = await running();
  const { link } = await server.ok('SignalWorkflowExecution', {
    workflowExecution,
    signalName: 'go',
    requestId: 'r1',
  });
  assert.equal(link?.workflowEvent?.requestIdRef?.requestId, 'r1');
  await server.ok('SignalWorkflowExecution', { workflowExecution, signalName: 'go', requestId: 'r1' });
  await server.ok('RequestCancelWorkflowExecution', { workflowExecution, reason: 'enough' });
  const { history } = await server.ok('GetWorkflowExecutionHistory', { execution: workflowExecution });
  assert.equal(types(history).filter((type) => type === EventType.WorkflowExecutionSignaled).length, 1);
  await server.ok('TerminateWorkflowExecution', { workflowExecution });
  const again = await server.call('TerminateWorkflowExecution', { workflowExecution });
  assert.equal(refusalOf(again).message, 'workflow execution already completed');
  const unknown = await server.call('SignalWorkflowExecution', {
    workflowExecution: { workflowId: 'nobody' },
    signalName: 'go',
  });
  assert.deepEqual(refusalOf(unknown), {
    status: GrpcStatus.NotFound,
    message: 'workflow not found for ID: nobody',
  });
  assert.equal(
    refusalOf(await server.call('SignalWorkflowExecution', { workflowExecution })).message,
    'SignalName is not set on request.',
  );
  assert.equal(
    refusalOf(await server.call('RequestCancelWorkflowExecution', {})).message,
    'Execution is not set on request.',
  );
});

test('a signal with start starts a run once and signals it after', async () => {
  const server = await TestServer.start();
  const request = { ...started, signalName: 'go', requestId: 'r1' };
  const first = await server.ok('SignalWithStartWorkflowExecution', request);
  assert.equal(first.started, true);
  const second = await server.ok('SignalWithStartWorkflowExecution', { ...request, requestId: 'r2' });
  assert.equal(second.started, false);
  assert.equal(second.runId, first.runId);
  const { history } = await server.ok('GetWorkflowExecutionHistory', { execution: workflowExecution });
  assert.deepEqual(types(history), [
    EventType.WorkflowExecutionStarted,
    EventType.WorkflowExecutionSignaled,
    EventType.WorkflowTaskScheduled,
    EventType.WorkflowExecutionSignaled,
  ]);
});

test('a run is described whole, open and closed', async () => {
  const server = await TestServer.start();
  const userMetadata = { summary: text('what for').payloads?.[0] };
  const memo = { fields: { note: text('memo').payloads?.[0] ?? {} } };
  const timeouts = { workflowRunTimeout: { seconds: 600 }, workflowTaskTimeout: { seconds: 5 } };
  await server.ok('StartWorkflowExecution', { ...started, ...timeouts, userMetadata, memo, requestId: 'r1' });
  const open = await server.ok('DescribeWorkflowExecution', { execution: workflowExecution });
  assert.equal(open.workflowExecutionInfo?.status, WorkflowExecutionStatus.Running);
  assert.equal(open.workflowExecutionInfo?.historyLength, 2);
  assert.equal(open.workflowExecutionInfo?.closeTime, undefined);
  assert.equal(open.pendingWorkflowTask?.state, PendingWorkflowTaskState.Scheduled);
  assert.equal(open.executionConfig?.taskQueue?.name, 'queue');
  assert.equal(open.executionConfig?.defaultWorkflowTaskTimeout?.seconds, 5);
  assert.deepEqual(Object.keys(open.workflowExecutionInfo?.memo?.fields ?? {}), ['note']);
  assert.equal(textOf({ payloads: [open.executionConfig?.userMetadata?.summary ?? {}] }), 'what for');
  assert.equal(open.workflowExtendedInfo?.requestIdInfos?.['r1']?.eventId, 1);
  assert.ok(open.workflowExtendedInfo?.runExpirationTime !== undefined);
  await server.ok('TerminateWorkflowExecution', { workflowExecution });
  const closed = await server.ok('DescribeWorkflowExecution', { execution: workflowExecution });
  assert.equal(closed.workflowExecutionInfo?.status, WorkflowExecutionStatus.Terminated);
  assert.ok(closed.workflowExecutionInfo?.closeTime !== undefined);
  assert.deepEqual(closed.pendingWorkflowTask, open.pendingWorkflowTask, 'as it was at the close');
});

test('runs are listed, filtered and counted', async () => {
  const server = await TestServer.start();
  for (const workflowId of ['a', "b's", 'c']) await server.ok('StartWorkflowExecution', { ...started, workflowId });
  await server.ok('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'c' } });
  const listed: (string | undefined)[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await server.ok('ListWorkflowExecutions', { pageSize: 2, nextPageToken });
    listed.push(...(page.executions ?? []).map(({ execution }) => execution?.workflowId));
    nextPageToken = page.nextPageToken;
  } while (nextPageToken !== undefined && nextPageToken.length > 0);
  assert.deepEqual(new Set(listed), new Set(['a', "b's", 'c']));
  const open = await server.ok('ListOpenWorkflowExecutions', { executionFilter: { workflowId: "b's" } });
  assert.deepEqual(
    open.executions?.map(({ execution }) => execution?.workflowId),
    ["b's"],
  );
  const closed = await server.ok('ListClosedWorkflowExecutions', {
    statusFilter: { status: WorkflowExecutionStatus.Terminated },
  });
  assert.equal(closed.executions?.length, 1);
  assert.equal((await server.ok('CountWorkflowExecutions', { query: "WorkflowType = 'Type'" })).count, 3);
  const grouped = await server.ok('CountWorkflowExecutions', { query: 'GROUP BY ExecutionStatus' });
  assert.equal(grouped.count, 3);
  assert.deepEqual(
    grouped.groups?.map(({ groupValues, count }) => [textOf({ payloads: groupValues ?? [] }), count]),
    [
      ['Running', 2],
      ['Terminated', 1],
    ],
  );
  const wrong = await server.call('ListWorkflowExecutions', { query: 'nonsense' });
  assert.equal(refusalOf(wrong).status, GrpcStatus.InvalidArgument);
  const forged = await server.call('ListWorkflowExecutions', { nextPageToken: Buffer.from('made up') });
  assert.equal(refusalOf(forged).message, 'Invalid pagination token.');
});

test('a task queue shows its pollers and what waits', async () => {
  const server = await TestServer.start();
  await server.ok('StartWorkflowExecution', started);
  const request = { taskQueue: { name: 'queue' }, reportStats: true };
  const before = await server.ok('DescribeTaskQueue', request);
  assert.deepEqual(before.pollers, []);
  assert.equal(before.stats?.approximateBacklogCount, 1);
  await polled(server);
  const after = await server.ok('DescribeTaskQueue', request);
  assert.equal(after.pollers?.[0]?.identity, 'worker');
  assert.equal(after.stats?.approximateBacklogCount, 0);
});

test('a worker that shuts down is let go of its sticky queue', async () => {
  const server = await TestServer.start();
  const waiting = server.begin('PollWorkflowTaskQueue', sticky);
  await server.host.settle();
  await server.ok('ShutdownWorker', { stickyTaskQueue: 'sticky', identity: 'worker' });
  assert.deepEqual(await waiting, {});
});
