import { civilDate, weekdayOf, type CivilDate } from '../kernel/civil-date.ts';
import { DAY_MS, SECOND_MS } from '../kernel/time.ts';
import { OFFSET_MS_MAX, OFFSET_MS_MIN, type TimeZone } from './time-zone.ts';

/** When clocks show one of the given times on one of the given days. The lists ascend. */
export interface Calendar {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** `weekday` counts from 0 for Sunday. */
  matchesDay(date: CivilDate, weekday: number): boolean;
}

/** How many years ahead, after the year in which the search begins, a time is looked for. */
const YEARS_AHEAD_MAX = 5;

/**
 * The first instant at or after another (a whole second) at which the clocks of a zone show a time of the calendar;
 * undefined where the next years, or those through the given one, have none. A time that clocks skip does not happen,
 * one that they repeat happens twice. So it is with robfig/cron v3, but that one also loses whole days where clocks
 * change at midnight.
 */
export function calendarTick(
  calendar: Calendar,
  zone: TimeZone,
  fromMs: number,
  throughYear?: number,
): number | undefined {
  const { seconds, minutes, hours } = calendar;
  if (seconds.length === 0 || minutes.length === 0 || hours.length === 0) return undefined;
  const firstDay = Math.floor((fromMs + zone.offsetMs(fromMs)) / DAY_MS);
  const lastYear = throughYear ?? civilDate(firstDay).year + YEARS_AHEAD_MAX;
  for (let day = firstDay; ; day++) {
    const date = civilDate(day);
    if (date.year > lastYear) return undefined;
    if (!calendar.matchesDay(date, weekdayOf(day))) continue;
    const tickMs = tickOnDay(calendar, zone, day * DAY_MS, fromMs);
    if (tickMs !== undefined) return tickMs;
  }
}

/** Whether the clocks of a zone show a time of the calendar at an instant (a whole second). */
export function calendarMatches(calendar: Calendar, zone: TimeZone, atMs: number): boolean {
  const localMs = atMs + zone.offsetMs(atMs);
  const day = Math.floor(localMs / DAY_MS);
  const seconds = Math.floor((localMs - day * DAY_MS) / SECOND_MS);
  return (
    calendar.hours.includes(Math.floor(seconds / 3_600)) &&
    calendar.minutes.includes(Math.floor(seconds / 60) % 60) &&
    calendar.seconds.includes(seconds % 60) &&
    calendar.matchesDay(civilDate(day), weekdayOf(day))
  );
}

/** The same within one day, which is given by what its midnight would be in UTC. */
function tickOnDay(calendar: Calendar, zone: TimeZone, midnightMs: number, fromMs: number): number | undefined {
  for (const span of spansOfDay(zone, midnightMs)) {
    const earliestMs = Math.max(span.startMs, fromMs) + span.offsetMs - midnightMs;
    const timeOfDayMs = firstTimeOfDay(calendar, Math.max(earliestMs, 0) / SECOND_MS);
    if (timeOfDayMs === undefined) continue;
    const tickMs = midnightMs + timeOfDayMs - span.offsetMs;
    if (tickMs < span.endMs) return tickMs;
  }
  return undefined;
}

/** The first time of day, in milliseconds, at or after another, which is given in whole seconds. */
function firstTimeOfDay({ seconds, minutes, hours }: Calendar, fromSeconds: number): number | undefined {
  for (const hour of hours) {
    if ((hour + 1) * 3_600 <= fromSeconds) continue;
    for (const minute of minutes) {
      const minuteSeconds = (hour * 60 + minute) * 60;
      const second = seconds.find((value) => minuteSeconds + value >= fromSeconds);
      if (second !== undefined) return (minuteSeconds + second) * SECOND_MS;
    }
  }
  return undefined;
}

/** A stretch of time in which a zone keeps its offset. */
interface Span {
  readonly startMs: number;
  readonly endMs: number;
  readonly offsetMs: number;
}

/** The time in which any instant of a day can lie, whatever the zone: in one piece, or in two if clocks are changed. */
function spansOfDay(zone: TimeZone, midnightMs: number): readonly Span[] {
  const startMs = midnightMs - OFFSET_MS_MAX;
  const endMs = midnightMs + DAY_MS - OFFSET_MS_MIN;
  const before = zone.offsetMs(startMs);
  const after = zone.offsetMs(endMs);
  if (before === after) return [{ startMs, endMs, offsetMs: before }];
  const changeMs = changeOfOffset(zone, startMs, endMs, before);
  return [
    { startMs, endMs: changeMs, offsetMs: before },
    { startMs: changeMs, endMs, offsetMs: after },
  ];
}

/** The first second at which the offset is not what it was at the start. */
function changeOfOffset(zone: TimeZone, startMs: number, endMs: number, before: number): number {
  let lowSeconds = startMs / SECOND_MS;
  let highSeconds = endMs / SECOND_MS;
  while (highSeconds - lowSeconds > 1) {
    const middle = Math.floor((lowSeconds + highSeconds) / 2);
    if (zone.offsetMs(middle * SECOND_MS) === before) lowSeconds = middle;
    else highSeconds = middle;
  }
  return highSeconds * SECOND_MS;
}
