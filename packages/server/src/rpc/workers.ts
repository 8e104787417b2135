import { isRejection, reject, SYSTEM_TASK_QUEUE, type Rejection } from '@perdure/core';
import { TaskQueueType } from '@perdure/proto/enums';
import type { WorkerHeartbeat, WorkerListInfo } from '@perdure/proto/types';
import { QueueKind } from '@perdure/storage';
import { compileWorkerQuery } from '../workers/worker-query.ts';
import type { Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import { queueKindOf } from './task-queues.ts';
import { stickyOwner, workerOwner } from './outstanding-polls.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';

/** What workers say of themselves, and who asks for it. Temporal: service/matching/workers. */
export const workers: WorkflowMethods = {
  RecordWorkerHeartbeat: within(NamespaceUse.Any, recordWorkerHeartbeat),
  ListWorkers: within(NamespaceUse.Any, listWorkers),
  CountWorkers: within(NamespaceUse.Any, countWorkers),
  DescribeWorker: within(NamespaceUse.Any, describeWorker),
  ShutdownWorker: within(NamespaceUse.Any, shutdownWorker),
};

function recordWorkerHeartbeat(
  scope: Scope,
  request: RequestOf<'RecordWorkerHeartbeat'>,
): Reply<ReplyOf<'RecordWorkerHeartbeat'>> {
  recordHeartbeats(scope, request.workerHeartbeat ?? []);
  return { message: {} };
}

export function recordHeartbeats(
  { config, namespace, workers: registry }: Scope,
  heartbeats: readonly WorkerHeartbeat[],
): void {
  const enabled = config.get('frontend.WorkerHeartbeatsEnabled', { namespace: namespace.name });
  if (enabled) registry.record(namespace.id, heartbeats);
}

/** Without a page size all of them come at once. */
function listWorkers(scope: Scope, request: RequestOf<'ListWorkers'>): Reply<ReplyOf<'ListWorkers'>> {
  const found = matching(scope, request);
  if (isRejection(found)) return found;
  const { pageSize = 0, nextPageToken } = request;
  let rest = found;
  if (nextPageToken !== undefined && nextPageToken.length > 0) {
    const token = scope.tokens.readWorkers(nextPageToken);
    if (token?.namespaceId !== scope.namespace.id) return reject.invalidArgument('invalid next_page_token');
    rest = found.filter(({ workerInstanceKey = '' }) => workerInstanceKey > token.afterKey);
  }
  const page = pageSize > 0 ? rest.slice(0, pageSize) : rest;
  const more = page.length < rest.length;
  return {
    message: {
      workersInfo: page.map((workerHeartbeat) => ({ workerHeartbeat })),
      workers: page.map(listInfo),
      ...(more && {
        nextPageToken: scope.tokens.workers({
          namespaceId: scope.namespace.id,
          afterKey: page.at(-1)?.workerInstanceKey ?? '',
        }),
      }),
    },
  };
}

function countWorkers(scope: Scope, request: RequestOf<'CountWorkers'>): Reply<ReplyOf<'CountWorkers'>> {
  const found = matching(scope, request);
  return isRejection(found) ? found : { message: { count: found.length } };
}

/** The server's own workers, of which this one has none, are not shown unless they are asked for. */
function matching(
  { workers: registry, namespace }: Scope,
  { query = '', includeSystemWorkers = false }: RequestOf<'CountWorkers'>,
): readonly WorkerHeartbeat[] | Rejection {
  const matches = compileWorkerQuery(query);
  if (isRejection(matches)) return matches;
  return registry
    .all(namespace.id)
    .filter((worker) => (includeSystemWorkers || worker.taskQueue !== SYSTEM_TASK_QUEUE) && matches(worker));
}

function listInfo(heartbeat: WorkerHeartbeat): WorkerListInfo {
  const { hostInfo } = heartbeat;
  return {
    workerInstanceKey: heartbeat.workerInstanceKey,
    workerIdentity: heartbeat.workerIdentity,
    taskQueue: heartbeat.taskQueue,
    deploymentVersion: heartbeat.deploymentVersion,
    sdkName: heartbeat.sdkName,
    sdkVersion: heartbeat.sdkVersion,
    status: heartbeat.status,
    startTime: heartbeat.startTime,
    hostName: hostInfo?.hostName,
    workerGroupingKey: hostInfo?.workerGroupingKey,
    processId: hostInfo?.processId,
    plugins: heartbeat.plugins,
    drivers: heartbeat.drivers,
  };
}

function describeWorker(
  { workers: registry, namespace }: Scope,
  { workerInstanceKey = '' }: RequestOf<'DescribeWorker'>,
): Reply<ReplyOf<'DescribeWorker'>> {
  const workerHeartbeat = registry.find(namespace.id, workerInstanceKey);
  if (workerHeartbeat === undefined) return reject.notFound(`Worker ${workerInstanceKey} not found`);
  return { message: { workerInfo: { workerHeartbeat } } };
}

/**
 * The worker goes: polls of the queue of its cache are let go, and its other polls where the namespace has it so, so that
 * no task is handed to nobody. What it says last is recorded.
 */
function shutdownWorker(scope: Scope, request: RequestOf<'ShutdownWorker'>): Reply<ReplyOf<'ShutdownWorker'>> {
  const { engine, polls, namespace, config } = scope;
  const { stickyTaskQueue: name, workerHeartbeat, workerInstanceKey, taskQueue } = request;
  const cancels = config.get('frontend.enableCancelWorkerPollsOnShutdown', { namespace: namespace.name });
  if (cancels && workerInstanceKey && taskQueue) {
    polls.shutDown(workerOwner(namespace.id, workerInstanceKey), scope.host.now());
    forgetPoller(scope, taskQueue, request);
  }
  if (workerHeartbeat !== undefined) recordHeartbeats(scope, [workerHeartbeat]);
  if (name) {
    polls.end(stickyOwner(namespace.id, name));
    engine.matching.find({ namespaceId: namespace.id, name, kind: QueueKind.Workflow })?.forgetPolls();
  }
  return { message: {} };
}

/** The queues of the worker no longer show it as one of their pollers. */
function forgetPoller(
  { engine, namespace }: Scope,
  name: string,
  { identity = '', taskQueueTypes = [] }: RequestOf<'ShutdownWorker'>,
): void {
  const types = taskQueueTypes.length === 0 ? [TaskQueueType.Workflow, TaskQueueType.Activity] : taskQueueTypes;
  for (const type of types) {
    const kind = queueKindOf(type);
    if (kind !== undefined) engine.matching.find({ namespaceId: namespace.id, name, kind })?.forgetPoller(identity);
  }
}
