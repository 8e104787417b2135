/** Times and durations of proto3 JSON in words. Pure: zone, clock and the present are arguments. */

export interface TimeFormat {
  /** `local`, or a zone of the IANA database. */
  readonly timeZone: string;
  readonly clock: '24' | '12';
  /** Default: sortable. */
  readonly dateFormat?: DateFormat;
}

/** `2026-08-22 10:00:00`, or as the browser's language writes it, in figures, shortened words, or words and zone. */
export type DateFormat = 'sortable' | 'short' | 'medium' | 'long';

export const dateFormats: readonly (readonly [DateFormat, string])[] = [
  ['sortable', 'Sortable'],
  ['short', 'Short'],
  ['medium', 'Medium'],
  ['long', 'Long'],
];

interface Formatter {
  readonly day: (timeMs: number) => string;
  readonly clock: (timeMs: number) => string;
}

const formatters = new Map<string, Formatter>();

/** Making one of `Intl` takes longer than a whole list of times: each is made once. */
function formatter(format: TimeFormat): Formatter {
  const key = `${format.timeZone} ${format.clock}`;
  let found = formatters.get(key);
  if (found === undefined) {
    found = format.timeZone === 'local' && format.clock === '24' ? localFormatter : intlFormatter(format);
    formatters.set(key, found);
  }
  return found;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** What nearly everybody sees needs no `Intl`, which takes ten times as long. */
const localFormatter: Formatter = {
  day: (timeMs) => {
    const date = new Date(timeMs);
    return `${String(date.getFullYear()).padStart(4, '0')}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
  },
  clock: (timeMs) => {
    const date = new Date(timeMs);
    return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
  },
};

function intlFormatter({ timeZone, clock }: TimeFormat): Formatter {
  const zone = timeZone !== 'local' && { timeZone };
  const days = new Intl.DateTimeFormat('en-GB', { year: 'numeric', month: '2-digit', day: '2-digit', ...zone });
  const clocks = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: clock === '24' ? 'h23' : 'h12',
    ...zone,
  });
  return {
    day: (timeMs) => {
      const parts = days.formatToParts(timeMs);
      return `${part(parts, 'year')}-${part(parts, 'month')}-${part(parts, 'day')}`;
    },
    clock: (timeMs) => clocks.format(timeMs),
  };
}

function part(parts: readonly Intl.DateTimeFormatPart[], type: Intl.DateTimeFormatPartTypes): string {
  return parts.find((each) => each.type === type)?.value ?? '';
}

const wordings = new Map<string, Intl.DateTimeFormat>();

/** Date and time as a language writes them. */
function wording({ timeZone, clock, dateFormat }: TimeFormat, language: string | undefined): Intl.DateTimeFormat {
  const key = `${dateFormat} ${timeZone} ${clock} ${language}`;
  let found = wordings.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(language, {
      dateStyle: dateFormat === 'sortable' ? 'short' : dateFormat,
      timeStyle: dateFormat === 'long' ? 'long' : 'medium',
      hourCycle: clock === '24' ? 'h23' : 'h12',
      ...(timeZone !== 'local' && { timeZone }),
    });
    wordings.set(key, found);
  }
  return found;
}

/** A date and a time in the reader's zone and format; unless another is chosen, it sorts as it reads. */
export function formatTime(timeMs: number, format: TimeFormat, language?: string): string {
  const { dateFormat = 'sortable' } = format;
  if (dateFormat !== 'sortable') return wording(format, language).format(timeMs);
  return `${formatter(format).day(timeMs)} ${formatClock(timeMs, format)}`;
}

/** `10:00:00`, or `10:00:00.123` where the milliseconds matter. */
export function formatClock(timeMs: number, format: TimeFormat, withMilliseconds = false): string {
  const text = formatter(format).clock(timeMs);
  if (!withMilliseconds) return text;
  const milliseconds = Math.floor(((timeMs % 1000) + 1000) % 1000);
  return text.replace(/^[\d:]+/, (digits) => `${digits}.${String(milliseconds).padStart(3, '0')}`);
}

const localZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The exact instant for a hint: the text as the server wrote it, and the reader's zone by name. */
export function exactInstant(text: string, format: TimeFormat): string {
  const zone = format.timeZone === 'local' ? localZone : format.timeZone;
  return `${text}\n${formatTime(Date.parse(text), format)} ${zone}`;
}

/** `1m 30s`: the two largest units, so that the width stays small. Under a second, `420ms`. */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs)) return '–';
  const ms = Math.max(0, Math.round(durationMs));
  if (ms < 1000) return `${ms}ms`;
  if (ms < 10_000) return `${trimZeros((ms / 1000).toFixed(1))}s`;
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
    [1, 's'],
  ] as const;
  let seconds = Math.round(ms / 1000);
  const words: string[] = [];
  for (const [size, unit] of units) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) words.push(`${count}${unit}`);
    else if (words.length > 0) break;
    if (words.length === 2) break;
  }
  return words.join(' ');
}

function trimZeros(text: string): string {
  return text.replace(/\.0$/, '');
}

/** `3m ago`, `in 12s`, `now`. */
export function formatRelative(timeMs: number, nowMs: number): string {
  const difference = timeMs - nowMs;
  const distance = Math.abs(difference);
  if (distance < 1000) return 'now';
  const rounded = distance < 60_000 ? Math.floor(distance / 1000) * 1000 : distance;
  const text = formatDuration(rounded).split(' ')[0] ?? '';
  return difference > 0 ? `in ${text}` : `${text} ago`;
}

/** Milliseconds of a Duration in JSON (`3.5s`), undefined for none. */
export function durationMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number.parseFloat(text);
  return Number.isNaN(seconds) ? undefined : seconds * 1000;
}

/** Milliseconds since 1970 of a Timestamp in JSON; undefined for none and for the year 1 and 1970 that stand for none. */
export function instantMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) || timeMs <= 0 ? undefined : timeMs;
}

/** Seconds as a Duration of proto3 JSON. Reads `90`, `90s`, `1m30s`, `2h`, `1d`; undefined for anything else. */
export function parseDuration(text: string): string | undefined {
  const trimmed = text.trim().toLowerCase().replaceAll(' ', '');
  if (/^\d+(\.\d+)?$/.test(trimmed)) return `${Number(trimmed)}s`;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) return undefined;
  const size: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };
  let seconds = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    seconds += Number(count) * (size[unit ?? ''] ?? 0);
  }
  return `${Number(seconds.toFixed(3))}s`;
}

/** Milliseconds by which the clocks of a zone are ahead of UTC at an instant. */
function zoneOffsetMs(timeMs: number, timeZone: string): number {
  const wall = formatTime(timeMs, { timeZone, clock: '24' }).replace(' ', 'T');
  return Date.parse(`${wall}Z`) - Math.floor(timeMs / 1000) * 1000;
}

/** The instant at which the clocks of a zone show `2026-08-22T10:00`, as a date field gives it; undefined for no time. */
export function instantOfWallTime(text: string, timeZone: string): string | undefined {
  const wallMs = Date.parse(`${text}Z`);
  if (Number.isNaN(wallMs)) return undefined;
  // The offset is that of the instant, which is known only with it; twice is enough, save within a change of clocks.
  const guessMs = wallMs - zoneOffsetMs(wallMs, timeZone);
  return new Date(wallMs - zoneOffsetMs(guessMs, timeZone)).toISOString();
}

/** What the clocks of a zone show at an instant, for a date field. */
export function wallTimeOf(timeMs: number, timeZone: string): string {
  return formatTime(timeMs, { timeZone, clock: '24' }).replace(' ', 'T');
}
