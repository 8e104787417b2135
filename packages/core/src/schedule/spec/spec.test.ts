import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ScheduleSpec } from '@perdure/proto/types';
import { toDuration, toTimestamp } from '../../kernel/time.ts';
import { canonicalSpec, shownSpec } from './canonical.ts';
import { compileSpec } from './compile.ts';

function canonical(spec: ScheduleSpec): ScheduleSpec {
  const result = canonicalSpec(spec);
  assert.ok(!('problem' in result), JSON.stringify(result));
  return result;
}

/** The next nominal times of a spec after an instant. */
function times(spec: ScheduleSpec, after: string, count: number): string[] {
  const compiled = compileSpec(canonical(spec), 'seed');
  const found: string[] = [];
  for (let next = compiled.next(Date.parse(after)); next && found.length < count; next = compiled.next(next.dueMs)) {
    found.push(new Date(next.nominalMs).toISOString().replace('.000Z', 'Z'));
  }
  return found;
}

suite('canonical form', () => {
  test('calendars in words become ranges', () => {
    const calendar = {
      second: '*/15',
      minute: '1-5/2,7',
      hour: '3/5',
      dayOfWeek: 'mon-fri',
      month: 'jan,feb-MAR',
      year: '2026-2040/2',
      comment: 'hi',
    };
    assert.deepEqual(shownSpec(canonical({ calendar: [calendar] })).structuredCalendar, [
      {
        second: [{ start: 0, end: 59, step: 15 }],
        minute: [
          { start: 1, end: 5, step: 2 },
          { start: 7, end: 7, step: 1 },
        ],
        hour: [{ start: 3, end: 23, step: 5 }],
        dayOfWeek: [{ start: 1, end: 5, step: 1 }],
        dayOfMonth: [{ start: 1, end: 31, step: 1 }],
        month: [
          { start: 1, end: 1, step: 1 },
          { start: 2, end: 3, step: 1 },
        ],
        year: [{ start: 2026, end: 2040, step: 2 }],
        comment: 'hi',
      },
    ]);
  });

  test('day 7 is Sunday too', () => {
    const days = (dayOfWeek: string) => canonical({ calendar: [{ dayOfWeek }] }).structuredCalendar?.[0]?.dayOfWeek;
    assert.deepEqual(days('7'), [{ start: 0 }]);
    assert.deepEqual(days('1-7'), [{ start: 1, end: 6, step: 0 }]);
    assert.deepEqual(days('3-7/2'), [{ start: 0 }, { start: 3, end: 6, step: 2 }]);
  });

  test('cron strings become calendars and intervals, and give the zone', () => {
    const spec = canonical({ cronString: ['TZ=Europe/Berlin 0 12 * * MON#lunch', 'TZ=Europe/Berlin @daily'] });
    assert.equal(spec.timezoneName, 'Europe/Berlin');
    assert.deepEqual(
      spec.structuredCalendar?.map((calendar) => calendar.comment),
      ['lunch', undefined],
    );
    const { interval } = canonical({ cronString: ['@every 90m/5m'] });
    assert.deepEqual(interval, [{ interval: toDuration(5_400_000), phase: toDuration(300_000) }]);
    assert.deepEqual(canonical(spec), spec);
  });

  test('what is wrong is told in words', () => {
    const cases: readonly (readonly [ScheduleSpec, string])[] = [
      [{ timezoneName: 'Mars/Base' }, 'unknown time zone Mars/Base'],
      [{ cronString: ['TZ=Asia/Tokyo * * * * *', '* * * * *'] }, 'conflicting timezone names'],
      [{ timezoneName: 'UTC', cronString: ['TZ=Asia/Tokyo * * * * *'] }, 'conflicting timezone names'],
      [{ cronString: ['* * *'] }, 'CronString does not have 5-7 fields'],
      [{ cronString: ['@every'] }, 'CronString does not have interval after @every'],
      [{ cronString: ['@every xyz'] }, 'time: invalid duration "xyz"'],
      [{ cronString: ['TZ=Asia/Tokyo'] }, 'CronString has time zone but missing fields'],
      [{ calendar: [{ second: '1/2/3', month: 'foo' }] }, 'Second has too many slashes, Month is not in range [1-12]'],
      [{ calendar: [{ second: '5/' }] }, 'Second missing step value'],
      [{ calendar: [{ second: '1/x' }] }, 'strconv.Atoi: parsing "x": invalid syntax'],
      [{ calendar: [{ second: '3-2' }] }, 'Second End is before Start or not in range [0-59]'],
      [{ calendar: [{ second: '1-2-3' }] }, 'Second has too many dashes'],
      [{ calendar: [{ second: '1/0' }] }, 'Second has invalid Step'],
      [
        { structuredCalendar: [{ second: [{ start: 70, end: 3, step: -1 }], comment: 'x'.repeat(201) }] },
        'invalid calendar spec: Second Start is not in range [0-59], Second End is before Start or not in range [0-59], Second has invalid Step, comment is too long',
      ],
      [{ interval: [{ interval: toDuration(5) }] }, 'interval is too small'],
      [
        { interval: [{ interval: toDuration(5_000), phase: toDuration(5_000) }] },
        'phase cannot be greater than Interval',
      ],
      [{ interval: [{ interval: toDuration(5_000), phase: toDuration(-1_000) }] }, 'phase is negative'],
    ];
    for (const [spec, problem] of cases) assert.deepEqual(canonicalSpec(spec), { problem });
  });
});

suite('times', () => {
  test('calendars and intervals are one series', () => {
    const spec = { calendar: [{ hour: '12' }], interval: [{ interval: toDuration(36_000_000) }] };
    assert.deepEqual(times(spec, '2026-11-20T00:00:00Z', 4), [
      '2026-11-20T02:00:00Z',
      '2026-11-20T12:00:00Z',
      '2026-11-20T22:00:00Z',
      '2026-11-21T08:00:00Z',
    ]);
  });

  test('clocks that are changed skip a time or show it twice', () => {
    const timezoneName = 'America/New_York';
    assert.deepEqual(times({ calendar: [{ hour: '2', minute: '30' }], timezoneName }, '2026-03-07T12:00:00Z', 1), [
      '2026-03-09T06:30:00Z',
    ]);
    assert.deepEqual(times({ calendar: [{ hour: '1', minute: '30' }], timezoneName }, '2026-11-01T00:00:00Z', 2), [
      '2026-11-01T05:30:00Z',
      '2026-11-01T06:30:00Z',
    ]);
  });

  test('excluded times are left out, and the bounds are part of the time', () => {
    const spec = {
      calendar: [{ hour: '12' }],
      excludeCalendar: [{ dayOfMonth: '21', hour: '*', minute: '*', second: '*' }],
      startTime: toTimestamp(Date.parse('2026-11-20T12:00:00Z')),
      endTime: toTimestamp(Date.parse('2026-11-22T12:00:00Z')),
    };
    assert.deepEqual(times(spec, '2000-01-01T00:00:00Z', 5), ['2026-11-20T12:00:00Z', '2026-11-22T12:00:00Z']);
  });

  test('a calendar of a year far ahead is found, one that never comes has no times', () => {
    assert.deepEqual(times({ calendar: [{ month: '2', dayOfMonth: '29', year: '2096' }] }, '2026-01-01T00:00:00Z', 2), [
      '2096-02-29T00:00:00Z',
    ]);
    assert.deepEqual(times({ calendar: [{ month: '2', dayOfMonth: '30' }] }, '2026-01-01T00:00:00Z', 1), []);
    assert.deepEqual(times({}, '2026-01-01T00:00:00Z', 1), []);
  });
});

test("jitter is that of Temporal's server for the same namespace and schedule", () => {
  const spec = { interval: [{ interval: toDuration(3_600_000) }], jitter: toDuration(3_000_000) };
  const compiled = compileSpec(spec, 'cf1efd86-fd9c-420a-9b6b-1569ce99d998-jit-1795814641635');
  // As ListScheduleMatchingTimes of Temporal 1.31.2 answers them.
  const due = [1700005386129, 1700006617193, 1700010237900, 1700015354046, 1700018154777, 1700023701851, 1700026450877];
  let atMs = 1_700_000_000_000;
  for (const dueMs of due) {
    atMs = compiled.next(atMs)?.dueMs ?? 0;
    assert.equal(atMs, dueMs);
  }
});

test('jitter does not reach the next time', () => {
  const spec = { interval: [{ interval: toDuration(10_000) }], jitter: toDuration(3_600_000) };
  const compiled = compileSpec(spec, 'namespace-schedule-with-a-name');
  let afterMs = 1_700_000_000_000;
  for (let count = 0; count < 100; count++) {
    const next = compiled.next(afterMs);
    assert.ok(next && next.dueMs >= next.nominalMs && next.dueMs < next.nominalMs + 10_000);
    assert.equal(next.nominalMs, Math.floor(afterMs / 10_000) * 10_000 + 10_000);
    afterMs = next.dueMs;
  }
});
