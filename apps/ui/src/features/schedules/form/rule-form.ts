import type { CalendarSpec, IntervalSpec, ScheduleSpec, StructuredCalendarSpec } from '@perdure/proto/json-types';
import { optionalDuration } from '../../../lib/payload-fields.ts';
import { rangesText, valuesOf } from '../spec/spec-words.ts';
import { durationText } from './duration-text.ts';

export type RuleKind = 'times' | 'interval' | 'cron' | 'calendar';

type CalendarField = 'second' | 'minute' | 'hour' | 'dayOfMonth' | 'month' | 'dayOfWeek' | 'year' | 'comment';

/** One way in which times are named. What its kind does not use stays as it was typed, for who comes back to it. */
export interface RuleForm {
  readonly kind: RuleKind;
  /** `09:00, 17:30`. */
  readonly times: string;
  /** 0 is Sunday; none means every day. */
  readonly weekdays: readonly number[];
  /** `1, 15`; empty for every day. */
  readonly days: string;
  /** `JAN, JUL`; empty for every month. */
  readonly months: string;
  readonly every: string;
  readonly offset: string;
  readonly cron: string;
  /** The fields of a calendar, in its own language: `1-5`, `*`, `0/15`. */
  readonly calendar: Readonly<Record<CalendarField, string>>;
}

const emptyCalendar: RuleForm['calendar'] = {
  second: '0',
  minute: '0',
  hour: '0',
  dayOfMonth: '*',
  month: '*',
  dayOfWeek: '*',
  year: '*',
  comment: '',
};

export const emptyRule: RuleForm = {
  kind: 'times',
  times: '09:00',
  weekdays: [],
  days: '',
  months: '',
  every: '1h',
  offset: '',
  cron: '0 9 * * MON-FRI',
  calendar: emptyCalendar,
};

export function ruleOfInterval({ interval, phase }: IntervalSpec): RuleForm {
  return { ...emptyRule, kind: 'interval', every: durationText(interval), offset: durationText(phase) };
}

/** A calendar as days and times where it can be said so, else by its fields. */
export function ruleOfCalendar(calendar: StructuredCalendarSpec): RuleForm {
  const { second, minute, hour, dayOfMonth, month, dayOfWeek, year, comment = '' } = calendar;
  const rule: RuleForm = {
    ...emptyRule,
    kind: 'calendar',
    calendar: {
      second: rangesText(second, '0', 0, 59),
      minute: rangesText(minute, '0', 0, 59),
      hour: rangesText(hour, '0', 0, 23),
      dayOfMonth: rangesText(dayOfMonth, '*', 1, 31),
      month: rangesText(month, '*', 1, 12),
      dayOfWeek: rangesText(dayOfWeek, '*', 0, 6),
      year: rangesText(year, '*', 2000, 2100),
      comment,
    },
  };
  const [seconds, minutes, hours] = [valuesOf(second, [0]), valuesOf(minute, [0]), valuesOf(hour, [0])];
  const isOneTime = seconds.length === 1 && minutes.length === 1 && hours.length === 1;
  if (!isOneTime || rule.calendar.year !== '*' || comment !== '') return rule;
  const weekdays = valuesOf(dayOfWeek);
  const two = (value: number | undefined): string => String(value ?? 0).padStart(2, '0');
  return {
    ...rule,
    kind: 'times',
    times: `${two(hours[0])}:${two(minutes[0])}${seconds[0] === 0 ? '' : `:${two(seconds[0])}`}`,
    weekdays: weekdays.length === 7 ? [] : weekdays,
    days: rule.calendar.dayOfMonth === '*' ? '' : rule.calendar.dayOfMonth,
    months: rule.calendar.month === '*' ? '' : rule.calendar.month,
  };
}

/** The rules as a spec. Throws with what is wrong; what only the server's language knows is left to its reading. */
export function formSpec(rules: readonly RuleForm[], exclusions: readonly RuleForm[]): ScheduleSpec {
  const calendar = rules.flatMap(calendarsOf);
  const interval = rules.filter(({ kind }) => kind === 'interval').map(intervalOf);
  const cronString = rules.filter(({ kind }) => kind === 'cron').map(({ cron }) => cron.trim());
  const excludeCalendar = exclusions.flatMap(calendarsOf);
  return {
    ...(calendar.length > 0 && { calendar }),
    ...(interval.length > 0 && { interval }),
    ...(cronString.length > 0 && { cronString }),
    ...(excludeCalendar.length > 0 && { excludeCalendar }),
  };
}

function intervalOf({ every, offset }: RuleForm): IntervalSpec {
  const interval = optionalDuration(every);
  if (interval === undefined) throw new Error('An interval needs a length, such as 30s, 5m, 1h');
  return { interval, phase: optionalDuration(offset) };
}

function calendarsOf({ kind, calendar, times, weekdays, days, months }: RuleForm): readonly CalendarSpec[] {
  if (kind === 'calendar') return [calendar];
  if (kind !== 'times') return [];
  const clocks = times.split(/[\s,;]+/).filter((text) => text !== '');
  if (clocks.length === 0) throw new Error('A time is needed, such as 09:00');
  return clocks.map((text) => {
    const [, hour, minute, second = '0'] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
    if (hour === undefined || minute === undefined) throw new Error(`${text} is no time, such as 09:00 or 17:30`);
    return {
      hour: String(Number(hour)),
      minute: String(Number(minute)),
      second: String(Number(second)),
      ...(weekdays.length > 0 && { dayOfWeek: weekdays.join(',') }),
      ...(days.trim() !== '' && { dayOfMonth: days.replaceAll(/\s+/g, '') }),
      ...(months.trim() !== '' && { month: months.replaceAll(/\s+/g, '') }),
    };
  });
}
