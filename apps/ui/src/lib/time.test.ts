import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DateFormat, formatClock, formatTime, instantOfWallTime, wallTimeOf } from './time.ts';

test('a wall time is an instant by its zone, and back, on both sides of a change of clocks', () => {
  const told: readonly (readonly [wall: string, zone: string, instant: string])[] = [
    ['2026-08-22T10:00:00', 'UTC', '2026-08-22T10:00:00.000Z'],
    ['2026-08-22T10:00:00', 'Europe/Berlin', '2026-08-22T08:00:00.000Z'],
    ['2026-12-22T10:00:00', 'Europe/Berlin', '2026-12-22T09:00:00.000Z'],
    ['2026-03-29T03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29T01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59.000Z'],
    ['2026-08-22T10:00:00', 'Asia/Kathmandu', '2026-08-22T04:15:00.000Z'],
  ];
  for (const [wall, zone, instant] of told) {
    assert.equal(instantOfWallTime(wall, zone), instant, `${wall} ${zone}`);
    assert.equal(wallTimeOf(Date.parse(instant), zone), wall);
  }
  assert.equal(instantOfWallTime('soon', 'UTC'), undefined);
});

test('dates are written as the reader chose, in his language', () => {
  const timeMs = Date.parse('2026-08-22T15:04:05Z');
  const at = (dateFormat: DateFormat, language: string, clock: '24' | '12' = '24') =>
    formatTime(timeMs, { timeZone: 'Europe/Berlin', clock, dateFormat }, language).replaceAll('\u202f', ' ');
  assert.equal(at('sortable', 'de'), '2026-08-22 17:04:05');
  assert.equal(at('short', 'en-GB'), '22/08/2026, 17:04:05');
  assert.equal(at('short', 'en-US', '12'), '8/22/26, 5:04:05 PM');
  assert.equal(at('medium', 'en-GB'), '22 Aug 2026, 17:04:05');
  assert.match(at('long', 'en-GB'), /^22 August 2026 at 17:04:05 (CEST|GMT\+2)$/);
  assert.equal(at('medium', 'de'), '22.08.2026, 17:04:05');
});

test('the zone of the reader is shown as any other', () => {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const text of ['2026-01-02T03:04:05.678Z', '2026-08-22T23:59:59.999Z', '1999-12-31T00:00:00Z']) {
    const timeMs = Date.parse(text);
    for (const clock of ['24', '12'] as const) {
      assert.equal(formatTime(timeMs, { timeZone: 'local', clock }), formatTime(timeMs, { timeZone, clock }));
    }
  }
  const timeMs = Date.parse('2026-01-02T15:04:05.007Z');
  assert.equal(formatClock(timeMs, { timeZone: 'UTC', clock: '24' }, true), '15:04:05.007');
  assert.equal(formatClock(timeMs, { timeZone: 'UTC', clock: '12' }, true), '03:04:05.007 pm');
});
