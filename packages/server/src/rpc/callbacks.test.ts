import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { timestampMs } from '@perdure/core';
import { CallbackState, CommandType } from '@perdure/proto/enums';
import type { Command, StartWorkflowExecutionRequest } from '@perdure/proto/types';
import type { Store } from '@perdure/storage';
import { callOut } from '../callbacks/call-out.ts';
import { createNodeHost } from '../host/node-host.ts';
import { refusalOf, TestServer, text } from './testing.ts';

const started = { workflowId: 'workflow', workflowType: { name: 'Type' }, taskQueue: { name: 'queue' } };
const execution = { workflowId: 'workflow' };
const completionCallbacks = [{ nexus: { url: 'http://there/callback', header: { 'X-Token': 'secret' } } }];
const config = { 'component.callbacks.allowedAddresses': [{ value: [{ Pattern: 'there', AllowInsecure: true }] }] };
const complete: Command = {
  commandType: CommandType.CompleteWorkflowExecution,
  completeWorkflowExecutionCommandAttributes: { result: text('done') },
};

async function closed(server: TestServer, command = complete): Promise<void> {
  await server.ok('StartWorkflowExecution', { ...started, completionCallbacks });
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue: { name: 'queue' } });
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, commands: [command] });
}

async function callbackOf(server: TestServer) {
  const { callbacks } = await server.ok('DescribeWorkflowExecution', { execution });
  return callbacks?.[0];
}

/** A server that goes on with what another has left. */
async function restarted(store: Store, nowMs: number): Promise<TestServer> {
  const server = await TestServer.start({ store, config, nowMs });
  await server.host.settle();
  return server;
}

test('a result is posted as it is, with what Nexus has to know of it', async () => {
  const server = await TestServer.start({ config });
  await closed(server);
  const [post] = server.host.posts;
  assert.equal(post?.url, 'http://there/callback');
  assert.equal(Buffer.from(post.body).toString(), '"done"');
  const { runId } =
    (await server.ok('DescribeWorkflowExecution', { execution })).workflowExecutionInfo?.execution ?? {};
  assert.deepEqual(Object.fromEntries(post.headers), {
    'content-type': 'application/json',
    'nexus-operation-state': 'succeeded',
    'user-agent': 'temporalio/server',
    'nexus-operation-start-time': 'Thu, 01 Jan 1970 00:16:40 GMT',
    'nexus-operation-close-time': '1970-01-01T00:16:40Z',
    'nexus-link': `<temporal:///namespaces/default/workflows/workflow/${runId}/history?eventID=1&eventType=WorkflowExecutionStarted&referenceType=EventReference>; type="temporal.api.common.v1.Link.WorkflowEvent"`,
    'x-token': 'secret',
  });
  const callback = await callbackOf(server);
  assert.deepEqual([callback?.state, callback?.attempt], [CallbackState.Succeeded, 1]);
});

test('a failure is posted in the form of Nexus', async () => {
  const server = await TestServer.start({ config });
  const failure = { message: 'broken', applicationFailureInfo: { type: 'Broken' }, cause: { message: 'rust' } };
  await closed(server, {
    commandType: CommandType.FailWorkflowExecution,
    failWorkflowExecutionCommandAttributes: { failure },
  });
  const [post] = server.host.posts;
  assert.equal(post?.headers.get('nexus-operation-state'), 'failed');
  const type = 'temporal.api.failure.v1.Failure';
  assert.deepEqual(JSON.parse(Buffer.from(post.body).toString()), {
    message: 'broken',
    metadata: { type },
    details: { applicationFailureInfo: { type: 'Broken' }, cause: { message: 'rust' } },
    cause: { message: 'rust', metadata: { type }, details: {} },
  });
});

test('an attempt that fails is shown and repeated, by the next server too', async () => {
  const server = await TestServer.start({ config });
  server.host.answerPost = () => 503;
  await closed(server);
  const callback = await callbackOf(server);
  assert.equal(callback?.state, CallbackState.BackingOff);
  assert.equal(callback.lastAttemptFailure?.message, 'handler error (UNAVAILABLE)');
  const waitMs = (timestampMs(callback.nextAttemptScheduleTime) ?? 0) - server.host.now();
  assert.ok(waitMs >= 800 && waitMs < 1_000, `a second, less up to a fifth: ${waitMs} ms`);
  await server.host.advance(1_000);
  assert.equal(server.host.posts.length, 2);
  const next = await restarted(server.store, server.host.now());
  assert.equal(next.host.posts.length, 0);
  await next.host.advance(2_000);
  assert.equal(next.host.posts.length, 1);
  assert.equal((await callbackOf(next))?.attempt, 3);
});

test('an attempt whose answer a crash has lost is made again', async () => {
  const server = await TestServer.start({ config });
  server.host.post = () => new Promise(() => {});
  await closed(server);
  assert.equal((await callbackOf(server))?.state, CallbackState.Scheduled);
  const next = await restarted(server.store, server.host.now());
  assert.equal(next.host.posts.length, 1);
  assert.equal((await callbackOf(next))?.state, CallbackState.Succeeded);
});

test('an address that will not have it is not asked again', async () => {
  const server = await TestServer.start({ config });
  server.host.answerPost = () => 404;
  await closed(server);
  const callback = await callbackOf(server);
  assert.equal(callback?.state, CallbackState.Failed);
  assert.equal(callback.lastAttemptFailure?.message, 'handler error (NOT_FOUND)');
});

test('what a callback must not be', async () => {
  const server = await TestServer.start({ config });
  const message = async (callbacks: StartWorkflowExecutionRequest['completionCallbacks']) =>
    refusalOf(await server.call('StartWorkflowExecution', { ...started, completionCallbacks: callbacks ?? [] }))
      .message;
  const url = 'http://there/callback';
  const many = Array.from({ length: 2_001 }, () => ({ nexus: { url } }));
  assert.equal(await message(many), 'cannot attach more than 2000 callbacks to an execution');
  const long = 'invalid url: url length longer than max length allowed of 1000';
  assert.equal(await message([{ nexus: { url: `${url}${'x'.repeat(1_000)}` } }]), long);
  const large = 'invalid header: header size longer than max allowed size of 8192';
  assert.equal(await message([{ nexus: { url, header: { a: 'x'.repeat(8_192) } } }]), large);
  assert.equal(await message([{ internal: {} }]), 'unknown callback variant: *common.Callback_Internal_');
});

test('who refuses a callback says why in the terms of Nexus', async () => {
  const answers: (readonly [status: number, type: string, body: string])[] = [];
  const handlerError = (details: object, message = 'no luck') =>
    JSON.stringify({ message, metadata: { type: 'nexus.HandlerError' }, details });
  const json = 'application/json; charset=utf-8';
  answers.push([500, json, handlerError({ type: 'INTERNAL' })]);
  answers.push([500, json, handlerError({ type: 'INTERNAL', retryableOverride: false })]);
  answers.push([404, json, handlerError({ type: 'SOMETHING_NEW' }, '')]);
  answers.push([500, json, handlerError({})]);
  answers.push([404, json, '{"message":"a failure of another kind"}']);
  answers.push([418, json, '{"message":"short and stout"}']);
  answers.push([500, 'text/plain', handlerError({ type: 'NOT_FOUND' })]);
  answers.push([500, json, '{"message":']);
  answers.push([500, json, handlerError({ type: 'INTERNAL' }, 'x'.repeat(20_000))]);
  const refusals = [
    '14 handler error (INTERNAL): no luck',
    '9 handler error (INTERNAL): no luck',
    '14 handler error (SOMETHING_NEW)',
    '14 handler error (INTERNAL)',
    '9 handler error (NOT_FOUND)',
    `14 unexpected response status: "418 I'm a Teapot": short and stout`,
    '14 handler error (INTERNAL)',
    '14 handler error (INTERNAL)',
    '14 handler error (INTERNAL)',
  ];
  const http = createServer((request, response) => {
    const [status, type, body] = answers.shift() ?? [200, '', ''];
    request.resume().on('end', () => response.writeHead(status, { 'content-type': type }).end(body));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/callback`;
  const about = { workflowId: 'workflow', runId: 'run' };
  const call = { url, header: {}, namespaceId: 'id', about, startedAtMs: 0, end: { eventType: 2 } } as const;
  for (const expected of refusals) {
    const { status, message } = refusalOf(
      await callOut(createNodeHost(), call, { namespace: 'default', timeoutMs: 60_000 }),
    );
    assert.equal(`${status} ${message}`, expected);
  }
  await new Promise((resolve) => http.close(resolve));
});

test('a real server is asked over HTTP, and one that is not there is asked again', async () => {
  const bodies: string[] = [];
  const http = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (part: string) => bodies.push([request.headers['x-token'], part].join(' ')));
    request.on('end', () => response.writeHead(bodies.length === 1 ? 204 : 500).end('said nothing'));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/callback`;
  const end = { eventType: 2, workflowExecutionCompletedEventAttributes: { result: text('done') } } as const;
  const about = { workflowId: 'workflow', runId: 'run' };
  const call = { url, header: { 'x-token': 'secret' }, namespaceId: 'id', about, startedAtMs: 0, end };
  const options = { namespace: 'default', timeoutMs: 60_000 };
  const host = createNodeHost();
  assert.deepEqual(await callOut(host, call, options), { runId: '' });
  assert.deepEqual(bodies, ['secret "done"']);
  const failed = refusalOf(await callOut(host, call, options));
  assert.deepEqual(failed, { status: 14, message: 'handler error (INTERNAL)' });
  await new Promise((resolve) => http.close(resolve));
  http.closeAllConnections();
  const gone = refusalOf(await callOut(host, call, options));
  assert.equal(gone.status, 14);
  assert.match(gone.message, /^Post "http:\/\/127.0.0.1:\d+\/callback": ./);
});
