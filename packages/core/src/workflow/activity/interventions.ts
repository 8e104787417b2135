import { present } from '../../kernel/assert.ts';
import { backoffMs } from '../../kernel/retry-policy.ts';
import { isRejection, reject, type Rejection } from '../../kernel/rejection.ts';
import { durationMsOrZero } from '../../kernel/time.ts';
import { findOpenRun } from '../find-run.ts';
import type { Done } from '../input.ts';
import type { Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import type { Step, Transition } from '../transition.ts';
import { indexAgain } from '../visibility-record.ts';
import { offerActivity } from './activity-dispatch.ts';
import { updatedOptions, type ActivityOptionsUpdate } from './activity-options.ts';
import type { Activity } from './activity.ts';
import { isPaused, isWaiting, optionsInForce } from './intervention-state.ts';
import type { ActivityOptionsInForce } from './intervention.ts';

/** Which pending activities a user means. */
export type ActivityTarget =
  | { readonly by: 'id'; readonly activityId: string }
  | { readonly by: 'type'; readonly activityType: string }
  | { readonly by: 'all' };

interface Targeted {
  readonly runId: string;
  readonly target: ActivityTarget;
}

/** An activity begins at some time up to `ms` from now; `random`, from 0 to 1, says when, differently for each. */
export interface Jitter {
  readonly ms: number;
  readonly random: number;
}

/** PauseActivity. */
export interface PauseActivityInput extends Targeted {
  readonly kind: 'pauseActivity';
  readonly identity: string;
  readonly reason: string;
  readonly requestId: string;
}

interface Granted extends Targeted {
  /** The same request may come twice; empty: it never does. */
  readonly requestId: string;
}

/** UnpauseActivity. */
export interface UnpauseActivityInput extends Granted {
  readonly kind: 'unpauseActivity';
  readonly resetsAttempts: boolean;
  readonly dropsHeartbeat: boolean;
  readonly jitter: Jitter;
}

/** ResetActivity. */
export interface ResetActivityInput extends Granted {
  readonly kind: 'resetActivity';
  readonly keepsPaused: boolean;
  readonly dropsHeartbeat: boolean;
  readonly restoresOptions: boolean;
  readonly jitter: Jitter;
}

/** UpdateActivityOptions. */
export interface UpdateActivityOptionsInput extends Granted {
  readonly kind: 'updateActivityOptions';
  /** Undefined: back to the options that the workflow gave. */
  readonly update: ActivityOptionsUpdate | undefined;
}

/** The options that the last of the activities has now. */
export interface ActivityOptionsReply extends Done {
  readonly options: ActivityOptionsInForce;
}

/** Holds activities. An attempt at work goes on, and its heartbeats are told. The same request may come twice. */
export function pauseActivity(step: Step, workflow: Workflow, input: PauseActivityInput): Done | Rejection {
  const found = findTargets(workflow, input);
  if (isRejection(found)) return found;
  const { identity, reason, requestId } = input;
  const paused = found.activities.flatMap(({ intervention }) => intervention?.pause ?? []);
  if (paused.some((pause) => pause.requestId !== requestId)) {
    return reject.failedPrecondition('activity is already paused');
  }
  const transition = step.on(found.run);
  const unpaused = found.activities.filter((activity) => !isPaused(activity));
  for (const { scheduledEventId: id } of unpaused) {
    transition.note({ kind: 'activityPaused', id, pause: { atMs: step.env.nowMs, identity, reason, requestId } });
  }
  if (unpaused.length > 0) indexAgain(transition);
  return { runId: found.run.runId };
}

/** Lets activities go on; those that are not held are left alone. */
export function unpauseActivity(step: Step, workflow: Workflow, input: UnpauseActivityInput): Done | Rejection {
  const found = findTargets(workflow, input);
  if (isRejection(found)) return found;
  const transition = granted(step, found.run, input);
  if (transition === undefined) return { runId: found.run.runId };
  const { resetsAttempts, dropsHeartbeat, jitter } = input;
  const paused = found.activities.filter(isPaused);
  for (const [index, activity] of paused.entries()) {
    const { scheduledEventId: id } = activity;
    transition.note({ kind: 'activityUnpaused', id, resetsAttempts, dropsHeartbeat });
    if (isWaiting(activity)) putOff(transition, activity, startAtMs(step, jitter, index));
  }
  if (paused.length > 0) indexAgain(transition);
  return { runId: found.run.runId };
}

/**
 * Lets activities begin with their first attempt again, and go on if they are held, unless they shall be. For an attempt
 * at work it is only marked: a first one hears of it with its heartbeats, and the token of a later one no longer fits.
 */
export function resetActivity(step: Step, workflow: Workflow, input: ResetActivityInput): Done | Rejection {
  const found = findTargets(workflow, input);
  if (isRejection(found)) return found;
  const transition = granted(step, found.run, input);
  if (transition === undefined) return { runId: found.run.runId };
  const { keepsPaused, dropsHeartbeat, restoresOptions, jitter } = input;
  let anyUnpaused = false;
  for (const [index, activity] of found.activities.entries()) {
    const { scheduledEventId: id } = activity;
    const unpauses = isPaused(activity) && !keepsPaused;
    anyUnpaused ||= unpauses;
    transition.note({ kind: 'activityReset', id, unpauses, dropsHeartbeat, restoresOptions });
    if (isWaiting(activity) && !isPaused(activity)) putOff(transition, activity, startAtMs(step, jitter, index));
  }
  if (anyUnpaused) indexAgain(transition);
  return { runId: found.run.runId };
}

/** Changes options of activities: of an attempt at work the timeouts count at once, one that waits is offered anew. */
export function updateActivityOptions(
  step: Step,
  workflow: Workflow,
  input: UpdateActivityOptionsInput,
): ActivityOptionsReply | Rejection {
  const { update } = input;
  const run = findOpenRun(workflow, input.runId);
  if (isRejection(run)) return run;
  if (update !== undefined && update.options === undefined) {
    return reject.invalidArgument('ActivityOptions are not provided');
  }
  const activities = [...targets(run, input.target)];
  if (activities.length === 0) return noSuchActivity();
  const updates: { readonly activity: Activity; readonly options: ActivityOptionsInForce | undefined }[] = [];
  for (const activity of activities) {
    const options = update && updatedOptions(run, activity, update, step.env.limits);
    if (options !== undefined && 'kind' in options) return options;
    updates.push({ activity, options });
  }
  const transition = granted(step, run, input);
  for (const { activity, options } of updates) {
    transition?.note({ kind: 'activityOptionsSet', id: activity.scheduledEventId, options });
    if (transition !== undefined && isWaiting(activity)) putOff(transition, activity, nextAttemptAtMs(activity));
  }
  return { runId: run.runId, options: optionsInForce(present(activities.at(-1), 'there is a target')) };
}

/** Begins what the request asks for; undefined where it has been granted before. */
function granted(step: Step, run: Run, { requestId }: Granted): Transition | undefined {
  if (run.lifecycle.grantedIds?.includes(requestId) === true) return undefined;
  const transition = step.on(run);
  if (requestId !== '') transition.note({ kind: 'requestGranted', requestId });
  return transition;
}

/** The activities that are meant: at least one. */
function findTargets(
  workflow: Workflow,
  { runId, target }: Targeted,
): { readonly run: Run; readonly activities: readonly Activity[] } | Rejection {
  const run = findOpenRun(workflow, runId);
  if (isRejection(run)) return run;
  const activities = [...targets(run, target)];
  return activities.length === 0 ? noSuchActivity() : { run, activities };
}

function* targets(run: Run, target: ActivityTarget): Iterable<Activity> {
  if (target.by === 'id') {
    const activity = run.activities.get(run.derived.activityIds.get(target.activityId) ?? 0);
    if (activity !== undefined) yield activity;
    return;
  }
  for (const activity of run.activities.values()) {
    if (target.by === 'all' || activity.scheduled.activityType?.name === target.activityType) yield activity;
  }
}

/** Temporal: service/history/consts/const.go, ErrActivityNotFound. */
function noSuchActivity(): Rejection {
  return reject.notFound("Can't find pending activity with such ID. Invalid activityID or activity already completed");
}

/**
 * The attempt, which has not been started, is offered at that time; while the activity is held, not at all. That its run is
 * held stops only what has to wait: who asks for the activity now gets it now, as with Temporal.
 */
function putOff(transition: Transition, activity: Activity, atMs: number): void {
  const { scheduledEventId: id } = activity;
  transition.note({ kind: 'activityPutOff', id, atMs });
  if (isPaused(activity) || atMs > transition.env.nowMs) return;
  transition.note({ kind: 'activityOffered', id });
  offerActivity(transition, activity);
}

/** Parts of the golden ratio are spread evenly, however many there are. */
const GOLDEN = 0.618_033_988_749_895;

function startAtMs({ env }: Step, { ms, random }: Jitter, index: number): number {
  return env.nowMs + Math.floor(ms * ((random + index * GOLDEN) % 1));
}

/** When the attempt may begin with the options of now. Temporal: workflow/activity.go, GetNextScheduledTime. */
function nextAttemptAtMs(activity: Activity): number {
  const { attempt, scheduledAtMs, lastAttemptCompletedAtMs } = activity;
  if (attempt === 1 || lastAttemptCompletedAtMs === undefined) return scheduledAtMs;
  const policy = optionsInForce(activity).retryPolicy ?? {};
  const maximumMs = durationMsOrZero(policy.maximumInterval);
  const intervalMs = backoffMs(policy, attempt);
  const boundMs = maximumMs !== 0 && intervalMs > maximumMs ? maximumMs : intervalMs;
  return boundMs > 0 ? lastAttemptCompletedAtMs + boundMs : scheduledAtMs;
}
