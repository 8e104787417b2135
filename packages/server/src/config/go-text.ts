const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const NUMBER = String.raw`(?:\d+(?:\.\d*)?|\.\d+)`;
const UNIT = '(?:ns|us|µs|μs|ms|s|m|h|d)';
const DURATION = new RegExp(`^([+-]?)((?:${NUMBER}${UNIT})+)$`);
const PART = new RegExp(`(${NUMBER})(${UNIT})`, 'g');
const BARE_NUMBER = new RegExp(`^${NUMBER}$`);

/**
 * A duration as Go writes it, with `d` for 24 hours (`1h30m`, `1.5s`, `7d`), in milliseconds; undefined where it is none.
 * A number without unit has `bareUnit`; without one it is no duration. Temporal: common/primitives/timestamp.
 */
export function parseGoDuration(text: string, bareUnit?: string): number | undefined {
  if (text === '0') return 0;
  const withUnit = bareUnit !== undefined && BARE_NUMBER.test(text) ? `${text}${bareUnit}` : text;
  const match = DURATION.exec(withUnit);
  if (match === null) return undefined;
  let ms = 0;
  for (const [, amount = '', unit = ''] of (match[2] ?? '').matchAll(PART)) ms += Number(amount) * (UNIT_MS[unit] ?? 0);
  return match[1] === '-' ? -ms : ms;
}

/** The texts of Go's strconv.ParseBool. */
const booleans = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
]);

/** A truth value as Go writes it; undefined where it is none. */
export function parseGoBoolean(text: string): boolean | undefined {
  return booleans.get(text);
}
