import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeAt, reordered } from './reorder.ts';

test('an item moves to its new place, the others close up', () => {
  assert.deepEqual(reordered(['a', 'b', 'c', 'd'], 0, 2), ['b', 'c', 'a', 'd']);
  assert.deepEqual(reordered(['a', 'b', 'c', 'd'], 3, 0), ['d', 'a', 'b', 'c']);
  assert.deepEqual(reordered(['a', 'b'], 1, 1), ['a', 'b']);
});

test('a pointer is past an item from its middle on', () => {
  const others = [0, 20, 40].map((top) => ({ top, bottom: top + 20 }));
  assert.deepEqual(
    [-50, 9, 11, 31, 49, 51, 500].map((y) => placeAt(y, others)),
    [0, 0, 1, 2, 2, 3, 3],
  );
});
