import type { CalendarSpec, IntervalSpec, StructuredCalendarSpec } from '@perdure/proto/types';
import { toDuration } from '../../kernel/time.ts';
import { parseDuration } from '../../visibility/duration.ts';
import { parseRanges, SpecError, type FieldRules } from './parse-range.ts';

export const YEAR_MIN = 2000;
/** The last year that has calendar times. */
export const YEAR_MAX = 2100;

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

type CalendarField = Exclude<keyof CalendarSpec, 'comment'>;

/** In the order in which errors are listed. */
const FIELDS: Readonly<Record<CalendarField, FieldRules>> = {
  second: { name: 'Second', byDefault: '0', min: 0, max: 59 },
  minute: { name: 'Minute', byDefault: '0', min: 0, max: 59 },
  hour: { name: 'Hour', byDefault: '0', min: 0, max: 23 },
  dayOfWeek: { name: 'DayOfWeek', byDefault: '*', min: 0, max: 7, words: WEEKDAYS, prefixMin: 2, sevenIsZero: true },
  dayOfMonth: { name: 'DayOfMonth', byDefault: '*', min: 1, max: 31 },
  month: { name: 'Month', byDefault: '*', min: 1, max: 12, words: MONTHS, prefixMin: 3 },
  year: { name: 'Year', byDefault: '*', min: YEAR_MIN, max: YEAR_MAX, starIsEmpty: true },
};

/** A calendar in words as ranges. All that is wrong with it is told at once. */
export function structuredCalendar(calendar: CalendarSpec): StructuredCalendarSpec {
  const problems: string[] = [];
  const ranges = (Object.keys(FIELDS) as CalendarField[]).map((field) => {
    try {
      return [field, parseRanges(calendar[field], FIELDS[field])];
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      problems.push(error.message);
      return [field, []];
    }
  });
  if (problems.length > 0) throw new SpecError(problems.join(', '));
  return { ...(Object.fromEntries(ranges) as StructuredCalendarSpec), comment: calendar.comment };
}

const DESCRIPTORS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

/** What a cron string of a schedule means. */
export type CronMeaning =
  | { readonly calendar: StructuredCalendarSpec; readonly zone: string }
  | { readonly interval: IntervalSpec; readonly zone: '' };

/**
 * Reads a cron string of a schedule, which is another language than that of a workflow's `cronSchedule`: five to seven
 * fields, a comment after `#`, `@every <interval>/<phase>`. Temporal: worker/scheduler/calendar.go, parseCronString.
 */
export function parseScheduleCron(text: string): CronMeaning {
  const { zone, rest } = splitZone(text.trim());
  const hash = rest.indexOf('#');
  const expression = (hash < 0 ? rest : rest.slice(0, hash)).trim();
  const comment = hash < 0 ? undefined : rest.slice(hash + 1).trim() || undefined;
  if (expression.startsWith('@every')) return { interval: parseEvery(expression), zone: '' };
  const fields = (DESCRIPTORS.get(expression) ?? expression).split(/\s+/).filter((field) => field !== '');
  if (fields.length < 5 || fields.length > 7) throw new SpecError('CronString does not have 5-7 fields');
  const second = fields.length === 7 ? fields.shift() : undefined;
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields;
  return {
    calendar: structuredCalendar({ second, minute, hour, dayOfMonth, month, dayOfWeek, year, comment }),
    zone,
  };
}

function splitZone(text: string): { readonly zone: string; readonly rest: string } {
  if (!text.startsWith('TZ=') && !text.startsWith('CRON_TZ=')) return { zone: '', rest: text };
  const space = text.indexOf(' ');
  if (space < 0) throw new SpecError('CronString has time zone but missing fields');
  return { zone: text.slice(text.indexOf('=') + 1, space), rest: text.slice(space + 1) };
}

function parseEvery(expression: string): IntervalSpec {
  const space = expression.indexOf(' ');
  if (space < 0) throw new SpecError('CronString does not have interval after @every');
  const [interval = '', phase = ''] = expression.slice(space + 1).split('/', 2);
  return { interval: durationOf(interval), phase: phase === '' ? undefined : durationOf(phase) };
}

function durationOf(text: string) {
  const parsed = /^[+-]?0$/.test(text) ? { nanos: 0 } : parseDuration(text);
  if ('invalid' in parsed || /:|^[+-]?[1-9]\d*$/.test(text)) {
    throw new SpecError(`time: invalid duration ${JSON.stringify(text)}`);
  }
  return toDuration(parsed.nanos / 1_000_000);
}
