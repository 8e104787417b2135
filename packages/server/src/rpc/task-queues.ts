import { earliest, isRejection, reject, toDuration, toTimestamp, unreachable, type Rejection } from '@perdure/core';
import {
  BuildIdTaskReachability,
  DescribeTaskQueueMode,
  RateLimitSource,
  TaskQueueKind,
  TaskQueueType,
} from '@perdure/proto/enums';
import type { PollerInfo, TaskQueueStats, TaskQueueTypeInfo, TaskQueueVersionInfo } from '@perdure/proto/types';
import { QueueKind } from '@perdure/storage';
import { PRIORITY_DEFAULT } from '../matching/lane.ts';
import { RATE_PER_SECOND_MAX } from '../matching/rate-limit.ts';
import type { QueueStats, RateSource, TaskQueue } from '../matching/task-queue.ts';
import type { Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { enumRefusal, firstOf, NO_TIME } from './validate-fields.ts';
import { taskQueueOf } from './validate-task-queue.ts';

export const taskQueues: WorkflowMethods = {
  DescribeTaskQueue: within(NamespaceUse.Any, describeTaskQueue),
  ListTaskQueuePartitions: within(NamespaceUse.Any, listTaskQueuePartitions),
};

type DescribeRequest = RequestOf<'DescribeTaskQueue'>;

const RATE_SOURCES: Readonly<Record<RateSource, RateLimitSource>> = {
  api: RateLimitSource.Api,
  worker: RateLimitSource.Worker,
  system: RateLimitSource.System,
};

/** Temporal: frontend/workflow_handler.go, then matching/matching_engine.go, DescribeTaskQueue. */
function describeTaskQueue(scope: Scope, request: DescribeRequest): Reply<ReplyOf<'DescribeTaskQueue'>> {
  const { limits, engine, namespace } = scope;
  const named = taskQueueOf(request.taskQueue, limits);
  if (isRejection(named)) return named;
  const type = request.taskQueueType || TaskQueueType.Workflow;
  const enhanced = request.apiMode === DescribeTaskQueueMode.Enhanced;
  const refusal = firstOf(
    () => enumRefusal('TaskQueueType', TaskQueueType, type),
    () => buildIdsRefusal(scope, request),
    () => (named.kind === TaskQueueKind.Sticky ? stickyRefusal(enhanced, request) : undefined),
  );
  if (refusal !== undefined) return refusal;
  if (enhanced) return { message: { versionsInfo: versionsInfoOf(scope, named.name, request) } };
  const kind = queueKindOf(type);
  const key = kind && { namespaceId: namespace.id, name: named.name, kind };
  const queue = key && engine.matching.find(key);
  const { perSecond, source } = queue?.effectiveRate ?? { perSecond: RATE_PER_SECOND_MAX, source: 'system' };
  const status = { backlogCountHint: queue?.backlogSize ?? 0, ratePerSecond: perSecond };
  return {
    message: {
      pollers: pollersOf(scope, queue),
      versioningInfo: { currentVersion: UNVERSIONED, updateTime: NO_TIME },
      ...(request.reportStats === true && statsOf(scope, queue)),
      ...(request.includeTaskQueueStatus === true && { taskQueueStatus: status }),
      ...(request.reportConfig === true && key !== undefined && { config: engine.matching.configOf(key) }),
      effectiveRateLimit: { requestsPerSecond: perSecond, rateLimitSource: RATE_SOURCES[source] },
    },
  };
}

/** The version of workers that have none. */
const UNVERSIONED = '__unversioned__';

function buildIdsRefusal(
  { config }: Scope,
  { reportTaskReachability, versions }: DescribeRequest,
): Rejection | undefined {
  const buildIdsMax = config.get('limit.reachabilityQueryBuildIds');
  if (reportTaskReachability !== true || (versions?.buildIds?.length ?? 0) <= buildIdsMax) return undefined;
  return reject.invalidArgument(
    `Too many build ids queried at once with ReportTaskReachability==true, limit: ${buildIdsMax}`,
  );
}

function stickyRefusal(enhanced: boolean, { reportStats }: DescribeRequest): Rejection | undefined {
  if (enhanced) {
    return reject.invalidArgument(
      'Enhanced DescribeTaskQueue is not valid for a sticky queue, use api_mode=UNSPECIFIED or a normal queue.',
    );
  }
  return reportStats === true
    ? reject.invalidArgument('DescribeTaskQueue stats are only supported for the root partition')
    : undefined;
}

/**
 * What is known of build ids. Every task may run on workers without one. No workflow is bound to a build, as workers that
 * ask for that are refused: so any other is unreachable, whoever polls under it. Temporal: matching/reachability.go.
 */
function versionsInfoOf(scope: Scope, name: string, request: DescribeRequest): Record<string, TaskQueueVersionInfo> {
  const { versions, taskQueueTypes = [] } = request;
  const types = taskQueueTypes.length === 0 ? [TaskQueueType.Workflow, TaskQueueType.Activity] : taskQueueTypes;
  const includesUnversioned = versions === undefined || versions.unversioned === true || versions.allActive === true;
  const buildIds = new Set([...(versions?.buildIds ?? []), ...(includesUnversioned ? [''] : [])]);
  const infos = Array.from(buildIds, (buildId): [string, TaskQueueVersionInfo] => {
    const reachability = buildId === '' ? BuildIdTaskReachability.Reachable : BuildIdTaskReachability.Unreachable;
    return [
      buildId,
      {
        typesInfo: Object.fromEntries(types.map((type) => [type, typeInfoOf(scope, { name, type, buildId }, request)])),
        ...(request.reportTaskReachability === true && { taskReachability: reachability }),
      },
    ];
  });
  return Object.fromEntries(infos);
}

function typeInfoOf(
  scope: Scope,
  { name, type, buildId }: { readonly name: string; readonly type: TaskQueueType; readonly buildId: string },
  request: DescribeRequest,
): TaskQueueTypeInfo {
  const kind = buildId === '' ? queueKindOf(type) : undefined;
  const queue = kind && scope.engine.matching.find({ namespaceId: scope.namespace.id, name, kind });
  return {
    ...(request.reportPollers === true && { pollers: pollersOf(scope, queue) }),
    ...(request.reportStats === true && buildId === '' && { stats: statsOf(scope, queue).stats }),
  };
}

/** The kind of queue that a type of tasks has; undefined where none is served. */
export function queueKindOf(type: TaskQueueType): QueueKind | undefined {
  switch (type) {
    case TaskQueueType.Workflow:
      return QueueKind.Workflow;
    case TaskQueueType.Activity:
      return QueueKind.Activity;
    case TaskQueueType.Nexus:
    case TaskQueueType.Unspecified:
      return undefined;
    default:
      return unreachable(type);
  }
}

function pollersOf({ host }: Scope, queue: TaskQueue | undefined): PollerInfo[] {
  return (queue?.recentPollers(host.now()) ?? []).map(({ identity, lastAccessAtMs, ratePerSecond }) => ({
    identity,
    lastAccessTime: toTimestamp(lastAccessAtMs),
    ratePerSecond: ratePerSecond ?? RATE_PER_SECOND_MAX,
  }));
}

/** As a whole, and by priority; the one in the middle is always there. */
function statsOf({ host }: Scope, queue: TaskQueue | undefined) {
  const nowMs = host.now();
  const none: QueueStats = { count: 0, oldestAtMs: undefined, addedPerSecond: 0, dispatchedPerSecond: 0 };
  const byPriority = new Map([[PRIORITY_DEFAULT, none], ...(queue?.stats ?? [])]);
  const total = { ...none };
  for (const each of byPriority.values()) {
    total.count += each.count;
    total.oldestAtMs = earliest(total.oldestAtMs, each.oldestAtMs);
    total.addedPerSecond += each.addedPerSecond;
    total.dispatchedPerSecond += each.dispatchedPerSecond;
  }
  const shown = (stats: QueueStats): TaskQueueStats => ({
    approximateBacklogCount: stats.count,
    approximateBacklogAge: toDuration(stats.oldestAtMs === undefined ? 0 : Math.max(0, nowMs - stats.oldestAtMs)),
    tasksAddRate: stats.addedPerSecond,
    tasksDispatchRate: stats.dispatchedPerSecond,
  });
  const statsByPriorityKey = Object.fromEntries(
    Array.from(byPriority, ([priority, stats]): [string, TaskQueueStats] => [`${priority}`, shown(stats)]),
  );
  return { stats: shown(total), statsByPriorityKey };
}

/** A queue has one partition here, and this process has it. */
function listTaskQueuePartitions(
  scope: Scope,
  request: RequestOf<'ListTaskQueuePartitions'>,
): Reply<ReplyOf<'ListTaskQueuePartitions'>> {
  const named = taskQueueOf(request.taskQueue, scope.limits);
  if (isRejection(named)) return named;
  const partitions = [{ key: named.name, ownerHostName: scope.cluster.clusterName }];
  const sticky = named.kind === TaskQueueKind.Sticky;
  return {
    message: {
      activityTaskQueuePartitions: sticky ? [] : partitions,
      workflowTaskQueuePartitions: partitions,
    },
  };
}
