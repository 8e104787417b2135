import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schedule } from '@perdure/proto/json-types';
import { jsonPayload } from '../../../lib/payload.ts';
import { structuredOf } from '../spec/next-times.ts';
import { calendarWords } from '../spec/spec-words.ts';
import { durationText } from './duration-text.ts';
import { emptyRule, formSpec, ruleOfCalendar } from './rule-form.ts';
import { emptyForm, formOf, scheduleOf } from './schedule-form.ts';

test('days and times are a calendar for each time', () => {
  const rule = { ...emptyRule, times: '09:00, 17:30', weekdays: [1, 2], days: '1, 15' };
  assert.deepEqual(formSpec([rule], []), {
    calendar: [
      { hour: '9', minute: '0', second: '0', dayOfWeek: '1,2', dayOfMonth: '1,15' },
      { hour: '17', minute: '30', second: '0', dayOfWeek: '1,2', dayOfMonth: '1,15' },
    ],
  });
  assert.throws(() => formSpec([{ ...emptyRule, times: 'noon' }], []), /noon is no time/);
});

test('what the server shows of a rule says the same when it is read back', () => {
  for (const cron of ['0 9 * * 1-5', '30 17 1,15 * *', '*/15 8-17 * * MON-FRI', '20 0 9 * * * *', '0 0 1 1 * 2030']) {
    const [calendar = {}] = structuredOf({ cronString: [cron] }).structuredCalendar ?? [];
    const [again = {}] = structuredOf(formSpec([ruleOfCalendar(calendar)], [])).structuredCalendar ?? [];
    assert.equal(calendarWords(again), calendarWords(calendar));
  }
});

const encrypted = { metadata: { encoding: btoa('binary/encrypted') }, data: btoa('secret') };

const base: Schedule = {
  spec: { interval: [{ interval: '3600s' }], timezoneName: 'Europe/Berlin', startTime: '2026-08-22T08:00:00Z' },
  action: {
    startWorkflow: {
      workflowId: 'w',
      workflowType: { name: 'Report' },
      taskQueue: { name: 'q' },
      input: { payloads: [encrypted] },
      retryPolicy: { initialInterval: '5s', maximumAttempts: 3 },
      priority: { priorityKey: 2 },
      memo: { fields: { note: jsonPayload('x') } },
    },
  },
  policies: { overlapPolicy: 'SCHEDULE_OVERLAP_POLICY_ALLOW_ALL', keepOriginalWorkflowId: true },
  state: { limitedActions: true, remainingActions: '4' },
};

test('an edit keeps what the form has no field for, and an input that it cannot show', () => {
  const form = formOf('s', base);
  assert.equal(form.args, undefined);
  assert.equal(form.startTime, '2026-08-22T10:00:00');
  const edited = scheduleOf({ ...form, maximumAttempts: '5' }, {}, base);
  assert.deepEqual(edited.action?.startWorkflow?.input, base.action?.startWorkflow?.input);
  assert.deepEqual(edited.action?.startWorkflow?.priority, { priorityKey: 2 });
  assert.deepEqual(edited.action?.startWorkflow?.retryPolicy, { initialInterval: '5s', maximumAttempts: 5 });
  assert.deepEqual(edited.action?.startWorkflow?.memo, base.action?.startWorkflow?.memo);
  assert.equal(edited.policies?.keepOriginalWorkflowId, true);
  assert.equal(edited.spec?.startTime, '2026-08-22T08:00:00.000Z');
  assert.deepEqual(edited.state, { notes: undefined, paused: false, limitedActions: true, remainingActions: '4' });
});

test('a new schedule names its workflows after itself where no ID is given', () => {
  const form = { ...emptyForm, scheduleId: 'nightly', type: 'Report', taskQueue: 'q', args: ['{"a":1}', ' '] };
  const { action } = scheduleOf(form, {});
  assert.equal(action?.startWorkflow?.workflowId, 'nightly');
  assert.deepEqual(action?.startWorkflow?.input, { payloads: [jsonPayload({ a: 1 })] });
});

test('durations are written exactly', () => {
  assert.equal(durationText('90061.5s'), '1d1h1m1s500ms');
  assert.equal(durationText('31536000s'), '365d');
  assert.equal(durationText(undefined), '');
});
