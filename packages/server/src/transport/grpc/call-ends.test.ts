import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { reject } from '@perdure/core';
import type { CallContext } from '../../rpc/handler.ts';
import { CallEnd } from '../call.ts';
import type { TestClient } from './test-client.ts';
import { frame, makePoll, NOTHING, POLL, rawCall, roundTrip, serve, type Served } from './testing.ts';

describe('a call that ends early', () => {
  test('because it is cancelled aborts its signal', async () => {
    const poll = makePoll();
    const { client } = await serve({ [POLL]: poll.handler });
    const running = client.start(POLL, NOTHING);
    await poll.arrived(1);
    running.call.cancel();
    await poll.ended(1);
    assert.deepEqual(poll.ends, [CallEnd.Canceled]);
  });

  test('because of its deadline aborts its signal, if the caller says so or not', async () => {
    const poll = makePoll();
    const { client, port } = await serve({ [POLL]: poll.handler });
    const outcome = await client.start(POLL, NOTHING, { deadlineMs: 300 }).outcome;
    assert.equal(outcome.kind === 'error' && outcome.code, 4);
    await poll.ended(1);
    const silent = await rawCall(port, frame(NOTHING), { ':path': POLL, 'grpc-timeout': '30m' });
    assert.deepEqual([silent['grpc-status'], silent['grpc-message']], ['4', 'context deadline exceeded']);
    assert.deepEqual(poll.ends[1], CallEnd.DeadlineExceeded);
  });

  test('with a thousand others, their connections gone, aborts every signal', async () => {
    const poll = makePoll();
    const { port } = await serve({ [POLL]: poll.handler });
    const sessions = Array.from({ length: 100 }, () => http2.connect(`http://127.0.0.1:${port}`).on('error', () => {}));
    for (const session of sessions) {
      for (let index = 0; index < 10; index += 1) {
        const stream = session.request({
          ':method': 'POST',
          ':path': POLL,
          'content-type': 'application/grpc',
          'grpc-encoding': 'gzip',
        });
        stream.on('error', () => {});
        stream.end(frame(gzipSync(NOTHING), 1));
      }
    }
    await poll.arrived(1000);
    for (const session of sessions) session.socket?.destroy();
    await poll.ended(1000);
    assert.deepEqual(new Set(poll.ends), new Set([CallEnd.Canceled]));
  });

  test('has an aborted signal even where nobody looked before', async () => {
    const gate = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<CallContext>();
    const done = Promise.withResolvers<CallContext['signal']>();
    const { client } = await serve({
      [POLL]: async (_request, context) => {
        seen.resolve(context);
        await gate.promise;
        done.resolve(context.signal);
        return { message: {} };
      },
    });
    const running = client.start(POLL, NOTHING);
    await seen.promise;
    running.call.cancel();
    await running.outcome;
    await roundTrip(client);
    gate.resolve();
    assert.equal((await done.promise).aborted, true);
  });
});

describe('a reply that does not leave', () => {
  async function undelivered(
    leave: (served: Served, running: ReturnType<TestClient['start']>) => Promise<void>,
  ): Promise<number> {
    const gate = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const settled = Promise.withResolvers<void>();
    let returned = 0;
    const served = await serve({
      [POLL]: async (_request, context) => {
        context.onUndelivered(() => assert.fail('a later callback replaces it'));
        context.onUndelivered(() => {
          returned += 1;
          settled.resolve();
        });
        arrived.resolve();
        await gate.promise;
        return { message: {} };
      },
    });
    const running = served.client.start(POLL, NOTHING);
    await arrived.promise;
    await leave(served, running);
    gate.resolve();
    await Promise.race([
      settled.promise,
      running.outcome.then((outcome) => (outcome.kind === 'reply' ? undefined : settled.promise)),
    ]);
    return returned;
  }

  test('because the call was cancelled gives back what it held', async () => {
    const count = await undelivered(async ({ client }, running) => {
      running.call.cancel();
      await running.outcome;
      await roundTrip(client);
    });
    assert.equal(count, 1);
  });

  test('because the deadline passed gives back what it held', async () => {
    const settled = Promise.withResolvers<void>();
    const { port } = await serve({
      [POLL]: async (_request, context) => {
        context.onUndelivered(settled.resolve);
        await new Promise<void>((resolve) => context.signal.addEventListener('abort', resolve));
        return { message: {} };
      },
    });
    await rawCall(port, frame(NOTHING), { ':path': POLL, 'grpc-timeout': '20m' });
    await settled.promise;
  });

  test('is told from one that does', async () => {
    assert.equal(await undelivered(() => Promise.resolve()), 0);
  });

  test('because the connection breaks while it is sent gives back what it held', async () => {
    const settled = Promise.withResolvers<void>();
    const { port } = await serve({
      [POLL]: (_request, context) => {
        context.onUndelivered(settled.resolve);
        return { message: { taskToken: new Uint8Array(3_000_000) } };
      },
    });
    const session = http2
      .connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 1000 } })
      .on('error', () => {});
    const stream = session.request({ ':method': 'POST', ':path': POLL, 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    stream.on('response', () => session.socket?.destroy());
    stream.end(frame(NOTHING));
    await settled.promise;
  });

  test('is not told of a refusal', async () => {
    const { client } = await serve({
      [POLL]: (_request, context) => {
        context.onUndelivered(() => assert.fail('there was nothing to give back'));
        return reject.unavailable('later');
      },
    });
    const outcome = await client.start(POLL, NOTHING).outcome;
    assert.equal(outcome.kind === 'error' && outcome.code, 14);
  });
});
