import assert from 'node:assert/strict';
import { test } from 'node:test';
import { structuredOf } from './next-times.ts';
import { calendarWords, cronOf, specWords } from './spec-words.ts';

const said: readonly (readonly [cron: string, words: string])[] = [
  ['* * * * *', 'Every minute'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['*/15 8-17 * * MON-FRI # office hours', 'Every 15 minutes from 08:00 to 17:45, Monday to Friday (office hours)'],
  ['0 3 * * *', 'Every day at 03:00'],
  ['0 3 * * 1-5', 'At 03:00, Monday to Friday'],
  ['30 9,17 * * SAT,SUN', 'At 09:30 and 17:30, Saturday and Sunday'],
  ['0 9 * * FRI', 'At 09:00, Friday'],
  ['@hourly', 'Every hour'],
  ['5 * * * *', 'Every hour, 5 minutes past'],
  ['0 */6 * * *', 'Every day at 00:00, 06:00, 12:00 and 18:00'],
  ['0 */2 * * *', 'Every 2 hours'],
  ['0 9-18 * * *', 'Every hour from 09:00 to 18:00'],
  ['0 0 1 * *', 'At 00:00 on day 1 of the month'],
  ['0 0 1,15 * *', 'At 00:00 on days 1 and 15 of the month'],
  ['30 2 29 2 *', 'At 02:30 on day 29 in February'],
  ['0 12 13 * FRI', 'At 12:00, Friday, on day 13 of the month'],
  ['0 0 1 1 * 2030', 'At 00:00 on day 1 in January of 2030'],
  ['5,7,9,20 8-17 * * *', 'At minutes 5, 7, 9 and 20 of hours 8 to 17'],
  ['20 0 9 * * * *', 'Every day at 09:00:20'],
  ['0 0 * 1-3 *', 'At 00:00 in January to March'],
];

for (const [cron, words] of said) {
  test(`${cron} is said: ${words}`, () => {
    const [calendar] = structuredOf({ cronString: [cron] }).structuredCalendar ?? [];
    assert.ok(calendar);
    assert.equal(calendarWords(calendar), words);
  });
}

test('intervals, and cron strings that nobody has read yet', () => {
  assert.deepEqual(specWords({ interval: [{ interval: '5400s' }, { interval: '3600s', phase: '300s' }] }), [
    'Every 1h 30m',
    'Every 1h, offset by 5m',
  ]);
  assert.deepEqual(specWords({ cronString: ['@daily'] }), ['Cron @daily']);
});

test('a calendar goes to a cron string and back unchanged', () => {
  for (const [cron] of said) {
    const [calendar] = structuredOf({ cronString: [cron] }).structuredCalendar ?? [];
    const [again] = structuredOf({ cronString: [cronOf(calendar ?? {})] }).structuredCalendar ?? [];
    assert.deepEqual({ ...again, comment: undefined }, { ...calendar, comment: undefined }, cron);
  }
});
