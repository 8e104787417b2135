import type { DescribeTaskQueueResponse, TaskQueueType, WorkerHeartbeat } from '@perdure/proto/json-types';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { askedQuery } from '../../lib/query/asked-query.ts';
import { quoted } from '../../lib/query/query-text.ts';

/** Workers report each minute; pollers and backlog are known at once. */
const workersAgainMs = 15_000;
const queueAgainMs = 5000;

export const identity = 'perdure-ui';

/** Workers that report, by a query over their fields; all for the empty one. */
export function workersQuery(namespace: string, query: string, pageSize = 200) {
  return queryOptions({
    queryKey: ['ListWorkers', namespace, query, pageSize],
    queryFn: async ({ signal }): Promise<readonly WorkerHeartbeat[]> => {
      const request = { namespace, query: askedQuery(query), pageSize };
      const { workersInfo, workers = [] } = await call('ListWorkers', request, { signal });
      if (workersInfo !== undefined) return workersInfo.map(({ workerHeartbeat = {} }) => workerHeartbeat);
      return workers.map(({ hostName, processId, workerGroupingKey, ...worker }) => ({
        ...worker,
        hostInfo: { hostName, processId, workerGroupingKey },
      }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: workersAgainMs,
  });
}

export function workerQuery(namespace: string, workerInstanceKey: string) {
  return queryOptions({
    queryKey: ['DescribeWorker', namespace, workerInstanceKey],
    queryFn: async ({ signal }) => {
      const { workerInfo } = await call('DescribeWorker', { namespace, workerInstanceKey }, { signal });
      return workerInfo?.workerHeartbeat ?? {};
    },
    refetchInterval: workersAgainMs,
  });
}

export type QueueKind = 'workflow' | 'activity' | 'nexus';

export const kindTypes: Readonly<Record<QueueKind, TaskQueueType>> = {
  workflow: 'TASK_QUEUE_TYPE_WORKFLOW',
  activity: 'TASK_QUEUE_TYPE_ACTIVITY',
  nexus: 'TASK_QUEUE_TYPE_NEXUS',
};

export function queueQuery(namespace: string, name: string, kind: QueueKind) {
  return queryOptions({
    queryKey: ['DescribeTaskQueue', namespace, name, kind, 'whole'],
    queryFn: ({ signal }): Promise<DescribeTaskQueueResponse> =>
      call(
        'DescribeTaskQueue',
        { namespace, taskQueue: { name }, taskQueueType: kindTypes[kind], reportStats: true, reportConfig: true },
        { signal },
      ),
    refetchInterval: queueAgainMs,
  });
}

/** The query of a list that finds what runs on a queue. */
export function runningOnQuery(queue: string): string {
  return `TaskQueue = ${quoted(queue)} AND ExecutionStatus = "Running"`;
}

export function runningCountQuery(namespace: string, queue: string) {
  const query = runningOnQuery(queue);
  return queryOptions({
    queryKey: ['CountWorkflowExecutions', namespace, query, 'running'],
    queryFn: async ({ signal }) =>
      Number((await call('CountWorkflowExecutions', { namespace, query }, { signal })).count ?? 0),
    refetchInterval: queueAgainMs * 2,
  });
}

const runsLookedAt = 500;

/** The queues that the latest running workflows name: no method of the server lists queues. */
export function queuesInUseQuery(namespace: string) {
  return queryOptions({
    queryKey: ['ListWorkflowExecutions', namespace, 'queues in use'],
    queryFn: async ({ signal }): Promise<readonly string[]> => {
      const query = 'ExecutionStatus = "Running"';
      const reply = await call('ListWorkflowExecutions', { namespace, query, pageSize: runsLookedAt }, { signal });
      return [...new Set((reply.executions ?? []).map(({ taskQueue = '' }) => taskQueue))].filter(
        (name) => name !== '',
      );
    },
    refetchInterval: workersAgainMs,
  });
}
