import type { WorkerHeartbeat } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { GrpcCode, hasCode, messageOf } from '../../../api/errors.ts';
import { byId, useColumns } from '../../../components/list/columns.tsx';
import { ListCount, ListTools } from '../../../components/list/list-tools.tsx';
import { ViewBar } from '../../../components/list/view-bar.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Page } from '../../../components/page.tsx';
import { Empty, Failure, Loading } from '../../../components/states.tsx';
import { counted } from '../../../lib/words.ts';
import { workersQuery } from '../api.ts';
import { systemViews, workerAttributes, workerViews } from './views.ts';
import { initialColumns, knownColumns, workerColumns, WorkerTable } from './worker-table.tsx';

const route = getRouteApi('/namespaces/$namespace/workers');

/** The workers that report, and how busy they are. */
export function WorkerListPage(): ReactNode {
  const { namespace } = route.useParams();
  const { query = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(workersQuery(namespace, query));
  const known = useMemo(() => byId<WorkerHeartbeat>(knownColumns(namespace)), [namespace]);
  const { columns, dialog, openDialog } = useColumns(known, initialColumns, workerColumns(namespace));
  const ask = (next: string): void => void navigate({ search: next === '' ? {} : { query: next } });
  return (
    <Page title="Workers">
      <ViewBar
        namespace={namespace}
        views={systemViews}
        store={workerViews}
        things="workers"
        query={query}
        onChoose={ask}
      />
      <ListTools
        group="Workers"
        query={query}
        attributes={workerAttributes}
        idAttribute="WorkerIdentity"
        idName="identity"
        example={'Beginning of an identity, or TaskQueue = "orders"'}
        onChange={ask}
        onOpenColumns={openDialog}
      >
        <ListCount>{data !== undefined && counted(data.length, 'worker')}</ListCount>
      </ListTools>
      {dialog}
      {data === undefined && error === null && <Loading>Reading the workers</Loading>}
      {data === undefined && error !== null && <NoList error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <>
          {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
          <WorkerTable
            namespace={namespace}
            columns={columns}
            workers={data}
            empty={<NoWorkers isAll={query === ''} />}
          />
        </>
      )}
    </Page>
  );
}

function NoList({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }): ReactNode {
  if (!hasCode(error, GrpcCode.unimplemented)) return <Failure error={error} onRetry={onRetry} />;
  return <Empty title="This server keeps no record of workers">Who polls a task queue is on the queue's page.</Empty>;
}

function NoWorkers({ isAll }: { readonly isAll: boolean }): ReactNode {
  return isAll ? (
    <Empty title="No worker reports">
      Workers of recent SDKs report each minute. Older ones are seen on the page of their task queue.
    </Empty>
  ) : (
    <Empty title="Nothing matches">No worker of this namespace is what was asked for.</Empty>
  );
}
