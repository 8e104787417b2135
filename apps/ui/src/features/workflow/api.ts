import type { DescribeWorkflowExecutionResponse } from '@perdure/proto/json-types';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import type { Run } from '../../lib/self-description.ts';
import { quoted } from '../../lib/query/query-text.ts';

export type { Run };

/** How often a run is described anew: attempts and heartbeats are in no history. A closed run stays as it is. */
function describeAgainMs(description: DescribeWorkflowExecutionResponse | undefined): number | false {
  const status = description?.workflowExecutionInfo?.status;
  if (status !== 'WORKFLOW_EXECUTION_STATUS_RUNNING' && status !== 'WORKFLOW_EXECUTION_STATUS_PAUSED') return false;
  const hasAttempts =
    description?.pendingWorkflowTask !== undefined || (description?.pendingActivities?.length ?? 0) > 0;
  return hasAttempts ? 2000 : 10_000;
}

export function describeQuery({ namespace, workflowId, runId }: Run) {
  return queryOptions({
    queryKey: ['DescribeWorkflowExecution', namespace, workflowId, runId],
    queryFn: ({ signal }) =>
      call(
        'DescribeWorkflowExecution',
        { namespace, execution: { workflowId, ...(runId !== '' && { runId }) } },
        { signal },
      ),
    refetchInterval: ({ state }) => describeAgainMs(state.data),
  });
}

export function taskQueueQuery(namespace: string, name: string, type: 'workflow' | 'activity') {
  return queryOptions({
    queryKey: ['DescribeTaskQueue', namespace, name, type],
    queryFn: ({ signal }) =>
      call(
        'DescribeTaskQueue',
        {
          namespace,
          taskQueue: { name },
          taskQueueType: type === 'workflow' ? 'TASK_QUEUE_TYPE_WORKFLOW' : 'TASK_QUEUE_TYPE_ACTIVITY',
          reportStats: true,
        },
        { signal },
      ),
    enabled: name !== '',
    refetchInterval: 15_000,
  });
}

/** The runs of one workflow id, newest first. */
export function runsQuery(namespace: string, workflowId: string) {
  const query = `WorkflowId = ${quoted(workflowId)}`;
  return queryOptions({
    queryKey: ['ListWorkflowExecutions', namespace, query, 'runs'],
    queryFn: ({ signal }) => call('ListWorkflowExecutions', { namespace, query, pageSize: 50 }, { signal }),
    staleTime: 10_000,
  });
}

export { queryWorkflow, selfDescriptionQuery } from '../../lib/self-description.ts';

/** Who did it, in history and in answers to `who?`. */
export const identity = 'perdure-ui';
