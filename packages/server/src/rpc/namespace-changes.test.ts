import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRejection } from '@perdure/core';
import { IndexedValueType, NamespaceState, ReplicationState } from '@perdure/proto/enums';
import type { RequestOf } from './served-method.ts';
import { refusalOf, TestServer } from './testing.ts';

const DAY = { seconds: 86_400 };

async function withNamespace(name = 'mine'): Promise<TestServer> {
  const server = await TestServer.start();
  const data = { a: '1', b: '2' };
  const draft = { namespace: name, description: 'first', ownerEmail: 'a@b', data };
  await server.ok('RegisterNamespace', { ...draft, workflowExecutionRetentionPeriod: DAY });
  return server;
}

test('an update changes what it names, merges data and leaves the rest', async () => {
  const server = await withNamespace();
  const first = await server.ok('UpdateNamespace', {
    namespace: 'mine',
    updateInfo: { description: 'second', data: { b: '3', c: '4' } },
  });
  assert.equal(first.namespaceInfo?.description, 'second');
  assert.equal(first.namespaceInfo?.ownerEmail, 'a@b');
  assert.deepEqual(first.namespaceInfo?.data, { a: '1', b: '3', c: '4' });
  const retention = { workflowExecutionRetentionTtl: { seconds: 7_200 } };
  const second = await server.ok('UpdateNamespace', { namespace: 'mine', config: retention });
  assert.equal(second.config?.workflowExecutionRetentionTtl?.seconds, 7_200);
  const capped = await server.ok('UpdateNamespace', {
    namespace: 'mine',
    config: { workflowExecutionRetentionTtl: { seconds: 200 * 365 * 86_400 } },
  });
  assert.equal(capped.config?.workflowExecutionRetentionTtl?.seconds, 3_153_600_000);
  const restarted = await TestServer.start({ store: server.store });
  const kept = await restarted.ok('DescribeNamespace', { namespace: 'mine' });
  assert.deepEqual(kept, await server.ok('DescribeNamespace', { namespace: 'mine' }));
});

/** Updates that are refused, with the answers of Temporal's server. */
const REFUSED: readonly (readonly [Omit<RequestOf<'UpdateNamespace'>, 'namespace'>, string])[] = [
  [
    { config: { workflowExecutionRetentionTtl: { seconds: 3_599 } } },
    'A valid retention period is not set on request.',
  ],
  [{ config: { workflowExecutionRetentionTtl: { seconds: -5 } } }, 'A valid retention period is not set on request.'],
  [{ updateInfo: { state: 7 as NamespaceState } }, 'Invalid namespace state update.'],
  [{ deleteBadBinary: 'nope' }, "Bad binary checksum nope doesn't exists."],
  [{ replicationConfig: { activeClusterName: 'other' } }, 'Invalid cluster name: other'],
  [{ replicationConfig: { clusters: [{ clusterName: 'other' }] } }, 'Invalid cluster name: other'],
  [{ replicationConfig: { state: ReplicationState.Handover } }, 'Handover can only be set for global namespace'],
  [
    { promoteNamespace: true },
    'global namespace is not enabled on this cluster, cannot update global namespace or promote local namespace: mine',
  ],
  [
    { config: { badBinaries: { binaries: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`b${n}`, {}])) } } },
    'Total resetBinaries cannot exceed the max limit: 10',
  ],
  [
    { config: { customSearchAttributeAliases: { Int01: 'Other' } } },
    'Custom search attribute field name already allocated.',
  ],
];

test('an update that is refused changes nothing', async () => {
  const server = await withNamespace();
  const aliases = { Keyword01: 'Region', Int01: 'Size' };
  await server.ok('UpdateNamespace', { namespace: 'mine', config: { customSearchAttributeAliases: aliases } });
  const before = await server.ok('DescribeNamespace', { namespace: 'mine' });
  for (const [request, message] of REFUSED) {
    const named = { namespace: 'mine', updateInfo: { description: 'other' }, ...request };
    assert.equal(refusalOf(await server.call('UpdateNamespace', named)).message, message);
  }
  assert.deepEqual(await server.ok('DescribeNamespace', { namespace: 'mine' }), before);
});

test('bad binaries are added with their time, and taken away', async () => {
  const server = await withNamespace();
  const binaries = { x: { reason: 'broken', operator: 'me' } };
  const added = await server.ok('UpdateNamespace', { namespace: 'mine', config: { badBinaries: { binaries } } });
  const seconds = Math.floor(server.host.now() / 1_000);
  assert.equal(added.config?.badBinaries?.binaries?.['x']?.createTime?.seconds, seconds);
  const removed = await server.ok('UpdateNamespace', { namespace: 'mine', deleteBadBinary: 'x' });
  assert.deepEqual(removed.config?.badBinaries?.binaries ?? {}, {});
});

test('aliases of search attributes are set, kept, and freed by an empty name', async () => {
  const server = await withNamespace();
  const assign = async (aliases: Record<string, string>) => {
    const reply = await server.ok('UpdateNamespace', {
      namespace: 'mine',
      config: { customSearchAttributeAliases: aliases },
    });
    return reply.config?.customSearchAttributeAliases;
  };
  assert.deepEqual(await assign({ Keyword01: 'Region', Int01: 'Size' }), { Keyword01: 'Region', Int01: 'Size' });
  assert.deepEqual(await assign({ Keyword02: 'Region' }), { Keyword01: 'Region', Int01: 'Size' });
  assert.deepEqual(await assign({ Keyword01: '' }), { Int01: 'Size' });
  const listed = await server.operate('ListSearchAttributes', { namespace: 'mine' });
  assert.deepEqual(!isRejection(listed) && listed.customAttributes, { Size: IndexedValueType.Int });
});

test('a deprecated namespace starts nothing new and goes on with the rest', async () => {
  const server = await withNamespace();
  await server.ok('DeprecateNamespace', { namespace: 'mine' });
  const start = { namespace: 'mine', workflowId: 'w', workflowType: { name: 'T' }, taskQueue: { name: 'q' } };
  const refusal = await server.call('StartWorkflowExecution', start);
  assert.equal(refusalOf(refusal).message, 'Namespace has invalid state: Deprecated. Must be Registered.');
  assert.deepEqual(isRejection(refusal) && refusal.detail?.value, {
    namespace: 'mine',
    state: NamespaceState.Deprecated,
    allowedStates: [NamespaceState.Registered],
  });
  await server.ok('CountWorkflowExecutions', { namespace: 'mine' });
  await server.ok('UpdateNamespace', { namespace: 'mine', updateInfo: { description: 'deprecated' } });
  await server.ok('DeprecateNamespace', { namespace: 'mine' });
  const back = { namespace: 'mine', updateInfo: { state: NamespaceState.Registered } };
  assert.equal(refusalOf(await server.call('UpdateNamespace', back)).message, 'Invalid namespace state update.');
});

test('a deleted namespace is renamed at once, gives its name back and refuses everything', async () => {
  const server = await withNamespace();
  const before = await server.ok('DescribeNamespace', { namespace: 'mine' });
  const id = before.namespaceInfo?.id ?? '';
  const deleted = await server.operate('DeleteNamespace', { namespace: 'mine', namespaceDeleteDelay: { seconds: 60 } });
  const name = `mine-deleted-${id.slice(0, 5)}`;
  assert.deepEqual(deleted, { deletedNamespace: name });
  const gone = await server.call('DescribeNamespace', { namespace: 'mine' });
  assert.equal(refusalOf(gone).message, 'Namespace mine is not found.');
  const described = await server.ok('DescribeNamespace', { namespace: '', id });
  assert.equal(described.namespaceInfo?.name, name);
  assert.equal(described.namespaceInfo?.state, NamespaceState.Deleted);
  for (const rpc of ['CountWorkflowExecutions', 'UpdateNamespace', 'DeprecateNamespace'] as const) {
    const refusal = refusalOf(await server.call(rpc, { namespace: name }));
    assert.equal(refusal.message, 'Namespace has invalid state: Deleted. Must be Registered or Deprecated.', rpc);
  }
  assert.deepEqual(await server.operate('DeleteNamespace', { namespace: name }), { deletedNamespace: name });
  await server.ok('RegisterNamespace', { namespace: 'mine', workflowExecutionRetentionPeriod: DAY });
});

test('deletion refuses what names no namespace, or names it twice', async () => {
  const server = await withNamespace();
  const refusals = [
    [{ namespace: '' }, 'Namespace not set on request.'],
    [{ namespace: 'mine', namespaceId: 'x' }, 'Only one of namespace name or Id should be set on request.'],
    [{ namespace: 'nowhere' }, 'Namespace nowhere is not found.'],
    [{ namespace: '', namespaceId: 'nowhere' }, 'Namespace nowhere is not found.'],
  ] as const;
  for (const [request, message] of refusals) {
    assert.equal(refusalOf(await server.operate('DeleteNamespace', request)).message, message);
  }
});

test('deleted namespaces are listed only where that is asked for, page by page', async () => {
  const server = await withNamespace();
  await server.ok('RegisterNamespace', { namespace: 'second', workflowExecutionRetentionPeriod: DAY });
  await server.ok('UpdateNamespace', { namespace: 'second', updateInfo: { state: NamespaceState.Deleted } });
  const names = async (includeDeleted: boolean) => {
    const found: string[] = [];
    let token: Uint8Array | undefined;
    do {
      const filter = { namespaceFilter: { includeDeleted } };
      const reply = await server.ok('ListNamespaces', { pageSize: 1, nextPageToken: token, ...filter });
      found.push(...(reply.namespaces ?? []).map(({ namespaceInfo }) => namespaceInfo?.name ?? ''));
      token = reply.nextPageToken;
    } while (token !== undefined && token.length > 0);
    return found;
  };
  assert.deepEqual(await names(false), ['default', 'mine']);
  assert.deepEqual(await names(true), ['default', 'mine', 'second']);
});

test('there is one cluster', async () => {
  const server = await TestServer.start();
  const reply = await server.operate('ListClusters', {});
  const [cluster] = isRejection(reply) ? [] : (reply.clusters ?? []);
  assert.equal(cluster?.clusterName, 'active');
  assert.equal(cluster.clusterId, (await server.ok('GetClusterInfo', {})).clusterId);
});
