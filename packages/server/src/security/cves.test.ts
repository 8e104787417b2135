/**
 * Holes that were found in systems like this one, each with a test that it is not here. Those of HTTP/2 are in
 * `transport/grpc/abuse.test.ts`; that each method asks for its role is in `with-authorization.test.ts`.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { isRejection } from '@perdure/core';
import { ServiceName } from '@perdure/proto';
import { BatchOperationState, CommandType, EventType } from '@perdure/proto/enums';
import { refusalOf, TestServer } from '../rpc/testing.ts';
import { Readiness } from '../observability/readiness.ts';
import { HttpServer } from '../transport/http/http-server.ts';
import type { Authenticator } from './authenticator.ts';
import { readPermissions } from './permissions.ts';
import { withAuthorization } from './with-authorization.ts';

const RETENTION = { workflowExecutionRetentionPeriod: { seconds: 86_400 } };

/** A server with the namespaces `default` (the victim's) and `evil`, and a workflow `w` in each. */
async function twoNamespaces(): Promise<TestServer> {
  const server = await TestServer.start();
  await server.ok('RegisterNamespace', { namespace: 'evil', ...RETENTION });
  for (const namespace of ['default', 'evil']) {
    await server.ok('StartWorkflowExecution', {
      namespace,
      workflowId: 'w',
      requestId: namespace,
      workflowType: { name: 'W' },
      taskQueue: { name: 'q' },
    });
  }
  return server;
}

async function eventTypes(server: TestServer, namespace: string): Promise<readonly (EventType | undefined)[]> {
  const { history } = await server.ok('GetWorkflowExecutionHistory', { namespace, execution: { workflowId: 'w' } });
  return (history?.events ?? []).map(({ eventType }) => eventType);
}

test('CVE-2023-3485: a task token made up, changed or from another namespace completes nothing', async () => {
  const server = await twoNamespaces();
  const { taskToken = new Uint8Array() } = await server.ok('PollWorkflowTaskQueue', { taskQueue: { name: 'q' } });
  const before = await eventTypes(server, 'default');
  const commands = [{ commandType: CommandType.CompleteWorkflowExecution }];
  const complete = async (namespace: string, token: Uint8Array) =>
    refusalOf(await server.call('RespondWorkflowTaskCompleted', { namespace, taskToken: token, commands })).message;
  assert.equal(await complete('evil', taskToken), 'Operation requested with a token from a different namespace.');
  for (let index = 0; index < taskToken.length; index++) {
    const changed = Uint8Array.from(taskToken, (byte, at) => (at === index ? byte ^ 1 : byte));
    assert.equal(await complete('default', changed), 'Error deserializing task token.', `byte ${index}`);
  }
  assert.deepEqual(await eventTypes(server, 'default'), before);
});

test('CVE-2025-14986: an operation inside another acts in no other namespace', async () => {
  const server = await twoNamespaces();
  const startWorkflow = {
    namespace: 'default',
    workflowId: 'new',
    workflowType: { name: 'W' },
    taskQueue: { name: 'q' },
  };
  const updateWorkflow = {
    namespace: 'default',
    workflowExecution: { workflowId: 'new' },
    request: { meta: { updateId: 'u' }, input: { name: 'u' } },
  };
  for (const operations of [
    [{ startWorkflow }, { updateWorkflow: { ...updateWorkflow, namespace: 'evil' } }],
    [{ startWorkflow: { ...startWorkflow, namespace: 'evil' } }, { updateWorkflow }],
  ]) {
    const refused = await server.call('ExecuteMultiOperation', { namespace: 'evil', operations });
    assert.match(JSON.stringify(isRejection(refused) && refused.detail), /Operation namespace did not match/);
  }
  for (const namespace of ['default', 'evil']) {
    const execution = { workflowId: 'new' };
    assert.equal(refusalOf(await server.call('DescribeWorkflowExecution', { namespace, execution })).status, 5);
  }
});

test('CVE-2025-14987: commands of a workflow reach for no other namespace', async () => {
  const commands = [
    {
      commandType: CommandType.SignalExternalWorkflowExecution,
      signalExternalWorkflowExecutionCommandAttributes: {
        namespace: 'default',
        execution: { workflowId: 'w' },
        signalName: 's',
      },
    },
    {
      commandType: CommandType.RequestCancelExternalWorkflowExecution,
      requestCancelExternalWorkflowExecutionCommandAttributes: { namespace: 'default', workflowId: 'w' },
    },
    {
      commandType: CommandType.StartChildWorkflowExecution,
      startChildWorkflowExecutionCommandAttributes: {
        namespace: 'default',
        workflowId: 'child',
        workflowType: { name: 'W' },
        taskQueue: { name: 'q' },
      },
    },
  ];
  for (const command of commands) {
    const server = await twoNamespaces();
    const before = await eventTypes(server, 'default');
    const { taskToken } = await server.ok('PollWorkflowTaskQueue', { namespace: 'evil', taskQueue: { name: 'q' } });
    const reply = await server.call('RespondWorkflowTaskCompleted', {
      namespace: 'evil',
      taskToken,
      commands: [command],
    });
    assert.equal(refusalOf(reply).status, 3, JSON.stringify(reply));
    await server.host.advance(1_000);
    assert.deepEqual(await eventTypes(server, 'default'), before);
    const execution = { workflowId: 'child' };
    assert.equal(refusalOf(await server.call('DescribeWorkflowExecution', { execution })).status, 5);
  }
});

test('CVE-2026-5199: a batch acts in the namespace of its job, whatever its operation says', async () => {
  const server = await twoNamespaces();
  const [before, { workflowExecutionInfo }] = await Promise.all([
    eventTypes(server, 'default'),
    server.ok('DescribeWorkflowExecution', { execution: { workflowId: 'w' } }),
  ]);
  const theirs = workflowExecutionInfo?.execution ?? assert.fail();
  const operation = { namespace: 'default', signal: 's', identity: 'evil' };
  await server.ok('StartBatchOperation', {
    namespace: 'evil',
    jobId: 'by-run',
    reason: 'r',
    executions: [theirs],
    signalOperation: operation,
  });
  await server.ok('StartBatchOperation', {
    namespace: 'evil',
    jobId: 'by-query',
    reason: 'r',
    visibilityQuery: "WorkflowId = 'w'",
    terminationOperation: operation,
  });
  await server.host.advance(60_000);
  assert.deepEqual(await eventTypes(server, 'default'), before);
  assert.equal((await eventTypes(server, 'evil')).at(-1), EventType.WorkflowExecutionTerminated);
  const job = await server.ok('DescribeBatchOperation', { namespace: 'evil', jobId: 'by-query' });
  assert.deepEqual([job.state, job.completeOperationCount], [BatchOperationState.Completed, 1]);
  assert.equal(refusalOf(await server.call('DescribeBatchOperation', { jobId: 'by-query' })).status, 5);
});

interface Asked {
  status(method: string, path: string, headers?: Record<string, string>): Promise<number | undefined>;
  readonly calls: string[];
}

/** The HTTP API in front of methods that note who was called. */
async function serveHttp(context: TestContext, authenticator?: Authenticator): Promise<Asked> {
  const calls: string[] = [];
  const names = ['ListNamespaces', 'StartWorkflowExecution', 'ResetWorkflowExecution', 'DescribeNamespace'];
  const handlers = new Map(
    names.map((name) => {
      const handler = () => {
        calls.push(name);
        return { message: {} };
      };
      return [`/${ServiceName.Workflow}/${name}`, handler] as const;
    }),
  );
  const server = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    handlers: authenticator === undefined ? handlers : withAuthorization(handlers, authenticator, () => {}),
    now: () => 0,
    reportError: (error) => assert.fail(String(error)),
    payloads: 'shorthand',
    clientName: 'test',
    allowedHosts: [],
    readiness: new Readiness(),
  });
  const port = await server.start();
  context.after(() => server.drain(0));
  return {
    calls,
    async status(method, path, headers = {}) {
      const sent = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false });
      sent.end(method === 'POST' ? '{}' : undefined);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    },
  };
}

test('Kestra CVE-2026-53576: no ending, case or encoding of a path leads past authorization', async (context) => {
  const nobody: Authenticator = { identify: async () => undefined };
  const { status, calls } = await serveHttp(context, nobody);
  const paths = ['', '/', '/configs', '?x=/configs', '/..', '/%2e%2e', ';configs', '%00', '#/configs', '//'];
  for (const end of paths) {
    for (const start of ['/api/v1/namespaces', '/api/v1/namespaces/n', '//api/v1/namespaces', '/API/V1/namespaces']) {
      assert.notEqual(await status('GET', `${start}${end}`), 200, `${start}${end}`);
    }
  }
  assert.deepEqual(calls, []);
});

test('GHSA-h3jj-5f3v-3685 (n8n): who may only read can neither start nor reset', async (context) => {
  const { permissions } = readPermissions(['n:read']);
  const reader: Authenticator = { identify: async () => ({ name: 'reader', permissions }) };
  const { status, calls } = await serveHttp(context, reader);
  const headers = { 'content-type': 'application/json' };
  assert.equal(await status('POST', '/api/v1/namespaces/n/workflows/w', headers), 403);
  assert.equal(await status('POST', '/api/v1/namespaces/n/workflows/w/reset', headers), 403);
  assert.equal(await status('GET', '/api/v1/namespaces/n'), 200);
  assert.deepEqual(calls, ['DescribeNamespace']);
});

test('CVE-2025-66414 (MCP SDK): a page that rebinds its name to this machine gets nothing', async (context) => {
  const { status, calls } = await serveHttp(context);
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil.example:7243']) {
    assert.equal(await status('GET', '/api/v1/namespaces', { host }), 403, host);
  }
  const headers = { host: 'localhost', origin: 'http://evil.example', 'content-type': 'application/json' };
  assert.equal(await status('POST', '/api/v1/namespaces/n/workflows/w', headers), 403);
  assert.deepEqual(calls, []);
  assert.equal(await status('GET', '/api/v1/namespaces', { host: 'localhost' }), 200);
});

test('n8n CVE-2026-1470 and CVE-2026-49444, OneUptime GHSA-v264-xqh4-9xmm, Langflow CVE-2025-3248: the server runs no code of others', () => {
  const packages = new URL('../../../', import.meta.url).pathname;
  const sources = ['cli', 'core', 'proto', 'server', 'storage', 'storage-sqlite'].flatMap((name) => {
    const root = join(packages, name, 'src');
    return readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => join(root, file));
  });
  // The one exception makes codecs out of the protocol's own descriptors.
  const exception = join(packages, 'proto/src/wire/generated-code.ts');
  const own = sources.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== exception);
  assert.ok(own.length > 300);
  const runsCode = /node:vm|\beval\(|\bnew Function\(|node:child_process/;
  assert.deepEqual(
    own.filter((file) => runsCode.test(readFileSync(file, 'utf8'))),
    [],
  );
});
