import type { BatchOperationInfo } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { messageOf } from '../../api/errors.ts';
import { type Column, DataTable, timeWidth } from '../../components/data-table.tsx';
import { Notice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { pagerIfNeeded, usePages } from '../../components/pager.tsx';
import { Empty, Failure, Loading } from '../../components/states.tsx';
import { Elapsed, Timestamp } from '../../components/time.tsx';
import { batchesQuery } from './api.ts';
import { operationWords } from './batch-facts.ts';
import { BatchState } from './batch-state.tsx';

const route = getRouteApi('/namespaces/$namespace/batch-operations');

/** What was done to many workflows at once, the latest first. */
export function BatchListPage(): ReactNode {
  const { namespace } = route.useParams();
  const navigate = route.useNavigate();
  const pages = usePages();
  const { data, error, refetch } = useQuery(batchesQuery(namespace, pages.token));
  // Temporal's server tells the operation on the batch's own page alone.
  const tellsOperation = data?.operationInfo?.some(({ operationType }) => operationType !== undefined) ?? false;
  const columns = useMemo(
    () => batchColumns(namespace).filter(({ id }) => tellsOperation || id !== 'operation'),
    [namespace, tellsOperation],
  );
  return (
    <Page title="Batch operations">
      {data === undefined && error === null && <Loading>Reading the batches</Loading>}
      {data === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <>
          {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
          <DataTable
            label="Batch operations"
            columns={columns}
            rows={data.operationInfo ?? []}
            rowKey={({ jobId }) => jobId ?? ''}
            onOpen={({ jobId = '' }) =>
              void navigate({ to: '/namespaces/$namespace/batch-operations/$jobId', params: { namespace, jobId } })
            }
            empty={
              <Empty title="No batches yet">
                Select workflows in their list, or all that a query finds, to cancel, terminate, reset, signal or delete
                them at once.
              </Empty>
            }
            footer={pagerIfNeeded(pages, data.nextPageToken)}
          />
        </>
      )}
    </Page>
  );
}

function batchColumns(namespace: string): readonly Column<BatchOperationInfo>[] {
  return [
    { id: 'state', header: 'Status', width: '124px', cell: ({ state }) => <BatchState state={state} /> },
    {
      id: 'operation',
      header: 'Does',
      width: 'minmax(160px, 1fr)',
      minWidth: 160,
      cell: ({ operationType }) => operationWords(operationType),
    },
    {
      id: 'id',
      header: 'Job ID',
      width: 'minmax(290px, 2fr)',
      minWidth: 290,
      phone: 'title',
      cell: ({ jobId = '' }) => (
        <Link
          to="/namespaces/$namespace/batch-operations/$jobId"
          params={{ namespace, jobId }}
          title={jobId}
          preload={false}
        >
          {jobId}
        </Link>
      ),
    },
    {
      id: 'start',
      header: 'Started',
      width: timeWidth,
      cell: ({ startTime }) => <Timestamp value={startTime} />,
    },
    {
      id: 'took',
      header: 'Took',
      width: '96px',
      isEnd: true,
      phone: 'hidden',
      cell: ({ startTime, closeTime }) => <Elapsed from={startTime} to={closeTime} />,
    },
  ];
}
