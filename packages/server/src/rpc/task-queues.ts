import { isRejection, reject, toDuration, toTimestamp, unreachable } from '@perdure/core';
import { DescribeTaskQueueMode, TaskQueueKind, TaskQueueType } from '@perdure/proto/enums';
import type { PollerInfo, TaskQueueStats } from '@perdure/proto/types';
import { QueueKind } from '@perdure/storage';
import type { TaskQueue } from '../matching/task-queue.ts';
import type { Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { enumRefusal } from './validate-fields.ts';
import { taskQueueOf } from './validate-task-queue.ts';

export const taskQueues: WorkflowMethods = {
  DescribeTaskQueue: within(NamespaceUse.Any, describeTaskQueue),
  ListTaskQueuePartitions: within(NamespaceUse.Any, listTaskQueuePartitions),
};

/** Temporal: matching's limit where a queue has none. */
const RATE_PER_SECOND_DEFAULT = 100_000;

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
  const queue = kind && engine.matching.find({ namespaceId: namespace.id, name: named.name, kind });
  const nowMs = host.now();
  const message = { pollers: queue === undefined ? [] : pollersOf(queue, nowMs) };
  const stats = request.reportStats === true ? { stats: statsOf(queue, nowMs) } : {};
  const status = { backlogCountHint: queue?.backlogSize ?? 0, ratePerSecond: RATE_PER_SECOND_DEFAULT };
  const taskQueueStatus = request.includeTaskQueueStatus === true ? { taskQueueStatus: status } : {};
  return { message: { ...message, ...stats, ...taskQueueStatus } };
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
    ratePerSecond: ratePerSecond ?? RATE_PER_SECOND_DEFAULT,
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
