import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeBatches, encodeBatches } from './batch-codec.ts';
import type { PlannedBatch } from './plan-batch.ts';

test('batches come out as they went in', () => {
  const batches: PlannedBatch[] = [
    { fence: [1.5, -0, Number.MAX_SAFE_INTEGER, 2 ** 53 - 1, 0, -1], writes: [] },
    {
      fence: [],
      writes: [
        { statement: 'putHistory', values: [1, 2, 3, Uint8Array.of(0, 1, 255)] },
        { statement: 'putRun', values: [null, '', 'a\0b', 'é👍'.repeat(300), new Uint8Array()] },
        { statement: 'dropDeltas', values: [] },
      ],
    },
  ];
  const decoded = decodeBatches(encodeBatches(batches));
  assert.deepEqual(plain(decoded), plain(batches));
});

test('no batches are no batches', () => assert.deepEqual(decodeBatches(encodeBatches([])), []));

/** Bytes as arrays: a Buffer and a Uint8Array of the same bytes are the same here. */
function plain(batches: readonly PlannedBatch[]): unknown {
  const value = (each: unknown) => (each instanceof Uint8Array ? [...each] : each);
  return batches.map(({ fence, writes }) => ({
    fence: fence.map(value),
    writes: writes.map(({ statement, values }) => ({ statement, values: values.map(value) })),
  }));
}
