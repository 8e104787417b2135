import { unreachable } from '../kernel/assert.ts';
import { SECOND_MS } from '../kernel/time.ts';
import { calendarTick } from './calendar.ts';
import { parseCron, type CronExpression } from './cron-expression.ts';
import { intervalTick } from './interval.ts';

/** What is wrong with a cron schedule; undefined where nothing is, or there is none. Temporal: common/backoff/cron.go. */
export function cronProblem(schedule: string, nowMs: number): string | undefined {
  if (schedule === '') return undefined;
  const expression = parseCron(schedule);
  if (expression === undefined) return 'invalid CronSchedule.';
  return nextTick(expression, nowMs, nowMs) === undefined
    ? 'invalid CronSchedule, no time can be found to satisfy the schedule'
    : undefined;
}

/**
 * How long the next run of a cron schedule has to wait, in milliseconds, rounded up to whole seconds; undefined where
 * no run follows. `executionAtMs` is when the run before was due: ticks that have passed since then are skipped, and a
 * run that ended before it was due leaves its tick to the next. Temporal: common/backoff/cron.go.
 */
export function cronBackoffMs(schedule: string, executionAtMs: number, nowMs: number): number | undefined {
  const expression = schedule === '' ? undefined : parseCron(schedule);
  if (expression === undefined) return undefined;
  const nextMs = nowMs < executionAtMs ? executionAtMs : nextTick(expression, executionAtMs, nowMs);
  return nextMs === undefined ? undefined : Math.ceil((nextMs - nowMs) / SECOND_MS) * SECOND_MS;
}

/** The first tick that is in a later second than one instant and not before another. Ticks are on the second. */
function nextTick(expression: CronExpression, afterMs: number, notBeforeMs: number): number | undefined {
  const lastMs = Math.floor(afterMs / SECOND_MS) * SECOND_MS;
  const fromMs = Math.max(lastMs + SECOND_MS, Math.ceil(notBeforeMs / SECOND_MS) * SECOND_MS);
  switch (expression.kind) {
    case 'every':
      return intervalTick({ everyMs: expression.everyMs, phaseMs: lastMs }, fromMs);
    case 'calendar':
      return calendarTick(expression.calendar, expression.zone, fromMs);
    default:
      return unreachable(expression);
  }
}
