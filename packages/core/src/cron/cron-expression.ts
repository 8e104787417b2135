import { SECOND_MS } from '../kernel/time.ts';
import { parseDuration } from '../visibility/duration.ts';
import type { Calendar } from './calendar.ts';
import { timeZone, UTC, type TimeZone } from './time-zone.ts';

/** What a cron expression means: ticks at a distance from the last one, or times of a calendar in a zone. */
export type CronExpression =
  | { readonly kind: 'every'; readonly everyMs: number }
  | { readonly kind: 'calendar'; readonly calendar: Calendar; readonly zone: TimeZone };

/** What one of the five fields may hold. */
interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MINUTES: Bounds = { min: 0, max: 59, names: [] };
const HOURS: Bounds = { min: 0, max: 23, names: [] };
const DAYS_OF_MONTH: Bounds = { min: 1, max: 31, names: [] };
const MONTHS: Bounds = {
  min: 1,
  max: 12,
  names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
const WEEKDAYS: Bounds = { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

/** Minute, hour, day of month, month, day of week. */
const DESCRIPTORS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

const ZONE = /^(?:CRON_)?TZ=([^ ]*) (.*)$/s;
const EVERY = '@every ';

/**
 * Reads a cron expression: five fields, a descriptor such as `@daily`, or `@every` with a duration, and before them
 * `TZ=` or `CRON_TZ=` with a zone or not; undefined where it is none. Source: robfig/cron v3, ParseStandard.
 */
export function parseCron(text: string): CronExpression | undefined {
  const [, zoneName = '', zoned] = ZONE.exec(text) ?? [];
  const zone = zoned === undefined ? UTC : timeZone(zoneName);
  const expression = zoned?.trim() ?? text;
  if (zone === undefined) return undefined;
  if (expression.startsWith(EVERY)) return parseEvery(expression.slice(EVERY.length));
  const fields = expression.startsWith('@') ? DESCRIPTORS.get(expression) : expression;
  const calendar = parseFields(fields?.trim().split(/\s+/) ?? []);
  return calendar && { kind: 'calendar', calendar, zone };
}

/** A distance in whole seconds, of one at least. */
function parseEvery(text: string): CronExpression | undefined {
  const nanos = durationNanos(text);
  if (nanos === undefined) return undefined;
  return { kind: 'every', everyMs: Math.max(Math.floor(nanos / 1e9), 1) * SECOND_MS };
}

/** Go's durations count neither days nor clocks, and end after 292 years. */
const DURATION_NANOS_MAX = 2 ** 63;

function durationNanos(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (/[d:]|^[+-]?\d+$/.test(text)) return undefined;
  const duration = parseDuration(text);
  return 'invalid' in duration || Math.abs(duration.nanos) >= DURATION_NANOS_MAX ? undefined : duration.nanos;
}

function parseFields(texts: readonly string[]): Calendar | undefined {
  if (texts.length !== 5) return undefined;
  const [minuteText = '', hourText = '', dayText = '', monthText = '', weekdayText = ''] = texts;
  const minutes = parseField(minuteText, MINUTES);
  const hours = parseField(hourText, HOURS);
  const days = parseField(dayText, DAYS_OF_MONTH);
  const months = parseField(monthText, MONTHS);
  const weekdays = parseField(weekdayText, WEEKDAYS);
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  return {
    seconds: [0],
    minutes: minutes.values,
    hours: hours.values,
    matchesDay({ month, day }, weekday) {
      if (!months.values.includes(month)) return false;
      const onDay = days.values.includes(day);
      const onWeekday = weekdays.values.includes(weekday);
      // Where both are restricted, either will do.
      return days.all || weekdays.all ? onDay && onWeekday : onDay || onWeekday;
    },
  };
}

/** The values of a field, ascending; `all` if one of its parts takes any value. */
interface Field {
  readonly values: readonly number[];
  readonly all: boolean;
}

/** A list of parts with commas between them; empty parts do not count. */
function parseField(text: string, bounds: Bounds): Field | undefined {
  const values = new Set<number>();
  let all = false;
  for (const partText of text.split(',').filter((part) => part !== '')) {
    const part = parsePart(partText, bounds);
    if (part === undefined) return undefined;
    for (let value = part.start; value <= part.end; value += part.step) values.add(value);
    all ||= part.any && part.step === 1;
  }
  return { values: [...values].toSorted((a, b) => a - b), all };
}

interface Part {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly any: boolean;
}

/** `*`, `?`, a value, a range of values, each with a step or without one. A value with a step begins an open range. */
function parsePart(text: string, bounds: Bounds): Part | undefined {
  const [range = '', stepText, ...moreSteps] = text.split('/');
  const [low = '', high, ...moreValues] = range.split('-');
  const any = low === '*' || low === '?';
  const open = any || (high === undefined && stepText !== undefined);
  const start = any ? bounds.min : parseValue(low, bounds);
  const end = open ? bounds.max : parseValue(high ?? low, bounds);
  const step = parseNumber(stepText ?? '1');
  if (start === undefined || end === undefined || step === undefined) return undefined;
  if (moreSteps.length > 0 || (moreValues.length > 0 && !any)) return undefined;
  if (start < bounds.min || end > bounds.max || start > end || step === 0) return undefined;
  return { start, end, step, any };
}

function parseValue(text: string, { min, names }: Bounds): number | undefined {
  const index = names.indexOf(text.toLowerCase());
  return index < 0 ? parseNumber(text) : min + index;
}

function parseNumber(text: string): number | undefined {
  const value = /^\+?\d+$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}
