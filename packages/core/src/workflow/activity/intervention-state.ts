import { unreachable } from '../../kernel/assert.ts';
import { withList } from '../../visibility/index.ts';
import { pauseEntries } from '../pause/run-pause.ts';
import type { Run } from '../run.ts';
import type { Activity } from './activity.ts';
import type { ActivityOptionsInForce, Intervention, InterventionChange } from './intervention.ts';

const NONE: Intervention = { pause: undefined, pendingReset: undefined, options: undefined };

/** The options by which the activity is dispatched, timed and tried again. */
export function optionsInForce(activity: Activity): ActivityOptionsInForce {
  return activity.intervention?.options ?? activity.scheduled;
}

export function isPaused(activity: Activity): boolean {
  return activity.intervention?.pause !== undefined;
}

/** Whether no attempt is at work, so that an intervention has its effect at once. */
export function isWaiting(activity: Activity): boolean {
  return activity.started === undefined && activity.cancelRequestedEventId === 0;
}

/** What users do to a pending activity. Temporal: service/history/workflow/activity.go. */
export function applyIntervention(run: Run, activity: Activity, change: InterventionChange): void {
  switch (change.kind) {
    case 'activityPaused':
      intervene(activity, { pause: change.pause });
      if (isWaiting(activity)) withdraw(activity);
      indexPauses(run);
      break;
    case 'activityUnpaused':
      intervene(activity, { pause: undefined });
      if (change.resetsAttempts) activity.attempt = 1;
      if (change.dropsHeartbeat) dropHeartbeat(activity);
      indexPauses(run);
      break;
    case 'activityReset':
      activity.attempt = 1;
      intervene(activity, {
        pendingReset: {
          dropsHeartbeat: change.dropsHeartbeat || activity.intervention?.pendingReset?.dropsHeartbeat === true,
        },
        ...(change.restoresOptions && { options: restoredOptions(activity) }),
        ...(change.unpauses && { pause: undefined }),
      });
      if (change.unpauses) indexPauses(run);
      break;
    case 'activityOptionsSet':
      intervene(activity, { options: change.options });
      break;
    case 'activityPutOff':
      withdraw(activity);
      activity.scheduledAtMs = change.atMs;
      activity.lastFailure = undefined;
      endPendingReset(activity);
      break;
    default:
      unreachable(change);
  }
}

/** The next attempt is about to begin anew: what a reset asked for is done. */
export function endPendingReset(activity: Activity): void {
  const pendingReset = activity.intervention?.pendingReset;
  if (pendingReset === undefined) return;
  if (pendingReset.dropsHeartbeat) dropHeartbeat(activity);
  intervene(activity, { pendingReset: undefined });
}

/**
 * Sets the search attribute that tells whether the run is held, and which types of activities. Temporal:
 * buildTemporalPauseInfoEntries.
 */
export function indexPauses(run: Run): void {
  const types = new Set<string>();
  for (const activity of run.activities.values()) {
    if (isPaused(activity)) types.add(activity.scheduled.activityType?.name ?? '');
  }
  const entries = [...pauseEntries(run), ...Array.from(types, (type) => `property:activityType=${type}`)];
  run.lifecycle.searchAttributes = withList(run.lifecycle.searchAttributes, 'TemporalPauseInfo', entries);
}

function intervene(activity: Activity, part: Partial<Intervention>): void {
  const { pause, pendingReset, options } = { ...NONE, ...activity.intervention, ...part };
  const isNone = pause === undefined && pendingReset === undefined && options === undefined;
  activity.intervention = isNone ? undefined : { pause, pendingReset, options };
}

/** What was offered of the attempt can no longer be taken. */
export function withdraw(activity: Activity): void {
  activity.stamp += 1;
  activity.offered = false;
}

function dropHeartbeat(activity: Activity): void {
  activity.heartbeatDetails = undefined;
  activity.lastHeartbeatAtMs = undefined;
}

/** A reset restores all but the priority. */
function restoredOptions({ scheduled, intervention }: Activity): ActivityOptionsInForce | undefined {
  const priority = intervention?.options?.priority;
  if (intervention?.options === undefined || priority === scheduled.priority) return undefined;
  const { taskQueue, retryPolicy } = scheduled;
  const { scheduleToCloseTimeout, scheduleToStartTimeout, startToCloseTimeout, heartbeatTimeout } = scheduled;
  const timeouts = { scheduleToCloseTimeout, scheduleToStartTimeout, startToCloseTimeout, heartbeatTimeout };
  return { taskQueue, retryPolicy, ...timeouts, priority };
}
