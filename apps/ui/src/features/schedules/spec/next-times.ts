import { canonicalSpec, compileSpec, toDuration, toTimestamp } from '@perdure/core/schedule-spec';
import type { ScheduleSpec } from '@perdure/proto/json-types';
import { durationMs, instantMs } from '../../../lib/time.ts';

type SpecMessage = Parameters<typeof compileSpec>[0];

function toMessage({ interval, startTime, endTime, jitter, timezoneData, ...rest }: ScheduleSpec): SpecMessage {
  const duration = (text: string | undefined) => (text === undefined ? undefined : toDuration(durationMs(text) ?? 0));
  const timestamp = (text: string | undefined) => {
    const timeMs = instantMs(text);
    return timeMs === undefined ? undefined : toTimestamp(timeMs);
  };
  return {
    ...rest,
    interval: interval?.map((each) => ({ interval: duration(each.interval), phase: duration(each.phase) })),
    startTime: timestamp(startTime),
    endTime: timestamp(endTime),
    jitter: duration(jitter),
    ...(timezoneData && { timezoneData: new Uint8Array(1) }),
  };
}

/** A spec with its cron strings and calendars read as ranges, as the server will show them. Throws with what is wrong. */
export function structuredOf(
  spec: ScheduleSpec,
): Pick<ScheduleSpec, 'structuredCalendar' | 'excludeStructuredCalendar'> {
  const read = canonicalSpec(toMessage(spec));
  if ('problem' in read) throw new Error(read.problem);
  const { structuredCalendar, excludeStructuredCalendar } = read;
  return { structuredCalendar, excludeStructuredCalendar };
}

export type NextTimes = { readonly problem: string } | { readonly timesMs: readonly number[] };

/**
 * The times that a spec names after an instant, without jitter: the server's own reading of it, done here, so that a form
 * shows what it says before anything is sent.
 */
export function nextTimes(spec: ScheduleSpec, afterMs: number, count: number): NextTimes {
  const read = canonicalSpec(toMessage(spec));
  if ('problem' in read) return read;
  const compiled = compileSpec({ ...read, jitter: undefined }, '');
  const timesMs: number[] = [];
  for (let time = compiled.next(afterMs); time !== undefined && timesMs.length < count;) {
    timesMs.push(time.nominalMs);
    time = compiled.next(time.nominalMs);
  }
  return { timesMs };
}
