import type { Duration, Timestamp } from '@perdure/proto/types';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The protocol's durations are capped at 100 years. Temporal: common/primitives/timestamp/duration.go. */
export const DURATION_MS_MAX = 100 * 365 * DAY_MS;

/** A duration in milliseconds, rounded up so that nothing fires early; undefined where it is not set. */
export function durationMs(duration: Duration | undefined): number | undefined {
  if (duration === undefined) return undefined;
  return (duration.seconds ?? 0) * SECOND_MS + Math.ceil((duration.nanos ?? 0) / 1_000_000);
}

/** A duration in milliseconds; 0 where it is not set, which the protocol takes for "no limit" or "the default". */
export function durationMsOrZero(duration: Duration | undefined): number {
  return durationMs(duration) ?? 0;
}

/** The protocol's form of milliseconds. */
export function toDuration(ms: number): Duration {
  const seconds = Math.trunc(ms / SECOND_MS);
  return { seconds, nanos: Math.round((ms - seconds * SECOND_MS) * 1_000_000) };
}

/** So many times the duration, to the nanosecond. */
export function timesDuration({ seconds = 0, nanos = 0 }: Duration = {}, factor: number): Duration {
  const product = nanos * factor;
  return { seconds: seconds * factor + Math.floor(product / 1e9), nanos: product % 1e9 };
}

/** True for a timeout that holds: one of 0, or that is not set, is none. */
export function isTimeout(timeout: Duration | undefined): timeout is Duration {
  return durationMsOrZero(timeout) > 0;
}

/** The shorter of two timeouts, to the nanosecond; where one is none the other holds. */
export function shorterTimeout(timeout: Duration | undefined, bound: Duration): Duration {
  if (!isTimeout(timeout)) return bound;
  return isTimeout(bound) && isShorter(bound, timeout) ? bound : timeout;
}

function isShorter(a: Duration, b: Duration): boolean {
  const seconds = (a.seconds ?? 0) - (b.seconds ?? 0);
  return seconds < 0 || (seconds === 0 && (a.nanos ?? 0) < (b.nanos ?? 0));
}

/** The protocol's form of an instant in milliseconds since the epoch. */
export function toTimestamp(ms: number): Timestamp {
  const seconds = Math.floor(ms / SECOND_MS);
  return { seconds, nanos: Math.round((ms - seconds * SECOND_MS) * 1_000_000) };
}

/** The same of an instant that may not be set. */
export function toTimestampIfSet(ms: number | undefined): Timestamp | undefined {
  return ms === undefined ? undefined : toTimestamp(ms);
}

/** An instant in milliseconds since the epoch; undefined where it is not set. */
export function timestampMs(timestamp: Timestamp | undefined): number | undefined {
  if (timestamp === undefined) return undefined;
  return (timestamp.seconds ?? 0) * SECOND_MS + Math.floor((timestamp.nanos ?? 0) / 1_000_000);
}

/** The earlier of two instants or the shorter of two durations; undefined means "none". */
export function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}
