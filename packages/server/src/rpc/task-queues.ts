import { isRejection, reject, toDuration, toTimestamp, unreachable } from '@perdure/core';
import { DescribeTaskQueueMode, RateLimitSource, TaskQueueKind, TaskQueueType } from '@perdure/proto/enums';
import type { PollerInfo, TaskQueueStats } from '@perdure/proto/types';
import { QueueKind } from '@perdure/storage';
import { RATE_PER_SECOND_MAX } from '../matching/rate-limit.ts';
import type { RateSource, TaskQueue } from '../matching/task-queue.ts';
import type { Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { enumRefusal } from './validate-fields.ts';
import { taskQueueOf } from './validate-task-queue.ts';

export const taskQueues: WorkflowMethods = {
  DescribeTaskQueue: within(NamespaceUse.Any, describeTaskQueue),
  ListTaskQueuePartitions: within(NamespaceUse.Any, listTaskQueuePartitions),
};

const RATE_SOURCES: Readonly<Record<RateSource, RateLimitSource>> = {
  api: RateLimitSource.Api,
  worker: RateLimitSource.Worker,
  system: RateLimitSource.System,
};

function describeTaskQueue(scope: Scope, request: RequestOf<'DescribeTaskQueue'>): Reply<ReplyOf<'DescribeTaskQueue'>> {
  const { limits, engine, host, namespace } = scope;
  const named = taskQueueOf(request.taskQueue, limits);
  if (isRejection(named)) return named;
  const type = request.taskQueueType || TaskQueueType.Workflow;
  const refusal = enumRefusal('TaskQueueType', TaskQueueType, type);
  if (refusal !== undefined) return refusal;
  if (request.apiMode === DescribeTaskQueueMode.Enhanced) {
    return reject.unimplemented('the enhanced mode of DescribeTaskQueue is not served yet');
  }
  const kind = queueKindOf(type);
  const key = kind && { namespaceId: namespace.id, name: named.name, kind };
  const queue = key && engine.matching.find(key);
  const nowMs = host.now();
  const message = { pollers: queue === undefined ? [] : pollersOf(queue, nowMs) };
  const stats = request.reportStats === true ? { stats: statsOf(queue, nowMs) } : {};
  const { perSecond, source } = queue?.effectiveRate ?? { perSecond: RATE_PER_SECOND_MAX, source: 'system' };
  const status = { backlogCountHint: queue?.backlogSize ?? 0, ratePerSecond: perSecond };
  const taskQueueStatus = request.includeTaskQueueStatus === true ? { taskQueueStatus: status } : {};
  const config = request.reportConfig === true && key !== undefined ? { config: engine.matching.configOf(key) } : {};
  const effectiveRateLimit = { requestsPerSecond: perSecond, rateLimitSource: RATE_SOURCES[source] };
  return { message: { ...message, ...stats, ...taskQueueStatus, ...config, effectiveRateLimit } };
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

function pollersOf(queue: TaskQueue, nowMs: number): PollerInfo[] {
  return queue.recentPollers(nowMs).map(({ identity, lastAccessAtMs, ratePerSecond }) => ({
    identity,
    lastAccessTime: toTimestamp(lastAccessAtMs),
    ratePerSecond: ratePerSecond ?? RATE_PER_SECOND_MAX,
  }));
}

function statsOf(queue: TaskQueue | undefined, nowMs: number): TaskQueueStats {
  const oldestAtMs = queue?.oldestAtMs;
  return {
    approximateBacklogCount: queue?.backlogSize ?? 0,
    approximateBacklogAge: toDuration(oldestAtMs === undefined ? 0 : Math.max(0, nowMs - oldestAtMs)),
  };
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
