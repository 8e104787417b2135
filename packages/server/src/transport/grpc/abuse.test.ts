/**
 * What HTTP/2 lets a peer do to a server. Each of these connections is closed or refused, and another client is served
 * all the while: CVE-2023-44487 (rapid reset), CVE-2024-27983 and its like (CONTINUATION flood), CVE-2019-9512 (ping
 * flood), CVE-2019-9515 (SETTINGS flood), headers and messages that are endless, or never end.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import net from 'node:net';
import { test, type TestContext } from 'node:test';
import { GrpcServer, type GrpcServerOptions } from './grpc-server.ts';
import { TestClient } from './test-client.ts';

const SERVICE = '/temporal.api.workflowservice.v1.WorkflowService';
const INFO = `${SERVICE}/GetSystemInfo` as const;

const FrameType = { Data: 0, Headers: 1, ResetStream: 3, Settings: 4, Ping: 6, Continuation: 9 } as const;
const END_HEADERS = 4;
const END_STREAM = 1;

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

function http2Frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A header that is not indexed, with its name and value as they are. */
function header(name: string, value: string): Buffer {
  const text = (each: string): Buffer => {
    const length = Buffer.byteLength(each);
    // HPACK: a length of 127 and more goes on in further bytes, seven bits each.
    const rest: number[] = [];
    for (let left = length - 127; length >= 127; left >>= 7) {
      rest.push(left >= 128 ? (left & 127) | 128 : left);
      if (left < 128) break;
    }
    return Buffer.concat([Buffer.from([Math.min(length, 127), ...rest]), Buffer.from(each)]);
  };
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

const CALL = Buffer.concat([
  header(':method', 'POST'),
  header(':scheme', 'http'),
  header(':authority', 'localhost'),
  header(':path', INFO),
  header('content-type', 'application/grpc'),
]);

interface Victim {
  /** Opens a connection that has said hello. `closed` resolves with all that was received. */
  attack(): { socket: net.Socket; closed: Promise<Buffer>; write(bytes: Buffer): Promise<void> };
  connect(): ClientHttp2Session;
  /** Whether another client is served. */
  serves(): Promise<boolean>;
  calls(): number;
}

async function serve(context: TestContext, options: Partial<GrpcServerOptions> = {}): Promise<Victim> {
  let calls = 0;
  const handler = (): { message: object } => {
    calls += 1;
    return { message: { serverVersion: 'up' } };
  };
  const server = new GrpcServer({
    host: '127.0.0.1',
    port: 0,
    handlers: new Map([[INFO, handler]]),
    now: () => 0,
    reportError: (error) => assert.fail(String(error)),
    ...options,
  });
  const port = await server.start();
  const client = new TestClient(port);
  context.after(async () => {
    client.close();
    await server.drain(0);
  });
  return {
    attack() {
      const socket = net.connect(port, '127.0.0.1');
      const received: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => received.push(chunk)).on('error', () => {});
      const closed = new Promise<Buffer>((resolve) => socket.once('close', () => resolve(Buffer.concat(received))));
      socket.write(Buffer.concat([PREFACE, http2Frame(FrameType.Settings, 0, 0)]));
      context.after(() => socket.destroy());
      const write = async (bytes: Buffer): Promise<void> => {
        const written = new Promise<void>((resolve) => void socket.write(bytes, () => resolve()));
        await Promise.race([written, closed]);
      };
      return { socket, closed, write };
    },
    connect() {
      const session = connect(`http://127.0.0.1:${port}`);
      session.on('error', () => {});
      context.after(() => session.destroy());
      return session;
    },
    serves: async () => (await client.call(INFO, {})).serverVersion === 'up',
    calls: () => calls,
  };
}

/** Writes until the connection is closed, or fails after so many times. */
async function flood(victim: Victim, chunk: (round: number) => Buffer, rounds: number): Promise<void> {
  const { socket, closed, write } = victim.attack();
  for (let round = 0; round < rounds && !socket.destroyed; round++) await write(chunk(round));
  socket.end();
  await closed;
  assert.ok(socket.destroyed);
  assert.ok(await victim.serves());
}

/** The same, for a flood that must not get to its end. */
async function stoppedFlood(victim: Victim, chunk: (round: number) => Buffer, rounds: number): Promise<void> {
  let written = 0;
  await flood(victim, (round) => ((written = round), chunk(round)), rounds);
  assert.ok(written < rounds - 1, `${written} of ${rounds} rounds were taken`);
}

test('calls that are cancelled as soon as they are made', async (context) => {
  const victim = await serve(context);
  const round = (index: number): Buffer => {
    const calls = Array.from({ length: 1_000 }, (_, each) => {
      const stream = 1 + 2 * (index * 1_000 + each);
      return [
        http2Frame(FrameType.Headers, END_HEADERS, stream, CALL),
        http2Frame(FrameType.ResetStream, 0, stream, Buffer.from([0, 0, 0, 8])),
      ];
    });
    return Buffer.concat(calls.flat());
  };
  await stoppedFlood(victim, round, 100);
});

test('headers that go on and on', async (context) => {
  const victim = await serve(context);
  const round = (index: number): Buffer =>
    index === 0
      ? http2Frame(FrameType.Headers, END_STREAM, 1, CALL)
      : http2Frame(FrameType.Continuation, 0, 1, header(`x-${index}`, 'y'.repeat(1_000)));
  await stoppedFlood(victim, round, 20_000);
  assert.equal(victim.calls(), 1, 'the call of the other client');
});

test('headers that go on with nothing in them', async (context) => {
  const victim = await serve(context);
  const empty = Buffer.concat(Array.from({ length: 100 }, () => http2Frame(FrameType.Continuation, 0, 1)));
  const round = (index: number): Buffer => (index === 0 ? http2Frame(FrameType.Headers, END_STREAM, 1, CALL) : empty);
  await stoppedFlood(victim, round, 20_000);
});

test('a call with too many headers, or too large ones, never gets to its handler', async (context) => {
  const victim = await serve(context);
  const many = Array.from({ length: 1_000 }, (_, index) => header(`x-${index}`, 'y'));
  const large = Array.from({ length: 8 }, (_, index) => header(`x-${index}`, 'y'.repeat(15_000)));
  for (const more of [many, large]) {
    const { socket, write } = victim.attack();
    const parts = [CALL, ...more];
    for (const [index, part] of parts.entries()) {
      const flags = index === parts.length - 1 ? END_HEADERS : 0;
      await write(http2Frame(index === 0 ? FrameType.Headers : FrameType.Continuation, flags, 1, part));
    }
    assert.ok(await victim.serves());
    socket.destroy();
  }
  assert.equal(victim.calls(), 2, 'the calls of the other client');
});

test('pings without end', async (context) => {
  const victim = await serve(context);
  const pings = Buffer.concat(Array.from({ length: 100 }, () => http2Frame(FrameType.Ping, 0, 0, Buffer.alloc(8))));
  await stoppedFlood(victim, () => pings, 20_000);
});

test('settings without end', async (context) => {
  const victim = await serve(context);
  const settings = Buffer.concat(Array.from({ length: 100 }, () => http2Frame(FrameType.Settings, 0, 0)));
  await stoppedFlood(victim, () => settings, 20_000);
});

test('a peer that never ends its headers is not waited for', async (context) => {
  const victim = await serve(context, { keepalive: { connectionIdleMaxMs: 20 } });
  const { closed, write } = victim.attack();
  await write(http2Frame(FrameType.Headers, 0, 1, CALL));
  await closed;
  assert.ok(await victim.serves());
});

interface HalfCall {
  /** The message of the status with which the call was refused. */
  readonly refusal: Promise<unknown>;
  /** Sends the rest of the message, after which the call is answered. */
  finish(): Promise<void>;
}

/** Begins a call that announces a message of so many bytes and sends half of it. */
function half(session: ClientHttp2Session, sizeBytes: number): HalfCall {
  const stream = session.request({ ':method': 'POST', ':path': INFO, 'content-type': 'application/grpc' });
  stream.on('error', () => {});
  const announced = Buffer.alloc(5);
  announced.writeUInt32BE(sizeBytes, 1);
  // An unknown field of that size: any message may have one.
  const message = Buffer.alloc(sizeBytes);
  stream.write(Buffer.concat([announced, message.subarray(0, sizeBytes / 2)]));
  const answer = once(stream, 'response').then(([headers]) => headers as IncomingHttpHeaders);
  return {
    refusal: answer.then((headers) => decodeURIComponent(String(headers['grpc-message']))),
    async finish() {
      stream.end(message.subarray(sizeBytes / 2));
      stream.resume();
      await once(stream, 'close');
    },
  };
}

test('a message that does not come is not waited for', async (context) => {
  const victim = await serve(context, { bounds: { messageTimeoutMs: 30 } });
  const { refusal } = half(victim.connect(), 1_000);
  assert.equal(await refusal, 'the request did not arrive in time');
  assert.ok(await victim.serves());
});

test('messages that are on their way are bounded, and make room when they are over', async (context) => {
  const victim = await serve(context, { bounds: { inboundSizeBytesMax: 20_000 } });
  const session = victim.connect();
  const taken = [half(session, 8_000), half(session, 8_000)];
  assert.equal(await half(session, 8_000).refusal, 'too many messages are on their way');
  assert.ok(await victim.serves(), 'what is whole when it comes needs no room');
  await taken[0]?.finish();
  const next = half(session, 8_000);
  assert.equal(await half(session, 8_000).refusal, 'too many messages are on their way');
  await next.finish();
  await taken[1]?.finish();
  const large = half(session, 20_000);
  assert.equal(await half(session, 8_000).refusal, 'too many messages are on their way');
  await large.finish();
});
