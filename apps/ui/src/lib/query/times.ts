import { instantOfWallTime, wallTimeOf } from '../time.ts';

/**
 * Times of a query that move with the clock: `now`, `now - 90m`, `today` (its midnight), with s, m, h, d and w. Servers
 * know instants alone, so they are put in when the query is sent; addresses and saved views keep them as they are.
 */
export interface RelativeTime {
  readonly base: 'now' | 'today';
  /** Seconds, negative for the past. */
  readonly offset: number;
  /** `1h`, as it was written; empty for none. */
  readonly distance: string;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

const form = String.raw`(now|today)(?:\s*([-+])\s*(\d{1,9})\s*([smhdw]))?(?![\w.-])`;
const whole = new RegExp(`^${form}$`, 'i');

/** For the reader of queries: a time at the place where it looks. */
export const relativeTimeSource = String.raw`(?:now|today)(?:\s*[-+]\s*\d{1,9}\s*[smhdw])?(?![\w.-])`;

export function readRelativeTime(text: string): RelativeTime | undefined {
  const match = whole.exec(text.trim());
  return match === null ? undefined : timeOf(match.slice(1));
}

function timeOf([base = '', sign = '+', count = '', unit = '']: readonly (string | undefined)[]): RelativeTime {
  const distance = count === '' ? '' : `${Number(count)}${unit.toLowerCase()}`;
  const seconds = Number(count) * (unitSeconds[unit.toLowerCase()] ?? 0);
  const offset = seconds === 0 ? 0 : sign === '-' ? -seconds : seconds;
  return { base: base.toLowerCase() === 'today' ? 'today' : 'now', offset, distance };
}

/** As it stands in queries. */
export function writeRelativeTime({ base, offset, distance }: RelativeTime): string {
  return offset === 0 ? base : `${base} ${offset < 0 ? '-' : '+'} ${distance}`;
}

// What is quoted is a value, and what an operator follows is an attribute, whatever it is called.
const inQuery = new RegExp(
  String.raw`("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|${'`'}[^${'`'}]*${'`'})|(?<![\w.-]|\bby\s+)${form}(?!\s*(?:[=<>!(]|(?:in|is|not|between|starts_with)\b))`,
  'gi',
);

/** The query with an instant for each time that moves with the clock. */
export function withInstants(query: string, nowMs: number, timeZone: string): string {
  return query.replaceAll(inQuery, (text: string, quoted: string | undefined, ...groups: (string | undefined)[]) => {
    if (quoted !== undefined) return text;
    const { base, offset } = timeOf(groups.slice(0, 4));
    const baseMs = base === 'now' ? Math.floor(nowMs / 1000) * 1000 : midnightMs(nowMs, timeZone);
    const instant = new Date(baseMs + offset * 1000);
    return Number.isNaN(instant.getTime()) ? text : `"${instant.toISOString()}"`;
  });
}

function midnightMs(nowMs: number, timeZone: string): number {
  if (timeZone === 'local') return new Date(nowMs).setHours(0, 0, 0, 0);
  const [day = ''] = wallTimeOf(nowMs, timeZone).split('T');
  return Date.parse(instantOfWallTime(`${day}T00:00`, timeZone) ?? '');
}
