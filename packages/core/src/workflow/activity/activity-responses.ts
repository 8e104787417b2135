import { EventType, type RetryState } from '@perdure/proto/enums';
import type { Duration, Failure, Payloads } from '@perdure/proto/types';
import { payloadsSize } from '../../kernel/payload-size.ts';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import { findOpenRun } from '../find-run.ts';
import type {
  ActivityRef,
  CancelActivityInput,
  CompleteActivityInput,
  Done,
  FailActivityInput,
  FailActivityReply,
  HeartbeatInput,
  HeartbeatReply,
} from '../input.ts';
import type { Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import type { NewEvent, Step, Transition } from '../transition.ts';
import { closeActivity } from './activity-close.ts';
import { activityGone } from './activity-dispatch.ts';
import { TooLarge, recordableFailure, serverFailure } from '../../kernel/failure.ts';
import { backOff, decideRetry } from './activity-retry.ts';
import type { Activity } from './activity.ts';
import { isPaused } from './intervention-state.ts';

/** RespondActivityTaskCompleted. A result that is too large fails the activity instead. */
export function completeActivity(step: Step, workflow: Workflow, input: CompleteActivityInput): Done | Rejection {
  const { result, identity } = input;
  const tooLarge = isTooLarge(step, result);
  const target = findActivity(workflow, input, { mayBeUnstarted: input.activity.by === 'id' && !tooLarge });
  if ('kind' in target) return target;
  const { run, activity } = target;
  const transition = step.on(run);
  if (tooLarge) failAttempt(transition, activity, { failure: serverFailure(TooLarge.Result, true), identity });
  else {
    // Whoever completes an activity that nobody has started is taken for its worker.
    const started = activity.started ?? { atMs: step.env.nowMs, identity, requestId: '', workerVersion: undefined };
    closeActivity(transition, activity, started, (startedEventId) => ({
      eventType: EventType.ActivityTaskCompleted,
      activityTaskCompletedEventAttributes: {
        result,
        scheduledEventId: activity.scheduledEventId,
        startedEventId,
        identity,
      },
    }));
  }
  return { runId: run.runId };
}

/** RespondActivityTaskFailed: the next attempt, or the end. */
export function failActivity(step: Step, workflow: Workflow, input: FailActivityInput): FailActivityReply | Rejection {
  const { failure, identity } = input;
  if (input.activity.by === 'token' && failure !== undefined && failure.applicationFailureInfo === undefined) {
    return reject.invalidArgument('Failure must have ApplicationFailureInfo.');
  }
  const problem = retryDelayProblem(failure);
  if (problem !== undefined) return reject.invalidArgument(`NextRetryDelay is not a valid duration: ${problem}`);
  const target = findActivity(workflow, input, { mayBeUnstarted: false });
  if ('kind' in target) return target;
  const recorded = recordableFailure(failure, step.env.limits);
  const dropsDetails = isTooLarge(step, input.lastHeartbeatDetails);
  const heartbeatDetails = dropsDetails ? undefined : input.lastHeartbeatDetails;
  failAttempt(step.on(target.run), target.activity, { failure: recorded, identity, heartbeatDetails });
  const failures = recorded === undefined || recorded === failure ? [] : [recorded];
  if (dropsDetails) failures.push(serverFailure(TooLarge.HeartbeatDetails, true));
  return { runId: target.run.runId, failures };
}

/** RespondActivityTaskCanceled, which only an activity that was asked to stop may send. */
export function cancelActivity(step: Step, workflow: Workflow, input: CancelActivityInput): Done | Rejection {
  const { details, identity } = input;
  const target = findActivity(workflow, input, { mayBeUnstarted: false });
  if ('kind' in target) return target;
  const { run, activity } = target;
  if (isTooLarge(step, details)) {
    failAttempt(step.on(run), activity, { failure: serverFailure(TooLarge.CancelDetails, true), identity });
    return { runId: run.runId };
  }
  if (activity.cancelRequestedEventId === 0) {
    return reject.invalidArgument('unable to mark activity as canceled without activity being request canceled first');
  }
  closeActivity(step.on(run), activity, activity.started, (startedEventId) => ({
    eventType: EventType.ActivityTaskCanceled,
    activityTaskCanceledEventAttributes: {
      details,
      latestCancelRequestedEventId: activity.cancelRequestedEventId,
      scheduledEventId: activity.scheduledEventId,
      startedEventId,
      identity,
    },
  }));
  return { runId: run.runId };
}

/** RecordActivityTaskHeartbeat: the attempt is alive; the reply says whether it shall stop, and why. */
export function heartbeat(step: Step, workflow: Workflow, input: HeartbeatInput): HeartbeatReply | Rejection {
  const target = findActivity(workflow, input, { mayBeUnstarted: false });
  if ('kind' in target) return target;
  const { run, activity } = target;
  const transition = step.on(run);
  const { identity } = input;
  if (isTooLarge(step, input.details)) {
    failAttempt(transition, activity, { failure: serverFailure(TooLarge.HeartbeatDetails, true), identity });
    return { runId: run.runId, cancelRequested: true, paused: false, reset: false };
  }
  const { scheduledEventId: id, intervention } = activity;
  const isNamed = identity === '' || activity.lastWorkerIdentity !== '';
  const beat = { id, atMs: step.env.nowMs, details: input.details, ...(!isNamed && { identity }) };
  transition.note({ kind: 'activityHeartbeat', ...beat });
  return {
    runId: run.runId,
    cancelRequested: activity.cancelRequestedEventId > 0,
    paused: isPaused(activity),
    reset: intervention?.pendingReset !== undefined,
  };
}

interface AttemptFailure {
  readonly failure: Failure | undefined;
  readonly identity: string;
  readonly heartbeatDetails?: Payloads | undefined;
}

/** Ends a started attempt: the activity backs off, or it has failed for good. */
function failAttempt(transition: Transition, activity: Activity, ended: AttemptFailure): void {
  const { failure, heartbeatDetails } = ended;
  const decision = decideRetry(activity, failure, transition.env.nowMs);
  if ('retryAtMs' in decision) {
    backOff(transition, activity, { failure, atMs: decision.retryAtMs, heartbeatDetails });
  } else {
    closeActivity(transition, activity, activity.started, (startedEventId) =>
      failedEvent(activity, ended, { startedEventId, retryState: decision.retryState }),
    );
  }
}

function failedEvent(
  activity: Activity,
  { failure, identity }: AttemptFailure,
  { startedEventId, retryState }: { readonly startedEventId: number; readonly retryState: RetryState },
): NewEvent {
  const { scheduledEventId } = activity;
  return {
    eventType: EventType.ActivityTaskFailed,
    activityTaskFailedEventAttributes: { failure, scheduledEventId, startedEventId, identity, retryState },
  };
}

/**
 * The activity that a worker or a client speaks of. A token fits one attempt only; an id fits any activity that is
 * pending. Temporal: service/history/api/activity_util.go.
 */
function findActivity(
  workflow: Workflow,
  { runId, activity: ref }: { readonly runId: string; readonly activity: ActivityRef },
  { mayBeUnstarted }: { readonly mayBeUnstarted: boolean },
): { readonly run: Run; readonly activity: Activity } | Rejection {
  const run = findOpenRun(workflow, runId);
  if ('kind' in run) return run;
  if (ref.by === 'id' && ref.activityId === '') return reject.invalidArgument('activityID cannot be empty');
  const scheduledEventId = ref.by === 'id' ? run.derived.activityIds.get(ref.activityId) : ref.scheduledEventId;
  if (ref.by === 'id' && scheduledEventId === undefined) {
    return reject.notFound(
      `cannot find pending activity with ActivityID ${ref.activityId}, check workflow execution history for more details`,
    );
  }
  const activity = run.activities.get(scheduledEventId ?? 0);
  if (activity === undefined || (activity.started === undefined && !mayBeUnstarted)) return activityGone();
  const stale = ref.by === 'token' && (ref.attempt !== activity.attempt || ref.stamp !== activity.stamp);
  return stale ? activityGone() : { run, activity };
}

function isTooLarge(step: Step, payloads: Payloads | undefined): boolean {
  return payloadsSize(payloads) > step.env.limits.blobSizeBytesMax;
}

/** What is wrong with a delay that the failure, or one of its causes, asks for. */
function retryDelayProblem(failure: Failure | undefined): string | undefined {
  for (let level = failure; level !== undefined; level = level.cause) {
    const delay = level.applicationFailureInfo?.nextRetryDelay;
    const problem = delay === undefined ? undefined : rangeProblem(delay);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Seconds in 10,000 years and nanoseconds in a second: what a protobuf duration may hold. */
const SECONDS_MAX = 315_576_000_000;
const NANOS_MAX = 999_999_999;

function rangeProblem({ seconds = 0, nanos = 0 }: Duration): string | undefined {
  const text = `duration (seconds:${seconds} nanos:${nanos})`;
  if (seconds < -SECONDS_MAX) return `proto: ${text} exceeds -10000 years`;
  if (seconds > SECONDS_MAX) return `proto: ${text} exceeds +10000 years`;
  if (Math.abs(nanos) > NANOS_MAX) return `proto: ${text} has out-of-range nanos`;
  if (seconds * nanos < 0) return `proto: ${text} has seconds and nanos with different signs`;
  return undefined;
}
