import { PendingActivityState } from '@perdure/proto/enums';
import type { ActivityOptions, PendingActivityInfo } from '@perdure/proto/types';
import { toDuration, toTimestamp } from '../../kernel/time.ts';
import type { Run } from '../run.ts';
import { expiresAtMs } from './activity-retry.ts';
import { backsOff } from './activity-state.ts';
import type { Activity } from './activity.ts';

/** The pending activities as DescribeWorkflowExecution shows them. Temporal: service/history/workflow/activity.go. */
export function describePendingActivities(run: Run): PendingActivityInfo[] {
  return Array.from(run.activities.values(), describe);
}

function describe(activity: Activity): PendingActivityInfo {
  const { scheduled, started, lastHeartbeatAtMs } = activity;
  return {
    activityId: scheduled.activityId,
    activityType: scheduled.activityType,
    state: stateOf(activity),
    heartbeatDetails: activity.heartbeatDetails,
    lastHeartbeatTime: timestamp(lastHeartbeatAtMs),
    lastStartedTime: timestamp(started?.atMs),
    attempt: activity.attempt,
    maximumAttempts: scheduled.retryPolicy?.maximumAttempts,
    scheduledTime: toTimestamp(activity.scheduledAtMs),
    expirationTime: timestamp(expiresAtMs(activity)),
    lastFailure: activity.lastFailure,
    lastWorkerIdentity: activity.lastWorkerIdentity,
    lastAttemptCompleteTime: timestamp(activity.lastAttemptCompletedAtMs),
    ...nextAttempt(activity),
    priority: scheduled.priority,
    activityOptions: optionsOf(activity),
  };
}

function stateOf(activity: Activity): PendingActivityState {
  if (activity.cancelRequestedEventId > 0) return PendingActivityState.CancelRequested;
  return activity.started === undefined ? PendingActivityState.Scheduled : PendingActivityState.Started;
}

/** When the back-off that lasts will be over, and how long it is; before the first attempt, how long it would be. */
function nextAttempt(
  activity: Activity,
): Pick<PendingActivityInfo, 'nextAttemptScheduleTime' | 'currentRetryInterval'> {
  if (activity.started !== undefined) return {};
  if (!backsOff(activity)) return { currentRetryInterval: activity.scheduled.retryPolicy?.initialInterval };
  const sinceMs = activity.lastAttemptCompletedAtMs ?? activity.firstScheduledAtMs;
  return {
    nextAttemptScheduleTime: toTimestamp(activity.scheduledAtMs),
    currentRetryInterval: toDuration(activity.scheduledAtMs - sinceMs),
  };
}

function optionsOf({ scheduled }: Activity): ActivityOptions {
  const name = scheduled.taskQueue?.name;
  const { initialInterval, backoffCoefficient, maximumInterval, maximumAttempts } = scheduled.retryPolicy ?? {};
  return {
    taskQueue: { name, normalName: name },
    scheduleToCloseTimeout: scheduled.scheduleToCloseTimeout,
    scheduleToStartTimeout: scheduled.scheduleToStartTimeout,
    startToCloseTimeout: scheduled.startToCloseTimeout,
    heartbeatTimeout: scheduled.heartbeatTimeout,
    retryPolicy: { initialInterval, backoffCoefficient, maximumInterval, maximumAttempts },
    priority: scheduled.priority,
  };
}

function timestamp(atMs: number | undefined) {
  return atMs === undefined ? undefined : toTimestamp(atMs);
}
