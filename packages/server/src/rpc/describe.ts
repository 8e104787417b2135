import {
  describeCallbacks,
  describePendingActivities,
  describePendingChildren,
  externalPayloads,
  firstRunId,
  isOpen,
  isRejection,
  taskQueueOf,
  toDuration,
  toTimestamp,
  toTimestampIfSet,
  withAttributeTypes,
  type Run,
} from '@perdure/core';
import { decodeHistory } from '@perdure/proto';
import { PendingWorkflowTaskState, TaskQueueKind, VersioningBehavior } from '@perdure/proto/enums';
import type {
  DescribeWorkflowExecutionResponse,
  HistoryEvent,
  PendingWorkflowTaskInfo,
  RequestIdInfo,
  ResetPointInfo,
  VersioningOverride,
  WorkflowExecutionConfig,
  WorkflowExecutionExtendedInfo,
  WorkflowExecutionInfo,
} from '@perdure/proto/types';
import type { LoadedRun } from '../engine/loaded-run.ts';
import type { Reply } from './handler.ts';
import { notFound, sourceOf, whileThere } from './history-pages.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { executionIds, NO_TIME } from './validate-fields.ts';

export const descriptions: WorkflowMethods = {
  DescribeWorkflowExecution: within(NamespaceUse.Any, describeWorkflowExecution),
};

/** Temporal: service/history/api/describeworkflow/api.go. */
async function describeWorkflowExecution(
  scope: Scope,
  request: RequestOf<'DescribeWorkflowExecution'>,
): Promise<Reply<DescribeWorkflowExecutionResponse>> {
  const ids = executionIds(request.execution);
  if (isRejection(ids)) return ids;
  const key = { namespaceId: scope.namespace.id, workflowId: ids.workflowId };
  const seen = await scope.engine.read(key, ids.runId, (loaded) =>
    loaded === undefined ? notFound(ids) : { loaded, message: describe(scope, loaded.run) },
  );
  if (isRejection(seen)) return seen;
  const { loaded, message } = seen;
  const started = await whileThere(ids, () => startedEvent(scope, loaded));
  if (isRejection(started)) return started;
  const { userMetadata } = started;
  return { message: { ...message, executionConfig: { ...message.executionConfig, userMetadata } } };
}

/** The first event, for what it has that the state has not. */
async function startedEvent(scope: Scope, loaded: LoadedRun): Promise<HistoryEvent> {
  const slice = await scope.history.last(sourceOf(scope, loaded), 2);
  return decodeHistory([slice]).events?.[0] ?? {};
}

function describe(scope: Scope, run: Run): DescribeWorkflowExecutionResponse {
  return {
    executionConfig: configOf(run),
    workflowExecutionInfo: infoOf(scope, run),
    pendingActivities: describePendingActivities(run, scope.host.now()),
    pendingChildren: describePendingChildren(run),
    pendingWorkflowTask: pendingTaskOf(run),
    callbacks: describeCallbacks(run),
    workflowExtendedInfo: extendedInfoOf(run),
  };
}

function configOf(run: Run): WorkflowExecutionConfig {
  const { start } = run.lifecycle;
  return {
    taskQueue: { name: taskQueueOf(run), kind: TaskQueueKind.Normal },
    workflowExecutionTimeout: start.workflowExecutionTimeout,
    workflowRunTimeout: start.workflowRunTimeout,
    defaultWorkflowTaskTimeout: start.workflowTaskTimeout,
  };
}

function infoOf({ namespace, limits }: Scope, run: Run): WorkflowExecutionInfo {
  const { lifecycle, workflowId, runId } = run;
  const { start, closedAtMs, firstTaskAtMs } = lifecycle;
  const root = start.rootWorkflowExecution;
  const external = externalPayloads(run);
  return {
    execution: { workflowId, runId },
    type: start.workflowType,
    startTime: toTimestamp(lifecycle.startedAtMs),
    executionTime: toTimestamp(firstTaskAtMs),
    status: lifecycle.status,
    historyLength: run.nextEventId - 1,
    historySizeBytes: run.historySizeBytes,
    stateTransitionCount: run.transitionCount,
    taskQueue: taskQueueOf(run),
    memo: lifecycle.memo ?? {},
    searchAttributes: withAttributeTypes(lifecycle.searchAttributes, namespace.customAttributes) ?? {},
    autoResetPoints: { points: resetPointsOf(namespace, run) },
    parentExecution: start.parentWorkflowExecution,
    parentNamespaceId: start.parentWorkflowNamespaceId,
    rootExecution: { workflowId: root?.workflowId || workflowId, runId: root?.runId || runId },
    firstRunId: firstRunId(run),
    mostRecentWorkerVersionStamp: run.task.lastWorkerVersion,
    workerDeploymentName: run.task.lastDeploymentName,
    versioningInfo: lifecycle.versioningOverride && {
      versioningOverride: withOlderFields(lifecycle.versioningOverride),
    },
    priority: lifecycle.priority,
    ...(limits.showsExternalPayloads && {
      externalPayloadCount: external.count,
      externalPayloadSizeBytes: external.sizeBytes,
    }),
    ...(closedAtMs !== undefined && {
      closeTime: toTimestamp(closedAtMs),
      executionDuration: toDuration(closedAtMs - firstTaskAtMs),
    }),
  };
}

/** Those of a run that another has followed say until when they can be used: its history is removed some day. */
function resetPointsOf({ retentionMs }: Scope['namespace'], { runId, lifecycle }: Run): readonly ResetPointInfo[] {
  const { resetPoints = [], closedAtMs, newRunId } = lifecycle;
  if (closedAtMs === undefined || newRunId === undefined) return resetPoints;
  const expireTime = toTimestamp(closedAtMs + retentionMs);
  return resetPoints.map((point) => (point.runId === runId ? { ...point, expireTime } : point));
}

/** As older clients read it. */
function withOlderFields(override: VersioningOverride): VersioningOverride {
  return override.autoUpgrade === true ? { ...override, behavior: VersioningBehavior.AutoUpgrade } : override;
}

function pendingTaskOf(run: Run): PendingWorkflowTaskInfo | undefined {
  const task = isOpen(run) ? run.task : run.closing?.left?.task;
  if (task === undefined || task.phase === 'none') return undefined;
  const { phase, attempt, scheduledAtMs, originalScheduledAtMs, startedAtMs } = task;
  const started = phase === 'started';
  return {
    state: started ? PendingWorkflowTaskState.Started : PendingWorkflowTaskState.Scheduled,
    scheduledTime: toTimestamp(scheduledAtMs),
    originalScheduledTime: toTimestamp(originalScheduledAtMs),
    startedTime: started ? toTimestamp(startedAtMs) : undefined,
    attempt,
  };
}

function extendedInfoOf(run: Run): WorkflowExecutionExtendedInfo {
  const { lifecycle } = run;
  const { executionExpiresAtMs, runExpiresAtMs, cancelRequested, requestIds, origin, resetRunId, pause } = lifecycle;
  const requestIdInfos: Record<string, RequestIdInfo> = {};
  for (const [requestId, { eventType, eventId }] of requestIds) {
    requestIdInfos[requestId] = { eventType, eventId, buffered: eventId === 0 };
  }
  return {
    executionExpirationTime: toTimestampIfSet(executionExpiresAtMs),
    runExpirationTime: runExpiresAtMs === undefined ? NO_TIME : toTimestamp(runExpiresAtMs),
    lastResetTime: origin && toTimestamp(origin.atMs),
    originalStartTime: toTimestamp(lifecycle.originallyStartedAtMs),
    resetRunId,
    cancelRequested,
    requestIdInfos,
    pauseInfo: pause && { identity: pause.identity, pausedTime: toTimestamp(pause.atMs), reason: pause.reason },
  };
}
