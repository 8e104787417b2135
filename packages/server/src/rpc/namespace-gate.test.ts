import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrpcStatus, isRejection } from '@perdure/core';
import { ServiceName } from '@perdure/proto';
import { servedMethods } from './make-handlers.ts';
import type { WorkflowMethodName } from './served-method.ts';
import { refusalOf, TestServer } from './testing.ts';

const server = await TestServer.start();

/** Methods that are about no namespace, or resolve it by themselves. */
const OUTSIDE: ReadonlySet<string> = new Set([
  'GetSystemInfo',
  'GetClusterInfo',
  'GetSearchAttributes',
  'ListNamespaces',
  'RegisterNamespace',
  'DescribeNamespace',
]);

/** Methods that are called with a token. */
const WITH_TOKEN: ReadonlySet<string> = new Set([
  'RespondWorkflowTaskCompleted',
  'RespondWorkflowTaskFailed',
  'RespondQueryTaskCompleted',
  'RecordActivityTaskHeartbeat',
  'RespondActivityTaskCompleted',
  'RespondActivityTaskFailed',
  'RespondActivityTaskCanceled',
]);

const workflowMethods = servedMethods()
  .filter(({ method, service }) => service !== 'none' && method.service === ServiceName.Workflow)
  .map(({ method }) => method.name as WorkflowMethodName);

const named = workflowMethods.filter((name) => !OUTSIDE.has(name) && !WITH_TOKEN.has(name));

const retention = { workflowExecutionRetentionPeriod: { seconds: 86_400 } };

test('every method within a namespace asks for one that exists', async () => {
  assert.ok(named.length > 20);
  for (const name of named) {
    const unset = refusalOf(await server.call(name, { namespace: '' }));
    assert.deepEqual(unset, { status: GrpcStatus.InvalidArgument, message: 'Namespace not set on request.' }, name);
    const unknown = await server.call(name, { namespace: 'nowhere' });
    assert.deepEqual(
      refusalOf(unknown),
      { status: GrpcStatus.NotFound, message: 'Namespace nowhere is not found.' },
      name,
    );
    assert.deepEqual(isRejection(unknown) && unknown.detail, {
      type: 'NamespaceNotFoundFailure',
      value: { namespace: 'nowhere' },
    });
    const long = refusalOf(await server.call(name, { namespace: 'x'.repeat(1_001) }));
    assert.equal(long.message, 'Namespace length exceeds limit.', name);
  }
});

test('every method that is called with a token takes only genuine ones of its namespace', async () => {
  await server.call('RegisterNamespace', { namespace: 'another', ...retention });
  await server.ok('StartWorkflowExecution', {
    workflowId: 'workflow',
    workflowType: { name: 'Type' },
    taskQueue: { name: 'queue' },
  });
  const { taskToken } = await server.ok('PollWorkflowTaskQueue', { taskQueue: { name: 'queue' } });
  for (const name of WITH_TOKEN as ReadonlySet<WorkflowMethodName>) {
    const message = async (request: object) => refusalOf(await server.call(name, request)).message;
    assert.equal(await message({}), 'Task token not set on request.', name);
    assert.equal(await message({ taskToken: new Uint8Array(0) }), 'Task token not set on request.', name);
    const unknown = { namespace: 'nowhere', taskToken: Buffer.from('made up') };
    assert.equal(await message(unknown), 'Namespace nowhere is not found.', name);
    const malformed = 'Error deserializing task token.';
    assert.equal(await message({ taskToken: Buffer.from('made up') }), malformed, name);
    const forged = Uint8Array.from(taskToken ?? []);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    assert.equal(await message({ taskToken: forged }), malformed, name);
    if (name.startsWith('RespondWorkflowTask')) continue;
    const foreign = refusalOf(await server.call(name, { taskToken }));
    assert.equal(foreign.status, GrpcStatus.NotFound, name);
  }
  const elsewhere = [
    ['another', 'Operation requested with a token from a different namespace.'],
    ['nowhere', 'Namespace nowhere is not found.'],
  ] as const;
  for (const [namespace, message] of elsewhere) {
    const foreign = refusalOf(await server.call('RespondWorkflowTaskCompleted', { taskToken, namespace }));
    assert.equal(foreign.message, message);
  }
  await server.ok('RespondWorkflowTaskCompleted', { taskToken, namespace: '' });
});

test('all served methods are in one of the three groups', () => {
  const unknown = [...OUTSIDE, ...WITH_TOKEN].filter((name) => !workflowMethods.some((served) => served === name));
  assert.deepEqual(unknown, []);
});

test('namespaces are registered, described by name and id, and listed in pages', async () => {
  const fresh = await TestServer.start();
  const refusals = [
    [{ namespace: '' }, 'Namespace not set on request.'],
    [{ namespace: 'short' }, 'A valid retention period is not set on request.'],
    [
      { namespace: 'short', workflowExecutionRetentionPeriod: { seconds: 3_599 } },
      'A valid retention period is not set on request.',
    ],
    [{ namespace: 'default', ...retention }, 'Namespace "default" already exists'],
    [{ namespace: 'g', ...retention, isGlobalNamespace: true }, 'Cannot register global namespace when not enabled'],
  ] as const;
  for (const [request, message] of refusals) {
    assert.equal(refusalOf(await fresh.call('RegisterNamespace', request)).message, message);
  }
  await fresh.ok('RegisterNamespace', { namespace: 'mine', ...retention, description: 'text', data: { a: 'b' } });
  const described = await fresh.ok('DescribeNamespace', { namespace: 'mine' });
  assert.equal(described.namespaceInfo?.description, 'text');
  assert.deepEqual(described.namespaceInfo?.data, { a: 'b' });
  assert.equal(described.config?.workflowExecutionRetentionTtl?.seconds, 86_400);
  assert.equal(described.namespaceInfo?.limits?.blobSizeLimitError, 2 * 1024 * 1024);
  const id = described.namespaceInfo?.id;
  assert.equal((await fresh.ok('DescribeNamespace', { namespace: '', id })).namespaceInfo?.name, 'mine');
  const unknown = await fresh.call('DescribeNamespace', { namespace: 'nowhere' });
  assert.equal(refusalOf(unknown).message, 'Namespace nowhere is not found.');
  const first = await fresh.ok('ListNamespaces', { pageSize: 1 });
  const second = await fresh.ok('ListNamespaces', { pageSize: 1, nextPageToken: first.nextPageToken });
  const names = [first, second].flatMap(({ namespaces = [] }) => namespaces.map((each) => each.namespaceInfo?.name));
  assert.deepEqual(names, ['default', 'mine']);
  assert.equal(second.nextPageToken?.length ?? 0, 0);
});

test('namespaces survive a restart', async () => {
  const first = await TestServer.start();
  await first.ok('RegisterNamespace', { namespace: 'mine', ...retention });
  const second = await TestServer.start({ store: first.store });
  const a = await first.ok('DescribeNamespace', { namespace: 'mine' });
  const b = await second.ok('DescribeNamespace', { namespace: 'mine' });
  assert.deepEqual(b, a);
});

test('the system says what it is', async () => {
  const { serverVersion, capabilities } = await server.ok('GetSystemInfo', {});
  assert.equal(serverVersion, '1.32.0');
  assert.equal(capabilities?.encodedFailureAttributes, true);
  assert.equal(capabilities?.supportsSchedules, true);
  const cluster = await server.ok('GetClusterInfo', {});
  assert.equal(cluster.clusterName, 'active');
  assert.equal(cluster.persistenceStore, 'memory');
});
