import assert from 'node:assert/strict';
import test from 'node:test';
import type { Write } from './plan-batch.ts';
import { decodeWrites, encodeWrites } from './write-codec.ts';

test('writes come out as they went in', () => {
  const writes: Write[] = [
    { statement: 'takeOut', values: [1.5, -0, Number.MAX_SAFE_INTEGER, 2 ** 53 - 1, 0, -1] },
    { statement: 'putHistory', values: [1, 2, 3, Uint8Array.of(0, 1, 255)] },
    { statement: 'putRun', values: [null, '', 'a\0b', 'é👍'.repeat(300), new Uint8Array()] },
    { statement: 'dropDeltas', values: [] },
  ];
  assert.deepEqual(plain(decodeWrites(encodeWrites(writes))), plain(writes));
});

test('no writes are no writes', () => assert.deepEqual(decodeWrites(encodeWrites([])), []));

/** Bytes as arrays: a Buffer and a Uint8Array of the same bytes are the same here. */
function plain(writes: readonly Write[]): unknown {
  return writes.map(({ statement, values }) => ({
    statement,
    values: values.map((value) => (value instanceof Uint8Array ? [...value] : value)),
  }));
}
