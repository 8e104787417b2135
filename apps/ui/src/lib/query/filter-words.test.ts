import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterWords } from './filter-words.ts';
import { readFilters } from './filters.ts';

test('conditions are said in words', () => {
  const words = (query: string) => readFilters(query)?.map((filter) => filterWords(filter).join(' '));
  assert.deepEqual(words('A = "x" AND A IN ("x", "y") AND A IS NULL'), ['is x', 'in x, y', 'is null ']);
  assert.deepEqual(words('A >= now - 1h AND A < now - 2d AND A <= now + 5m AND A > now + 1w'), [
    'in the last 1h',
    'before the last 2d',
    'until in 5m',
    'later than in 1w',
  ]);
  assert.deepEqual(words('A >= today AND A < today AND A > today - 1d'), [
    'since midnight',
    'until midnight',
    '> today - 1d',
  ]);
});
