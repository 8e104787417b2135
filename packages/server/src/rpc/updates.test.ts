import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus, isRejection } from '@perdure/core';
import { messageType, type MessageByName } from '@perdure/proto';
import {
  CommandType,
  EventType,
  TaskQueueKind,
  UpdateWorkflowExecutionLifecycleStage as Stage,
} from '@perdure/proto/enums';
import type { PollWorkflowTaskQueueResponse, ProtocolMessage } from '@perdure/proto/types';
import { MemoryStore } from '@perdure/storage';
import { refusalOf, TestServer, text, textOf } from './testing.ts';

const workflowExecution = { workflowId: 'workflow' };
const normal = { taskQueue: { name: 'queue' }, identity: 'worker' };
const stickyAttributes = { workerTaskQueue: { name: 'sticky' }, scheduleToStartTimeout: { seconds: 10 } };
const sticky = {
  taskQueue: { name: 'sticky', kind: TaskQueueKind.Sticky, normalName: 'queue' },
  identity: 'worker',
};
const accepted = { lifecycleStage: Stage.Accepted };

type UpdateMessageName = Extract<keyof MessageByName, `temporal.api.update.v1.${string}`>;

function message<Name extends UpdateMessageName>(
  updateId: string,
  name: Name,
  body: MessageByName[Name],
): ProtocolMessage {
  const value = messageType<Name>(name).encode(body as never);
  const id = `${updateId}/${name}`;
  return { id, protocolInstanceId: updateId, body: { typeUrl: `type.googleapis.com/${name}`, value } };
}

function accept(updateId: string): ProtocolMessage {
  const body = { acceptedRequestMessageId: `${updateId}/request`, acceptedRequestSequencingEventId: 5 };
  return message(updateId, 'temporal.api.update.v1.Acceptance', body);
}

function respond(updateId: string): ProtocolMessage {
  const body = { meta: { updateId }, outcome: { success: text('done') } };
  return message(updateId, 'temporal.api.update.v1.Response', body);
}

function refuse(updateId: string): ProtocolMessage {
  return message(updateId, 'temporal.api.update.v1.Rejection', { failure: { message: 'no' } });
}

function update(updateId: string, more: object = {}) {
  return { workflowExecution, request: { meta: { updateId }, input: { name: 'u', args: text('in') } }, ...more };
}

/** An idle run, in the cache of a worker. */
async function idle(options: Parameters<typeof TestServer.start>[0] = {}): Promise<TestServer> {
  const server = await TestServer.start(options);
  const started = { workflowId: 'workflow', workflowType: { name: 'Type' }, taskQueue: { name: 'queue' } };
  await server.ok('StartWorkflowExecution', started);
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', normal);
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, stickyAttributes });
  return server;
}

async function polled(server: TestServer): Promise<PollWorkflowTaskQueueResponse> {
  const task = await server.ok('PollWorkflowTaskQueue', normal);
  assert.ok((task.taskToken?.length ?? 0) > 0, 'a task came');
  return task;
}

function complete(server: TestServer, { taskToken }: PollWorkflowTaskQueueResponse, messages: ProtocolMessage[]) {
  return server.ok('RespondWorkflowTaskCompleted', { taskToken, messages, stickyAttributes });
}

async function historyOf(server: TestServer) {
  const { history } = await server.ok('GetWorkflowExecutionHistory', { execution: workflowExecution });
  return (history?.events ?? []).map(({ eventType }) => eventType);
}

test('an update is asked about, and answered with its outcome', async () => {
  const server = await idle();
  const poll = server.begin('PollWorkflowTaskQueue', sticky);
  await server.host.settle();
  const answer = server.begin('UpdateWorkflowExecution', update('u'));
  const task = await poll;
  assert.ok(!isRejection(task));
  assert.deepEqual(
    task.history?.events?.map(({ eventId }) => eventId),
    [4, 5, 6],
  );
  const [asked] = task.messages ?? [];
  assert.equal(asked?.id, 'u/request');
  assert.equal(asked?.protocolInstanceId, 'u');
  assert.equal(asked?.eventId, 5);
  const request = messageType('temporal.api.update.v1.Request').decode(asked?.body?.value ?? new Uint8Array());
  assert.equal(request.input?.name, 'u');
  assert.equal(request.meta?.updateId, 'u');
  await complete(server, task, [accept('u'), respond('u')]);
  const reply = await answer;
  assert.ok(!isRejection(reply));
  assert.equal(reply.stage, Stage.Completed);
  assert.equal(textOf(reply.outcome?.success), 'done');
  assert.equal(reply.updateRef?.updateId, 'u');
  const again = await server.ok('UpdateWorkflowExecution', update('u'));
  assert.equal(textOf(again.outcome?.success), 'done');
  const found = await server.ok('PollWorkflowExecutionUpdate', { updateRef: { workflowExecution, updateId: 'u' } });
  assert.equal(textOf(found.outcome?.success), 'done');
  assert.equal(found.stage, Stage.Completed);
});

test('a rejection leaves nothing behind, and sends the worker back', async () => {
  const server = await idle();
  const before = await historyOf(server);
  const answer = server.begin('UpdateWorkflowExecution', update('u'));
  const task = await polled(server);
  const { resetHistoryEventId } = await complete(server, task, [refuse('u')]);
  assert.equal(resetHistoryEventId, 3);
  const reply = await answer;
  assert.ok(!isRejection(reply));
  assert.equal(reply.outcome?.failure?.message, 'no');
  assert.equal(reply.stage, Stage.Completed);
  assert.deepEqual(await historyOf(server), before);
  const lost = await server.call('PollWorkflowExecutionUpdate', { updateRef: { workflowExecution, updateId: 'u' } });
  assert.deepEqual(refusalOf(lost), { status: GrpcStatus.NotFound, message: 'update "u" not found' });
});

test('a caller is answered with how far its update has come when the time is up', async () => {
  const server = await idle();
  const first = server.begin('UpdateWorkflowExecution', update('u'));
  await server.host.advance(20_000);
  const admitted = await first;
  assert.ok(!isRejection(admitted));
  assert.equal(admitted.stage, Stage.Admitted);
  assert.equal(admitted.outcome, undefined);
  const second = server.begin('UpdateWorkflowExecution', update('u', { waitPolicy: accepted }));
  await complete(server, await polled(server), [accept('u')]);
  const reply = await second;
  assert.ok(!isRejection(reply));
  assert.equal(reply.stage, Stage.Accepted);
  const updateRef = { workflowExecution, updateId: 'u' };
  const now = await server.ok('PollWorkflowExecutionUpdate', { updateRef });
  assert.equal(now.stage, Stage.Accepted);
  const waiting = server.begin('PollWorkflowExecutionUpdate', {
    updateRef,
    waitPolicy: { lifecycleStage: Stage.Completed },
  });
  await server.host.advance(20_000);
  const late = await waiting;
  assert.ok(!isRejection(late));
  assert.equal(late.stage, Stage.Accepted);
});

test('a sticky queue whose worker is gone passes the update on', async () => {
  const server = await idle();
  await server.host.advance(15_000);
  const answer = server.begin('UpdateWorkflowExecution', update('u'));
  const task = await polled(server);
  assert.deepEqual(
    task.history?.events?.map(({ eventId }) => eventId),
    [1, 2, 3, 4, 5, 6],
  );
  await complete(server, task, [accept('u'), respond('u')]);
  assert.ok(!isRejection(await answer));
});

test('a query that comes during a task without a trace is answered by the next worker', async () => {
  const server = await idle();
  const answer = server.begin('UpdateWorkflowExecution', update('u'));
  const task = await polled(server);
  const asked = server.begin('QueryWorkflow', { execution: workflowExecution, query: { queryType: 'q' } });
  await server.host.settle();
  await complete(server, task, [refuse('u')]);
  const question = await polled(server);
  assert.equal(question.query?.queryType, 'q');
  await server.ok('RespondQueryTaskCompleted', { taskToken: question.taskToken, completedType: 1 });
  await Promise.all([answer, asked]);
});

test('a request that cannot be understood is refused', async () => {
  const server = await idle();
  const meta = { updateId: 'u' };
  const input = { name: 'u' };
  const cases: [object, GrpcStatus, string][] = [
    [{ request: { input } }, GrpcStatus.InvalidArgument, 'Update meta is not set on request.'],
    [
      { request: { meta: { updateId: 'x'.repeat(1_001) }, input } },
      GrpcStatus.InvalidArgument,
      'UpdateId length exceeds limit.',
    ],
    [{ request: { meta } }, GrpcStatus.InvalidArgument, 'Update input is not set on request.'],
    [{ request: { meta, input: {} } }, GrpcStatus.InvalidArgument, 'Update name is not set on request.'],
    [
      { waitPolicy: { lifecycleStage: Stage.Admitted } },
      GrpcStatus.PermissionDenied,
      'UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.',
    ],
    [
      { firstExecutionRunId: '00000000-0000-7000-8000-00000000ffff' },
      GrpcStatus.NotFound,
      'workflow execution not found',
    ],
    [{ workflowExecution: { workflowId: 'other' } }, GrpcStatus.NotFound, 'workflow not found for ID: other'],
  ];
  for (const [change, status, text] of cases) {
    const refused = refusalOf(await server.call('UpdateWorkflowExecution', update('u', change)));
    assert.deepEqual(refused, { status, message: text });
  }
  assert.deepEqual(refusalOf(await server.call('PollWorkflowExecutionUpdate', {})), {
    status: GrpcStatus.InvalidArgument,
    message: 'UpdateRef is not set on request.',
  });
});

test('an update that meets the end of its run goes to the run that follows', async () => {
  const server = await idle();
  await server.ok('SignalWorkflowExecution', { workflowExecution, signalName: 's' });
  const task = await polled(server);
  const answer = server.begin('UpdateWorkflowExecution', update('u'));
  await server.host.settle();
  const commandType = CommandType.ContinueAsNewWorkflowExecution;
  const commands = [{ commandType, continueAsNewWorkflowExecutionCommandAttributes: {} }];
  await server.ok('RespondWorkflowTaskCompleted', { taskToken: task.taskToken, commands });
  await server.host.advance(2_000);
  const next = await polled(server);
  assert.notEqual(next.workflowExecution?.runId, task.workflowExecution?.runId);
  await complete(server, next, [accept('u'), respond('u')]);
  const reply = await answer;
  assert.ok(!isRejection(reply));
  assert.equal(reply.updateRef?.workflowExecution?.runId, next.workflowExecution?.runId);
});

/** A store that can fail. */
class FailingStore extends MemoryStore {
  fails = false;

  override commit(...batches: Parameters<MemoryStore['commit']>): ReturnType<MemoryStore['commit']> {
    return this.fails ? Promise.reject(new Error('disk on fire')) : super.commit(...batches);
  }
}

test('when a shard is lost, who waits is told to ask again, and the task that it forgot fits nothing', async () => {
  const store = new FailingStore();
  const server = await idle({ store });
  const answer = server.begin('UpdateWorkflowExecution', update('u'));
  const forgotten = await polled(server);
  store.fails = true;
  await server.call('SignalWorkflowExecution', { workflowExecution, signalName: 's' });
  const refused = refusalOf(await answer);
  assert.deepEqual(refused, { status: GrpcStatus.Unavailable, message: 'workflow update was aborted' });
  store.fails = false;
  await server.host.advance(1_000);
  const again = server.begin('UpdateWorkflowExecution', update('u'));
  const task = await polled(server);
  const late = await server.call('RespondWorkflowTaskCompleted', {
    taskToken: forgotten.taskToken,
    messages: [refuse('u')],
  });
  assert.equal(refusalOf(late).message, 'Workflow task not found.');
  await complete(server, task, [accept('u'), respond('u')]);
  assert.ok(!isRejection(await again));
  assert.equal((await historyOf(server)).at(-1), EventType.WorkflowExecutionUpdateCompleted);
});

test('a history that is paged while a task goes on record goes on to what was written since', async () => {
  const server = await idle();
  const answer = server.begin('UpdateWorkflowExecution', update('u'));
  const execution = workflowExecution;
  const described = await server.ok('DescribeWorkflowExecution', { execution });
  assert.ok(described.pendingWorkflowTask, 'the task of the update is there, without events');
  const first = await server.ok('GetWorkflowExecutionHistory', { execution, maximumPageSize: 1 });
  await server.ok('SignalWorkflowExecution', { workflowExecution, signalName: 'go' });
  const events = [...(first.history?.events ?? [])];
  for (let { nextPageToken } = first; (nextPageToken?.length ?? 0) > 0;) {
    const page = await server.ok('GetWorkflowExecutionHistory', { execution, nextPageToken });
    events.push(...(page.history?.events ?? []));
    ({ nextPageToken } = page);
  }
  assert.deepEqual(
    events.slice(4).map(({ eventId, eventType }) => [eventId, eventType]),
    [
      [5, EventType.WorkflowTaskScheduled],
      [6, EventType.WorkflowExecutionSignaled],
    ],
  );
  await complete(server, await polled(server), [refuse('u')]);
  await answer;
});
