import assert from 'node:assert/strict';
import test from 'node:test';
import { DamagedValue, Dictionary, DICTIONARY_BYTES_MAX, pack, PACKED_BYTES_MAX, sharedParts, unpack } from './lz.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const common = text('{"identity":"4255@host","buildId":"worker@1.24.0+2bee508eaa43209e","queue":"orders"}');
const dictionary = new Dictionary(common);

/** The same numbers in each run: a linear congruential generator. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0);
}

/** A value made of pieces of the dictionary, of itself and of noise. */
function madeUp(next: () => number): Uint8Array {
  const parts: number[] = [];
  for (let pieces = next() % 12; pieces > 0; pieces--) {
    const length = (next() >>> 8) % 400;
    const from = (next() >>> 8) % common.length;
    const source = [common, Uint8Array.from(parts), Uint8Array.from({ length }, () => next() >>> 24)];
    parts.push(...(source[(next() >>> 8) % 3] ?? common).subarray(from, from + length));
  }
  return Uint8Array.from(parts);
}

test('what is packed comes back as it was, whatever it is made of', () => {
  const next = numbers(7);
  let packedValues = 0;
  for (let round = 0; round < 2_000; round++) {
    const value = madeUp(next);
    const packed = pack(value, dictionary);
    if (packed === undefined) continue;
    packedValues += 1;
    assert.ok(packed.length < value.length);
    assert.deepEqual(unpack(packed, common), value, `round ${round}`);
  }
  assert.ok(packedValues > 1_000);
});

test('a value that the dictionary knows takes a few bytes', () => {
  const packed = pack(common, dictionary);
  assert.ok(packed !== undefined && packed.length <= 6, `${packed?.length}`);
});

test('lengths of one, two and more bytes come back', () => {
  for (const length of [5, 18, 19, 20, 273, 274, 528, 529, 30_000, PACKED_BYTES_MAX]) {
    const value = new Uint8Array(length).fill(65);
    const packed = pack(value, dictionary);
    assert.deepEqual(packed && unpack(packed, common), length < 8 ? undefined : value, `${length} bytes`);
  }
});

test('what would not be shorter, or is too long, stays as it is', () => {
  const next = numbers(3);
  const noise = (length: number): Uint8Array => Uint8Array.from({ length }, () => next() >>> 24);
  assert.equal(pack(new Uint8Array(), dictionary), undefined);
  assert.equal(pack(noise(3), dictionary), undefined);
  assert.equal(pack(noise(10_000), dictionary), undefined);
  assert.equal(pack(new Uint8Array(PACKED_BYTES_MAX + 1), dictionary), undefined);
});

test('values do not see each other', () => {
  const value = Uint8Array.from({ length: 64 }, (_, index) => 128 + index);
  assert.equal(pack(value, dictionary), undefined);
  assert.equal(pack(value, dictionary), undefined);
});

test('the whole length of the longest dictionary is in reach of the whole length of the longest value', () => {
  const next = numbers(5);
  const bytes = Uint8Array.from({ length: DICTIONARY_BYTES_MAX }, () => next() >>> 24);
  const value = Uint8Array.from({ length: PACKED_BYTES_MAX }, () => next() >>> 24);
  value.set(bytes.subarray(0, 16_000), PACKED_BYTES_MAX - 16_000);
  const packed = pack(value, new Dictionary(bytes));
  assert.ok(packed !== undefined && packed.length < 17_000);
  assert.deepEqual(unpack(packed, bytes), value);
});

test('the shared parts are those that the dictionary has, not those that the value has twice', () => {
  const value = text('alone and again: alone and again: "buildId":"worker@1.24.0+2bee508eaa43209e" like it');
  const packed = pack(value, dictionary) ?? new Uint8Array();
  const texts = sharedParts(packed, common.length).map(({ from, to }) =>
    new TextDecoder().decode(value.subarray(from, to)),
  );
  assert.deepEqual(texts, ['"buildId":"worker@1.24.0+2bee508eaa43209e"']);
});

test('damaged bytes give an error of their own or other bytes, and never more than a value has', () => {
  const next = numbers(11);
  for (let round = 0; round < 3_000; round++) {
    const packed = pack(madeUp(next), dictionary);
    if (packed === undefined) continue;
    packed[next() % packed.length] = next() >>> 24;
    try {
      assert.ok(unpack(packed.subarray(0, packed.length - (next() % 2)), common).length <= PACKED_BYTES_MAX);
    } catch (error) {
      assert.ok(error instanceof DamagedValue, String(error));
    }
  }
});
