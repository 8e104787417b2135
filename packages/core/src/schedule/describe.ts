import type {
  ScheduleActionResult,
  ScheduleInfo,
  ScheduleListInfo,
  ScheduleSpec,
  Timestamp,
} from '@perdure/proto/types';
import { toTimestamp } from '../kernel/time.ts';
import { specOf, timesAfterMs, type RecentAction, type Schedule } from './schedule.ts';

/** How many times to come describe shows, and a list. Temporal: worker/scheduler/workflow.go, CurrentTweakablePolicies. */
const FUTURE_TIMES = { describe: 10, list: 5 } as const;

const LISTED_ACTIONS_MAX = 5;

/** How many calendars, exclusions and intervals a list shows of a spec. */
const LISTED_SPECS_MAX = 10;

/** How many times ListScheduleMatchingTimes gives at most. */
const MATCHING_TIMES_MAX = 1_000;

/** What describe tells beside the definition. */
export function scheduleInfo(schedule: Schedule, nowMs: number): ScheduleInfo {
  return {
    actionCount: schedule.actionCount,
    missedCatchupWindow: schedule.missedCatchupWindow,
    overlapSkipped: schedule.overlapSkipped,
    bufferDropped: schedule.bufferDropped,
    bufferSize: schedule.buffer.length,
    runningWorkflows: [...schedule.running.values()]
      .filter(({ overlapping }) => !overlapping)
      .map(({ workflowId, firstRunId }) => ({ workflowId, runId: firstRunId })),
    recentActions: schedule.recent.map(actionResult),
    futureActionTimes: futureTimes(schedule, nowMs, FUTURE_TIMES.describe),
    createTime: toTimestamp(schedule.createdAtMs),
    updateTime: schedule.updatedAtMs === 0 ? undefined : toTimestamp(schedule.updatedAtMs),
  };
}

/** What a list tells. */
export function listInfo(schedule: Schedule, nowMs: number): ScheduleListInfo {
  const { spec = {}, action, state } = schedule.definition;
  return {
    spec: listedSpec(spec),
    workflowType: action?.startWorkflow?.workflowType,
    notes: state?.notes,
    paused: state?.paused,
    recentActions: schedule.recent.slice(-LISTED_ACTIONS_MAX).map(actionResult),
    futureActionTimes: futureTimes(schedule, nowMs, FUTURE_TIMES.list),
  };
}

function listedSpec(spec: ScheduleSpec): ScheduleSpec {
  return {
    ...spec,
    timezoneData: undefined,
    structuredCalendar: spec.structuredCalendar?.slice(0, LISTED_SPECS_MAX),
    excludeStructuredCalendar: spec.excludeStructuredCalendar?.slice(0, LISTED_SPECS_MAX),
    interval: spec.interval?.slice(0, LISTED_SPECS_MAX),
  };
}

function actionResult(action: RecentAction): ScheduleActionResult {
  return {
    scheduleTime: toTimestamp(action.dueMs),
    actualTime: toTimestamp(action.startedAtMs),
    startWorkflowResult: { workflowId: action.workflowId, runId: action.runId },
    startWorkflowStatus: action.status,
  };
}

/** The next times at which there will be an action, at most as many as there are actions left. */
function futureTimes(schedule: Schedule, nowMs: number, countMax: number): Timestamp[] {
  const { limitedActions, remainingActions = 0, paused } = schedule.definition.state ?? {};
  const count = limitedActions === true ? Math.min(remainingActions, countMax) : countMax;
  // Nothing is made up for what passes during a pause.
  const fromMs = Math.max(timesAfterMs(schedule), paused === true ? nowMs : 0);
  const times: Timestamp[] = [];
  let time = specOf(schedule).next(fromMs);
  while (time !== undefined && times.length < count) {
    if (time.dueMs >= schedule.updatedAtMs) times.push(toTimestamp(time.dueMs));
    time = specOf(schedule).next(time.dueMs);
  }
  return times;
}

/** The times of the spec after one instant and through another. */
export function matchingTimes(schedule: Schedule, afterMs: number, throughMs: number): Timestamp[] {
  const times: Timestamp[] = [];
  let time = specOf(schedule).next(afterMs);
  while (time !== undefined && time.dueMs <= throughMs && times.length < MATCHING_TIMES_MAX) {
    times.push(toTimestamp(time.dueMs));
    time = specOf(schedule).next(time.dueMs);
  }
  return times;
}
