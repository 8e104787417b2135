import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readScheduleSearch } from './list-search.ts';

test('an address has a query; what it had before is one, too', () => {
  assert.deepEqual(readScheduleSearch({}), {});
  assert.deepEqual(readScheduleSearch({ query: 'Tier = "gold"' }), { query: 'Tier = "gold"' });
  assert.deepEqual(readScheduleSearch({ find: 20 }), { query: 'ScheduleId STARTS_WITH "20"' });
  assert.deepEqual(readScheduleSearch({ view: 'paused' }), { query: 'TemporalSchedulePaused = true' });
  assert.deepEqual(readScheduleSearch({ view: 'active', find: 'A = 1 OR B = 2' }), {
    query: 'TemporalSchedulePaused = false AND (A = 1 OR B = 2)',
  });
});
