import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { connect as connectPlain } from 'node:net';
import { test, type TestContext } from 'node:test';
import { connect, type ConnectionOptions } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import type { Handler } from '../rpc/handler.ts';
import { Readiness } from '../observability/readiness.ts';
import { TEST_CA, TEST_CLIENT, TEST_RENEWED, TEST_SERVER, TEST_WEAK_CA } from '../testing/certificates.ts';
import { GrpcServer } from './grpc/grpc-server.ts';
import { TestClient } from './grpc/test-client.ts';
import { HttpServer } from './http/http-server.ts';
import { TlsIdentity } from './tls.ts';

const INFO = '/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo' as const;
const handlers = new Map<string, Handler>([[INFO, () => ({ message: { serverVersion: 'tls' } })]]);
const shared = {
  host: '127.0.0.1',
  port: 0,
  handlers,
  now: () => 0,
  reportError: (error: unknown) => assert.fail(String(error)),
};

async function serveGrpc(context: TestContext, tls: TlsIdentity): Promise<number> {
  const server = new GrpcServer({ ...shared, tls });
  const port = await server.start();
  context.after(() => server.drain(0));
  return port;
}

/** The reply's version, or what the client was told. */
async function ask(context: TestContext, port: number, client?: typeof TEST_CLIENT): Promise<string> {
  const pem = (text: string): Buffer => Buffer.from(text);
  const channel = credentials.createSsl(pem(TEST_CA), client && pem(client.key), client && pem(client.certificate));
  const caller = new TestClient(port, { 'grpc.ssl_target_name_override': 'localhost' }, channel);
  context.after(() => caller.close());
  try {
    return (await caller.call(INFO, {})).serverVersion ?? '';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Name of the certificate that a new connection is shown. */
async function shownName(port: number, options: ConnectionOptions = {}): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, ca: TEST_CA, ALPNProtocols: ['h2'], ...options });
  await once(socket, 'secureConnect');
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return String(CN);
}

test('gRPC over TLS, and no call without it', async (context) => {
  const port = await serveGrpc(context, new TlsIdentity({ ...TEST_SERVER, clientCa: undefined }));
  assert.equal(await ask(context, port), 'tls');
  const plain = new TestClient(port);
  context.after(() => plain.close());
  await assert.rejects(plain.call(INFO, {}), /^Error: 14 /);
});

test('where client authorities are named, nobody is served without a certificate of theirs', async (context) => {
  const port = await serveGrpc(context, new TlsIdentity({ ...TEST_SERVER, clientCa: TEST_CA }));
  assert.equal(await ask(context, port, TEST_CLIENT), 'tls');
  assert.match(await ask(context, port), /^14 /);
});

test('who says nothing holds up nobody who stops', async () => {
  const server = new GrpcServer({ ...shared, tls: new TlsIdentity({ ...TEST_SERVER, clientCa: undefined }) });
  const socket = connectPlain(await server.start(), '127.0.0.1');
  const closed = once(socket, 'close');
  socket.on('error', () => {});
  await once(socket, 'connect');
  await server.drain(0);
  await closed;
});

test('TLS older than 1.2 is refused', async (context) => {
  const port = await serveGrpc(context, new TlsIdentity({ ...TEST_SERVER, clientCa: undefined }));
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await assert.rejects(shownName(port, old));
});

test('a new certificate is shown to new connections; one that is no good is refused and changes nothing', async (context) => {
  const identity = new TlsIdentity({ ...TEST_SERVER, clientCa: undefined });
  const port = await serveGrpc(context, identity);
  assert.equal(await shownName(port), 'server');
  const mixed = { certificate: TEST_RENEWED.certificate, key: TEST_SERVER.key, clientCa: undefined };
  assert.throws(() => identity.replace(mixed), /key values mismatch/);
  assert.throws(() => identity.replace({ ...TEST_RENEWED, clientCa: TEST_CA }), /cannot change/);
  assert.equal(await shownName(port), 'server');
  identity.replace({ ...TEST_RENEWED, clientCa: undefined });
  assert.equal(await shownName(port), 'renewed');
});

test('an authority whose key is too short for any handshake is refused at once, by name', () => {
  const weak = { ...TEST_SERVER, clientCa: TEST_CA + TEST_WEAK_CA };
  const problem = /CN=Weak tests has 1024 bits, at least 2048 are needed/;
  assert.throws(() => new TlsIdentity(weak), problem);
  assert.throws(() => new TlsIdentity({ ...TEST_SERVER, clientCa: TEST_CA }).replace(weak), problem);
});

test('HTTPS follows its certificate too', async (context) => {
  const identity = new TlsIdentity({ ...TEST_SERVER, clientCa: undefined });
  const common = { payloads: 'shorthand', clientName: 'test', allowedHosts: [], readiness: new Readiness() } as const;
  const server = new HttpServer({ ...shared, ...common, tls: identity });
  const port = await server.start();
  context.after(() => server.drain(0));
  const sent = request({ host: '127.0.0.1', port, path: '/api/v1/system-info', ca: TEST_CA, agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  assert.equal(response.statusCode, 200);
  response.resume();
  identity.replace({ ...TEST_RENEWED, clientCa: undefined });
  assert.equal(await shownName(port, { ALPNProtocols: ['http/1.1'] }), 'renewed');
});
