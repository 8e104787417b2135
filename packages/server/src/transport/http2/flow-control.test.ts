import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeHeaders } from './hpack/encoder.ts';
import { OutboundBudget } from './outbound-budget.ts';
import { Flag } from './protocol.ts';
import { CALL, data, headers, Peer, ping, resetStream, settings, windowUpdate } from './testing.ts';

const MEBIBYTE = 1024 * 1024;
const HEAD = encodeHeaders([[':status', '200']]);
const TRAILERS = encodeHeaders([['grpc-status', '0']]);
const INITIAL_WINDOW_SIZE = 4;

/** Bytes of the body of a stream among frames. */
function bodyOf(frames: readonly string[], stream: number): number {
  const sizes = frames.map((frame) => new RegExp(`^Data ${stream} (\\d+)`).exec(frame)?.[1] ?? '0');
  return sizes.reduce((sum, size) => sum + Number(size), 0);
}

/** Opens streams, and answers each with a message that has so many bytes on the wire. */
async function answering(peer: Peer, sizes: readonly number[]): Promise<string[]> {
  await peer.answer(...sizes.map((_, index) => headers(1 + 2 * index)));
  for (const [index, size] of sizes.entries()) {
    peer.streams[index]?.stream.sendReply(HEAD, Buffer.alloc(size - 5), TRAILERS);
  }
  return peer.received();
}

describe('what is sent', () => {
  test('is as much as the window of the stream allows, and the rest when it opens', async () => {
    const peer = new Peer({ settings: settings({ [INITIAL_WINDOW_SIZE]: 1_000 }) });
    assert.deepEqual(await answering(peer, [2_500]), ['Headers 1 :status=200', 'Data 1 1000']);
    assert.deepEqual(await peer.answer(windowUpdate(1, 600)), ['Data 1 600']);
    assert.deepEqual(peer.streams[0]?.events, ['end']);
    assert.deepEqual(await peer.answer(windowUpdate(1, 5_000)), ['Data 1 900', 'Headers 1 grpc-status=0 END']);
    assert.deepEqual(peer.streams[0]?.events, ['end', 'delivered']);
    assert.equal(peer.connection.waitingBytes, 0);
  });

  test('is as much as the window of the connection allows, one frame of each stream after the other', async () => {
    const peer = new Peer({ settings: settings({ [INITIAL_WINDOW_SIZE]: MEBIBYTE }) });
    const frames = await answering(peer, [200_000, 200_000, 200_000]);
    assert.equal(
      [1, 3, 5].reduce((sum, stream) => sum + bodyOf(frames, stream), 0),
      65_535,
    );
    const more = await peer.answer(windowUpdate(0, 49_152));
    const turns = more.filter((frame) => frame.startsWith('Data')).map((frame) => frame.split(' ')[1]);
    assert.deepEqual(new Set(turns), new Set(['1', '3', '5']));
    const rest = await peer.answer(windowUpdate(0, MEBIBYTE));
    for (const stream of [1, 3, 5]) {
      assert.equal(bodyOf([...frames, ...more, ...rest], stream), 200_000);
      assert.ok(rest.includes(`Headers ${stream} grpc-status=0 END`));
    }
  });

  test('of a stream does not wait for another whose window is closed', async () => {
    const peer = new Peer({ settings: settings({ [INITIAL_WINDOW_SIZE]: 100 }) });
    const frames = await answering(peer, [5_000, 80]);
    assert.ok(frames.includes('Headers 3 grpc-status=0 END'));
    assert.equal(bodyOf(frames, 1), 100);
  });

  test('may wait though it is empty: the head of the message counts', async () => {
    const peer = new Peer({ settings: settings({ [INITIAL_WINDOW_SIZE]: 100_000 }) });
    const frames = await answering(peer, [70_000, 5, 5]);
    assert.ok(!frames.includes('Data 3 5'));
    const more = await peer.answer(windowUpdate(0, 100_000));
    for (const stream of [3, 5]) {
      assert.ok(more.includes(`Data ${stream} 5`));
      assert.ok(more.includes(`Headers ${stream} grpc-status=0 END`));
    }
  });

  test('follows windows that settings make larger, or less than nothing', async () => {
    const peer = new Peer({ settings: settings({ [INITIAL_WINDOW_SIZE]: 1_000 }) });
    await answering(peer, [5_000]);
    assert.deepEqual(await peer.answer(settings({ [INITIAL_WINDOW_SIZE]: 500 })), ['Settings ACK']);
    assert.deepEqual(await peer.answer(windowUpdate(1, 500)), [], '500 were taken back');
    assert.deepEqual(await peer.answer(windowUpdate(1, 10)), ['Data 1 10']);
    assert.deepEqual(await peer.answer(settings({ [INITIAL_WINDOW_SIZE]: 700 })), ['Settings ACK', 'Data 1 200']);
  });

  test('breaks the connection, or the stream, whose window becomes larger than there is', async () => {
    const stream = new Peer();
    await stream.answer(headers(1));
    assert.deepEqual(await stream.answer(windowUpdate(1, 2 ** 31 - 1)), ['ResetStream 1 FlowControlError']);
    const connection = new Peer();
    assert.deepEqual(await connection.answer(windowUpdate(0, 2 ** 31 - 1)), ['GoAway 0 FlowControlError']);
    const both = new Peer();
    await both.answer(headers(1), windowUpdate(1, 2 ** 31 - 1 - 65_535));
    assert.deepEqual(await both.answer(settings({ [INITIAL_WINDOW_SIZE]: 65_536 })), [
      ...['Settings ACK', 'GoAway 1 FlowControlError'],
    ]);
  });

  test('is forgotten when the call is cancelled', async () => {
    const peer = new Peer({ settings: settings({ [INITIAL_WINDOW_SIZE]: 0 }) });
    await answering(peer, [5_000]);
    assert.equal(peer.connection.waitingBytes, 5_000);
    await peer.answer(resetStream(1), windowUpdate(1, 5_000));
    assert.equal(peer.connection.waitingBytes, 0);
    assert.deepEqual(peer.streams[0]?.events, ['end', 'lost']);
  });
});

describe('a peer that does not read', () => {
  test('is not read from either, until it does', async () => {
    const peer = new Peer({ isLeaving: false, settings: settings({ [INITIAL_WINDOW_SIZE]: 2 ** 31 - 1 }) });
    await peer.received();
    const block = encodeHeaders([['x', 'y'.repeat(100_000)]]);
    for (let stream = 1; stream < 60; stream += 2) {
      peer.send(headers(stream));
      peer.streams.at(-1)?.stream.sendHeaders(block, true);
    }
    assert.ok(peer.isPaused);
    for (let round = 0; round < 3; round++) {
      peer.leave();
      await peer.received();
    }
    assert.ok(!peer.isPaused);
  });

  test('has its body waiting where it is counted, not on the way to the socket', async () => {
    const peer = new Peer({ isLeaving: false, settings: settings({ [INITIAL_WINDOW_SIZE]: 2 ** 31 - 1 }) });
    await peer.received();
    peer.leave();
    peer.send(windowUpdate(0, 2 ** 30));
    await answering(peer, [4 * MEBIBYTE, 4 * MEBIBYTE]);
    assert.ok(peer.connection.waitingBytes > 7 * MEBIBYTE, `${peer.connection.waitingBytes} bytes wait`);
    assert.ok(peer.writes.every((size) => size < MEBIBYTE));
  });

  test('gets no new calls while too much waits', async () => {
    const peer = new Peer({ settings: settings({ [INITIAL_WINDOW_SIZE]: 0 }) });
    await answering(peer, [40 * MEBIBYTE, 40 * MEBIBYTE]);
    assert.deepEqual(await peer.answer(headers(101)), ['ResetStream 101 RefusedStream']);
    await peer.answer(resetStream(1));
    assert.deepEqual(await peer.answer(headers(103)), []);
  });

  test('is closed if of all connections it is the one that most waits for, and together it is too much', async () => {
    const outbound = new OutboundBudget(10_000);
    const closed = settings({ [INITIAL_WINDOW_SIZE]: 0 });
    const [small, large, late] = [0, 1, 2].map(() => new Peer({ outbound, settings: closed }));
    assert.ok(small !== undefined && large !== undefined && late !== undefined);
    await answering(small, [1_000]);
    await answering(large, [4_000, 4_000]);
    await answering(late, [2_000]);
    assert.deepEqual([small.isClosed, large.isClosed, late.isClosed], [false, true, false]);
    assert.deepEqual(await large.received(), ['GoAway 3 EnhanceYourCalm']);
    assert.deepEqual(
      large.streams.map(({ events }) => events.at(-1)),
      ['lost', 'lost'],
    );
    await answering(late, [2_000]);
    assert.ok(!late.isClosed, 'what the other held is free');
  });
});

describe('what is received', () => {
  test('is allowed again when half has come', async () => {
    const peer = new Peer();
    await peer.answer(headers(1, CALL, 0));
    const part = data(1, 16_384);
    assert.deepEqual(await peer.answer(...Array.from({ length: 32 }, () => part)), []);
    assert.deepEqual(await peer.answer(part), [`WindowUpdate 1 ${33 * 16_384}`]);
    const frames: string[] = [];
    for (let round = 0; round < 479; round++) frames.push(...(await peer.answer(part)));
    assert.ok(frames.includes(`WindowUpdate 0 ${4 * MEBIBYTE}`));
  });

  test('counts with what fills it up', async () => {
    const greedy = new Peer();
    await greedy.received();
    const padded = data(1, Buffer.concat([Buffer.of(255), Buffer.alloc(16_383)]), Flag.Padded);
    greedy.send(headers(1, CALL, 0), ...Array.from({ length: 32 }, () => padded));
    assert.equal(greedy.streams[0]?.stream.receiveWindowBytes, MEBIBYTE / 2);
    assert.equal(greedy.streams[0]?.events.length, 32);
    assert.equal(greedy.streams[0]?.events[0], `data ${16_384 - 256}`);
    assert.deepEqual(await greedy.answer(ping()), ['Ping ACK']);
  });
});
