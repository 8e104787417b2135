import type { Range, ScheduleSpec, StructuredCalendarSpec } from '@perdure/proto/types';
import { calendarTick, calendarMatches, type Calendar } from '../../cron/calendar.ts';
import { intervalTick, type Interval } from '../../cron/interval.ts';
import { timeZone, UTC, type TimeZone } from '../../cron/time-zone.ts';
import { daysFromEpoch } from '../../kernel/civil-date.ts';
import { DAY_MS, durationMsOrZero, SECOND_MS, timestampMs } from '../../kernel/time.ts';
import { jitterMs } from './jitter.ts';
import { YEAR_MAX } from './parse-calendar.ts';

/** One time of a schedule, in milliseconds since the epoch. */
export interface ActionTime {
  /** The time that the spec names: a whole second. */
  readonly nominalMs: number;
  /** The same with jitter: when the action is due. */
  readonly dueMs: number;
}

/** A spec that can be asked for its times. */
export interface CompiledSpec {
  /** The earliest time whose nominal time is after an instant; undefined where there is none. */
  next(afterMs: number): ActionTime | undefined;
}

/** The last second of the last year that has times. */
const LAST_MS = daysFromEpoch(YEAR_MAX + 1, 1, 1) * DAY_MS - SECOND_MS;

/** How many excluded times in a row are passed over before the spec counts as having none. */
const EXCLUDED_MAX = 100_000;

/**
 * Makes ready a spec in canonical form. The seed tells the jitter of one schedule from that of others.
 * Temporal: worker/scheduler/spec.go.
 */
export function compileSpec(spec: ScheduleSpec, seed: string): CompiledSpec {
  const zone = timeZone(spec.timezoneName ?? '') ?? UTC;
  const calendars = (spec.structuredCalendar ?? []).map(compileCalendar);
  const excluded = (spec.excludeStructuredCalendar ?? []).map(compileCalendar);
  const intervals = (spec.interval ?? []).map(compileInterval);
  const startMs = timestampMs(spec.startTime) ?? 0;
  const endMs = Math.min(timestampMs(spec.endTime) ?? LAST_MS, LAST_MS);
  const jitterMaxMs = durationMsOrZero(spec.jitter);

  const nextNominal = (afterMs: number): number | undefined => {
    const fromMs = (Math.floor(afterMs / SECOND_MS) + 1) * SECOND_MS;
    let first = Infinity;
    for (const calendar of calendars) {
      first = Math.min(first, calendarTick(calendar, zone, fromMs, YEAR_MAX) ?? Infinity);
    }
    for (const interval of intervals) first = Math.min(first, intervalTick(interval, fromMs));
    return first === Infinity ? undefined : first;
  };

  return {
    next(afterMs) {
      let nominalMs = nextNominal(Math.max(afterMs, startMs - SECOND_MS));
      for (let passed = 0; nominalMs !== undefined && isExcluded(excluded, zone, nominalMs); passed++) {
        nominalMs = nominalMs > endMs || passed > EXCLUDED_MAX ? undefined : nextNominal(nominalMs);
      }
      if (nominalMs === undefined || nominalMs > endMs) return undefined;
      if (jitterMaxMs === 0) return { nominalMs, dueMs: nominalMs };
      const gapMs = (nextNominal(nominalMs) ?? Infinity) - nominalMs;
      return { nominalMs, dueMs: nominalMs + jitterMs(seed, nominalMs, Math.min(jitterMaxMs, gapMs)) };
    },
  };
}

function isExcluded(excluded: readonly Calendar[], zone: TimeZone, atMs: number): boolean {
  return excluded.some((calendar) => calendarMatches(calendar, zone, atMs));
}

function compileInterval({ interval, phase }: NonNullable<ScheduleSpec['interval']>[number]): Interval {
  const wholeSeconds = (ms: number): number => Math.floor(ms / SECOND_MS) * SECOND_MS;
  return {
    everyMs: Math.max(wholeSeconds(durationMsOrZero(interval)), SECOND_MS),
    phaseMs: wholeSeconds(durationMsOrZero(phase)),
  };
}

function compileCalendar(spec: StructuredCalendarSpec): Calendar {
  const [years, months, days, weekdays] = [spec.year, spec.month, spec.dayOfMonth, spec.dayOfWeek].map(
    (ranges) => new Set(valuesOf(ranges)),
  );
  return {
    seconds: valuesOf(spec.second),
    minutes: valuesOf(spec.minute),
    hours: valuesOf(spec.hour),
    matchesDay: ({ year, month, day }, weekday) =>
      (years?.size === 0 || years?.has(year) === true) &&
      months?.has(month) === true &&
      days?.has(day) === true &&
      weekdays?.has(weekday) === true,
  };
}

/** All values of the ranges, ascending. */
function valuesOf(ranges: readonly Range[] = []): readonly number[] {
  const values = new Set<number>();
  for (const { start = 0, end = 0, step = 0 } of ranges) {
    for (let value = start; value <= Math.max(start, end); value += step || 1) values.add(value);
  }
  return [...values].toSorted((a, b) => a - b);
}
