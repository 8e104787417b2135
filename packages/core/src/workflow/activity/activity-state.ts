import { TimeoutType } from '@perdure/proto/enums';
import type { Duration, HistoryEvent } from '@perdure/proto/types';
import { present } from '../../kernel/assert.ts';
import { ownMap } from '../../kernel/nothing.ts';
import { failureSize, payloadsSize } from '../../kernel/payload-size.ts';
import { durationMsOrZero, earliest, timestampMs } from '../../kernel/time.ts';
import { isRunPaused } from '../pause/run-pause.ts';
import { isOpen, type Run } from '../run.ts';
import type { Activity, ActivityChange } from './activity.ts';
import { applyIntervention, endPendingReset, indexPauses, isPaused, optionsInForce } from './intervention-state.ts';

/**
 * A command has scheduled the activity, which is offered in the same transition unless the run is held: it is pending
 * from now on.
 */
export function applyActivityScheduled(run: Run, event: HistoryEvent): void {
  const scheduled = present(event.activityTaskScheduledEventAttributes, 'a scheduled event has its attributes');
  const scheduledEventId = present(event.eventId, 'an activity is scheduled by a command');
  const atMs = timestampMs(event.eventTime) ?? 0;
  run.activities = ownMap(run.activities);
  run.activities.set(scheduledEventId, {
    scheduledEventId,
    scheduled,
    firstScheduledAtMs: atMs,
    scheduledAtMs: atMs,
    attempt: 1,
    stamp: 1,
    started: undefined,
    cancelRequestedEventId: 0,
    heartbeatDetails: undefined,
    lastHeartbeatAtMs: undefined,
    lastFailure: undefined,
    lastWorkerIdentity: '',
    lastAttemptCompletedAtMs: undefined,
    offered: !isRunPaused(run),
    intervention: undefined,
  });
  indexId(run, scheduled.activityId, scheduledEventId);
  arm(run, scheduledEventId);
}

function indexId({ derived }: Run, activityId: string | undefined, scheduledEventId: number): void {
  derived.activityIds = ownMap(derived.activityIds);
  derived.activityIds.set(activityId ?? '', scheduledEventId);
}

/** The activity may be gone: its end, not yet seen by the workflow, waits in the buffer. */
export function applyActivityCancelRequested(run: Run, event: HistoryEvent): void {
  const requested = present(event.activityTaskCancelRequestedEventAttributes, 'a cancel request has its attributes');
  const activity = run.activities.get(requested.scheduledEventId ?? 0);
  if (activity !== undefined) activity.cancelRequestedEventId = event.eventId ?? 0;
}

/** Completed, failed, timed out or cancelled: the activity is gone. */
export function applyActivityClosed(run: Run, event: HistoryEvent): void {
  const closed = closedAttributes(event);
  const scheduledEventId = present(closed?.scheduledEventId, 'a closing event names its activity');
  const activity = present(run.activities.get(scheduledEventId), 'an activity is pending until it closes');
  run.derived.activityBytes -= reportedBytes(activity);
  run.activities.delete(scheduledEventId);
  if (isPaused(activity)) indexPauses(run);
  const { activityId = '' } = activity.scheduled;
  // Another one of the same id may have begun before the history tells of this one's end.
  if (run.derived.activityIds.get(activityId) === scheduledEventId) run.derived.activityIds.delete(activityId);
}

/** The attributes of an event that closes an activity; undefined for any other. */
export function closedAttributes(event: HistoryEvent): { readonly scheduledEventId?: number | undefined } | undefined {
  return (
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes
  );
}

/** What happens to a pending activity between its schedule and its end. */
export function applyActivityChange(run: Run, change: ActivityChange): void {
  const activity = present(run.activities.get(change.id), 'an activity is pending while it changes');
  const reportedBefore = reportedBytes(activity);
  switch (change.kind) {
    case 'activityStarted':
      activity.started = change.start;
      activity.lastWorkerIdentity = change.start.identity;
      break;
    case 'activityReturned':
      activity.started = undefined;
      activity.stamp += 1;
      activity.offered = !isHeld(run, activity);
      break;
    case 'activityHeartbeat':
      activity.heartbeatDetails = change.details;
      activity.lastHeartbeatAtMs = change.atMs;
      if (change.identity !== undefined) activity.lastWorkerIdentity = change.identity;
      break;
    case 'activityRetry':
      activity.started = undefined;
      activity.attempt += 1;
      activity.stamp += 1;
      activity.offered = false;
      activity.scheduledAtMs = change.nextAtMs;
      activity.lastFailure = change.failure;
      activity.lastAttemptCompletedAtMs = change.completedAtMs;
      if (change.heartbeatDetails !== undefined) {
        activity.heartbeatDetails = change.heartbeatDetails;
        activity.lastHeartbeatAtMs = change.completedAtMs;
      }
      if (!isPaused(activity)) endPendingReset(activity);
      break;
    case 'activityRescheduled':
      activity.firstScheduledAtMs = change.atMs;
      activity.scheduledAtMs = change.atMs;
      break;
    case 'activityOffered':
      activity.offered = true;
      break;
    default:
      applyIntervention(run, activity, change);
  }
  run.derived.activityBytes += reportedBytes(activity) - reportedBefore;
  arm(run, change.id);
}

/** Bytes of what the activity's worker has reported and is kept. */
function reportedBytes({ heartbeatDetails, lastFailure }: Activity): number {
  return payloadsSize(heartbeatDetails) + failureSize(lastFailure);
}

/** Makes sure that the activity comes up when something of it is due. */
export function arm(run: Run, scheduledEventId: number): void {
  run.derived.deadlines.arm(scheduledEventId, activityDeadline(run, scheduledEventId));
}

/** When something of the activity is due: a timeout, or the end of its back-off. Undefined: never, or held. */
export function activityDeadline(run: Run, scheduledEventId: number): number | undefined {
  const activity = run.activities.get(scheduledEventId);
  if (activity === undefined || !isOpen(run) || isPaused(activity)) return undefined;
  const backOffEndsAtMs = backsOff(activity) && !isRunPaused(run) ? activity.scheduledAtMs : undefined;
  return earliest(nextTimeout(run, activity)?.atMs, backOffEndsAtMs);
}

/** Whether no attempt is to be offered: users hold the activity, or its run. */
export function isHeld(run: Run, activity: Activity): boolean {
  return isPaused(activity) || isRunPaused(run);
}

/** True while the next attempt has neither been started nor offered. */
export function backsOff(activity: Activity): boolean {
  return activity.started === undefined && !activity.offered;
}

/** A timeout of a pending activity, and when it strikes if nothing happens before. */
export interface ActivityTimeout {
  readonly type: TimeoutType;
  readonly atMs: number;
}

/**
 * The timeout that comes first as things stand; of those at the same millisecond the one that counts from earlier, as
 * for Temporal's finer clock, then the one with the lower type. A timeout of 0 is none. That the run is held stops none: an
 * attempt that would wait for a worker times out all the same. Temporal:
 * service/history/workflow/timer_sequence.go.
 */
export function nextTimeout(run: Run, activity: Activity): ActivityTimeout | undefined {
  const { started } = activity;
  const options = optionsInForce(activity);
  let next: ActivityTimeout | undefined;
  if (started === undefined && (activity.offered || isRunPaused(run))) {
    next = sooner(next, TimeoutType.ScheduleToStart, activity.scheduledAtMs, options.scheduleToStartTimeout);
  }
  next = sooner(next, TimeoutType.ScheduleToClose, activity.firstScheduledAtMs, options.scheduleToCloseTimeout);
  if (started !== undefined) {
    next = sooner(next, TimeoutType.StartToClose, started.atMs, options.startToCloseTimeout);
    const aliveAtMs = Math.max(started.atMs, activity.lastHeartbeatAtMs ?? 0);
    next = sooner(next, TimeoutType.Heartbeat, aliveAtMs, options.heartbeatTimeout);
  }
  return next;
}

function sooner(
  next: ActivityTimeout | undefined,
  type: TimeoutType,
  fromMs: number,
  timeout: Duration | undefined,
): ActivityTimeout | undefined {
  const timeoutMs = durationMsOrZero(timeout);
  if (timeoutMs <= 0 || (next !== undefined && next.atMs <= fromMs + timeoutMs)) return next;
  return { type, atMs: fromMs + timeoutMs };
}

/** Rebuilds what is derived from the activities, after a load. */
export function indexActivities(run: Run): void {
  for (const [scheduledEventId, activity] of run.activities) {
    indexId(run, activity.scheduled.activityId, scheduledEventId);
    run.derived.activityBytes += reportedBytes(activity);
    arm(run, scheduledEventId);
  }
}
