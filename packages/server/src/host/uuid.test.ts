import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUuidSource } from './uuid.ts';

const zeros = (length: number): Uint8Array => new Uint8Array(length);
const ones = (length: number): Uint8Array => new Uint8Array(length).fill(0xff);

test('an id has the time, the version and the variant in their places', () => {
  assert.equal(createUuidSource(() => 0x0123456789ab, zeros)(), '01234567-89ab-7000-8000-000000000000');
  assert.equal(createUuidSource(() => 0x0123456789ab, ones)(), '01234567-89ab-77ff-bfff-ffffffffffff');
});

test('ids ascend within a millisecond, beyond what it can count, and while the clock goes back', () => {
  let nowMs = 1_000;
  const uuid = createUuidSource(() => nowMs, ones);
  const ids = Array.from({ length: 10_000 }, uuid);
  nowMs = 1;
  ids.push(uuid(), uuid());
  nowMs = 2_000;
  ids.push(uuid());
  assert.deepEqual(ids, [...new Set(ids)].sort());
  assert.match(ids.at(-1) ?? '', /^00000000-07d0-77ff-/);
});

test('random bytes are drawn in blocks and used once', () => {
  let drawn = 0;
  const count = (length: number): Uint8Array => Uint8Array.from({ length }, () => drawn++ & 0xff);
  let nowMs = 0;
  const uuid = createUuidSource(() => ++nowMs, count);
  const tails = Array.from({ length: 200 }, () => uuid().slice(24));
  assert.equal(tails[0], '020304050607');
  assert.equal(tails[1], '0c0d0e0f1011');
  assert.equal(drawn, 2 * 128 * 10);
});
