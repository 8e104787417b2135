import { PendingActivityState } from '@perdure/proto/enums';
import type { ActivityOptions, PendingActivityInfo } from '@perdure/proto/types';
import { toDuration, toTimestamp, toTimestampIfSet } from '../../kernel/time.ts';
import type { Run } from '../run.ts';
import { expiresAtMs } from './activity-retry.ts';
import type { Activity } from './activity.ts';
import { isPaused, isWaiting, optionsInForce } from './intervention-state.ts';
import type { ActivityOptionsInForce } from './intervention.ts';

/** The pending activities as DescribeWorkflowExecution shows them, of a closed run those that it has left. */
export function describePendingActivities(run: Run, nowMs: number): PendingActivityInfo[] {
  const activities = run.closing?.left?.activities ?? run.activities.values();
  return Array.from(activities, (activity) => describe(activity, nowMs));
}

/** Temporal: service/history/workflow/activity.go. */
function describe(activity: Activity, nowMs: number): PendingActivityInfo {
  const { scheduled, started, lastHeartbeatAtMs } = activity;
  const options = optionsInForce(activity);
  return {
    activityId: scheduled.activityId,
    activityType: scheduled.activityType,
    state: stateOf(activity),
    heartbeatDetails: activity.heartbeatDetails,
    lastHeartbeatTime: toTimestampIfSet(lastHeartbeatAtMs),
    lastStartedTime: toTimestampIfSet(started?.atMs),
    attempt: activity.attempt,
    maximumAttempts: options.retryPolicy?.maximumAttempts,
    scheduledTime: toTimestamp(activity.scheduledAtMs),
    expirationTime: toTimestampIfSet(expiresAtMs(activity)),
    lastFailure: activity.lastFailure,
    lastWorkerIdentity: activity.lastWorkerIdentity,
    lastAttemptCompleteTime: toTimestampIfSet(activity.lastAttemptCompletedAtMs),
    ...nextAttempt(activity, nowMs),
    ...pauseOf(activity),
    priority: options.priority,
    activityOptions: shownOptions(options),
  };
}

function stateOf(activity: Activity): PendingActivityState {
  if (activity.cancelRequestedEventId > 0) return PendingActivityState.CancelRequested;
  const paused = isPaused(activity);
  if (activity.started === undefined) return paused ? PendingActivityState.Paused : PendingActivityState.Scheduled;
  return paused ? PendingActivityState.PauseRequested : PendingActivityState.Started;
}

/** When the back-off that lasts will be over, and how long it is. What is held does not wait for the end of one. */
function nextAttempt(
  activity: Activity,
  nowMs: number,
): Pick<PendingActivityInfo, 'nextAttemptScheduleTime' | 'currentRetryInterval'> {
  if (!isWaiting(activity) || isPaused(activity) || nowMs >= activity.scheduledAtMs) return {};
  const sinceMs = activity.lastAttemptCompletedAtMs ?? activity.firstScheduledAtMs;
  return {
    nextAttemptScheduleTime: toTimestamp(activity.scheduledAtMs),
    currentRetryInterval: toDuration(activity.scheduledAtMs - sinceMs),
  };
}

function pauseOf({ intervention }: Activity): Pick<PendingActivityInfo, 'paused' | 'pauseInfo'> {
  const pause = intervention?.pause;
  if (pause === undefined) return {};
  const { identity, reason } = pause;
  return { paused: true, pauseInfo: { pauseTime: toTimestamp(pause.atMs), manual: { identity, reason } } };
}

/** The options as replies show them. */
export function shownOptions(options: ActivityOptionsInForce): ActivityOptions {
  const name = options.taskQueue?.name;
  const { initialInterval, backoffCoefficient, maximumInterval, maximumAttempts } = options.retryPolicy ?? {};
  return {
    taskQueue: { name, normalName: name },
    scheduleToCloseTimeout: options.scheduleToCloseTimeout,
    scheduleToStartTimeout: options.scheduleToStartTimeout,
    startToCloseTimeout: options.startToCloseTimeout,
    heartbeatTimeout: options.heartbeatTimeout,
    retryPolicy: { initialInterval, backoffCoefficient, maximumInterval, maximumAttempts },
    priority: options.priority,
  };
}
