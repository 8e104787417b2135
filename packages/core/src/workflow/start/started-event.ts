import { ContinueAsNewInitiator } from '@perdure/proto/enums';
import type {
  Duration,
  StartWorkflowExecutionRequest,
  WorkflowExecutionStartedEventAttributes,
} from '@perdure/proto/types';
import { cronBackoffMs } from '../../cron/cron.ts';
import type { Env } from '../../kernel/env.ts';
import type { Limits } from '../../kernel/limits.ts';
import { capDuration, withRetryDefaults } from '../../kernel/retry-policy.ts';
import {
  DURATION_MS_MAX,
  durationMsOrZero,
  isTimeout,
  shorterTimeout,
  toDuration,
  toTimestamp,
} from '../../kernel/time.ts';
import { mergeSearchAttributes } from '../../visibility/index.ts';
import { mergeMemo } from '../command/properties.ts';
import type { ParentLink } from '../input.ts';

/** The timeouts that a request or a command asks for; one of 0, or that is not set, is none. */
interface WantedTimeouts {
  readonly execution: Duration | undefined;
  readonly run: Duration | undefined;
  readonly task: Duration | undefined;
}

/** 0 is none. */
interface WorkflowTimeouts {
  readonly execution: Duration;
  readonly run: Duration;
  readonly task: Duration;
}

/** Timeouts as they will hold: the run's within the execution's, the task's with its default and within the run's. */
export function effectiveTimeouts(wanted: WantedTimeouts, limits: Limits): WorkflowTimeouts {
  const execution = capDuration(wanted.execution) ?? toDuration(0);
  const run = shorterTimeout(capDuration(wanted.run), execution);
  const asked = isTimeout(wanted.task) ? wanted.task : toDuration(limits.workflowTaskTimeoutDefaultMs);
  return {
    execution,
    run,
    task: shorterTimeout(shorterTimeout(asked, toDuration(limits.workflowTaskTimeoutMaxMs)), run),
  };
}

/** A timeout as an event records it: absent where none was asked for and none holds. */
function recorded(asked: Duration | undefined, effective: Duration): Duration | undefined {
  return asked === undefined && !isTimeout(effective) ? undefined : effective;
}

/** How long the first workflow task waits: until the first tick of the schedule, or for the delay that is asked for. */
function firstTaskDelayMs(
  { cronSchedule = '', workflowStartDelay }: StartWorkflowExecutionRequest,
  nowMs: number,
): number {
  const delayMs = Math.min(durationMsOrZero(workflowStartDelay), DURATION_MS_MAX);
  return delayMs || (cronBackoffMs(cronSchedule, nowMs, nowMs) ?? 0);
}

/** Event 1 of a run that a client or a parent has asked for. */
export function startedByRequest(
  request: StartWorkflowExecutionRequest,
  run: { readonly runId: string; readonly env: Env; readonly parent: ParentLink | undefined; readonly eager: boolean },
): WorkflowExecutionStartedEventAttributes {
  const { env, parent, runId } = run;
  const { workflowExecutionTimeout, workflowRunTimeout, workflowTaskTimeout } = request;
  const wanted = { execution: workflowExecutionTimeout, run: workflowRunTimeout, task: workflowTaskTimeout };
  const timeouts = effectiveTimeouts(wanted, env.limits);
  const delayMs = firstTaskDelayMs(request, env.nowMs);
  return {
    workflowType: request.workflowType,
    taskQueue: request.taskQueue,
    input: request.input,
    workflowExecutionTimeout: recorded(workflowExecutionTimeout, timeouts.execution),
    workflowRunTimeout: recorded(workflowRunTimeout, timeouts.run),
    workflowTaskTimeout: timeouts.task,
    ...(isTimeout(timeouts.execution) && {
      workflowExecutionExpirationTime: toTimestamp(env.nowMs + durationMsOrZero(timeouts.execution)),
    }),
    ...(parent !== undefined && {
      parentWorkflowNamespace: parent.namespace,
      parentWorkflowNamespaceId: parent.namespaceId,
      parentWorkflowExecution: parent.execution,
      parentInitiatedEventId: parent.initiatedEventId,
      rootWorkflowExecution: parent.root,
    }),
    originalExecutionRunId: runId,
    firstExecutionRunId: runId,
    identity: request.identity,
    retryPolicy: request.retryPolicy && withRetryDefaults(request.retryPolicy, env.limits.workflowRetry),
    attempt: 1,
    cronSchedule: request.cronSchedule,
    initiator: request.cronSchedule ? ContinueAsNewInitiator.CronSchedule : undefined,
    firstWorkflowTaskBackoff: isTimeout(request.workflowStartDelay)
      ? capDuration(request.workflowStartDelay)
      : toDuration(delayMs),
    continuedFailure: request.continuedFailure,
    lastCompletionResult: request.lastCompletionResult,
    memo: mergeMemo(undefined, request.memo),
    searchAttributes: mergeSearchAttributes(undefined, request.searchAttributes),
    header: request.header,
    workflowId: request.workflowId,
    completionCallbacks: request.completionCallbacks,
    priority: request.priority,
    versioningOverride: request.versioningOverride,
    eagerExecutionAccepted: run.eager && delayMs === 0,
  };
}
