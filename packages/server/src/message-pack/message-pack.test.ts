import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode as decodeAny } from '@msgpack/msgpack';
import { decode } from './decode.ts';
import { encode } from './encode.ts';

const numbers = [
  0,
  1,
  0x7f,
  0x80,
  0xff,
  0x100,
  0xffff,
  0x1_0000,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
  0.5,
  1e300,
  Infinity,
];
const lengths = [0, 1, 15, 16, 31, 32, 40, 41, 255, 256, 65_535, 65_536];

test('numbers of each size come back', () => {
  for (const number of [...numbers, ...numbers.map((each) => -each), -0x20, -0x21, -(2 ** 31) - 1]) {
    assert.ok(decodeAny(encode(number)) === number, String(number));
  }
});

test('strings, bytes, arrays and objects of each length come back', () => {
  for (const length of lengths) {
    const text = 'x'.repeat(length);
    const list = Array.from({ length }, (_, index) => index % 100);
    const object = Object.fromEntries(list.map((value, index) => [`k${index}`, value]));
    const values = [text, `${text}ä€😀`, new Uint8Array(length).fill(7), list, object];
    for (const value of values) assert.deepEqual(decodeAny(encode(value)), value);
  }
});

test('maps and sets of each size come back, one within the other', () => {
  for (const size of lengths.slice(0, 10)) {
    const keys = Array.from({ length: size }, (_, index) => index);
    const value = new Map(keys.map((key) => [key, { seen: new Set([key, `${key}`]), inner: new Map([['a', key]]) }]));
    assert.deepEqual(decode(encode(value)), value);
    assert.deepEqual(decode(encode(new Set(keys))), new Set(keys));
  }
});

test('what is undefined is left out of objects, and is null elsewhere', () => {
  assert.deepEqual(decode(encode({ a: undefined, b: null, c: [undefined], d: true })), { b: null, c: [null], d: true });
});

test('values encoded before stay as they are', () => {
  const values = Array.from({ length: 3_000 }, (_, index) => ({ index, text: 'x'.repeat(index % 5_000) }));
  const encoded = values.map(encode);
  assert.deepEqual(encoded.map(decode), values);
});

test('what cannot be stored is refused, and the next value is not the worse for it', () => {
  let nested: unknown = 0;
  for (let level = 0; level < 2_000; level++) nested = [nested];
  assert.throws(() => encode(nested), /deeper/);
  assert.throws(() => encode({ a: 1n }), /bigint/);
  assert.deepEqual(decode(encode({ a: 1 })), { a: 1 });
});
