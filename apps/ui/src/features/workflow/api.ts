import type { DescribeWorkflowExecutionResponse, Payload } from '@perdure/proto/json-types';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { payloadsFromText, readPayload } from '../../lib/payload.ts';

export interface Run {
  readonly namespace: string;
  readonly workflowId: string;
  /** Empty for the latest run. */
  readonly runId: string;
}

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
  const query = `WorkflowId = "${workflowId.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return queryOptions({
    queryKey: ['ListWorkflowExecutions', namespace, query, 'runs'],
    queryFn: ({ signal }) => call('ListWorkflowExecutions', { namespace, query, pageSize: 50 }, { signal }),
    staleTime: 10_000,
  });
}

/** What a workflow says of itself when it is asked: its handlers, and where it is. */
export interface WorkflowSelfDescription {
  readonly queries: readonly string[];
  readonly signals: readonly string[];
  readonly updates: readonly string[];
  readonly currentDetails: string;
}

interface HandlerDefinition {
  readonly name?: string;
}

/** Runs a query and gives its one result; undefined where it has none. Throws with the worker's message. */
export async function queryWorkflow(
  { namespace, workflowId, runId }: Run,
  queryType: string,
  argument?: string,
  signal?: AbortSignal,
): Promise<Payload | undefined> {
  const reply = await call(
    'QueryWorkflow',
    {
      namespace,
      execution: { workflowId, runId },
      query: { queryType, queryArgs: payloadsFromText(argument ?? '') },
    },
    { signal },
  );
  return reply.queryResult?.payloads?.[0];
}

export function selfDescriptionQuery(run: Run) {
  return queryOptions({
    queryKey: ['QueryWorkflow', run.namespace, run.workflowId, run.runId, 'metadata'],
    queryFn: async ({ signal }): Promise<WorkflowSelfDescription> => {
      const payload = await queryWorkflow(run, '__temporal_workflow_metadata', undefined, signal);
      const read = payload && readPayload(payload);
      return toSelfDescription(read?.kind === 'json' ? read.value : {});
    },
    staleTime: 5000,
    retry: false,
  });
}

function toSelfDescription(value: unknown): WorkflowSelfDescription {
  const { definition, currentDetails } = value as {
    definition?: Record<string, readonly HandlerDefinition[] | undefined>;
    currentDetails?: string;
  };
  const names = (key: string): string[] =>
    (definition?.[key] ?? []).map(({ name }) => name ?? '').filter((name) => name !== '' && !name.startsWith('__'));
  return {
    queries: names('queryDefinitions'),
    signals: names('signalDefinitions'),
    updates: names('updateDefinitions'),
    currentDetails: currentDetails ?? '',
  };
}

/** Who did it, in history and in answers to `who?`. */
export const identity = 'perdure-ui';
