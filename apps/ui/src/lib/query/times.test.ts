import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRelativeTime, withInstants, writeRelativeTime } from './times.ts';

const nowMs = Date.parse('2026-08-22T10:00:00.250Z');
const asked = (query: string, timeZone = 'UTC'): string => withInstants(query, nowMs, timeZone);

test('times that move with the clock are instants once the query is sent', () => {
  assert.equal(asked('StartTime >= now - 1h'), 'StartTime >= "2026-08-22T09:00:00.000Z"');
  assert.equal(asked('StartTime>=NOW-90m AND A = 1'), 'StartTime>="2026-08-22T08:30:00.000Z" AND A = 1');
  assert.equal(
    asked('(CloseTime BETWEEN today - 1d AND today) OR CloseTime > now'),
    '(CloseTime BETWEEN "2026-08-21T00:00:00.000Z" AND "2026-08-22T00:00:00.000Z") OR CloseTime > "2026-08-22T10:00:00.000Z"',
  );
});

test('a day begins where the reader is', () => {
  assert.equal(asked('StartTime >= today', 'Asia/Tokyo'), 'StartTime >= "2026-08-21T15:00:00.000Z"');
  assert.equal(asked('StartTime >= today', 'America/New_York'), 'StartTime >= "2026-08-22T04:00:00.000Z"');
});

test('values and names are left alone', () => {
  for (const query of [
    'WorkflowId = "now"',
    "WorkflowId = 'till today - 1d'",
    'now = 5 AND Today IS NULL AND `today` IN (1)',
    'WorkflowId STARTS_WITH "now - 1h" ORDER BY now',
    'nowhere = 1 AND A = 2',
    'StartTime > now - 999999999w',
  ]) {
    assert.equal(asked(query), query);
  }
});

test('what is read is written again', () => {
  assert.deepEqual(readRelativeTime('now-15M'), { base: 'now', offset: -900, distance: '15m' });
  assert.deepEqual(readRelativeTime('today'), { base: 'today', offset: 0, distance: '' });
  assert.equal(readRelativeTime('2026-08-22T10:00:00Z'), undefined);
  for (const text of ['now', 'today', 'now - 15m', 'today + 2w']) {
    const read = readRelativeTime(text);
    assert.equal(read && writeRelativeTime(read), text);
  }
});
