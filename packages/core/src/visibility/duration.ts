/** The nanoseconds, or why the text is no duration. */
export type DurationText = { readonly nanos: number } | { readonly invalid: string };

const UNIT_NANOS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
  d: 24 * 3_600e9,
};

const UNITS = /^([+-]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d))+)$/;
const UNIT = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/g;
const CLOCK = /^\s*([+-]?\d+):\s*([+-]?\d+):\s*([+-]?\d+)/;

/**
 * A duration as queries give it: nanoseconds (`5000`), units as in Go with `d` for 24 hours (`1h30m`), or `hh:mm:ss`.
 * Temporal: store/query/util.go, ParseExecutionDurationStr.
 */
export function parseDuration(text: string): DurationText {
  if (/^[+-]?\d+$/.test(text)) return { nanos: Number(text) };
  const units = UNITS.exec(text);
  return units === null ? parseClock(text) : { nanos: sumOfUnits(units[2] ?? '') * (units[1] === '-' ? -1 : 1) };
}

function sumOfUnits(text: string): number {
  let nanos = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(UNIT)) nanos += Number(amount) * (UNIT_NANOS[unit] ?? 0);
  return Math.round(nanos);
}

function parseClock(text: string): DurationText {
  const match = CLOCK.exec(text);
  if (match === null) return { invalid: 'invalid duration' };
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(Number);
  if (hours < 0) return { invalid: 'invalid duration: hours must be a positive number' };
  if (minutes < 0 || minutes > 59) return { invalid: 'invalid duration: minutes must be from 0 to 59' };
  if (seconds < 0 || seconds > 59) return { invalid: 'invalid duration: seconds must be from 0 to 59' };
  return { nanos: (hours * 3_600 + minutes * 60 + seconds) * 1e9 };
}
