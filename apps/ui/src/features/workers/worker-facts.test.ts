import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheHitShare } from './worker-facts.ts';
import { readWorkersSearch } from './workers-search.ts';

test('an address has a query; what it had before is one, too', () => {
  assert.deepEqual(readWorkersSearch({}), {});
  assert.deepEqual(readWorkersSearch({ find: 'till@' }), { query: 'WorkerIdentity STARTS_WITH "till@"' });
  assert.deepEqual(readWorkersSearch({ query: "TaskQueue = 'orders'" }), { query: "TaskQueue = 'orders'" });
});

test('there is no share of nothing', () => {
  assert.equal(cacheHitShare({}), undefined);
  assert.equal(cacheHitShare({ totalStickyCacheHit: 3, totalStickyCacheMiss: 1 }), 0.75);
});
