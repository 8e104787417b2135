import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus } from '@perdure/core';
import { messageType, type MessageByName } from '@perdure/proto';
import { CallbackState, EventType, UpdateWorkflowExecutionLifecycleStage as Stage } from '@perdure/proto/enums';
import type { ProtocolMessage, UpdateRequest } from '@perdure/proto/types';
import { refusalOf, TestServer, text } from './testing.ts';

const workflowExecution = { workflowId: 'workflow' };
const execution = workflowExecution;
const allowed = { 'callback.allowedAddresses': [{ value: [{ Pattern: 'there', AllowInsecure: true }] }] };
const config = { 'history.enableUpdateCallbacks': [{ value: true }], ...allowed };
const waitPolicy = { lifecycleStage: Stage.Accepted };

function update(more: UpdateRequest = {}) {
  const completionCallbacks = [{ nexus: { url: 'http://there/callback' } }];
  const request = { meta: { updateId: 'u' }, input: { name: 'update' }, requestId: 'first', completionCallbacks };
  return { workflowExecution, waitPolicy, request: { ...request, ...more } };
}

type UpdateMessageName = Extract<keyof MessageByName, `temporal.api.update.v1.${string}`>;

function message<Name extends UpdateMessageName>(name: Name, body: MessageByName[Name]): ProtocolMessage {
  const value = messageType<Name>(name).encode(body as never);
  return { id: name, protocolInstanceId: 'u', body: { typeUrl: `type.googleapis.com/${name}`, value } };
}

const accepted = { acceptedRequestMessageId: 'u/request', acceptedRequestSequencingEventId: 5 };
const acceptance = message('temporal.api.update.v1.Acceptance', accepted);
const response = message('temporal.api.update.v1.Response', {
  meta: { updateId: 'u' },
  outcome: { success: text('done') },
});

async function idle(options: Parameters<typeof TestServer.start>[0]): Promise<TestServer> {
  const server = await TestServer.start(options);
  const started = { workflowId: 'workflow', workflowType: { name: 'Type' }, taskQueue: { name: 'queue' } };
  await server.ok('StartWorkflowExecution', started);
  await answer(server, []);
  return server;
}

async function answer(server: TestServer, messages: readonly ProtocolMessage[]): Promise<void> {
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue: { name: 'queue' } });
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, messages: [...messages] });
}

test('the outcome of an update is posted while its run goes on, by the next server too', async () => {
  const server = await idle({ config });
  server.host.answerPost = () => 503;
  const asked = server.begin('UpdateWorkflowExecution', update());
  await answer(server, [acceptance, response]);
  const { updateRef, link } = (await asked) as Exclude<Awaited<typeof asked>, { kind: 'rejection' }>;
  const { runId = '' } = updateRef?.workflowExecution ?? {};
  const requestIdRef = { requestId: 'first', eventType: EventType.WorkflowExecutionUpdateAccepted };
  assert.deepEqual(link, { workflowEvent: { namespace: 'default', workflowId: 'workflow', runId, requestIdRef } });
  const [post] = server.host.posts;
  assert.equal(Buffer.from(post?.body ?? []).toString(), '"done"');
  assert.equal(post?.headers.get('nexus-operation-state'), 'succeeded');
  assert.equal(
    post?.headers.get('nexus-link'),
    `<temporal:///namespaces/default/workflows/workflow/${runId}/history?eventType=WorkflowExecutionUpdateAccepted&referenceType=RequestIdReference&requestID=first>; type="temporal.api.common.v1.Link.WorkflowEvent"`,
  );
  // What comes of the call waits for the next commit.
  await server.host.advance(10);
  const { callbacks = [] } = await server.ok('DescribeWorkflowExecution', { execution });
  assert.deepEqual(callbacks[0]?.trigger, { updateWorkflowExecutionCompleted: { updateId: 'u' } });
  assert.equal(callbacks[0]?.state, CallbackState.BackingOff);
  const next = await TestServer.start({ store: server.store, config, nowMs: server.host.now() });
  await next.host.settle();
  await next.host.advance(1_000);
  assert.equal(Buffer.from(next.host.posts[0]?.body ?? []).toString(), '"done"');
  const described = await next.ok('DescribeWorkflowExecution', { execution });
  assert.equal(described.callbacks?.[0]?.state, CallbackState.Succeeded);
});

test('an outcome whose telling a crash has lost is told again', async () => {
  const server = await idle({ config });
  server.host.post = () => new Promise(() => {});
  const asked = server.begin('UpdateWorkflowExecution', update());
  await answer(server, [acceptance, response]);
  await asked;
  const next = await TestServer.start({ store: server.store, config, nowMs: server.host.now() });
  await next.host.settle();
  assert.equal(next.host.posts.length, 1);
});

test('without its switch a server calls nobody back for an update', async () => {
  const server = await idle({ config: allowed });
  const asked = server.begin('UpdateWorkflowExecution', update());
  await answer(server, [acceptance, response]);
  await asked;
  const { callbacks = [], workflowExtendedInfo } = await server.ok('DescribeWorkflowExecution', { execution });
  assert.deepEqual([callbacks, server.host.posts], [[], []]);
  assert.equal(workflowExtendedInfo?.requestIdInfos?.['first']?.eventType, EventType.WorkflowExecutionUpdateAccepted);
});

test('the callbacks of an update are looked at as those of a start, whoever brings them', async () => {
  const server = await idle({ config });
  const elsewhere = [{ nexus: { url: 'http://elsewhere/callback' } }];
  const refusals: [UpdateRequest, string][] = [
    [{ requestId: '' }, 'invalid *update.Request: request_id is required when completion_callbacks are set'],
    [
      { completionCallbacks: elsewhere },
      'invalid url: url does not match any configured callback address: http://elsewhere/callback',
    ],
  ];
  for (const [more, expected] of refusals) {
    const refused = refusalOf(await server.call('UpdateWorkflowExecution', update(more)));
    assert.deepEqual(refused, { status: GrpcStatus.InvalidArgument, message: expected });
  }
  await server.ok('SignalWorkflowExecution', { workflowExecution, signalName: 'wake up' });
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue: { name: 'queue' } });
  const acceptedRequest = { ...update().request, completionCallbacks: elsewhere };
  const forged = message('temporal.api.update.v1.Acceptance', { ...accepted, acceptedRequest });
  const refused = refusalOf(await server.call('RespondWorkflowTaskCompleted', { taskToken, messages: [forged] }));
  assert.equal(refused.status, GrpcStatus.InvalidArgument);
});
