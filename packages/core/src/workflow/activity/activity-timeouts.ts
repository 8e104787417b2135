import { EventType, RetryState, TimeoutType } from '@perdure/proto/enums';
import type { Failure } from '@perdure/proto/types';
import { enumName } from '../../kernel/enum-name.ts';
import { isRunPaused } from '../pause/run-pause.ts';
import type { Transition } from '../transition.ts';
import { closeActivity } from './activity-close.ts';
import { offerIfDue } from './activity-dispatch.ts';
import { timeoutFailure } from '../../kernel/failure.ts';
import { backOff, decideRetry } from './activity-retry.ts';
import { arm, backsOff, nextTimeout } from './activity-state.ts';
import type { Activity } from './activity.ts';
import { isPaused } from './intervention-state.ts';

/** Temporal: common/util.go. */
const OUT_OF_TIME =
  'Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying';

/** Does what is due of an activity: a timeout, or the offer of the attempt whose back-off is over. */
export function activityDue(transition: Transition, scheduledEventId: number): void {
  const { run, env } = transition;
  const activity = run.activities.get(scheduledEventId);
  if (activity === undefined || isPaused(activity)) return;
  const timeout = nextTimeout(run, activity);
  if (timeout !== undefined && timeout.atMs <= env.nowMs) timeOut(transition, activity, timeout.type);
  else if (backsOff(activity) && !isRunPaused(run) && activity.scheduledAtMs <= env.nowMs) {
    offerIfDue(transition, activity);
  } else arm(run, scheduledEventId);
}

/** The next attempt, or the end. Temporal: timer_queue_active_task_executor.go. */
function timeOut(transition: Transition, activity: Activity, type: TimeoutType): void {
  const failure = timeoutFailure(`activity ${enumName(TimeoutType, type)} timeout`, type);
  const decision = decideRetry(activity, failure, transition.env.nowMs);
  if ('retryAtMs' in decision) {
    backOff(transition, activity, { failure, atMs: decision.retryAtMs, heartbeatDetails: undefined });
    return;
  }
  const { retryState } = decision;
  // An attempt that no other has time to follow counts as the end of the whole, whatever it ended of.
  const outOfTime = retryState === RetryState.Timeout && type !== TimeoutType.ScheduleToStart;
  const final = outOfTime ? timeoutFailure(OUT_OF_TIME, TimeoutType.ScheduleToClose) : failure;
  closeActivity(transition, activity, activity.started, (startedEventId) => ({
    eventType: EventType.ActivityTaskTimedOut,
    activityTaskTimedOutEventAttributes: {
      failure: withHistory(final, activity),
      scheduledEventId: activity.scheduledEventId,
      startedEventId,
      retryState,
    },
  }));
}

/** The timeout with what went before it: the last heartbeat, and the failure of the attempt before. */
function withHistory(failure: Failure, activity: Activity): Failure {
  return {
    ...failure,
    timeoutFailureInfo: { ...failure.timeoutFailureInfo, lastHeartbeatDetails: activity.heartbeatDetails },
    cause: activity.lastFailure,
  };
}
