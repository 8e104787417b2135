import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../kernel/time.ts';

/** How clocks go in a place. */
export interface TimeZone {
  /** How far they are ahead of UTC at an instant, in milliseconds; negative in the west. */
  offsetMs(atMs: number): number;
}

export const UTC: TimeZone = { offsetMs: () => 0 };

/** The bounds of all offsets that are in use, and of those that ever were since 1972. */
export const OFFSET_MS_MIN = -12 * HOUR_MS;
export const OFFSET_MS_MAX = 14 * HOUR_MS;

/** Names that Go knows beside those of the time zone database; a server's local time is taken for UTC. */
const UTC_NAMES: ReadonlySet<string> = new Set(['', 'UTC', 'Local']);

/** How many zones are kept at hand: making one costs more than a hundred times what a question to it does. */
const ZONES_MAX = 128;
const zones = new Map<string, TimeZone>();

/** The zone that the IANA time zone database has under that name (`Europe/Berlin`); undefined where it has none. */
export function timeZone(name: string): TimeZone | undefined {
  if (UTC_NAMES.has(name)) return UTC;
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = makeZone(name);
  if (zone === undefined) return undefined;
  if (zones.size === ZONES_MAX) zones.clear();
  zones.set(name, zone);
  return zone;
}

function makeZone(name: string): TimeZone | undefined {
  // ECMAScript also takes an offset (`+01:00`) for a zone.
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    return { offsetMs: (atMs) => offsetOf(format, atMs) };
  } catch {
    return undefined;
  }
}

/** `GMT`, `GMT-05:00`, and with seconds before there were zones. */
const OFFSET = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

function offsetOf(format: Intl.DateTimeFormat, atMs: number): number {
  const text = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours = 0, minutes = 0, seconds = 0] = OFFSET.exec(text ?? '') ?? [];
  const offsetMs = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * SECOND_MS;
  return sign === '-' ? -offsetMs : offsetMs;
}
