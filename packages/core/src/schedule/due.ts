import { ScheduleOverlapPolicy } from '@perdure/proto/enums';
import { DAY_MS, durationMs, earliest, SECOND_MS } from '../kernel/time.ts';
import type { BufferedAction, Schedule } from './schedule.ts';
import { isOpenSchedule, specOf, timesAfterMs } from './schedule.ts';
import type { ScheduleTransition } from './transition.ts';

/** Limits of a schedule. Temporal: worker/scheduler/workflow.go, CurrentTweakablePolicies. */
const BUFFER_MAX = 1_000;
const BACKFILLS_PER_ROUND = 10;
const BACKFILL_PAUSE_MS = SECOND_MS;
const CATCHUP_WINDOW_DEFAULT_MS = 365 * DAY_MS;
const CATCHUP_WINDOW_MIN_MS = 10 * SECOND_MS;
/** How long a schedule that has nothing left to do is kept. */
const RETENTION_MS = 7 * DAY_MS;

/** How many times of the spec one step deals with: after a long pause the rest follows in steps of its own. */
const TIMES_PER_STEP = 1_000;

/** How late an action may still be started, in milliseconds. */
export function catchupWindowMs({ definition }: Pick<Schedule, 'definition'>): number {
  const asked = durationMs(definition.policies?.catchupWindow);
  return asked === undefined ? CATCHUP_WINDOW_DEFAULT_MS : Math.max(asked, CATCHUP_WINDOW_MIN_MS);
}

/** Whether an action may be taken because its time has come. */
export function mayAct({ definition: { state } }: Pick<Schedule, 'definition'>): boolean {
  if (state?.paused === true) return false;
  return state?.limitedActions !== true || (state.remainingActions ?? 0) > 0;
}

/** When the next time of the spec is due; undefined where there is none. */
function nextDueMs(schedule: Schedule): number | undefined {
  const { derived } = schedule;
  if (derived.nextDueMs === null) derived.nextDueMs = specOf(schedule).next(timesAfterMs(schedule))?.dueMs;
  return derived.nextDueMs;
}

/** When something of the schedule is due; undefined where it waits for others only. */
export function scheduleWakeAtMs(schedule: Schedule): number | undefined {
  if (!isOpenSchedule(schedule)) return undefined;
  const timeMs = mayAct(schedule) ? nextDueMs(schedule) : undefined;
  const backfillMs = hasBackfillsToDo(schedule) ? schedule.backfillAtMs : undefined;
  return earliest(earliest(timeMs, backfillMs), expiresAtMs(schedule));
}

/** Half of the buffer is for the times of the spec. */
function hasBackfillsToDo({ backfills, buffer }: Schedule): boolean {
  return backfills.length > 0 && buffer.length < BUFFER_MAX / 2;
}

/** When a schedule that has nothing left to do ends; undefined where it has. */
export function expiresAtMs(schedule: Schedule): number | undefined {
  const { definition, backfills, buffer, recent, createdAtMs, updatedAtMs } = schedule;
  const isIdle = buffer.length === 0 && backfills.length === 0 && schedule.running.size + schedule.starting.size === 0;
  if (!isIdle || definition.state?.paused === true) return undefined;
  if (mayAct(schedule) && nextDueMs(schedule) !== undefined) return undefined;
  return Math.max(createdAtMs, updatedAtMs, recent.at(-1)?.startedAtMs ?? 0) + RETENTION_MS;
}

/** Buffers the actions whose time has come since the last step. Temporal: worker/scheduler/workflow.go, processTimeRange. */
export function processTimes(transition: ScheduleTransition): void {
  const { run: schedule, env } = transition;
  const { nowMs } = env;
  if (!mayAct(schedule)) {
    // What passes meanwhile is no action, and not missed either.
    const due = nextDueMs(schedule);
    if (due !== undefined && due <= nowMs) transition.note({ kind: 'timesProcessed', throughMs: nowMs, missed: 0 });
    return;
  }
  const windowMs = catchupWindowMs(schedule);
  const actions: BufferedAction[] = [];
  let missed = 0;
  let throughMs = schedule.processedThroughMs;
  let time = specOf(schedule).next(timesAfterMs(schedule));
  for (let count = 0; time !== undefined && time.dueMs <= nowMs && count < TIMES_PER_STEP; count++) {
    throughMs = time.dueMs;
    // An update speaks of the times after it.
    if (time.dueMs >= schedule.updatedAtMs) {
      if (nowMs - time.dueMs > windowMs) missed += 1;
      else actions.push({ ...time, overlapPolicy: ScheduleOverlapPolicy.Unspecified, manual: false });
    }
    time = specOf(schedule).next(throughMs);
  }
  if (throughMs === schedule.processedThroughMs) return;
  transition.note({ kind: 'timesProcessed', throughMs, missed });
  buffer(transition, actions);
}

/** Puts actions into the buffer, as far as there is room. */
export function buffer(transition: ScheduleTransition, actions: readonly BufferedAction[]): void {
  if (actions.length === 0) return;
  const room = Math.max(BUFFER_MAX - transition.run.buffer.length, 0);
  const taken = actions.slice(0, room);
  transition.note({ kind: 'actionsBuffered', actions: taken, dropped: actions.length - taken.length });
}

/** Goes on with the backfills, a few actions at a time. */
export function processBackfills(transition: ScheduleTransition): void {
  const { run: schedule, env } = transition;
  if (!hasBackfillsToDo(schedule) || schedule.backfillAtMs > env.nowMs) return;
  const actions: BufferedAction[] = [];
  const [...left] = schedule.backfills;
  for (let backfill = left[0]; backfill !== undefined && actions.length < BACKFILLS_PER_ROUND; backfill = left[0]) {
    const { afterMs, endMs, overlapPolicy } = backfill;
    const time = specOf(schedule).next(afterMs);
    if (time === undefined || time.dueMs > endMs) left.shift();
    else {
      actions.push({ ...time, overlapPolicy, manual: true });
      left[0] = { ...backfill, afterMs: time.dueMs };
    }
  }
  transition.note({ kind: 'backfillsChanged', backfills: left, atMs: env.nowMs + BACKFILL_PAUSE_MS });
  buffer(transition, actions);
}

/** How many backfills may wait. */
export const BACKFILLS_MAX = BUFFER_MAX;
