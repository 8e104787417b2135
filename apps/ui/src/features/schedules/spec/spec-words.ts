import type { Range, ScheduleSpec, StructuredCalendarSpec } from '@perdure/proto/json-types';
import { durationMs, formatDuration } from '../../../lib/time.ts';

/** A spec in words: a line for each of its calendars, intervals and cron strings. */
export function specWords(spec: ScheduleSpec): readonly string[] {
  const { structuredCalendar = [], interval = [], cronString = [] } = spec;
  return [
    ...structuredCalendar.map(calendarWords),
    ...interval.map(({ interval: every, phase }) => intervalWords(every, phase)),
    ...cronString.map((cron) => `Cron ${cron}`),
  ];
}

/** What is left out of the times, in words. */
export function exclusionWords({ excludeStructuredCalendar = [] }: ScheduleSpec): readonly string[] {
  return excludeStructuredCalendar.map(calendarWords);
}

function intervalWords(every: string | undefined, phase: string | undefined): string {
  const phaseMs = durationMs(phase) ?? 0;
  const words = `Every ${formatDuration(durationMs(every) ?? 0)}`;
  return phaseMs > 0 ? `${words}, offset by ${formatDuration(phaseMs)}` : words;
}

const weekdayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const monthNames = 'January February March April May June July August September October November December'.split(' ');

/** All values of the ranges, ascending. */
export function valuesOf(ranges: readonly Range[] | undefined, whenEmpty: readonly number[] = []): readonly number[] {
  if (ranges === undefined || ranges.length === 0) return whenEmpty;
  const values = new Set<number>();
  for (const { start = 0, end = 0, step = 0 } of ranges) {
    for (let value = start; value <= Math.max(start, end); value += step || 1) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function countFrom(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const everyMonth = countFrom(1, 12);
const everyDay = countFrom(1, 31);
const everyWeekday = countFrom(0, 6);

export function calendarWords(calendar: StructuredCalendarSpec): string {
  const time = timeWords(calendar);
  const day = dayWords(calendar);
  const comment = calendar.comment ? ` (${calendar.comment})` : '';
  const words = day === '' ? (/^at \d\d:/.test(time) ? `every day ${time}` : time) : `${time}${day}`;
  return words.charAt(0).toUpperCase() + words.slice(1) + comment;
}

const timesShownMax = 6;

function timeWords({ second, minute, hour }: StructuredCalendarSpec): string {
  const seconds = valuesOf(second, [0]);
  const minutes = valuesOf(minute, [0]);
  const hours = valuesOf(hour, [0]);
  const rhythm = seconds.length === 1 && seconds[0] === 0 ? rhythmWords(hours, minutes) : undefined;
  if (rhythm !== undefined) return rhythm;
  if (hours.length * minutes.length * seconds.length <= timesShownMax) {
    const times = hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => clock(h, m, s))));
    return `at ${listed(times)}`;
  }
  if (seconds.length === 60 && minutes.length === 60 && hours.length === 24) return 'every second';
  const parts = [
    ...(seconds.length === 1 && seconds[0] === 0 ? [] : [numbersWords('second', seconds, 60)]),
    numbersWords('minute', minutes, 60),
    numbersWords('hour', hours, 24),
  ];
  return `at ${parts.join(' of ')}`;
}

/** Times that come round within the day: every so many minutes or hours, all day or for a part of it. */
function rhythmWords(hours: readonly number[], minutes: readonly number[]): string | undefined {
  const isAllDay = hours.length === 24;
  const [firstMinute = 0] = minutes;
  const minuteStep = minutes.length > 1 ? stepOf(minutes, 60) : undefined;
  if (minuteStep !== undefined && stepOf(hours) === 1) {
    const words = minuteStep === 1 ? 'every minute' : `every ${minuteStep} minutes`;
    if (isAllDay) return words;
    return `${words} from ${clock(hours[0] ?? 0, firstMinute)} to ${clock(hours.at(-1) ?? 0, minutes.at(-1) ?? 0)}`;
  }
  if (minutes.length !== 1 || hours.length <= timesShownMax) return undefined;
  const hourStep = stepOf(hours);
  if (hourStep === undefined) return undefined;
  const words = hourStep === 1 ? 'every hour' : `every ${hourStep} hours`;
  const past = firstMinute === 0 ? '' : `, ${firstMinute} minutes past`;
  const wholeDay = isAllDay || (hours[0] === 0 && 24 % hourStep === 0 && hours.length === 24 / hourStep);
  return wholeDay
    ? `${words}${past}`
    : `${words} from ${clock(hours[0] ?? 0, firstMinute)} to ${clock(hours.at(-1) ?? 0, firstMinute)}`;
}

/** The one distance between all values; with `cycle` it must go on from the last to the first. */
function stepOf(values: readonly number[], cycle?: number): number | undefined {
  const [first, second] = values;
  if (first === undefined) return undefined;
  if (second === undefined) return 1;
  const step = second - first;
  if (values.some((value, index) => value !== first + index * step)) return undefined;
  return cycle === undefined || values.length * step === cycle ? step : undefined;
}

function dayWords({ dayOfWeek, dayOfMonth, month, year }: StructuredCalendarSpec): string {
  const weekdays = valuesOf(dayOfWeek, everyWeekday);
  const days = valuesOf(dayOfMonth, everyDay);
  const months = valuesOf(month, everyMonth);
  const years = valuesOf(year);
  const parts = [
    ...(weekdays.length === 7 ? [] : [`, ${weekdayWords(weekdays)}`]),
    ...(days.length === 31
      ? []
      : [
          `${weekdays.length === 7 ? '' : ','} on ${numbersWords('day', days, 31)}${months.length === 12 ? ' of the month' : ''}`,
        ]),
    ...(months.length === 12
      ? []
      : [
          ` in ${runsOf(months)
            .map((run) => spanWords(run, (n) => monthNames[n - 1] ?? String(n)))
            .join(', ')}`,
        ]),
    ...(years.length === 0
      ? []
      : [
          ` of ${runsOf(years)
            .map((run) => spanWords(run, String))
            .join(', ')}`,
        ]),
  ];
  return parts.join('');
}

function weekdayWords(weekdays: readonly number[]): string {
  // The week begins on Monday for who reads "Saturday and Sunday".
  const fromMonday = weekdays.map((day) => (day === 0 ? 7 : day)).sort((a, b) => a - b);
  return listed(
    runsOf(fromMonday).flatMap((run) =>
      expandPair(run).map((part) => spanWords(part, (n) => weekdayNames[n % 7] ?? '')),
    ),
  );
}

type Run = readonly [first: number, last: number];

/** Neighbouring values as spans. */
function runsOf(values: readonly number[]): readonly Run[] {
  const runs: [number, number][] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last !== undefined && value === last[1] + 1) last[1] = value;
    else runs.push([value, value]);
  }
  return runs;
}

/** Two days are "Saturday and Sunday", not "Saturday to Sunday". */
function expandPair([first, last]: Run): readonly Run[] {
  return last === first + 1
    ? [
        [first, first],
        [last, last],
      ]
    : [[first, last]];
}

function spanWords([first, last]: Run, name: (value: number) => string): string {
  return first === last ? name(first) : `${name(first)} to ${name(last)}`;
}

function numbersWords(noun: string, values: readonly number[], all: number): string {
  if (values.length === all) return `every ${noun}`;
  const step = values.length > 3 ? stepOf(values) : undefined;
  if (step !== undefined && step > 1) return `every ${step} ${noun}s from ${values[0]} to ${values.at(-1)}`;
  const spans = runsOf(values)
    .flatMap(expandPair)
    .map((run) => spanWords(run, String));
  return `${noun}${values.length === 1 ? '' : 's'} ${listed(spans)}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function clock(hour: number, minute: number, second = 0): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return second === 0 ? `${two(hour)}:${two(minute)}` : `${two(hour)}:${two(minute)}:${two(second)}`;
}

/** Ranges as the text of a calendar's field: `1-5`, `0-59/15`, `*` for all. */
export function rangesText(
  ranges: readonly Range[] | undefined,
  whenEmpty: string,
  first: number,
  last: number,
): string {
  if (ranges === undefined || ranges.length === 0) return whenEmpty;
  return ranges
    .map(({ start = 0, end = 0, step = 0 }) => {
      const to = Math.max(start, end);
      const span = start === first && to === last ? '*' : start === to ? String(start) : `${start}-${to}`;
      return step > 1 && start !== to ? `${span}/${step}` : span;
    })
    .join(',');
}

/** A calendar as a cron string of seven fields, which every SDK and the command line take. */
export function cronOf({ second, minute, hour, dayOfMonth, month, dayOfWeek, year }: StructuredCalendarSpec): string {
  return [
    rangesText(second, '0', 0, 59),
    rangesText(minute, '0', 0, 59),
    rangesText(hour, '0', 0, 23),
    rangesText(dayOfMonth, '*', 1, 31),
    rangesText(month, '*', 1, 12),
    rangesText(dayOfWeek, '*', 0, 6),
    rangesText(year, '*', 2000, 2100),
  ].join(' ');
}
