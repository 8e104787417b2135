import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeHeaders } from './hpack/encoder.ts';
import { Flag, FrameType, PREFACE } from './protocol.ts';
import {
  CALL,
  data,
  type Fields,
  frameBytes,
  headers,
  Peer,
  ping,
  resetStream,
  settings,
  uint32,
  windowUpdate,
} from './testing.ts';

const HEAD = encodeHeaders([[':status', '200']]);
const TRAILERS = encodeHeaders([['grpc-status', '0']]);
const GOODBYE = Buffer.concat([uint32(0), uint32(0)]);

describe('a connection', () => {
  test('greets with its settings and a larger window, and takes those of the peer', async () => {
    const peer = new Peer();
    assert.deepEqual(await peer.received(), ['Settings', `WindowUpdate 0 ${8 * 1024 * 1024 - 65_535}`, 'Settings ACK']);
    assert.equal(peer.writes.length, 1);
  });

  test('gives the request to its listener, and the answer leaves in one piece', async () => {
    const peer = new Peer();
    await peer.received();
    peer.send(headers(1, CALL, 0), data(1, 7), data(1, 3, Flag.EndStream));
    const [seen] = peer.streams;
    assert.equal(seen?.stream.head.path, '/service/method');
    assert.deepEqual(seen.events, ['data 7', 'data 3', 'end']);
    peer.writes.length = 0;
    seen.stream.sendReply(HEAD, Buffer.from('reply'), TRAILERS);
    assert.deepEqual(await peer.received(), [...['Headers 1 :status=200', 'Data 1 10', 'Headers 1 grpc-status=0 END']]);
    assert.equal(peer.writes.length, 1);
    assert.equal(seen.events.at(-1), 'delivered');
  });

  test('understands what comes byte by byte', async () => {
    const whole = [headers(1, CALL, 0), data(1, 300), data(1, 0, Flag.EndStream), ping()];
    const peer = new Peer();
    await peer.received();
    for (const byte of Buffer.concat(whole)) peer.send(Buffer.of(byte));
    assert.deepEqual(peer.streams[0]?.events, ['data 300', 'end']);
    assert.deepEqual(await peer.received(), ['Ping ACK']);
  });

  test('takes headers in several frames, padded, with a priority, and trailers', async () => {
    const peer = new Peer();
    const block = encodeHeaders(CALL);
    const padded = Buffer.concat([Buffer.of(3, 0, 0, 0, 0, 7), block.subarray(0, 5), Buffer.alloc(3)]);
    peer.send(
      frameBytes(FrameType.Headers, Flag.Padded | Flag.Priority, 1, padded),
      frameBytes(FrameType.Continuation, 0, 1, block.subarray(5, 9)),
      frameBytes(FrameType.Continuation, Flag.EndHeaders, 1, block.subarray(9)),
      frameBytes(FrameType.Data, Flag.Padded, 1, Buffer.from([2, 65, 66, 67, 0, 0])),
      headers(1, [['x-checksum', '1']]),
    );
    assert.deepEqual(peer.streams[0]?.events, ['data 3', 'end']);
  });

  test('writes headers that are too long for a frame in several', async () => {
    const peer = new Peer();
    await peer.answer(headers(1));
    peer.streams[0]?.stream.sendHeaders(encodeHeaders([['x', 'y'.repeat(40_000)]]), true);
    assert.deepEqual(
      (await peer.received()).map((frame) => frame.slice(0, 14).trim()),
      ['Headers 1 END', 'Continuation 1', 'Continuation 1'],
    );
  });

  test('ignores frames that it does not know', async () => {
    const peer = new Peer();
    const frames = [frameBytes(0xbe, 0xff, 0, Buffer.alloc(5)), frameBytes(FrameType.Priority, 0, 9, Buffer.alloc(5))];
    assert.deepEqual(await peer.answer(...frames, ping()), ['Ping ACK']);
  });

  test('tells a caller that sends more than was asked for to stop, and takes what is on its way', async () => {
    const peer = new Peer();
    await peer.answer(headers(1, CALL, 0));
    peer.streams[0]?.stream.sendHeaders(HEAD, true);
    assert.deepEqual(await peer.received(), ['Headers 1 :status=200 END']);
    assert.deepEqual(await peer.answer(data(1, 100)), ['ResetStream 1 NoError']);
    assert.deepEqual(await peer.answer(data(1, 100), headers(1, []), resetStream(1), windowUpdate(1, 1), ping()), [
      'Ping ACK',
    ]);
  });

  test('lets a caller that is answered before its request has ended come to the end', async () => {
    const peer = new Peer({ bounds: { streamsMax: 1 } });
    await peer.answer(headers(1, CALL, 0), data(1, 5));
    peer.streams[0]?.stream.sendReply(HEAD, Buffer.alloc(1), TRAILERS);
    assert.equal((await peer.received()).length, 3);
    assert.deepEqual(peer.streams[0]?.events, ['data 5', 'delivered']);
    assert.deepEqual(await peer.answer(data(1, 0, Flag.EndStream), headers(3)), []);
    assert.equal(peer.streams[1]?.stream.id, 3, 'the first is over');
  });

  test('that is asked to go serves what has begun, ignores the rest, and closes', async () => {
    const peer = new Peer();
    await peer.answer(headers(1, CALL, 0), headers(3));
    peer.connection.close();
    assert.deepEqual(await peer.received(), ['GoAway 3 NoError']);
    assert.deepEqual(await peer.answer(headers(5, CALL, 0), data(5, 10), data(1, 10, Flag.EndStream)), []);
    assert.equal(peer.streams.length, 2);
    peer.streams[1]?.stream.sendHeaders(HEAD, true);
    await peer.received();
    assert.ok(!peer.isClosed);
    peer.streams[0]?.stream.sendReply(HEAD, Buffer.alloc(1), TRAILERS);
    assert.equal((await peer.received()).length, 3);
    assert.ok(peer.isClosed);
    assert.equal(peer.streams[0]?.events.at(-1), 'delivered');
  });

  test('follows a peer that says it goes', async () => {
    const peer = new Peer();
    assert.deepEqual(await peer.answer(frameBytes(FrameType.GoAway, 0, 0, GOODBYE)), ['GoAway 0 NoError']);
    assert.ok(peer.isClosed);
  });

  test('closes with what a listener throws', async () => {
    const peer = new Peer({
      serve: () => {
        throw new Error('a bug');
      },
    });
    assert.deepEqual(await peer.answer(headers(1)), ['GoAway 1 InternalError']);
    assert.match(String(peer.errors), /a bug/);
  });
});

describe('a peer that breaks the rules', () => {
  const endless = frameBytes(FrameType.Headers, Flag.EndStream, 1, encodeHeaders(CALL));
  const cases: [what: string, frames: Buffer[], last: string][] = [
    ['DATA without a stream', [data(0, 1)], 'GoAway 0 ProtocolError'],
    ['DATA of a stream that has not begun', [data(1, 1)], 'GoAway 0 ProtocolError'],
    ['DATA after the end', [headers(1), data(1, 1)], 'ResetStream 1 StreamClosed'],
    ['DATA after a reset', [headers(1), resetStream(1), data(1, 1)], 'ResetStream 1 StreamClosed'],
    [
      'more padding than payload',
      [headers(1, CALL, 0), data(1, Buffer.of(9, 1), Flag.Padded)],
      'GoAway 1 ProtocolError',
    ],
    ['padding of nothing', [headers(1, CALL, 0), data(1, 0, Flag.Padded)], 'GoAway 1 ProtocolError'],
    ['HEADERS without a stream', [headers(0)], 'GoAway 0 ProtocolError'],
    ['HEADERS of a stream of the server', [headers(2)], 'GoAway 0 ProtocolError'],
    ['HEADERS of a stream that was left out', [headers(5), headers(3)], 'GoAway 5 StreamClosed'],
    ['HEADERS after a reset', [headers(1), resetStream(1), headers(1)], 'GoAway 1 StreamClosed'],
    ['HEADERS after the end', [headers(1), headers(1)], 'ResetStream 1 StreamClosed'],
    ['trailers that are not the end', [headers(1, CALL, 0), headers(1, [], 0)], 'ResetStream 1 ProtocolError'],
    ['trailers with a path', [headers(1, CALL, 0), headers(1, [[':path', '/']])], 'ResetStream 1 ProtocolError'],
    ['something between headers', [endless, ping()], 'GoAway 0 ProtocolError'],
    ['CONTINUATION of another stream', [endless, frameBytes(FrameType.Continuation, 4, 3)], 'GoAway 0 ProtocolError'],
    ['CONTINUATION of nothing', [frameBytes(FrameType.Continuation, 4, 1)], 'GoAway 0 ProtocolError'],
    ['HEADERS too short for a priority', [frameBytes(1, 0x25, 1, Buffer.alloc(4))], 'GoAway 0 FrameSizeError'],
    ['RST_STREAM without a stream', [resetStream(0)], 'GoAway 0 ProtocolError'],
    ['RST_STREAM of a stream that has not begun', [resetStream(1)], 'GoAway 0 ProtocolError'],
    ['RST_STREAM that is short', [headers(1), frameBytes(3, 0, 1, Buffer.alloc(3))], 'GoAway 1 FrameSizeError'],
    ['SETTINGS of a stream', [frameBytes(4, 0, 1)], 'GoAway 0 ProtocolError'],
    ['SETTINGS that are cut off', [frameBytes(4, 0, 0, Buffer.alloc(5))], 'GoAway 0 FrameSizeError'],
    ['an ACK with SETTINGS', [frameBytes(4, 1, 0, Buffer.alloc(6))], 'GoAway 0 FrameSizeError'],
    ['ENABLE_PUSH of 2', [settings({ 2: 2 })], 'GoAway 0 ProtocolError'],
    ['INITIAL_WINDOW_SIZE of 2^31', [settings({ 4: 2 ** 31 })], 'GoAway 0 FlowControlError'],
    ['MAX_FRAME_SIZE of 1', [settings({ 5: 1 })], 'GoAway 0 ProtocolError'],
    ['PUSH_PROMISE', [frameBytes(5, 4, 1, Buffer.alloc(4))], 'GoAway 0 ProtocolError'],
    ['PING of a stream', [frameBytes(6, 0, 1, Buffer.alloc(8))], 'GoAway 0 ProtocolError'],
    ['PING that is long', [frameBytes(6, 0, 0, Buffer.alloc(9))], 'GoAway 0 FrameSizeError'],
    ['GOAWAY of a stream', [frameBytes(7, 0, 1, GOODBYE)], 'GoAway 0 ProtocolError'],
    ['WINDOW_UPDATE of nothing', [windowUpdate(0, 0)], 'GoAway 0 ProtocolError'],
    ['WINDOW_UPDATE of nothing on a stream', [headers(1), windowUpdate(1, 0)], 'ResetStream 1 ProtocolError'],
    ['WINDOW_UPDATE of a stream that has not begun', [windowUpdate(1, 1)], 'GoAway 0 ProtocolError'],
    ['WINDOW_UPDATE that is long', [frameBytes(8, 0, 0, Buffer.alloc(5))], 'GoAway 0 FrameSizeError'],
    ['PRIORITY without a stream', [frameBytes(2, 0, 0, Buffer.alloc(5))], 'GoAway 0 ProtocolError'],
    ['PRIORITY that is short', [frameBytes(2, 0, 1, Buffer.alloc(4))], 'GoAway 0 FrameSizeError'],
    ['a frame that is too large', [data(1, 16_385)], 'GoAway 0 FrameSizeError'],
    ['headers that cannot be read', [frameBytes(1, 5, 1, Buffer.of(0xff))], 'GoAway 0 CompressionError'],
  ];
  for (const [what, frames, last] of cases) {
    test(`${what}: ${last}`, async () => {
      const peer = new Peer();
      assert.equal((await peer.answer(...frames)).at(-1), last);
      assert.equal(peer.isClosed, last.startsWith('GoAway'));
      assert.deepEqual(peer.errors, []);
      // What it says afterwards is not heard, or answered as if nothing had been.
      assert.deepEqual(await peer.answer(ping()), peer.isClosed ? [] : ['Ping ACK']);
    });
  }

  test('something else than HTTP/2', async () => {
    const peer = new Peer();
    const stranger = new Peer({ settings: Buffer.alloc(0) });
    assert.deepEqual(await peer.answer(), []);
    assert.deepEqual(await stranger.answer(ping()), ['GoAway 0 ProtocolError'], 'SETTINGS come first');
    assert.ok(stranger.isClosed);
    assert.notEqual(PREFACE.length, 0);
  });

  const malformed: [what: string, fields: Fields][] = [
    ['no method', CALL.slice(1)],
    ['no scheme', CALL.filter(([name]) => name !== ':scheme')],
    ['no path', CALL.filter(([name]) => name !== ':path')],
    ['an empty path', CALL.map(([name, value]) => [name, name === ':path' ? '' : value])],
    ['two paths', [[':path', '/'], ...CALL]],
    ['a path after other headers', [...CALL.filter(([name]) => name !== ':path'), [':path', '/']]],
    ['a status', [[':status', '200'], ...CALL]],
    ['upper case', [...CALL, ['X-Upper', '1']]],
    ['no name', [...CALL, ['', '1']]],
    ['headers of a connection', [...CALL, ['connection', 'close']]],
    ['te that is not trailers', [...CALL, ['te', 'gzip']]],
    ['a line break', [...CALL, ['x', 'a\r\nb']]],
    ['lengths that contradict', [...CALL, ['content-length', '1'], ['content-length', '2']]],
    ['a length that is none', [...CALL, ['content-length', '-1']]],
    ['a body that is not as long as was said', [...CALL, ['content-length', '1']]],
  ];
  for (const [what, fields] of malformed) {
    test(`a request with ${what}`, async () => {
      const peer = new Peer();
      assert.deepEqual(await peer.answer(headers(1, fields), headers(3)), ['ResetStream 1 ProtocolError']);
      assert.deepEqual(
        peer.streams.filter(({ events }) => events.includes('end')).map(({ stream }) => stream.id),
        [3],
      );
    });
  }
});

describe('bounds', () => {
  test('calls beyond what is served at a time are refused', async () => {
    const peer = new Peer({ bounds: { streamsMax: 2 } });
    assert.deepEqual(await peer.answer(headers(1), headers(3), headers(5)), ['ResetStream 5 RefusedStream']);
    peer.streams[0]?.stream.sendHeaders(HEAD, true);
    assert.deepEqual(await peer.received(), ['Headers 1 :status=200 END']);
    assert.deepEqual(await peer.answer(headers(7)), []);
    assert.equal(peer.streams.at(-1)?.stream.id, 7);
  });

  test('headers that are many, large, or come in many frames', async () => {
    const many: Fields = Array.from({ length: 129 }, (_, index) => [`x-${index}`, '']);
    assert.deepEqual(await new Peer().answer(headers(1, [...CALL, ...many])), ['ResetStream 1 EnhanceYourCalm']);
    const block = encodeHeaders([...CALL, ...many.slice(0, 5).map(([name]) => [name, 'y'.repeat(15_000)] as const)]);
    const parts = Array.from({ length: 6 }, (_, index) => block.subarray(index * 16_000, (index + 1) * 16_000));
    const frames = parts.map((part, index) => frameBytes(index === 0 ? 1 : 9, index === 5 ? 4 : 0, 1, part));
    assert.deepEqual(await new Peer().answer(...frames, ping()), ['ResetStream 1 EnhanceYourCalm', 'Ping ACK']);
    const empty = Array.from({ length: 64 }, () => frameBytes(9, 0, 1));
    assert.deepEqual(await new Peer().answer(frameBytes(1, 0, 1), ...empty), ['GoAway 0 EnhanceYourCalm']);
  });

  test('frames of no use, but as many pings as there are frames of replies', async () => {
    const bounds = { controlFramesMax: 3 };
    const useless: [what: string, frame: Buffer][] = [
      ['ping', ping()],
      ['settings', settings()],
      ['an answer to no ping', ping(Flag.Ack)],
      ['nothing', data(1, 0)],
      ['priority', frameBytes(2, 0, 1, Buffer.alloc(5))],
      ['unknown', frameBytes(99, 0, 0)],
    ];
    for (const [what, frame] of useless) {
      const peer = new Peer({ bounds });
      // The settings that it begins with count.
      const answer = await peer.answer(headers(1, CALL, 0), frame, frame, frame);
      assert.equal(answer.at(-1), 'GoAway 1 EnhanceYourCalm', what);
    }
    const peer = new Peer({ bounds });
    for (let stream = 1; stream < 100; stream += 2) {
      await peer.answer(headers(stream));
      peer.streams.at(-1)?.stream.sendReply(HEAD, Buffer.alloc(9), TRAILERS);
      assert.deepEqual((await peer.answer(ping())).at(-1), 'Ping ACK');
    }
  });

  test('streams that are reset, and those that the peer makes the server reset', async () => {
    const reset: [what: string, frames: (id: number) => Buffer[]][] = [
      ['by the peer', (id) => [headers(id), resetStream(id)]],
      ['for a bad window', (id) => [headers(id), windowUpdate(id, 0)]],
      ['for bad headers', (id) => [headers(id, [])]],
    ];
    for (const [what, frames] of reset) {
      const peer = new Peer({ bounds: { streamResetsMax: 2 } });
      assert.ok(!(await peer.answer(...frames(1), ...frames(3))).join().includes('GoAway'), what);
      assert.equal((await peer.answer(...frames(5))).at(-1), 'GoAway 5 EnhanceYourCalm', what);
      assert.deepEqual(
        new Set(peer.streams.map(({ events }) => events.at(-1))),
        new Set(what === 'for bad headers' ? [] : ['lost']),
      );
    }
  });
});

describe('an answer is delivered', () => {
  async function answered(isReset: boolean): Promise<Peer> {
    const peer = new Peer({ isLeaving: false });
    await peer.received();
    peer.leave();
    peer.send(headers(1));
    peer.streams[0]?.stream.sendReply(HEAD, Buffer.alloc(1), TRAILERS);
    await peer.received();
    assert.deepEqual(peer.streams[0]?.events, ['end'], 'not before its bytes have left');
    if (isReset) peer.send(resetStream(1));
    return peer;
  }

  test('when its bytes have left', async () => {
    const peer = await answered(false);
    peer.leave();
    assert.deepEqual(peer.streams[0]?.events, ['end', 'delivered']);
    peer.destroy();
    assert.deepEqual(peer.streams[0]?.events, ['end', 'delivered']);
  });

  test('not if they could not be written', async () => {
    const peer = await answered(false);
    peer.leave(false);
    assert.deepEqual(peer.streams[0]?.events, ['end', 'lost']);
  });

  test('not if the connection is lost meanwhile', async () => {
    const peer = await answered(false);
    peer.destroy();
    assert.deepEqual(peer.streams[0]?.events, ['end', 'lost']);
  });

  test('not if it waits behind something that does not leave', async () => {
    const peer = await answered(false);
    peer.send(headers(3));
    peer.streams[1]?.stream.sendReply(HEAD, Buffer.alloc(1), TRAILERS);
    await peer.received();
    peer.leave(false);
    peer.destroy();
    assert.deepEqual(peer.streams[1]?.events, ['end', 'lost']);
  });

  test('not if the caller has cancelled meanwhile', async () => {
    const peer = await answered(true);
    peer.leave();
    assert.deepEqual(peer.streams[0]?.events, ['end', 'lost']);
  });

  test('also when the peer then breaks the rules, as long as it leaves', async () => {
    const peer = await answered(false);
    peer.send(data(0, 1));
    peer.leave();
    assert.deepEqual(peer.streams[0]?.events, ['end', 'delivered']);
    assert.deepEqual((await peer.received()).at(-1), 'GoAway 1 ProtocolError');
    assert.ok(peer.isClosed);
  });
});
