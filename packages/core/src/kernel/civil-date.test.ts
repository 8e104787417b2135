import assert from 'node:assert/strict';
import { test } from 'node:test';
import { civilDate, daysFromEpoch, daysInMonth, weekdayOf } from './civil-date.ts';
import { DAY_MS } from './time.ts';

const FIRST_DAY = Date.parse('1890-01-01') / DAY_MS;
const LAST_DAY = Date.parse('2110-01-01') / DAY_MS;

test('days and dates are those of the calendar', () => {
  for (let days = FIRST_DAY; days < LAST_DAY; days++) {
    const date = new Date(days * DAY_MS);
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    assert.deepEqual(civilDate(days), { year, month, day });
    assert.equal(daysFromEpoch(year, month, day), days);
    assert.equal(weekdayOf(days), date.getUTCDay());
  }
});

test('a month has as many days as it has', () => {
  assert.deepEqual(
    [1, 2, 4, 12].map((month) => daysInMonth(2023, month)),
    [31, 28, 30, 31],
  );
  assert.deepEqual(
    [1900, 2000, 2024, 2100].map((year) => daysInMonth(year, 2)),
    [28, 29, 29, 28],
  );
});
