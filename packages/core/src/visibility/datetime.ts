import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/time.ts';

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;
const DAYS_BEFORE_EPOCH = 719_468;
const DAYS_IN_ERA = 146_097;

/**
 * The instant that an RFC 3339 text names, in milliseconds since the epoch, its fraction cut off at the microsecond;
 * undefined where the text is none. As Go's time.Parse, but hours have two digits.
 */
export function parseDatetime(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const [fraction = '', sign = '+'] = match.slice(7, 9);
  const [offsetHours = 0, offsetMinutes = 0] = match.slice(9).map((part) => Number(part ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 24 || offsetMinutes > 59) return undefined;
  const offsetMs = (offsetHours * HOUR_MS + offsetMinutes * MINUTE_MS) * (sign === '-' ? -1 : 1);
  const microseconds = Number(fraction.slice(0, 6).padEnd(6, '0'));
  const timeOfDayMs = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
  return daysFromEpoch(year, month, day) * DAY_MS + timeOfDayMs - offsetMs + microseconds / 1_000;
}

/** The instant in RFC 3339, in UTC, with as much of a fraction as it has (at most microseconds). */
export function formatDatetime(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const { year, month, day } = dateOf(days);
  const microseconds = Math.round((ms - days * DAY_MS) * 1_000);
  const seconds = Math.floor(microseconds / 1_000_000);
  const fraction = pad(microseconds % 1_000_000, 6).replace(/0+$/, '');
  const time = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return `${date}T${time.map((part) => pad(part, 2)).join(':')}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/** Nanoseconds since the epoch, as digits, in milliseconds, cut off at the microsecond. */
export function datetimeFromNanos(digits: string): number {
  const nanos = BigInt(digits);
  const micros = (nanos - (((nanos % 1_000n) + 1_000n) % 1_000n)) / 1_000n;
  return Number(micros) / 1_000;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Years are counted from March, so that the leap day is the last of a year. */
function daysFromEpoch(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_IN_ERA + dayOfEra - DAYS_BEFORE_EPOCH;
}

function dateOf(daysSinceEpoch: number): { year: number; month: number; day: number } {
  const shifted = daysSinceEpoch + DAYS_BEFORE_EPOCH;
  const era = Math.floor(shifted / DAYS_IN_ERA);
  const dayOfEra = shifted - era * DAYS_IN_ERA;
  const leaps = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1 };
}
