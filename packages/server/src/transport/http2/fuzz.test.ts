/** Whatever a peer sends: nothing is thrown, every stream ends once, and nothing is kept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeHeaders } from './hpack/encoder.ts';
import { OutboundBudget } from './outbound-budget.ts';
import { Flag, FrameType } from './protocol.ts';
import type { Http2Stream } from './stream.ts';
import { CALL, data, frameBytes, headers, Peer, ping, resetStream, settings, uint32, windowUpdate } from './testing.ts';

const HEAD = encodeHeaders([[':status', '200']]);
const TRAILERS = encodeHeaders([['grpc-status', '0']]);

/** Numbers from 0 up to one less than a limit; the same for the same seed. */
function makeRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

type Random = ReturnType<typeof makeRandom>;

/** A frame that may well be right. */
function likelyFrame(random: Random): Buffer {
  const stream = 1 + 2 * random(6);
  const kinds: (() => Buffer)[] = [
    () => headers(stream, CALL, random(2)),
    () => headers(stream, [...CALL, ['content-length', String(random(20))]], random(2)),
    () => data(stream, random(40), random(2)),
    () => data(stream, 16_384, random(2)),
    () => windowUpdate(random(2) * stream, random(70_000)),
    () => resetStream(stream),
    () => settings({ [1 + random(7)]: random(3) === 0 ? random(100_000) : 2 ** random(32) }),
    () => ping(random(2)),
    () => frameBytes(FrameType.Headers, random(64), stream, encodeHeaders(CALL).subarray(0, random(60))),
    () => frameBytes(FrameType.Continuation, random(2) * Flag.EndHeaders, stream, Buffer.alloc(random(3), 0x82)),
    () => frameBytes(random(12), random(256), random(8), Buffer.alloc(random(20), random(256))),
    () => frameBytes(FrameType.GoAway, 0, 0, Buffer.concat([uint32(0), uint32(random(12))])),
  ];
  // One that most often comes to something.
  return random(3) === 0
    ? headers(stream, CALL, 0)
    : (kinds[random(kinds.length - (random(20) === 0 ? 0 : 1))] as () => Buffer)();
}

function conversation(random: Random): Buffer {
  const bytes = Buffer.concat(Array.from({ length: 1 + random(40) }, () => likelyFrame(random)));
  for (let changes = random(4); changes > 0; changes--) bytes[random(bytes.length)] = random(256);
  return bytes;
}

/** Answers what it can, now or never, in pieces or whole. */
function makeListener(random: Random, ends: Map<Http2Stream, number>): (stream: Http2Stream) => void {
  return (stream) => {
    ends.set(stream, 0);
    const answer = (): void => {
      const message = Buffer.alloc([100_000, random(100), 0][random(3)] ?? 0);
      const kind = random(5);
      if (kind === 0) stream.sendHeaders(HEAD, true);
      else if (kind === 1) stream.reset(2);
      else if (kind === 2) {
        stream.sendHeaders(HEAD, false);
        stream.sendMessage(message);
        stream.sendMessage(message);
        stream.sendTrailers(TRAILERS);
      } else if (kind === 3) stream.sendReply(HEAD, message, TRAILERS);
    };
    if (random(10) === 0) return answer();
    stream.listen({
      data: () => void (random(8) === 0 && answer()),
      end: answer,
      closed: () => ends.set(stream, (ends.get(stream) ?? 0) + 1),
    });
    if (random(3) === 0) queueMicrotask(answer);
  };
}

async function converse(seed: number): Promise<void> {
  const random = makeRandom(seed);
  const ends = new Map<Http2Stream, number>();
  const outbound = new OutboundBudget(400_000);
  const peer = new Peer({ outbound, serve: makeListener(random, ends), isLeaving: random(4) > 0 });
  const bytes = conversation(random);
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + random(random(2) === 0 ? 30 : 40_000);
    peer.connection.receive(bytes.subarray(at, end));
    if (random(6) === 0) await peer.received();
    if (random(20) === 0) peer.leave(random(10) > 0);
    at = end;
  }
  await peer.received();
  assert.deepEqual(peer.errors, []);
  peer.leave(random(2) > 0);
  peer.destroy();
  peer.leave(false);
  assert.equal(peer.connection.waitingBytes, 0);
  for (const [stream, count] of ends) {
    assert.ok(stream.waiting.length === 0);
    // Those that answered before they listened are not told.
    assert.ok(count <= 1, `stream ${stream.id} ended ${count} times`);
    assert.ok(stream.isGone || stream.isLocalEnded, `stream ${stream.id} is still open`);
  }
}

test('conversations that are nearly right', async () => {
  for (let seed = 1; seed <= 1_500; seed++) {
    try {
      await converse(seed);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});

test('bytes of no sense', async () => {
  const random = makeRandom(7);
  for (let round = 0; round < 300; round++) {
    const peer = new Peer();
    peer.connection.receive(Buffer.from(Array.from({ length: random(300) }, () => random(256))));
    await peer.received();
    assert.deepEqual(peer.errors, []);
    peer.destroy();
  }
});
