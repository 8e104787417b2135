import assert from 'node:assert/strict';
import http2 from 'node:http2';
import net from 'node:net';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Metadata } from '@grpc/grpc-js';
import { reject } from '@perdure/core';
import { encodeHistoryEvent, messageType, plain } from '@perdure/proto';
import type { CallContext } from '../../rpc/handler.ts';
import { CallEnd } from '../call.ts';
import { ListenError } from '../listen-error.ts';
import { GrpcServer } from './grpc-server.ts';
import { TestClient } from './test-client.ts';
import { SERVICE, DESCRIBE, POLL, START, NOTHING, cleanups, serve, makePoll, frame, rawCall } from './testing.ts';

const NEVER_MS = 60_000;

describe('a call', () => {
  test('brings the request to the handler and the reply back', async () => {
    const { client } = await serve({
      [DESCRIBE]: ({ namespace }: { namespace: string }) => ({ message: { namespaceInfo: { name: `${namespace}!` } } }),
    });
    assert.deepEqual(plain(await client.call(DESCRIBE, { namespace: 'orders' })), {
      namespaceInfo: { name: 'orders!' },
    });
  });

  test('shows headers and deadline, and takes headers for the reply', async () => {
    const contexts: CallContext[] = [];
    const { client } = await serve({
      [DESCRIBE]: async (_request, context) => {
        contexts.push(context);
        await Promise.resolve();
        context.setReplyHeader('X-Seen', 'yes');
        return { message: {} };
      },
    });
    const metadata = new Metadata();
    metadata.add('client-name', 'temporal-typescript');
    metadata.add('twice', 'a');
    metadata.add('twice', 'b');
    const outcome = await client.start(DESCRIBE, NOTHING, { deadlineMs: 30_000, metadata }).outcome;
    const [context] = contexts;
    assert.equal(context?.headers.get('client-name'), 'temporal-typescript');
    assert.equal(context?.headers.get('twice'), 'a');
    assert.equal(context?.headers.has(':path'), false);
    const remainingMs = (context?.deadlineMs ?? 0) - 1_000_000;
    assert.ok(remainingMs > 25_000 && remainingMs <= 30_000, `${remainingMs} ms remain`);
    assert.equal(context?.signal.aborted, false);
    assert.deepEqual(outcome.kind === 'reply' && outcome.headers?.get('x-seen'), ['yes']);
  });

  test('without deadline has none', async () => {
    let deadlineMs: number | undefined = 1;
    const { client } = await serve({
      [DESCRIBE]: (_request, context) => {
        deadlineMs = context.deadlineMs;
        return { message: {} };
      },
    });
    await client.call(DESCRIBE, {});
    assert.equal(deadlineMs, undefined);
  });

  test('takes and gives messages of 4 MiB', async () => {
    const { client } = await serve({
      [START]: ({ identity }: { identity: string }) => ({ message: { runId: identity } }),
    });
    const big = new TestClient(Number(client.client.getChannel().getTarget().split(':').at(-1)), {
      'grpc.max_receive_message_length': -1,
    });
    cleanups.push(() => big.close());
    const identity = 'x'.repeat(4 * 1024 * 1024 - 5);
    assert.equal((await big.call(START, { identity })).runId?.length, identity.length);
  });

  test('may be gzipped', async () => {
    const { port } = await serve({
      [START]: ({ identity }: { identity: string }) => ({ message: { runId: identity } }),
    });
    const gzip = new TestClient(port, { 'grpc.default_compression_algorithm': 2 });
    cleanups.push(() => gzip.close());
    assert.equal((await gzip.call(START, { identity: 'abc'.repeat(1000) })).runId, 'abc'.repeat(1000));
  });

  test('gets a history that was encoded before', async () => {
    const events = [{ eventId: 1, workflowExecutionStartedEventAttributes: { attempt: 1 } }, { eventId: 2 }];
    const { client } = await serve({
      [POLL]: () => ({ message: { startedEventId: 3 }, history: { slices: events.map(encodeHistoryEvent) } }),
    });
    assert.deepEqual(plain(await client.call(POLL, {})), { startedEventId: 3, history: { events } });
  });
});

describe('a refusal', () => {
  test('travels as status, message and details', async () => {
    const { client } = await serve({ [DESCRIBE]: () => reject.namespaceNotFound('Größe 100%\n') });
    const outcome = await client.start(DESCRIBE, NOTHING).outcome;
    assert.ok(outcome.kind === 'error');
    assert.deepEqual([outcome.code, outcome.details], [5, 'Namespace Größe 100%\n is not found.']);
    const [bytes] = outcome.trailers.get('grpc-status-details-bin');
    assert.ok(bytes instanceof Buffer);
    const status = messageType('google.rpc.Status').decode(bytes);
    assert.equal(status.code, 5);
    const detail = messageType('temporal.api.errordetails.v1.NamespaceNotFoundFailure');
    assert.equal(detail.decode(status.details?.[0]?.value ?? NOTHING).namespace, 'Größe 100%\n');
  });

  test('without detail has no details', async () => {
    const { client } = await serve({ [DESCRIBE]: () => reject.invalidArgument('no') });
    const outcome = await client.start(DESCRIBE, NOTHING).outcome;
    assert.ok(outcome.kind === 'error');
    assert.deepEqual([outcome.code, outcome.details], [3, 'no']);
    assert.deepEqual(outcome.trailers.get('grpc-status-details-bin'), []);
  });
});

describe('an exception', () => {
  test('is reported, and the caller learns nothing of it', async () => {
    const { client, errors } = await serve({
      [DESCRIBE]: () => {
        throw new Error('secret');
      },
      [POLL]: () => ({ message: { attempt: 'many' } }),
      [START]: (_request, context) => {
        context.setReplyHeader('bad header', 'x');
        return { message: {} };
      },
    });
    const outcomes = [await client.start(DESCRIBE, NOTHING).outcome, await client.start(POLL, NOTHING).outcome];
    for (const outcome of outcomes) {
      assert.ok(outcome.kind === 'error');
      assert.deepEqual([outcome.code, outcome.details], [13, 'internal error']);
    }
    const broken = await client.start(START, NOTHING).outcome;
    assert.equal(broken.kind === 'error' && broken.code, 13);
    assert.match(String(errors[0]), /secret/);
    assert.match(String(errors[1]), /PollWorkflowTaskQueueResponse/);
    assert.match(String(errors[2]), /bad header/);
    assert.equal(errors.length, 3);
  });
});

describe('what cannot be served is refused as grpc-go does', () => {
  const unserved: [path: string, message: string][] = [
    [`${SERVICE}/Nope`, 'unknown method Nope for service temporal.api.workflowservice.v1.WorkflowService'],
    [POLL, 'unknown method PollWorkflowTaskQueue for service temporal.api.workflowservice.v1.WorkflowService'],
    ['/temporal.api.testservice.v1.TestService/Sleep', 'unknown service temporal.api.testservice.v1.TestService'],
    ['/foo.Bar/Baz', 'unknown service foo.Bar'],
    ['/noslash', 'malformed method name: "/noslash"'],
  ];
  for (const [path, message] of unserved) {
    test(path, async () => {
      const { client } = await serve({ [DESCRIBE]: () => ({ message: {} }) });
      const outcome = await client.start(path, NOTHING).outcome;
      assert.ok(outcome.kind === 'error');
      assert.deepEqual([outcome.code, outcome.details], [12, message]);
    });
  }

  test('a handler for what is no method is a bug', async () => {
    await assert.rejects(serve({ '/foo.Bar/Baz': () => ({ message: {} }) }), /\/foo\.Bar\/Baz is no unary method/);
  });

  const malformed: [what: string, bytes: Uint8Array, message: string][] = [
    [
      'truncated bytes',
      Uint8Array.of(10, 5, 65),
      'grpc: error unmarshalling request: proto: cannot parse invalid wire-format data',
    ],
    [
      'a string that is not UTF-8',
      Uint8Array.of(10, 1, 255),
      'grpc: error unmarshalling request: string field contains invalid UTF-8',
    ],
  ];
  for (const [what, bytes, message] of malformed) {
    test(what, async () => {
      const { client } = await serve({ [DESCRIBE]: () => ({ message: {} }) });
      const outcome = await client.start(DESCRIBE, bytes).outcome;
      assert.ok(outcome.kind === 'error');
      assert.deepEqual([outcome.code, outcome.details], [13, message]);
    });
  }

  test('a message that is too large, also while it is still coming', async () => {
    const { client, port } = await serve({ [START]: () => ({ message: {} }) });
    const outcome = await client.start(START, new Uint8Array(20_000_000)).outcome;
    assert.ok(outcome.kind === 'error');
    assert.deepEqual(
      [outcome.code, outcome.details],
      [8, 'grpc: received message larger than max (20000000 vs. 4194304)'],
    );

    const bomb = await rawCall(port, frame(gzipSync(Buffer.alloc(30_000_000)), 1), { 'grpc-encoding': 'gzip' });
    assert.equal(bomb['grpc-message'], 'grpc: received message after decompression larger than max 4194304');
    assert.equal(bomb['grpc-status'], '8');
  });
});

describe('bytes that are no proper call', () => {
  const cases: [
    what: string,
    body: Buffer,
    headers: http2.OutgoingHttpHeaders,
    expected: Record<string, string | number>,
  ][] = [
    [
      'a proper one',
      frame(NOTHING),
      {},
      { ':status': 200, 'grpc-status': '0', 'grpc-message': '', 'content-type': 'application/grpc' },
    ],
    [
      'a subtype',
      frame(NOTHING),
      { 'content-type': 'application/grpc+proto' },
      { 'content-type': 'application/grpc+proto', 'grpc-status': '0' },
    ],
    ['two messages', Buffer.concat([frame(NOTHING), frame(NOTHING)]), {}, { 'grpc-status': '0' }],
    ['no message', Buffer.alloc(0), {}, { 'grpc-status': '2', 'grpc-message': 'EOF' }],
    ['half a message', Buffer.from([0, 0, 0, 0, 9, 1]), {}, { 'grpc-status': '2', 'grpc-message': 'unexpected EOF' }],
    [
      'a strange flag',
      Buffer.from([7, 0, 0, 0, 0]),
      {},
      { 'grpc-status': '13', 'grpc-message': 'grpc: received unexpected payload format 7' },
    ],
    [
      'compression without a name',
      frame(Buffer.from('xxxx'), 1),
      {},
      { 'grpc-status': '13', 'grpc-message': 'grpc: compressed flag set with identity or empty encoding' },
    ],
    [
      'unknown compression',
      frame(Buffer.from('xxxx'), 1),
      { 'grpc-encoding': 'snappy' },
      { 'grpc-status': '12', 'grpc-message': 'grpc: Decompressor is not installed for grpc-encoding "snappy"' },
    ],
    [
      'broken gzip',
      frame(Buffer.from('xxxx'), 1),
      { 'grpc-encoding': 'gzip' },
      { 'grpc-status': '13', 'grpc-message': 'grpc: failed to decompress the message: incorrect header check' },
    ],
    [
      'a bad deadline',
      frame(NOTHING),
      { 'grpc-timeout': 'abc' },
      { ':status': 400, 'grpc-status': '13', 'grpc-message': 'malformed grpc-timeout: "abc"' },
    ],
    [
      'another content type',
      frame(NOTHING),
      { 'content-type': 'application/json' },
      { ':status': 415, 'grpc-status': '3', 'grpc-message': 'invalid gRPC request content-type "application/json"' },
    ],
    ['another method', frame(NOTHING), { ':method': 'PUT' }, { ':status': 405, 'grpc-status': '13' }],
  ];
  for (const [what, body, headers, expected] of cases) {
    test(what, async () => {
      const { port } = await serve({ [START]: () => ({ message: {} }) });
      const received = await rawCall(port, body, headers);
      for (const [name, value] of Object.entries(expected)) assert.equal(received[name], value, name);
    });
  }

  test('a message in many pieces is whole', async () => {
    const { port } = await serve({
      [START]: ({ identity }: { identity: string }) => ({ message: { runId: identity } }),
    });
    const session = http2.connect(`http://127.0.0.1:${port}`);
    const stream = session.request({ ':method': 'POST', ':path': START, 'content-type': 'application/grpc' });
    const bytes = frame(
      messageType('temporal.api.workflowservice.v1.StartWorkflowExecutionRequest').encode({ identity: 'in pieces' }),
    );
    for (const byte of bytes) await new Promise<void>((resolve) => stream.write(Buffer.of(byte), () => resolve()));
    stream.end();
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    session.close();
    const reply = messageType('temporal.api.workflowservice.v1.StartWorkflowExecutionResponse').decode(
      Buffer.concat(chunks).subarray(5),
    );
    assert.equal(reply.runId, 'in pieces');
  });
});

describe('the server', () => {
  test('names the port that is taken', async () => {
    const { port } = await serve({});
    const second = new GrpcServer({
      host: '127.0.0.1',
      port,
      handlers: new Map(),
      now: () => 0,
      reportError: () => {},
    });
    await assert.rejects(second.start(), (error) => {
      assert.ok(error instanceof ListenError);
      assert.deepEqual([error.code, error.host, error.port], ['EADDRINUSE', '127.0.0.1', port]);
      return true;
    });
  });

  test('answers long polls when it drains, lets calls end and then closes', async () => {
    const poll = makePoll();
    const gate = Promise.withResolvers<void>();
    const { server, port, client } = await serve({
      [POLL]: poll.handler,
      [DESCRIBE]: async () => {
        await gate.promise;
        return { message: { isGlobalNamespace: true } };
      },
    });
    const slow = client.call(DESCRIBE, {});
    const polling = client.start(POLL, NOTHING).outcome;
    await poll.arrived(1);
    const drained = server.drain(NEVER_MS);
    assert.equal((await polling).kind, 'reply');
    assert.deepEqual(poll.ends, [CallEnd.Draining]);
    const late = new TestClient(port, { 'grpc.enable_retries': 0 });
    cleanups.push(() => late.close());
    const refused = await late.start(DESCRIBE, NOTHING).outcome;
    assert.equal(refused.kind === 'error' && refused.code, 14);
    gate.resolve();
    assert.equal((await slow).isGlobalNamespace, true);
    await drained;
    await server.drain(0);
  });

  test('cuts off what has not ended after the grace', async () => {
    const arrived = Promise.withResolvers<void>();
    const { server, client } = await serve({
      [POLL]: () => {
        arrived.resolve();
        return new Promise(() => {});
      },
    });
    const stuck = client.start(POLL, NOTHING).outcome;
    await arrived.promise;
    await server.drain(10);
    assert.equal((await stuck).kind, 'error');
  });

  test('closes idle and old connections', async () => {
    const { port } = await serve({}, { keepalive: { connectionIdleMaxMs: 20 } });
    const idle = http2.connect(`http://127.0.0.1:${port}`);
    await new Promise((resolve) => idle.once('close', resolve));

    const poll = makePoll();
    const aged = await serve(
      { [POLL]: poll.handler },
      { keepalive: { connectionAgeMaxMs: 20, connectionAgeGraceMs: 20 } },
    );
    const outcome = await aged.client.start(POLL, NOTHING).outcome;
    assert.equal(outcome.kind, 'error');
    await poll.ended(1);
  });

  test('closes connections that answer no ping', async () => {
    const { port } = await serve({}, { keepalive: { timeMs: 20, timeoutMs: 20 } });
    const silent = net.connect(port, '127.0.0.1');
    const emptySettings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    silent.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), emptySettings]));
    silent.resume();
    await new Promise((resolve) => silent.once('close', resolve));
  });

  test('outlives peers that speak something else', async () => {
    const { port, client } = await serve({ [DESCRIBE]: () => ({ message: {} }) });
    const stranger = net.connect(port, '127.0.0.1');
    stranger.end('GET / HTTP/1.1\r\n\r\n');
    stranger.resume();
    await new Promise((resolve) => stranger.once('close', resolve));
    assert.ok(await client.call(DESCRIBE, {}));
  });
});
