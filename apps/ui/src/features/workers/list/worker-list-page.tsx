import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import { GrpcCode, hasCode, messageOf } from '../../../api/errors.ts';
import { Button } from '../../../components/button.tsx';
import { Input } from '../../../components/field.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Page } from '../../../components/page.tsx';
import { Empty, Failure, Loading } from '../../../components/states.tsx';
import { useCommands } from '../../../lib/commands.ts';
import { counted } from '../../../lib/words.ts';
import { workersQuery } from '../api.ts';
import { workerListQuery } from '../worker-facts.ts';
import styles from '../workers.module.css';
import { WorkerTable } from './worker-table.tsx';

const route = getRouteApi('/namespaces/$namespace/workers');

/** The workers that report, and how busy they are. */
export function WorkerListPage(): ReactNode {
  const { namespace } = route.useParams();
  const { find = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const query = workerListQuery(find);
  const { data, error, refetch } = useQuery(workersQuery(namespace, query));
  useCommands([
    { id: 'workers.find', title: 'Find a worker', group: 'Workers', keys: '/', run: () => input.current?.focus() },
  ]);
  return (
    <Page title="Workers">
      <form
        key={find}
        className={styles.tools}
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          const text = input.current?.value.trim() ?? '';
          void navigate({ search: text === '' ? {} : { find: text } });
        }}
      >
        <Input
          ref={input}
          type="search"
          className={styles.search}
          aria-label="Find by the beginning of the identity, or by a query"
          placeholder={'Identity, or a query: TaskQueue = "orders"'}
          defaultValue={find}
        />
        <Button type="submit">Find</Button>
        <span className={styles.count} role="status">
          {data !== undefined && counted(data.length, 'worker')}
        </span>
      </form>
      {data === undefined && error === null && <Loading>Reading the workers</Loading>}
      {data === undefined && error !== null && <NoList error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <>
          {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
          <WorkerTable namespace={namespace} workers={data} empty={<NoWorkers isAll={query === ''} />} />
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
