import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { WorkflowExecutionInfo } from '@perdure/proto/json-types';
import type { ReactNode } from 'react';
import { call } from '../../../api/client.ts';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Page } from '../../../components/page.tsx';
import { Empty, Failure, Loading } from '../../../components/states.tsx';
import { Timestamp } from '../../../components/time.tsx';
import { WorkflowStatus } from '../../../components/workflow-status.tsx';

const route = getRouteApi('/namespaces/$namespace/workflows');

const columns: readonly Column<WorkflowExecutionInfo>[] = [
  { id: 'Status', header: 'Status', width: '130px', cell: ({ status }) => <WorkflowStatus status={status} /> },
  {
    id: 'WorkflowId',
    header: 'Workflow ID',
    width: 'minmax(220px, 2fr)',
    phone: 'title',
    cell: ({ execution }) => execution?.workflowId,
  },
  { id: 'WorkflowType', header: 'Type', width: 'minmax(140px, 1fr)', cell: ({ type }) => type?.name },
  { id: 'StartTime', header: 'Started', width: '170px', cell: ({ startTime }) => <Timestamp value={startTime} /> },
];

export function WorkflowListPage(): ReactNode {
  const { namespace } = route.useParams();
  const { query = '' } = route.useSearch();
  const { data, error, refetch } = useQuery({
    queryKey: ['ListWorkflowExecutions', namespace, query],
    queryFn: ({ signal }) => call('ListWorkflowExecutions', { namespace, query, pageSize: 100 }, { signal }),
  });
  return (
    <Page title="Workflows">
      {error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading />
      ) : (
        <DataTable
          label="Workflows"
          columns={columns}
          rows={data.executions ?? []}
          rowKey={({ execution }) => execution?.runId ?? ''}
          empty={<Empty title="No workflows yet">Start one with any Temporal SDK, and it shows here.</Empty>}
        />
      )}
    </Page>
  );
}
