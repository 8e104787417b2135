import assert from 'node:assert/strict';
import { test } from 'node:test';
import { difference } from './same-state.ts';

test('equal states have no difference, and what is not set counts as its default', () => {
  const bytes = Uint8Array.of(1, 2);
  assert.equal(difference({ a: 1, b: bytes, c: undefined }, { a: 1, b: Uint8Array.of(1, 2), d: 0, e: '' }), undefined);
  assert.equal(difference(new Map([['a', { x: 1 }]]), new Map([['a', { x: 1 }]])), undefined);
  assert.equal(difference(new Set([1, 2]), new Set([1, 2])), undefined);
});

test('a difference is told with its place', () => {
  assert.match(difference({ a: { b: 1 } }, { a: { b: 2 } }) ?? '', /^\.a\.b: 1 against 2/);
  assert.match(difference({ a: 1 }, { a: 1, b: 2 }) ?? '', /^\.b: nothing against 2/);
  assert.match(difference([1, 2], [1]) ?? '', /against/);
  assert.match(difference(new Map([['a', 1]]), new Map([['b', 1]])) ?? '', /keys/);
  assert.match(difference(Uint8Array.of(1), Uint8Array.of(2)) ?? '', /other bytes/);
  assert.match(difference(new Map([['a', 1]]), { a: 1 }) ?? '', /against/);
  assert.match(difference(new Set([1]), new Set([2])) ?? '', /against/);
});
