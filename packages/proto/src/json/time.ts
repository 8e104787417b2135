/** An instant or a span as protobuf has it. */
export interface SecondsAndNanos {
  readonly seconds?: number | undefined;
  readonly nanos?: number | undefined;
}

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, the range of google.protobuf.Timestamp. */
const TIMESTAMP_SECONDS_MIN = -62_135_596_800;
const TIMESTAMP_SECONDS_MAX = 253_402_300_799;

/** The range of google.protobuf.Duration: about 10,000 years either way. */
const DURATION_SECONDS_MAX = 315_576_000_000;

const NANOS_MAX = 999_999_999;

/** Nanoseconds as a fraction of 0, 3, 6 or 9 digits, as protojson prints them. */
function fraction(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  return `.${digits.replace(/(?:000){1,2}$/, '')}`;
}

function parseFraction(digits: string | undefined): number {
  return Number((digits ?? '').padEnd(9, '0'));
}

/** `2024-05-06T07:08:09.500Z`; undefined where the instant is out of protobuf's range. */
export function formatTimestamp({ seconds = 0, nanos = 0 }: SecondsAndNanos): string | undefined {
  if (seconds < TIMESTAMP_SECONDS_MIN || seconds > TIMESTAMP_SECONDS_MAX || nanos < 0 || nanos > NANOS_MAX)
    return undefined;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction(nanos)}Z`;
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Reads RFC 3339, with any offset and up to nine digits; undefined for what is none or out of range. */
export function parseTimestamp(text: string): SecondsAndNanos | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [, local = '', digits, sign, hours = '0', minutes = '0'] = match;
  const localMs = Date.parse(`${local}Z`);
  // A date that does not exist, such as 30 February, comes back as another one.
  if (Number.isNaN(localMs) || new Date(localMs).toISOString().slice(0, 19) !== local) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 * (sign === '-' ? -1 : 1);
  const seconds = localMs / 1000 - offset;
  if (seconds < TIMESTAMP_SECONDS_MIN || seconds > TIMESTAMP_SECONDS_MAX) return undefined;
  return { seconds, nanos: parseFraction(digits) };
}

/** `1.500s`; undefined where the span is out of protobuf's range or its parts differ in sign. */
export function formatDuration({ seconds = 0, nanos = 0 }: SecondsAndNanos): string | undefined {
  if (Math.abs(seconds) > DURATION_SECONDS_MAX || Math.abs(nanos) > NANOS_MAX || seconds * nanos < 0) return undefined;
  const sign = seconds < 0 || nanos < 0 ? '-' : '';
  return `${sign}${Math.abs(seconds)}${fraction(Math.abs(nanos))}s`;
}

const DURATION = /^(-)?(\d+)(?:\.(\d{1,9}))?s$/;

/** Reads `1.5s`; undefined for what is none or out of range. */
export function parseDuration(text: string): SecondsAndNanos | undefined {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, digits] = match;
  const seconds = Number(whole);
  if (seconds > DURATION_SECONDS_MAX) return undefined;
  const nanos = parseFraction(digits);
  // `|| 0` turns -0 into 0.
  return sign === undefined ? { seconds, nanos } : { seconds: -seconds || 0, nanos: -nanos || 0 };
}
