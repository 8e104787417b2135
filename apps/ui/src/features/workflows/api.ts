import type {
  CountWorkflowExecutionsResponse,
  HistoryEvent,
  WorkflowExecutionInfo,
  WorkflowExecutionStatus,
} from '@perdure/proto/json-types';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { readPayload } from '../../lib/payload.ts';
import { askedQuery } from '../../lib/query/asked-query.ts';

/** How often the first page is read again while it is on the screen; further pages stay as they were read. */
const listAgainMs = 4000;
const countAgainMs = 8000;

export interface Page {
  readonly namespace: string;
  readonly query: string;
  readonly pageSize: number;
  /** Empty for the first page. */
  readonly token: string;
}

export function listQuery({ namespace, query, pageSize, token }: Page, isLive: boolean) {
  return queryOptions({
    queryKey: ['ListWorkflowExecutions', namespace, query, pageSize, token],
    queryFn: ({ signal }) =>
      call(
        'ListWorkflowExecutions',
        { namespace, query: askedQuery(query), pageSize, nextPageToken: token || undefined },
        { signal },
      ),
    placeholderData: keepPreviousData,
    refetchInterval: isLive && token === '' ? listAgainMs : false,
  });
}

/** How often what keeps a run is asked for, while its row is in sight. */
const describeAgainMs = 8000;

/** One run as it stands: what is pending, and why. */
export function describeQuery(namespace: string, { execution = {} }: WorkflowExecutionInfo) {
  const { workflowId = '', runId = '' } = execution;
  return queryOptions({
    queryKey: ['DescribeWorkflowExecution', namespace, workflowId, runId],
    queryFn: ({ signal }) => call('DescribeWorkflowExecution', { namespace, execution }, { signal }),
    staleTime: describeAgainMs,
    refetchInterval: describeAgainMs,
    retry: false,
  });
}

/** The event that ended a run; it never changes. */
export function closeEventQuery(namespace: string, { execution = {} }: WorkflowExecutionInfo) {
  const { workflowId = '', runId = '' } = execution;
  return queryOptions({
    queryKey: ['GetWorkflowExecutionHistory', namespace, workflowId, runId, 'close'],
    queryFn: async ({ signal }): Promise<HistoryEvent> => {
      const historyEventFilterType = 'HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT';
      const request = { namespace, execution, historyEventFilterType } as const;
      const { history } = await call('GetWorkflowExecutionHistory', request, { signal });
      return history?.events?.at(-1) ?? {};
    },
    staleTime: Infinity,
    retry: false,
  });
}

export interface StatusCounts {
  readonly total: number;
  readonly byStatus: readonly { readonly status: string; readonly count: number }[];
}

export function countQuery(namespace: string, query: string, isLive: boolean) {
  return queryOptions({
    queryKey: ['CountWorkflowExecutions', namespace, query],
    queryFn: async ({ signal }) => {
      const grouped = `${askedQuery(query)} GROUP BY ExecutionStatus`.trim();
      return readCounts(await call('CountWorkflowExecutions', { namespace, query: grouped }, { signal }));
    },
    placeholderData: keepPreviousData,
    refetchInterval: isLive ? countAgainMs : false,
    retry: false,
  });
}

function readCounts({ count, groups = [] }: CountWorkflowExecutionsResponse): StatusCounts {
  const byStatus = groups.map((group) => {
    const [value] = group.groupValues ?? [];
    const read = value && readPayload(value);
    return { status: read?.kind === 'json' ? String(read.value) : '', count: Number(group.count ?? 0) };
  });
  return { total: Number(count ?? 0), byStatus };
}

/** `Running` of a query, as the protocol's enum. */
export function statusOf(name: string): WorkflowExecutionStatus {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
  return `WORKFLOW_EXECUTION_STATUS_${words}` as WorkflowExecutionStatus;
}
