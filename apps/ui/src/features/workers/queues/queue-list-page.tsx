import { useQueries, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useMemo, useRef } from 'react';
import { messageOf } from '../../../api/errors.ts';
import { Button } from '../../../components/button.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Input } from '../../../components/field.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Page } from '../../../components/page.tsx';
import { Empty, Failure, Loading } from '../../../components/states.tsx';
import { useCommands } from '../../../lib/commands.ts';
import { formatDuration } from '../../../lib/time.ts';
import { counted } from '../../../lib/words.ts';
import { queueQuery, queuesInUseQuery, runningCountQuery, runningOnQuery, workersQuery } from '../api.ts';
import styles from '../workers.module.css';
import { healthOf, type QueueHealth } from './queue-facts.ts';

const route = getRouteApi('/namespaces/$namespace/task-queues');

interface QueueRow {
  readonly name: string;
  readonly running: number | undefined;
  readonly workflow: QueueHealth | undefined;
  readonly activity: QueueHealth | undefined;
}

/** More queues than this are listed by their names alone: each costs the server three calls. */
const detailedMax = 40;

/** The queues that running workflows and workers name, what waits in them and who works on it. */
export function QueueListPage(): ReactNode {
  const { namespace } = route.useParams();
  const navigate = route.useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const open = (taskQueue: string): void =>
    void navigate({ to: '/namespaces/$namespace/task-queues/$taskQueue', params: { namespace, taskQueue } });
  useCommands([
    {
      id: 'queues.open',
      title: 'Open a task queue by name',
      group: 'Task queues',
      keys: '/',
      run: () => input.current?.focus(),
    },
  ]);
  return (
    <Page title="Task queues" lead="Those that running workflows and workers name. Any other opens by its name.">
      <form
        className={styles.tools}
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          const name = input.current?.value.trim() ?? '';
          if (name !== '') open(name);
        }}
      >
        <Input
          ref={input}
          aria-label="Name of a task queue"
          placeholder="Name of a task queue"
          className={styles.search}
        />
        <Button type="submit">Open</Button>
      </form>
      <QueueTable onOpen={open} />
    </Page>
  );
}

function QueueTable({ onOpen }: { readonly onOpen: (name: string) => void }): ReactNode {
  const { namespace } = route.useParams();
  const inUse = useQuery(queuesInUseQuery(namespace));
  const workers = useQuery({ ...workersQuery(namespace, ''), retry: false });
  const names = useMemo(() => {
    const polled = (workers.data ?? []).map(({ taskQueue = '' }) => taskQueue).filter((name) => name !== '');
    return [...new Set([...(inUse.data ?? []), ...polled])].sort();
  }, [inUse.data, workers.data]);
  const rows = useRows(namespace, names);
  const columns = useMemo(() => queueColumns(namespace), [namespace]);
  if (inUse.data === undefined) {
    if (inUse.error === null) return <Loading>Reading the queues</Loading>;
    return <Failure error={inUse.error} onRetry={() => void inUse.refetch()} />;
  }
  return (
    <>
      {inUse.error !== null && <Notice tone="failed">{messageOf(inUse.error)}</Notice>}
      <DataTable
        label="Task queues"
        columns={columns}
        rows={rows}
        rowKey={({ name }) => name}
        onOpen={({ name }) => onOpen(name)}
        empty={
          <Empty title="No task queue is in use">
            One comes to be when a worker polls it, or a workflow is started on it.
          </Empty>
        }
      />
    </>
  );
}

function useRows(namespace: string, names: readonly string[]): readonly QueueRow[] {
  const detailed = names.slice(0, detailedMax);
  const workflow = useQueries({ queries: detailed.map((name) => queueQuery(namespace, name, 'workflow')) });
  const activity = useQueries({ queries: detailed.map((name) => queueQuery(namespace, name, 'activity')) });
  const running = useQueries({ queries: detailed.map((name) => runningCountQuery(namespace, name)) });
  return names.map((name, index) => {
    const [w, a] = [workflow[index]?.data, activity[index]?.data];
    return {
      name,
      running: running[index]?.data,
      workflow: w && healthOf(w),
      activity: a && healthOf(a),
    };
  });
}

function queueColumns(namespace: string): readonly Column<QueueRow>[] {
  return [
    {
      id: 'name',
      header: 'Task queue',
      width: 'minmax(180px, 2fr)',
      minWidth: 180,
      phone: 'title',
      cell: ({ name }) => (
        <Link
          to="/namespaces/$namespace/task-queues/$taskQueue"
          params={{ namespace, taskQueue: name }}
          title={name}
          preload={false}
        >
          {name}
        </Link>
      ),
    },
    {
      id: 'state',
      header: 'Workers',
      width: 'minmax(150px, 1fr)',
      minWidth: 150,
      cell: (row) => <Workers row={row} />,
    },
    {
      id: 'workflow',
      header: 'Workflow tasks waiting',
      width: '170px',
      minWidth: 170,
      isEnd: true,
      cell: ({ workflow }) => <Backlog health={workflow} noun="workflow task" />,
    },
    {
      id: 'activity',
      header: 'Activity tasks waiting',
      width: '170px',
      minWidth: 170,
      isEnd: true,
      cell: ({ activity }) => <Backlog health={activity} noun="activity task" />,
    },
    {
      id: 'running',
      header: 'Running workflows',
      width: '150px',
      minWidth: 150,
      isEnd: true,
      phone: 'hidden',
      cell: ({ name, running }) =>
        running !== undefined && (
          <Link to="/namespaces/$namespace/workflows" params={{ namespace }} search={{ query: runningOnQuery(name) }}>
            {running.toLocaleString('en')}
          </Link>
        ),
    },
  ];
}

function Workers({ row: { workflow, activity, running = 0 } }: { readonly row: QueueRow }): ReactNode {
  if (workflow === undefined || activity === undefined) return '';
  const count = Math.max(workflow.pollerCount, activity.pollerCount);
  if (count > 0) return counted(count, 'poller');
  return running > 0 ? <span className={styles.bad}>nobody polls</span> : <span className={styles.muted}>none</span>;
}

function Backlog({ health, noun }: { readonly health: QueueHealth | undefined; readonly noun: string }): ReactNode {
  if (health === undefined) return '';
  const { backlog, oldestMs, isDeserted } = health;
  if (backlog === 0)
    return (
      <span className={styles.muted}>
        0<span className={styles.onPhone}> {noun}s</span>
      </span>
    );
  return (
    <span className={isDeserted ? styles.bad : styles.waiting}>
      {backlog.toLocaleString('en')}
      <span className={styles.onPhone}> {backlog === 1 ? noun : `${noun}s`}</span>
      {oldestMs > 0 && `, for ${formatDuration(oldestMs)}`}
    </span>
  );
}
