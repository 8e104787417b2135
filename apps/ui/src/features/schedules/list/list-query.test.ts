import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listQueryOf } from './list-query.ts';

test('a word is the beginning of an ID, an expression is a query', () => {
  assert.equal(listQueryOf('all', ''), '');
  assert.equal(listQueryOf('paused', ''), 'TemporalSchedulePaused = true');
  assert.equal(listQueryOf('active', 'ni"g'), 'TemporalSchedulePaused = false AND ScheduleId STARTS_WITH "ni\\"g"');
  assert.equal(listQueryOf('all', 'Tier = "gold"'), 'Tier = "gold"');
  assert.equal(listQueryOf('paused', 'A = 1 OR B = 2'), 'TemporalSchedulePaused = true AND (A = 1 OR B = 2)');
});
