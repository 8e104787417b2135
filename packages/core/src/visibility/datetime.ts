import { civilDate, daysFromEpoch, daysInMonth } from '../kernel/civil-date.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/time.ts';

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

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
  const { year, month, day } = civilDate(days);
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
