import type { IntervalSpec, Range, ScheduleSpec, StructuredCalendarSpec } from '@perdure/proto/types';
import { SECOND_MS, durationMsOrZero } from '../../kernel/time.ts';
import { utf8Length } from '../../kernel/utf8.ts';
import { timeZone } from '../../cron/time-zone.ts';
import { parseScheduleCron, structuredCalendar, YEAR_MAX, YEAR_MIN, type CronMeaning } from './parse-calendar.ts';
import { SpecError } from './parse-range.ts';

/** Bytes of the comment of one calendar. */
const COMMENT_LENGTH_MAX = 200;

/**
 * The spec with all calendars and cron strings as structured calendars and intervals; or what is wrong with it, in
 * Temporal's words. Done twice it changes nothing. Temporal: worker/scheduler/spec.go, canonicalizeSpec.
 */
export function canonicalSpec(spec: ScheduleSpec): ScheduleSpec | { readonly problem: string } {
  try {
    return canonical(spec);
  } catch (error) {
    if (error instanceof SpecError) return { problem: error.message };
    throw error;
  }
}

function canonical(spec: ScheduleSpec): ScheduleSpec {
  const calendars = (spec.calendar ?? []).map(structuredCalendar);
  const excluded = (spec.excludeCalendar ?? []).map(structuredCalendar);
  const crons = (spec.cronString ?? []).map(parseScheduleCron);
  const result: ScheduleSpec = {
    ...spec,
    structuredCalendar: [
      ...(spec.structuredCalendar ?? []),
      ...calendars,
      ...crons.flatMap((cron) => ('calendar' in cron ? [cron.calendar] : [])),
    ],
    interval: [...(spec.interval ?? []), ...crons.flatMap((cron) => ('interval' in cron ? [cron.interval] : []))],
    excludeStructuredCalendar: [...(spec.excludeStructuredCalendar ?? []), ...excluded],
    calendar: undefined,
    cronString: undefined,
    excludeCalendar: undefined,
    timezoneName: zoneOf(spec, crons),
  };
  for (const calendar of result.structuredCalendar ?? []) checkCalendar(calendar);
  for (const interval of result.interval ?? []) checkInterval(interval);
  checkZone(result);
  return result;
}

/** The zone of the cron strings, which must agree with each other and with the spec. */
function zoneOf(spec: ScheduleSpec, crons: readonly CronMeaning[]): string | undefined {
  const [zone = ''] = crons.map((cron) => cron.zone);
  const named = spec.timezoneName ?? '';
  const conflict =
    crons.some((cron) => cron.zone !== zone) ||
    (zone !== '' && ((named !== '' && named !== zone) || (spec.timezoneData?.length ?? 0) > 0));
  if (conflict) throw new SpecError('conflicting timezone names');
  return zone === '' ? spec.timezoneName : zone;
}

function checkZone({ timezoneName = '', timezoneData }: ScheduleSpec): void {
  if ((timezoneData?.length ?? 0) > 0) throw new SpecError('timezone_data is not supported, use timezone_name');
  if (timeZone(timezoneName) === undefined) throw new SpecError(`unknown time zone ${timezoneName}`);
}

const BOUNDS: readonly (readonly [field: keyof StructuredCalendarSpec, name: string, min: number, max: number])[] = [
  ['second', 'Second', 0, 59],
  ['minute', 'Minute', 0, 59],
  ['hour', 'Hour', 0, 23],
  ['dayOfMonth', 'DayOfMonth', 1, 31],
  ['month', 'Month', 1, 12],
  ['year', 'Year', YEAR_MIN, YEAR_MAX],
  ['dayOfWeek', 'DayOfWeek', 0, 6],
];

function checkCalendar(calendar: StructuredCalendarSpec): void {
  const problems: string[] = [];
  for (const [field, name, min, max] of BOUNDS) {
    for (const { start = 0, end = 0, step = 0 } of (calendar[field] ?? []) as readonly Range[]) {
      if (start < min || start > max) problems.push(`${name} Start is not in range [${min}-${max}]`);
      if (end !== 0 && (end < start || end > max)) {
        problems.push(`${name} End is before Start or not in range [${min}-${max}]`);
      }
      if (step < 0) problems.push(`${name} has invalid Step`);
    }
  }
  if (utf8Length(calendar.comment ?? '') > COMMENT_LENGTH_MAX) problems.push('comment is too long');
  if (problems.length > 0) throw new SpecError(`invalid calendar spec: ${problems.join(', ')}`);
}

function checkInterval({ interval, phase }: IntervalSpec): void {
  const everyMs = durationMsOrZero(interval);
  const phaseMs = durationMsOrZero(phase);
  if (everyMs < SECOND_MS) throw new SpecError('interval is too small');
  if (phaseMs < 0) throw new SpecError('phase is negative');
  if (phaseMs >= everyMs) throw new SpecError('phase cannot be greater than Interval');
}

/** The spec as replies show it: each range with its end and step. Temporal: worker/scheduler/spec.go, CleanSpec. */
export function shownSpec(spec: ScheduleSpec): ScheduleSpec {
  return {
    ...spec,
    structuredCalendar: spec.structuredCalendar?.map(shownCalendar),
    excludeStructuredCalendar: spec.excludeStructuredCalendar?.map(shownCalendar),
  };
}

function shownCalendar(calendar: StructuredCalendarSpec): StructuredCalendarSpec {
  const shown = BOUNDS.map(([field]) => [field, (calendar[field] as readonly Range[] | undefined)?.map(shownRange)]);
  return { ...calendar, ...(Object.fromEntries(shown) as StructuredCalendarSpec) };
}

function shownRange({ start = 0, end = 0, step = 0 }: Range): Range {
  return { start, end: Math.max(start, end), step: step || 1 };
}
