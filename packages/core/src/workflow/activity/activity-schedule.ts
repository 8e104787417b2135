import { TaskQueueKind } from '@perdure/proto/enums';
import type {
  ActivityTaskScheduledEventAttributes,
  Duration,
  ScheduleActivityTaskCommandAttributes,
  TaskQueue,
} from '@perdure/proto/types';
import type { Limits } from '../../kernel/limits.ts';
import { priorityProblem } from '../../kernel/priority.ts';
import { capDuration, durationProblem, validateRetryPolicy, withRetryDefaults } from '../../kernel/retry-policy.ts';
import { isTimeout, shorterTimeout, toDuration } from '../../kernel/time.ts';
import { utf8Length } from '../../kernel/utf8.ts';
import { queueNameProblem } from '../../kernel/task-queue.ts';
import { taskQueueOf } from '../lifecycle.ts';
import type { Run } from '../run.ts';

type Wanted = ScheduleActivityTaskCommandAttributes;

const TIMEOUTS = [
  ['ScheduleToCloseTimeout', 'scheduleToCloseTimeout'],
  ['ScheduleToStartTimeout', 'scheduleToStartTimeout'],
  ['StartToCloseTimeout', 'startToCloseTimeout'],
  ['HeartbeatTimeout', 'heartbeatTimeout'],
] as const;

/**
 * What makes an activity impossible to schedule; undefined where nothing does.
 * Temporal: chasm/lib/activity/validator.go, command_attr_validator.go.
 */
export function scheduleProblem(wanted: Wanted, run: Run, limits: Limits): string | undefined {
  return (
    taskQueueProblem(wanted.taskQueue, limits) ??
    (wanted.activityId ? undefined : 'activityId is not set') ??
    (wanted.activityType?.name ? undefined : 'activityType is not set') ??
    validateRetryPolicy(withRetryDefaults(wanted.retryPolicy ?? {}, limits.activityRetry)) ??
    lengthProblem('activityId', wanted.activityId, limits) ??
    lengthProblem('activityType', wanted.activityType?.name, limits) ??
    inPriorities(priorityProblem(wanted.priority)) ??
    timeoutProblem(wanted) ??
    (wanted.useWorkflowBuildId === true && wanted.taskQueue?.name !== taskQueueOf(run)
      ? 'Activity with UseCompatibleVersion cannot run on different task queue.'
      : undefined)
  );
}

function taskQueueProblem(taskQueue: TaskQueue | undefined, limits: Limits): string | undefined {
  if (taskQueue === undefined) return 'taskQueue is not set';
  const name = taskQueue.name ?? '';
  return name === '' ? 'missing task queue name' : queueNameProblem(name, limits.idLengthMax);
}

function inPriorities(problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `invalid priorities: ${problem}`;
}

function lengthProblem(field: string, text: string | undefined, limits: Limits): string | undefined {
  const length = utf8Length(text ?? '');
  if (length <= limits.idLengthMax) return undefined;
  return `${field} exceeds length limit. Length=${length} Limit=${limits.idLengthMax}`;
}

function timeoutProblem(wanted: Wanted): string | undefined {
  for (const [name, field] of TIMEOUTS) {
    const problem = durationProblem(wanted[field]);
    if (problem !== undefined) return `invalid ${name}: ${problem}`;
  }
  if (isTimeout(wanted.scheduleToCloseTimeout) || isTimeout(wanted.startToCloseTimeout)) return undefined;
  const activity = `ActivityId=${wanted.activityId ?? ''} ActivityType=${wanted.activityType?.name ?? ''}`;
  return `a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ${activity}`;
}

/** The attributes that a good command is recorded with: timeouts worked out, a retry policy always there. */
export function scheduledAttributes(
  wanted: Wanted,
  run: Run,
  limits: Limits,
): Omit<ActivityTaskScheduledEventAttributes, 'workflowTaskCompletedEventId'> {
  return {
    activityId: wanted.activityId,
    activityType: wanted.activityType,
    taskQueue: { ...wanted.taskQueue, kind: wanted.taskQueue?.kind || TaskQueueKind.Normal },
    header: wanted.header,
    input: wanted.input,
    ...effectiveTimeouts(wanted, run.lifecycle.start.workflowRunTimeout ?? toDuration(0)),
    retryPolicy: withRetryDefaults(wanted.retryPolicy ?? {}, limits.activityRetry),
    useWorkflowBuildId: wanted.useWorkflowBuildId,
    priority: wanted.priority,
  };
}

/**
 * Timeouts as they will hold. Schedule-to-close, or without one the run timeout, bounds the others and stands in for
 * those that are not set; no heartbeat timeout is longer than start-to-close. 0 is none; each is set, if to 0, which the
 * SDKs rely on.
 */
export function effectiveTimeouts(wanted: Wanted, runTimeout: Duration) {
  const bound = shorterTimeout(capDuration(wanted.scheduleToCloseTimeout), runTimeout);
  const startToCloseTimeout = shorterTimeout(capDuration(wanted.startToCloseTimeout), bound);
  const heartbeat = capDuration(wanted.heartbeatTimeout) ?? toDuration(0);
  return {
    scheduleToCloseTimeout: bound,
    scheduleToStartTimeout: shorterTimeout(capDuration(wanted.scheduleToStartTimeout), bound),
    startToCloseTimeout,
    heartbeatTimeout: isTimeout(heartbeat) ? shorterTimeout(heartbeat, startToCloseTimeout) : heartbeat,
  };
}
