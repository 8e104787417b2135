import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheHitShare, workerListQuery } from './worker-facts.ts';

test('a word is the beginning of an identity, an expression is a query', () => {
  assert.equal(workerListQuery(''), '');
  assert.equal(workerListQuery('12@"host"'), 'WorkerIdentity STARTS_WITH "12@\\"host\\""');
  assert.equal(workerListQuery("TaskQueue = 'orders'"), "TaskQueue = 'orders'");
});

test('there is no share of nothing', () => {
  assert.equal(cacheHitShare({}), undefined);
  assert.equal(cacheHitShare({ totalStickyCacheHit: 3, totalStickyCacheMiss: 1 }), 0.75);
});
