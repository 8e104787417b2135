import { ContinueAsNewInitiator } from '@perdure/proto/enums';
import type {
  Duration,
  StartWorkflowExecutionRequest,
  WorkflowExecutionStartedEventAttributes,
} from '@perdure/proto/types';
import { cronBackoffMs } from '../../cron/cron.ts';
import type { Env } from '../../kernel/env.ts';
import type { Limits } from '../../kernel/limits.ts';
import { withRetryDefaults } from '../../kernel/retry-policy.ts';
import { DURATION_MS_MAX, durationMsOrZero, toDuration, toTimestamp } from '../../kernel/time.ts';
import { mergeSearchAttributes } from '../../visibility/index.ts';
import { mergeMemo } from '../command/properties.ts';
import type { ParentLink } from '../input.ts';

/** Timeouts in milliseconds; 0 means none. */
export interface WorkflowTimeouts {
  readonly executionMs: number;
  readonly runMs: number;
  readonly taskMs: number;
}

/** Timeouts as they will hold: the run's within the execution's, the task's with its default and within the run's. */
export function effectiveTimeouts(wanted: WorkflowTimeouts, limits: Limits): WorkflowTimeouts {
  const executionMs = Math.min(wanted.executionMs, DURATION_MS_MAX);
  const runMs = within(Math.min(wanted.runMs, DURATION_MS_MAX), executionMs);
  const taskMs = Math.min(wanted.taskMs || limits.workflowTaskTimeoutDefaultMs, limits.workflowTaskTimeoutMaxMs);
  return { executionMs, runMs, taskMs: within(taskMs, runMs) };
}

/** The smaller one, where 0 stands for "none". */
function within(ms: number, boundMs: number): number {
  return ms === 0 || boundMs === 0 ? ms || boundMs : Math.min(ms, boundMs);
}

/** A timeout as an event records it: absent where none was asked for and none holds. */
function recorded(asked: Duration | undefined, effectiveMs: number): Duration | undefined {
  return asked === undefined && effectiveMs === 0 ? undefined : toDuration(effectiveMs);
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
  const timeouts = effectiveTimeouts(
    {
      executionMs: durationMsOrZero(request.workflowExecutionTimeout),
      runMs: durationMsOrZero(request.workflowRunTimeout),
      taskMs: durationMsOrZero(request.workflowTaskTimeout),
    },
    env.limits,
  );
  const delayMs = firstTaskDelayMs(request, env.nowMs);
  return {
    workflowType: request.workflowType,
    taskQueue: request.taskQueue,
    input: request.input,
    workflowExecutionTimeout: recorded(request.workflowExecutionTimeout, timeouts.executionMs),
    workflowRunTimeout: recorded(request.workflowRunTimeout, timeouts.runMs),
    workflowTaskTimeout: toDuration(timeouts.taskMs),
    ...(timeouts.executionMs > 0 && {
      workflowExecutionExpirationTime: toTimestamp(env.nowMs + timeouts.executionMs),
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
    firstWorkflowTaskBackoff: toDuration(delayMs),
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
