import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cronBackoffMs, cronProblem } from './cron.ts';

const NOW_MS = Date.parse('2026-11-20T14:53:20.400Z');

/** The next ticks of a schedule after an instant, in UTC. */
function ticks(schedule: string, after: string, count: number): string[] {
  const found: string[] = [];
  for (let atMs = Date.parse(after); found.length < count;) {
    const waitMs = cronBackoffMs(schedule, atMs, atMs);
    if (waitMs === undefined) break;
    atMs += waitMs;
    found.push(new Date(atMs).toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

test('five fields: minute, hour, day of month, month, day of week', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['* * * * *', ['2026-11-20T14:54Z', '2026-11-20T14:55Z']],
    ['  30\t* * * * ', ['2026-11-20T15:30Z', '2026-11-20T16:30Z']],
    ['*/20 9-10 * * *', ['2026-11-21T09:00Z', '2026-11-21T09:20Z', '2026-11-21T09:40Z', '2026-11-21T10:00Z']],
    ['50/5 23 * * *', ['2026-11-20T23:50Z', '2026-11-20T23:55Z', '2026-11-21T23:50Z']],
    ['10-20/5,,12,10 0 * * *', ['2026-11-21T00:10Z', '2026-11-21T00:12Z', '2026-11-21T00:15Z', '2026-11-21T00:20Z']],
    ['0 0 31 * ?', ['2026-12-31T00:00Z', '2027-01-31T00:00Z', '2027-03-31T00:00Z']],
    ['0 12 ? JAN,feb MON-tue', ['2027-01-04T12:00Z', '2027-01-05T12:00Z', '2027-01-11T12:00Z']],
    ['0 0 29 2 *', ['2028-02-29T00:00Z']],
    ['+5 05 * * 0', ['2026-11-22T05:05Z', '2026-11-29T05:05Z']],
    ['*-7 15 * * *', ['2026-11-20T15:00Z', '2026-11-20T15:01Z']],
  ];
  for (const [schedule, expected] of cases) {
    assert.deepEqual(ticks(schedule, '2026-11-20T14:53:20Z', expected.length), expected, schedule);
  }
});

test('of two restricted day fields either will do, and a step makes a star a restriction', () => {
  const friday = '2026-11-20T14:53:20Z';
  assert.deepEqual(ticks('0 0 1 * SUN', friday, 3), ['2026-11-22T00:00Z', '2026-11-29T00:00Z', '2026-12-01T00:00Z']);
  assert.deepEqual(ticks('0 0 */15 * SUN', friday, 2), ['2026-11-22T00:00Z', '2026-11-29T00:00Z']);
  assert.deepEqual(ticks('0 0 */1 * SUN', friday, 2), ['2026-11-22T00:00Z', '2026-11-29T00:00Z']);
  assert.deepEqual(ticks('0 0 13 * *', friday, 2), ['2026-12-13T00:00Z', '2027-01-13T00:00Z']);
  assert.deepEqual(ticks('0 0 */7 11 FRI', friday, 3), ['2026-11-22T00:00Z', '2026-11-27T00:00Z', '2026-11-29T00:00Z']);
});

test('descriptors', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['@yearly', '2027-01-01T00:00Z'],
    ['@annually', '2027-01-01T00:00Z'],
    ['@monthly', '2026-12-01T00:00Z'],
    ['@weekly', '2026-11-22T00:00Z'],
    ['@daily', '2026-11-21T00:00Z'],
    ['@midnight', '2026-11-21T00:00Z'],
    ['@hourly', '2026-11-20T15:00Z'],
    ['@every 90s', '2026-11-20T14:54:50.000Z'],
    ['@every 1h0.5m', '2026-11-20T15:53:50.000Z'],
    ['@every 1.9s', '2026-11-20T14:53:21.000Z'],
    ['@every 0', '2026-11-20T14:53:21.000Z'],
    ['@every -5s', '2026-11-20T14:53:21.000Z'],
    ['TZ=Asia/Tokyo @hourly', '2026-11-20T15:00Z'],
    ['CRON_TZ=Asia/Tokyo @every 1m', '2026-11-20T14:54:20.000Z'],
  ];
  for (const [schedule, expected] of cases) {
    assert.deepEqual(ticks(schedule, '2026-11-20T14:53:20Z', 1), [expected], schedule);
  }
});

test('a schedule is one of its time zone, with its changes of clocks', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['TZ=Europe/Berlin 0 9 * * *', '2026-10-24T00:00Z', ['2026-10-24T07:00Z', '2026-10-25T08:00Z']],
    ['CRON_TZ=Asia/Kolkata  0 0 1 * *', '2026-11-20T00:00Z', ['2026-11-30T18:30Z', '2026-12-31T18:30Z']],
    ['TZ= 0 0 * * *', '2026-11-20T00:00Z', ['2026-11-21T00:00Z']],
    ['TZ=Local 0 0 * * *', '2026-11-20T00:00Z', ['2026-11-21T00:00Z']],
    ['TZ=Etc/GMT+12 0 0 * * *', '2026-11-20T00:00Z', ['2026-11-20T12:00Z']],
    ['TZ=Pacific/Kiritimati 0 0 * * *', '2026-11-20T00:00Z', ['2026-11-20T10:00Z']],
    // From two to three the clocks show nothing: that day has no half past two.
    ['TZ=America/New_York 30 2 * * *', '2026-03-07T12:00Z', ['2026-03-09T06:30Z']],
    ['TZ=America/New_York 30 * 8 3 *', '2026-03-08T05:45Z', ['2026-03-08T06:30Z', '2026-03-08T07:30Z']],
    // From one to two they go twice.
    [
      'TZ=America/New_York 30 1 * * *',
      '2026-11-01T00:00Z',
      ['2026-11-01T05:30Z', '2026-11-01T06:30Z', '2026-11-02T06:30Z'],
    ],
    ['TZ=America/New_York 30 1 1 11 *', '2026-11-01T05:30Z', ['2026-11-01T06:30Z']],
    ['TZ=Australia/Lord_Howe 15 2 * * *', '2026-10-02T16:00Z', ['2026-10-04T15:15Z']],
    // A day that begins at one, and a day that a place left out.
    ['TZ=Africa/Cairo 0 * 28 4 5', '2023-04-27T20:00Z', ['2023-04-27T22:00Z', '2023-04-27T23:00Z']],
    ['TZ=Pacific/Apia 0 12 * * *', '2011-12-29T12:00Z', ['2011-12-29T22:00Z', '2011-12-30T22:00Z']],
  ];
  for (const [schedule, after, expected] of cases) {
    assert.deepEqual(ticks(schedule, after, expected.length), expected, schedule);
  }
});

test('what is no schedule, or has no time, is refused', () => {
  const invalid = [
    ...['now and then', ' ', '* * * *', '* * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * * 13 *'],
    ...['* * * * 7', '5-3 * * * *', '*/0 * * * *', '*/-5 * * * *', '1-2-3 * * * *', '1/2/3 * * * *', '/5 * * * *'],
    ...['-5 * * * *', '5- * * * *', '1h * * * *', '0 0 L * *', 'jan * * * *', '99999999999999999999 * * * *'],
    ...['@Hourly', '@reboot', ' @hourly', '@every', '@every x', '@every 5', '@every 1d', '@every  1s', '@every 1h2'],
    ...['@every 01:00:00', '@every 99999999h', 'TZ=Nowhere/Else * * * * *', 'TZ=+01:00 * * * * *'],
    ...['TZ=Europe/Berlin', 'TZ=Europe/Berlin\t* * * * *'],
  ];
  for (const schedule of invalid) {
    assert.equal(cronProblem(schedule, NOW_MS), 'invalid CronSchedule.', schedule);
    assert.equal(cronBackoffMs(schedule, NOW_MS, NOW_MS), undefined, schedule);
  }
  for (const schedule of ['0 0 31 2 *', '0 0 30 2,2 *', ', * * * *', '* * , * *']) {
    const problem = 'invalid CronSchedule, no time can be found to satisfy the schedule';
    assert.equal(cronProblem(schedule, NOW_MS), problem, schedule);
    assert.equal(cronBackoffMs(schedule, NOW_MS, NOW_MS), undefined, schedule);
  }
  assert.equal(cronProblem('', NOW_MS), undefined);
  assert.equal(cronBackoffMs('', NOW_MS, NOW_MS), undefined);
});

test('ticks that have passed are skipped, and the wait is rounded up to whole seconds', () => {
  const due = Date.parse('2026-11-20T12:00:00.300Z');
  const cases: readonly (readonly [string, number, number])[] = [
    ['@every 10s', 0, 10_000],
    ['@every 10s', 9_700, 0],
    ['@every 10s', 9_701, 10_000],
    ['@every 10s', 24_600, 6_000],
    ['@every 1s', 365 * 86_400_000, 1_000],
    ['* * * * *', 0, 60_000],
    ['* * * * *', 59_700, 0],
    ['* * * * *', 130_000, 50_000],
    ['0 0 * * *', 3 * 86_400_000, 12 * 3_600_000],
  ];
  for (const [schedule, elapsedMs, waitMs] of cases) {
    assert.equal(cronBackoffMs(schedule, due, due + elapsedMs), waitMs, `${schedule} after ${elapsedMs}`);
  }
});

test('a run that ends before it was due leaves its tick to the next', () => {
  assert.equal(cronBackoffMs('@every 1h', NOW_MS + 2_500, NOW_MS), 3_000);
});
