import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { test, type TestContext } from 'node:test';
import { credentials, Metadata } from '@grpc/grpc-js';
import { messageType, ServiceName } from '@perdure/proto';
import { MemoryStore } from '@perdure/storage';
import { defaultDynamicConfig } from '../config/dynamic-config.ts';
import { createNodeHost } from '../host/node-host.ts';
import { silentLogger } from '../observability/logger.ts';
import { createMetricsRegistry } from '../observability/metrics.ts';
import { type RunningServer, startServer } from '../server.ts';
import { TEST_CA, TEST_CLIENT, TEST_SERVER } from '../testing/certificates.ts';
import { TestClient } from '../transport/grpc/test-client.ts';
import { InProcessCaller } from '../transport/in-process.ts';
import { TlsIdentity } from '../transport/tls.ts';
import { authenticatorOf } from './authenticator.ts';
import { Identities } from './identities.ts';
import { readPermissions } from './permissions.ts';

const LIST = `/${ServiceName.Workflow}/ListWorkflowExecutions`;
const CHECK = `/${ServiceName.Health}/Check`;
const REFLECT = `/${ServiceName.ReflectionV1}/ServerReflectionInfo`;

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

/** A whole server: `reader` is known by the key `k`, `worker` by a certificate. Both may read the namespace `n`. */
async function serve(context: TestContext): Promise<RunningServer> {
  const host = createNodeHost();
  const { permissions } = readPermissions(['n:read']);
  const rest = { permissions, expiresAtMs: undefined };
  const { permissions: all } = readPermissions(['temporal-system:admin']);
  const keyHash = hashOf('k');
  const identities = new Identities(
    () => host.now(),
    [
      { name: 'reader', keyHash, certificateName: undefined, ...rest },
      { ...rest, name: 'admin', keyHash: hashOf('admin'), certificateName: undefined, permissions: all },
      { name: 'worker', keyHash: undefined, certificateName: 'worker.example', ...rest },
    ],
  );
  const address = { host: '127.0.0.1', port: 0 };
  const server = await startServer({
    store: new MemoryStore(),
    host,
    logger: silentLogger,
    metrics: createMetricsRegistry(),
    config: defaultDynamicConfig,
    grpc: { ...address, tls: new TlsIdentity({ ...TEST_SERVER, clientCa: TEST_CA }) },
    http: { ...address, tls: new TlsIdentity({ ...TEST_SERVER, clientCa: TEST_CA }) },
    ui: { ...address, tls: new TlsIdentity({ ...TEST_SERVER, clientCa: undefined }) },
    authenticator: authenticatorOf([identities]),
    namespaces: ['n', 'm'],
    retentionMs: 86_400_000,
    searchAttributes: new Map(),
  });
  context.after(() => server.stop(0));
  return server;
}

test('gRPC: a key in the metadata, a certificate of the connection, and health without either', async (context) => {
  const { ports } = await serve(context);
  const pem = (text: string): Buffer => Buffer.from(text);
  const channel = credentials.createSsl(pem(TEST_CA), pem(TEST_CLIENT.key), pem(TEST_CLIENT.certificate));
  const client = new TestClient(ports.grpc, { 'grpc.ssl_target_name_override': 'localhost' }, channel);
  context.after(() => client.close());
  const call = async (path: string, namespace: string, authorization?: string): Promise<string> => {
    const metadata = new Metadata();
    if (authorization !== undefined) metadata.set('authorization', authorization);
    const bytes = messageType('temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest').encode({ namespace });
    const outcome = await client.start(path, bytes, { metadata }).outcome;
    return outcome.kind === 'reply' ? 'reply' : `${outcome.code} ${outcome.details}`;
  };
  assert.equal(await call(LIST, 'n'), 'reply', 'by certificate');
  assert.equal(await call(LIST, 'n', 'Bearer k'), 'reply', 'by key');
  assert.equal(await call(LIST, 'm'), '7 Request unauthorized.');
  assert.equal(await call(LIST, 'n', 'Bearer wrong'), '7 Request unauthorized.');
  assert.equal(await call(CHECK, '', 'Bearer wrong'), 'reply');
  assert.match(await call(REFLECT, ''), /^12 unknown service/);
});

test('HTTP: the same decisions, 401 for a browser, and probes for everybody', async (context) => {
  const { ports } = await serve(context);
  const get = async (port: number | undefined, path: string, headers: Record<string, string> = {}, client = true) => {
    const { key, certificate: cert } = TEST_CLIENT;
    const identity = client ? { key, cert } : {};
    const target = { host: '127.0.0.1', port, path, ca: TEST_CA, headers, agent: false };
    const sent = httpsRequest({ ...target, ...identity });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    return { status: response.statusCode, challenge: response.headers['www-authenticate'] };
  };
  const statusOf = async (...given: Parameters<typeof get>): Promise<number | undefined> =>
    (await get(...given)).status;
  const key = { authorization: 'Bearer k' };
  assert.equal(await statusOf(ports.http, '/api/v1/namespaces/n/workflows'), 200, 'by certificate');
  assert.equal(await statusOf(ports.http, '/api/v1/namespaces/n/workflows', key), 200, 'by key');
  assert.equal(await statusOf(ports.http, '/api/v1/namespaces/m/workflows', key), 403);
  for (const path of [
    '/api/v1/namespaces/n/workflows/w/terminate',
    '/api/v1/cluster/search-attributes',
    '/api/v1/namespaces',
  ]) {
    assert.equal((await statusOf(ports.http, path, { authorization: 'Bearer wrong' })) === 200, false, path);
  }
  const unknown = await get(ports.ui, '/', {}, false);
  assert.equal(unknown.status, 401);
  assert.match(unknown.challenge ?? '', /^Basic /);
  const password = { authorization: `Basic ${Buffer.from('me:k').toString('base64')}` };
  assert.equal(await statusOf(ports.ui, '/api/v1/settings', {}, false), 401);
  assert.equal(await statusOf(ports.ui, '/api/v1/settings', password, false), 200);
  assert.equal(await statusOf(ports.ui, '/api/v1/namespaces/n/workflows', password, false), 200);
  assert.equal(await statusOf(ports.ui, '/api/v1/namespaces/m/workflows', password, false), 403);
  for (const port of [ports.http, ports.ui]) {
    assert.equal(await statusOf(port, '/readyz', {}, port === ports.http), 200);
  }
});

test('the namespace of the system is there, with the id that it has everywhere', async (context) => {
  const { handlers } = await serve(context);
  const caller = new InProcessCaller(handlers);
  const headers = new Map([['authorization', 'Bearer admin']]);
  const reply = await caller.call(`/${ServiceName.Workflow}/ListNamespaces`, {}, { headers });
  assert.ok(reply.kind === 'reply');
  const found = reply.message.namespaces?.map(({ namespaceInfo }) => [namespaceInfo?.name, namespaceInfo?.id]);
  assert.deepEqual(found?.map(([name]) => name).sort(), ['m', 'n', 'temporal-system']);
  assert.deepEqual(found?.at(-1), ['temporal-system', '32049b68-7872-4094-8e63-d0dd59896a83']);
});
