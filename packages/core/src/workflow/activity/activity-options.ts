import type { ActivityOptions, Priority, RetryPolicy } from '@perdure/proto/types';
import type { Limits } from '../../kernel/limits.ts';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import { validateRetryPolicy } from '../../kernel/retry-policy.ts';
import { toDuration } from '../../kernel/time.ts';
import type { Run } from '../run.ts';
import { effectiveTimeouts, scheduleProblem } from './activity-schedule.ts';
import type { Activity } from './activity.ts';
import { optionsInForce } from './intervention-state.ts';
import type { ActivityOptionsInForce } from './intervention.ts';

/** New options of an activity, and the paths of those that count, such as `retryPolicy.maximumAttempts`; as requested. */
export interface ActivityOptionsUpdate {
  readonly options: ActivityOptions | undefined;
  readonly paths: ReadonlySet<string> | undefined;
}

const TIMEOUTS = [
  'scheduleToCloseTimeout',
  'scheduleToStartTimeout',
  'startToCloseTimeout',
  'heartbeatTimeout',
] as const;
const PRIORITY_FIELDS = ['priorityKey', 'fairnessKey', 'fairnessWeight'] as const;
const RETRY_FIELDS = ['initialInterval', 'backoffCoefficient', 'maximumInterval', 'maximumAttempts'] as const;

/** The options as an update leaves them, worked out as those of a new activity are. Temporal: updateactivityoptions/api.go. */
export function updatedOptions(
  run: Run,
  activity: Activity,
  update: ActivityOptionsUpdate,
  limits: Limits,
): ActivityOptionsInForce | Rejection {
  const { options = {}, paths } = update;
  if (paths === undefined) return notProvided('UpdateMask');
  const merged = merge(optionsInForce(activity), options, paths);
  if ('kind' in merged) return merged;
  const { retryPolicy, priority, ...rest } = merged;
  const invalid = [...paths].some((path) => path.startsWith('retryPolicy'))
    ? validateRetryPolicy(retryPolicy)
    : undefined;
  if (invalid !== undefined) return reject.invalidArgument(invalid);
  const wanted = { ...rest, activityId: activity.scheduled.activityId, activityType: activity.scheduled.activityType };
  const problem = scheduleProblem(wanted, run, limits);
  if (problem !== undefined) return reject.invalidArgument(problem);
  return { taskQueue: merged.taskQueue, ...effectiveTimeouts(wanted, toDuration(0)), retryPolicy, priority };
}

function merge(
  before: ActivityOptionsInForce,
  options: ActivityOptions,
  paths: ReadonlySet<string>,
): ActivityOptionsInForce | Rejection {
  let { taskQueue } = before;
  if (paths.has('taskQueue.name')) {
    if (options.taskQueue === undefined) return notProvided('TaskQueue');
    taskQueue = { ...taskQueue, name: options.taskQueue.name };
  }
  const timeouts: Partial<Record<(typeof TIMEOUTS)[number], ActivityOptions['heartbeatTimeout']>> = {};
  for (const name of TIMEOUTS) timeouts[name] = paths.has(name) ? options[name] : before[name];
  const priority = mergePriority(before.priority, options.priority, paths);
  if (priority !== undefined && 'kind' in priority) return priority;
  const retryPolicy = mergeRetryPolicy(before.retryPolicy ?? {}, options.retryPolicy, paths);
  return 'kind' in retryPolicy ? retryPolicy : { taskQueue, ...timeouts, retryPolicy, priority };
}

function mergePriority(
  before: Priority | undefined,
  wanted: Priority | undefined,
  paths: ReadonlySet<string>,
): Priority | undefined | Rejection {
  let priority = paths.has('priority') ? wanted : before;
  for (const field of PRIORITY_FIELDS) {
    if (!paths.has(`priority.${field}`)) continue;
    if (wanted === undefined) return notProvided('Priority');
    priority = { ...priority, [field]: wanted[field] };
  }
  return priority;
}

/** Which errors are not retried stays as the workflow has it. */
function mergeRetryPolicy(
  before: RetryPolicy,
  wanted: RetryPolicy | undefined,
  paths: ReadonlySet<string>,
): RetryPolicy | Rejection {
  const { nonRetryableErrorTypes } = before;
  let retryPolicy = before;
  if (paths.has('retryPolicy')) {
    if (wanted === undefined) return notProvided('RetryPolicy');
    retryPolicy = { ...wanted, nonRetryableErrorTypes };
  }
  for (const field of RETRY_FIELDS) {
    if (!paths.has(`retryPolicy.${field}`)) continue;
    if (wanted === undefined) return notProvided('RetryPolicy');
    retryPolicy = { ...retryPolicy, [field]: wanted[field] };
  }
  return retryPolicy;
}

function notProvided(what: string): Rejection {
  return reject.invalidArgument(`${what} is not provided`);
}
