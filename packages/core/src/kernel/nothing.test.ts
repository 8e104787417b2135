import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noMap, noSet, ownMap, ownSet } from './nothing.ts';

test('nothing can be put into what all share', () => {
  assert.throws(() => noMap<string, number>().set('a', 1), /stays empty/);
  assert.throws(() => noSet<string>().add('a'), /stays empty/);
  assert.deepEqual(noMap(), new Map());
});

test('who puts something in has a map of its own, and keeps it', () => {
  const map = ownMap(noMap<string, number>()).set('a', 1);
  assert.equal(ownMap(map), map);
  assert.equal(noMap().size, 0);
  const set = ownSet(noSet<string>()).add('a');
  assert.equal(ownSet(set), set);
  assert.equal(noSet().size, 0);
});
