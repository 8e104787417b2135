import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { plain } from './codec.ts';
import { fromJson, parseExactJson, toJson } from './json.ts';

const PAYLOADS = 'temporal.api.common.v1.Payloads';
const PAYLOAD = 'temporal.api.common.v1.Payload';

const utf8 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface TestPayload {
  metadata?: Record<string, Uint8Array>;
  data?: Uint8Array;
}

function json(data: string, metadata: Record<string, string> = { encoding: 'json/plain' }): TestPayload {
  const entries = Object.entries(metadata).map(([key, value]) => [key, utf8(value)] as const);
  return { metadata: Object.fromEntries(entries), data: utf8(data) };
}

function shown(...payloads: TestPayload[]): unknown {
  return toJson(PAYLOADS, { payloads }, { payloads: 'shorthand' });
}

function read(value: unknown): unknown {
  const { payloads = [] } = fromJson(PAYLOADS, value, { payloads: 'shorthand' });
  return payloads.map(({ metadata = {}, data }) => [
    Object.fromEntries(Object.entries(metadata).map(([key, bytes]) => [key, Buffer.from(bytes).toString()])),
    Buffer.from(data ?? []).toString(),
  ]);
}

const PLAIN = { encoding: 'json/plain' };

describe('payloads as values', () => {
  test('what holds JSON is shown by its value, a list as an array', () => {
    const message = json('{"a":1}', { encoding: 'json/protobuf', messageType: 'x.Y' });
    assert.deepEqual(shown(json('1'), json('"a"'), json('[true]'), message), [
      1,
      'a',
      [true],
      { a: 1, _protoMessageType: 'x.Y' },
    ]);
    assert.deepEqual(shown(), []);
  });

  test('a null is shown in full, in an array too', () => {
    const full = { metadata: { encoding: base64('binary/null') } };
    assert.deepEqual(shown(json('', { encoding: 'binary/null' }), json('1')), [full, 1]);
  });

  test('a list with anything that has no value of its own is no array', () => {
    const bytes = { metadata: { encoding: utf8('binary/plain') }, data: Uint8Array.of(0, 1) };
    const full = { metadata: { encoding: base64('binary/plain') }, data: 'AAE=' };
    assert.deepEqual(shown(json('1'), bytes), { payloads: [1, full] });
  });

  test('other metadata, an unknown message type and data that is no JSON are shown in full', () => {
    for (const payload of [
      json('["x"]', { encoding: 'json/plain', type: 'KeywordList' }),
      json('[1]', { encoding: 'json/protobuf', messageType: 'x.Y' }),
      json('{}', { encoding: 'json/protobuf' }),
      json('{'),
    ]) {
      const full = toJson(PAYLOAD, payload);
      assert.deepEqual(toJson(PAYLOAD, payload, { payloads: 'shorthand' }), full);
    }
  });

  test('without shorthand everything is in full', () => {
    assert.deepEqual(toJson(PAYLOADS, { payloads: [json('1')] }), {
      payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64('1') }],
    });
    assert.throws(() => fromJson(PAYLOADS, [1]), /expected an object/);
  });

  test('values, full payloads and both in a full list are read', () => {
    assert.deepEqual(read([1, 'a', null, { _protoMessageType: 'x.Y', a: 1 }]), [
      [PLAIN, '1'],
      [PLAIN, '"a"'],
      [{ encoding: 'binary/null' }, ''],
      [{ encoding: 'json/protobuf', messageType: 'x.Y' }, '{"a":1}'],
    ]);
    const full = { metadata: { encoding: base64('binary/plain') }, data: base64('b') };
    assert.deepEqual(read({ payloads: ['x', full] }), [
      [PLAIN, '"x"'],
      [{ encoding: 'binary/plain' }, 'b'],
    ]);
  });

  test('a value that only looks like a payload stays a value', () => {
    for (const value of [{ metadata: 1 }, { metadata: { a: '?' }, data: 'YQ==' }, { metadata: {}, more: 1 }]) {
      assert.deepEqual(read([value]), [[PLAIN, JSON.stringify(value)]]);
    }
  });

  test('numbers that no double holds come through as they were', () => {
    const big = '{"id":12345678901234567890,"e":1e400}';
    assert.equal(JSON.stringify(shown(json(big))), `[${big}]`);
    assert.deepEqual(read(parseExactJson(`[${big}]`)), [[PLAIN, big]]);
    const ids = fromJson('temporal.api.history.v1.HistoryEvent', parseExactJson('{"eventId":1.0000000000000000}'));
    assert.deepEqual(plain(ids), { eventId: 1 });
  });
});
