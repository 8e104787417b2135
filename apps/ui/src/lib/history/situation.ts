import type {
  DescribeWorkflowExecutionResponse,
  Failure,
  HistoryEvent,
  PendingActivityInfo,
} from '@perdure/proto/json-types';
import { entryOfEnd, entryOfFailure, entryOfRetries, entryOfTask, entryOfTermination } from '../common-errors.ts';
import { summarize } from '../payload.ts';
import { formatDuration, instantMs } from '../time.ts';
import { failureLine, failureOf, rootCause } from './events.ts';
import type { EventGroup } from './groups.ts';
import { pendingUpdatesOf } from './pending-updates.ts';

/** One line of what is the matter with a workflow: what fails, what is awaited, how it ended. */
export interface Situation {
  readonly key: string;
  readonly tone: 'failed' | 'waiting' | 'running' | 'done' | 'ended' | 'quiet';
  readonly headline: string;
  /** The message of a failure, in full. */
  readonly message?: string | undefined;
  /** Of the page of common errors, where it is one: the id of its entry there. */
  readonly entry?: string | undefined;
  /** The failure that the message is of. */
  readonly cause?: Failure | undefined;
  /** Facts in words: `attempt 5 of 10`, `last worker seed@host`. */
  readonly notes: readonly string[];
  /** When it goes on, counted down. */
  readonly next?: { readonly words: string; readonly time: string } | undefined;
  /** Since when it is so, counted up. */
  readonly since?: string | undefined;
  readonly activity?: PendingActivityInfo | undefined;
  /** Another run, which the reader may want to see next: a child, the run that goes on. */
  readonly run?: { readonly workflowId: string; readonly runId: string } | undefined;
}

export interface SituationFacts {
  readonly description: DescribeWorkflowExecutionResponse;
  readonly groups: readonly EventGroup[];
  readonly events: readonly HistoryEvent[];
  /** Workers that poll the workflow's queue; undefined where that is not known. */
  readonly pollerCount: number | undefined;
  /** Workers that poll the queue of the first activity that is due; undefined where that is not known. */
  readonly activityPollerCount?: number | undefined;
  readonly nowMs: number;
}

/** What a reader has to know first, the most pressing first. Pure: the same facts give the same words. */
export function situationsOf(facts: SituationFacts): readonly Situation[] {
  const { description } = facts;
  const status = description.workflowExecutionInfo?.status;
  if (status !== 'WORKFLOW_EXECUTION_STATUS_RUNNING' && status !== 'WORKFLOW_EXECUTION_STATUS_PAUSED') {
    return [closed(facts), ...wentOn(description)];
  }
  const found = [
    ...paused(description),
    ...workflowTask(facts),
    ...(description.pendingActivities ?? []).map((activity) => activitySituation(activity, facts)),
    ...nexus(description),
    ...updates(facts),
    ...timers(facts),
    ...children(facts),
    ...startDelay(facts),
  ];
  return found.length === 0 ? [idle(facts)] : [...found].sort((left, right) => urgency(left) - urgency(right));
}

/** A reset has made another run of it, which has what went on. */
function wentOn({ workflowExecutionInfo, workflowExtendedInfo }: DescribeWorkflowExecutionResponse): Situation[] {
  const run = runOf(workflowExecutionInfo?.execution?.workflowId, workflowExtendedInfo?.resetRunId || undefined);
  if (run === undefined) return [];
  return [{ key: 'reset', tone: 'quiet', headline: 'It was reset, and goes on in another run', notes: [], run }];
}

const urgencies = ['failed', 'waiting', 'running', 'quiet', 'done', 'ended'];

function urgency({ tone }: Situation): number {
  return urgencies.indexOf(tone);
}

/** Of a result, in its one line. */
const resultLengthMax = 160;

function runOf(workflowId: string | undefined, runId: string | undefined): Situation['run'] {
  return workflowId === undefined || runId === undefined ? undefined : { workflowId, runId };
}

function closed({ description, events }: SituationFacts): Situation {
  const info = description.workflowExecutionInfo;
  const last = events.at(-1);
  const took = (instantMs(info?.closeTime) ?? 0) - (instantMs(info?.startTime) ?? 0);
  const duration = formatDuration(took);
  const base = { key: 'closed', notes: [] };
  switch (info?.status) {
    case 'WORKFLOW_EXECUTION_STATUS_COMPLETED': {
      const result = last?.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0];
      const message = result && summarize(result, resultLengthMax);
      return { ...base, tone: 'done', headline: `Completed in ${duration}`, message };
    }
    case 'WORKFLOW_EXECUTION_STATUS_FAILED': {
      const failure = last && failureOf(last);
      const cause = failure && rootCause(failure);
      const activity = failure?.cause === undefined ? undefined : failure.activityFailureInfo?.activityType?.name;
      return {
        ...base,
        tone: 'failed',
        headline: activity === undefined ? `Failed after ${duration}` : `Failed after ${duration} in ${activity}`,
        message: cause && failureLine(cause),
        cause,
        entry: failure && entryOfEnd(failure),
      };
    }
    case 'WORKFLOW_EXECUTION_STATUS_TIMED_OUT':
      return { ...base, tone: 'failed', headline: `Timed out after ${duration}`, entry: 'workflow-timeout' };
    case 'WORKFLOW_EXECUTION_STATUS_CANCELED':
      return { ...base, tone: 'ended', headline: `Canceled after ${duration}` };
    case 'WORKFLOW_EXECUTION_STATUS_TERMINATED': {
      const { reason, identity } = last?.workflowExecutionTerminatedEventAttributes ?? {};
      const notes = identity === undefined || identity === '' ? [] : [`by ${identity}`];
      const entry = entryOfTermination(reason ?? '');
      return { key: 'closed', tone: 'ended', headline: `Terminated after ${duration}`, message: reason, entry, notes };
    }
    case 'WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW':
      return {
        ...base,
        tone: 'quiet',
        headline: `Continued as a new run after ${duration}`,
        run: runOf(info.execution?.workflowId, last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId),
      };
    default:
      return { ...base, tone: 'quiet', headline: 'Closed' };
  }
}

function paused({ workflowExtendedInfo, workflowExecutionInfo }: DescribeWorkflowExecutionResponse): Situation[] {
  const pause = workflowExtendedInfo?.pauseInfo;
  if (pause === undefined && workflowExecutionInfo?.status !== 'WORKFLOW_EXECUTION_STATUS_PAUSED') return [];
  return [
    {
      key: 'paused',
      tone: 'waiting',
      headline: 'The workflow is paused',
      message: pause?.reason,
      notes: pause?.identity === undefined ? [] : [`by ${pause.identity}`],
      since: pause?.pausedTime,
    },
  ];
}

/** How long a task may lie before that is worth a word. */
const unattendedMs = 3000;

function workflowTask({ description, groups, events, pollerCount, nowMs }: SituationFacts): Situation[] {
  const task = description.pendingWorkflowTask;
  if (task === undefined) return [];
  const attempt = task.attempt ?? 1;
  const failed = groups.findLast(({ kind, failure }) => kind === 'workflowTask' && failure !== undefined);
  if (attempt > 1) {
    const message = failed?.failure && failureLine(failed.failure);
    const last = events.findLast(({ eventType = '' }) => /_WORKFLOW_TASK_(FAILED|TIMED_OUT)$/.test(eventType));
    return [
      {
        key: 'workflowTask',
        tone: 'failed',
        headline: 'The workflow code fails; it is tried again until a worker runs it without an error',
        message,
        entry: last && entryOfTask(last),
        cause: failed?.failure,
        notes: [`attempt ${attempt}`],
        since: failed?.events.at(-1)?.eventTime,
      },
    ];
  }
  const waitsMs = nowMs - (instantMs(task.scheduledTime) ?? nowMs);
  if (task.state === 'PENDING_WORKFLOW_TASK_STATE_STARTED' || waitsMs < unattendedMs) return [];
  const queue = description.executionConfig?.taskQueue?.name ?? '';
  const headline =
    pollerCount === 0 ? `No worker polls the task queue ${queue}` : `Waits for a worker of the task queue ${queue}`;
  return [
    {
      key: 'workflowTask',
      tone: pollerCount === 0 ? 'failed' : 'waiting',
      headline,
      entry: pollerCount === 0 ? 'no-pollers' : 'workers-busy',
      notes: [],
      since: task.scheduledTime,
    },
  ];
}

/** Whether it could be run for a while, and no worker has taken it. */
export function isUnattended(activity: PendingActivityInfo, nowMs: number): boolean {
  if (activity.paused || activity.state !== 'PENDING_ACTIVITY_STATE_SCHEDULED') return false;
  const dueMs = instantMs(activity.nextAttemptScheduleTime ?? activity.scheduledTime);
  return dueMs !== undefined && nowMs - dueMs > unattendedMs;
}

/** Whether its next attempt is yet to come. */
export function isPutOff({ paused, state, ...times }: PendingActivityInfo, nowMs: number): boolean {
  const dueMs = instantMs(times.nextAttemptScheduleTime ?? times.scheduledTime);
  return paused !== true && state === 'PENDING_ACTIVITY_STATE_SCHEDULED' && dueMs !== undefined && dueMs > nowMs;
}

/** Why nobody takes it, where the queue tells. */
function workersWords(activity: PendingActivityInfo, pollerCount: number | undefined): string {
  const queue = activity.activityOptions?.taskQueue?.name;
  if (queue === undefined) return 'waits for a worker';
  return pollerCount === 0
    ? `no worker polls the task queue ${queue}`
    : `waits for a worker of the task queue ${queue}`;
}

function activitySituation(
  activity: PendingActivityInfo,
  facts: Pick<SituationFacts, 'nowMs' | 'activityPollerCount' | 'description'>,
): Situation {
  const { nowMs, activityPollerCount } = facts;
  const name = activity.activityType?.name ?? 'An activity';
  const attempt = activity.attempt ?? 1;
  const attempts = activity.maximumAttempts
    ? `attempt ${attempt} of ${activity.maximumAttempts}`
    : `attempt ${attempt}`;
  const failure = activity.lastFailure && rootCause(activity.lastFailure);
  const worker = activity.lastWorkerIdentity ? [`last worker ${activity.lastWorkerIdentity}`] : [];
  const base = {
    key: `activity:${activity.activityId}`,
    message: failure && failureLine(failure),
    cause: failure,
    activity,
  };
  const isStarted = activity.state === 'PENDING_ACTIVITY_STATE_STARTED';
  if (activity.paused || activity.state === 'PENDING_ACTIVITY_STATE_PAUSED') {
    return {
      ...base,
      tone: 'waiting',
      headline: `${name} is paused`,
      entry: 'activity-paused',
      notes: [attempts],
      since: activity.pauseInfo?.pauseTime,
    };
  }
  if (activity.state === 'PENDING_ACTIVITY_STATE_CANCEL_REQUESTED') {
    const headline = `${name} was asked to cancel`;
    return { ...base, tone: 'waiting', headline, entry: 'cancellation-not-noticed', notes: [attempts, ...worker] };
  }
  if (failure !== undefined) {
    const waits = isUnattended(activity, nowMs);
    return {
      ...base,
      tone: 'failed',
      headline: waits
        ? `${name} fails; the next attempt is due: ${workersWords(activity, activityPollerCount)}`
        : isStarted
          ? `${name} failed and is tried again now`
          : `${name} fails`,
      entry:
        (waits ? entryOfWait(activity, facts) : undefined) ??
        entryOfFailure(failure) ??
        entryOfRetries(attempt, activity.maximumAttempts ?? 0),
      notes: [attempts, ...worker],
      next: waits ? undefined : nextAttempt(activity, isStarted),
    };
  }
  // New options and a reset make the server forget the failure, but not the wait.
  if (!isStarted && isPutOff(activity, nowMs)) {
    return {
      ...base,
      tone: 'waiting',
      headline: `${name} waits to be tried again`,
      notes: [attempts, ...worker],
      next: nextAttempt(activity, isStarted),
    };
  }
  const hasNoWorker = activityPollerCount === 0 && isUnattended(activity, nowMs);
  return isStarted
    ? {
        ...base,
        tone: 'running',
        headline: `${name} is running`,
        notes: [attempts, ...worker],
        since: activity.lastStartedTime,
      }
    : {
        ...base,
        tone: hasNoWorker ? 'failed' : 'waiting',
        headline: `${name}: ${workersWords(activity, activityPollerCount)}`,
        entry: isUnattended(activity, nowMs) ? entryOfWait(activity, facts) : undefined,
        notes: [],
        since: activity.scheduledTime,
      };
}

/** Why nobody takes an activity that is due. */
function entryOfWait(
  { activityOptions }: PendingActivityInfo,
  { description, activityPollerCount }: Pick<SituationFacts, 'activityPollerCount' | 'description'>,
): string | undefined {
  if (activityPollerCount === undefined) return undefined;
  if (activityPollerCount > 0) return 'workers-busy';
  const isElsewhere = activityOptions?.taskQueue?.name !== description.executionConfig?.taskQueue?.name;
  return isElsewhere ? 'queue-names-differ' : 'no-pollers';
}

function nextAttempt(activity: PendingActivityInfo, isStarted: boolean): Situation['next'] {
  const time = activity.nextAttemptScheduleTime ?? activity.scheduledTime;
  return isStarted || time === undefined ? undefined : { words: 'next attempt', time };
}

function nexus({ pendingNexusOperations = [] }: DescribeWorkflowExecutionResponse): Situation[] {
  return pendingNexusOperations.map((operation): Situation => {
    const name = `${operation.service ?? ''}.${operation.operation ?? ''}`;
    const failure = operation.lastAttemptFailure && rootCause(operation.lastAttemptFailure);
    const time = operation.nextAttemptScheduleTime;
    return {
      key: `nexus:${operation.scheduledEventId}`,
      tone: failure === undefined ? 'running' : 'failed',
      headline: failure === undefined ? `Waits for the Nexus operation ${name}` : `The Nexus operation ${name} fails`,
      message: (failure && failureLine(failure)) ?? operation.blockedReason,
      notes: [`endpoint ${operation.endpoint ?? ''}`, `attempt ${operation.attempt ?? 1}`],
      next: time === undefined ? undefined : { words: 'next attempt', time },
      since: operation.scheduledTime,
    };
  });
}

/** Whoever sent them waits; what they wait for is in the workflow's code. */
function updates({ groups }: SituationFacts): Situation[] {
  const open = groups.filter(({ kind, state }) => kind === 'update' && state === 'open');
  return pendingUpdatesOf(open.flatMap(({ events }) => events)).map(
    ({ id, name, identity, acceptedTime }): Situation => ({
      key: `update:${id}`,
      tone: 'waiting',
      headline: `The update ${name} is accepted and not answered yet`,
      notes: identity === '' ? [] : [`sent by ${identity}`],
      since: acceptedTime,
    }),
  );
}

function timers({ groups }: SituationFacts): Situation[] {
  return groups
    .filter(({ kind, state }) => kind === 'timer' && state === 'open')
    .map((group): Situation => {
      const dueMs = group.dueMs ?? group.startMs;
      const time = new Date(dueMs).toISOString();
      const isNamed = !group.name.startsWith('Timer ');
      const words = formatDuration(dueMs - group.startMs);
      return {
        key: `timer:${group.id}`,
        tone: 'quiet',
        headline: isNamed ? `Waits for the timer “${group.name}” of ${words}` : `Waits for a timer of ${words}`,
        notes: [],
        next: { words: 'fires', time },
      };
    });
}

function children({ description, groups }: SituationFacts): Situation[] {
  return (description.pendingChildren ?? []).map((child): Situation => {
    const group = groups.find(({ kind, id }) => kind === 'child' && id === Number(child.initiatedId));
    return {
      key: `child:${child.initiatedId}`,
      tone: 'quiet',
      headline: `The child workflow ${child.workflowTypeName ?? ''} is running`,
      notes: [child.workflowId ?? ''],
      since: group?.events[0]?.eventTime,
      run: runOf(child.workflowId, child.runId),
    };
  });
}

function startDelay({ description, events, nowMs }: SituationFacts): Situation[] {
  const { executionTime } = description.workflowExecutionInfo ?? {};
  const executionMs = instantMs(executionTime);
  const isBegun = events.some(({ eventType }) => eventType === 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED');
  if (isBegun || executionTime === undefined || executionMs === undefined || executionMs <= nowMs) return [];
  return [
    {
      key: 'delay',
      tone: 'quiet',
      headline: 'Started with a delay',
      notes: [],
      next: { words: 'begins', time: executionTime },
    },
  ];
}

/** Nothing is pending: the program waits for the world. */
function idle({ description, events }: SituationFacts): Situation {
  if (description.pendingWorkflowTask !== undefined) {
    return { key: 'idle', tone: 'running', headline: 'A worker is running the workflow code', notes: [] };
  }
  const last = events.findLast(({ eventType }) => eventType === 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED');
  return {
    key: 'idle',
    tone: 'waiting',
    headline: 'Waits for a signal or an update: nothing else is pending',
    notes: [],
    since: last?.eventTime,
  };
}
