import type { DescribeTaskQueueResponse } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Gauge } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { messageOf } from '../../../api/errors.ts';
import { settingsQuery } from '../../../api/queries.ts';
import { Button, buttonClass } from '../../../components/button.tsx';
import { CopyButton } from '../../../components/copy.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Page, Panel, Stack } from '../../../components/page.tsx';
import { Empty, Failure, Loading } from '../../../components/states.tsx';
import { Timestamp } from '../../../components/time.tsx';
import { useCommands } from '../../../lib/commands.ts';
import { enumWords } from '../../../lib/history/events.ts';
import { quoted } from '../../../lib/query/query-text.ts';
import { formatDuration } from '../../../lib/time.ts';
import { counted } from '../../../lib/words.ts';
import { type QueueKind, queueQuery, runningCountQuery, runningOnQuery, workersQuery } from '../api.ts';
import { initialColumns, knownColumns, WorkerTable } from '../list/worker-table.tsx';
import styles from '../workers.module.css';
import { healthOf, type Poller, pollersOf, rateText } from './queue-facts.ts';
import { RateDialog } from './rate-dialog.tsx';

const route = getRouteApi('/namespaces/$namespace/task-queues/$taskQueue');

/** One queue: what waits in it, who polls it, and what runs on it. */
export function QueuePage(): ReactNode {
  const { namespace, taskQueue } = route.useParams();
  const workflow = useQuery(queueQuery(namespace, taskQueue, 'workflow'));
  const activity = useQuery(queueQuery(namespace, taskQueue, 'activity'));
  const { data: running } = useQuery(runningCountQuery(namespace, taskQueue));
  const error = workflow.error ?? activity.error;
  return (
    <Page
      title={taskQueue}
      above={
        <Link to="/namespaces/$namespace/task-queues" params={{ namespace }}>
          Task queues
        </Link>
      }
      beside={<CopyButton text={taskQueue} label="Copy the name" />}
      actions={
        running !== undefined && (
          <Link
            to="/namespaces/$namespace/workflows"
            params={{ namespace }}
            search={{ query: runningOnQuery(taskQueue) }}
            className={buttonClass()}
          >
            {counted(running, 'running workflow')}
          </Link>
        )
      }
    >
      {workflow.data === undefined || activity.data === undefined ? (
        error === null ? (
          <Loading>Reading the queue</Loading>
        ) : (
          <Failure error={error} onRetry={() => void workflow.refetch()} />
        )
      ) : (
        <Stack>
          {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
          <Matters workflow={workflow.data} activity={activity.data} running={running ?? 0} />
          <Kinds workflow={workflow.data} activity={activity.data} />
          <Pollers workflow={workflow.data} activity={activity.data} />
          <QueueWorkers />
        </Stack>
      )}
    </Page>
  );
}

interface QueueReplies {
  readonly workflow: DescribeTaskQueueResponse;
  readonly activity: DescribeTaskQueueResponse;
}

function Matters({ workflow, activity, running }: QueueReplies & { readonly running: number }): ReactNode {
  const [ofWorkflows, ofActivities] = [healthOf(workflow), healthOf(activity)];
  return (
    <>
      {ofWorkflows.isDeserted && (
        <Notice tone="failed">
          {counted(ofWorkflows.backlog, 'workflow task waits', 'workflow tasks wait')} and no worker polls it. Start a
          worker with this task queue, in this namespace.
        </Notice>
      )}
      {ofActivities.isDeserted && (
        <Notice tone="failed">
          {counted(ofActivities.backlog, 'activity task waits', 'activity tasks wait')} and no worker polls it.
        </Notice>
      )}
      {running > 0 && !ofWorkflows.isDeserted && ofWorkflows.pollerCount === 0 && (
        <Notice tone="waiting">Workflows run on it, but no worker polls for their tasks now.</Notice>
      )}
      {[workflow, activity].some(({ stats }) => stats?.rateLimitingActive) && (
        <Notice tone="waiting">Its rate limit holds tasks back.</Notice>
      )}
    </>
  );
}

interface KindRow {
  readonly kind: QueueKind;
  readonly reply: DescribeTaskQueueResponse;
}

function Kinds({ workflow, activity }: QueueReplies): ReactNode {
  const { namespace, taskQueue } = route.useParams();
  const { data: settings } = useQuery(settingsQuery);
  const [changed, setChanged] = useState<KindRow>();
  const isReadOnly = settings?.isReadOnly === true;
  const rows: readonly KindRow[] = [
    { kind: 'workflow', reply: workflow },
    { kind: 'activity', reply: activity },
  ];
  useCommands(
    isReadOnly
      ? []
      : rows.map((row) => ({
          id: `queue.rate.${row.kind}`,
          title: `Limit the rate of ${row.kind} tasks`,
          group: 'This task queue',
          run: () => setChanged(row),
        })),
  );
  const columns = useMemo(() => kindColumns(isReadOnly ? undefined : setChanged), [isReadOnly]);
  return (
    <>
      <DataTable label="Tasks" columns={columns} rows={rows} rowKey={({ kind }) => kind} />
      {changed !== undefined && (
        <RateDialog
          namespace={namespace}
          taskQueue={taskQueue}
          kind={changed.kind}
          limit={changed.reply.config?.queueRateLimit}
          onClose={() => setChanged(undefined)}
        />
      )}
    </>
  );
}

function kindColumns(onChange: ((row: KindRow) => void) | undefined): readonly Column<KindRow>[] {
  const counted = (
    name: string,
    value: (reply: DescribeTaskQueueResponse) => ReactNode,
    header = name,
  ): Column<KindRow> => ({
    id: name,
    header,
    width: '120px',
    minWidth: 110,
    isEnd: true,
    cell: ({ reply }) => (
      <>
        <span className={styles.onPhone}>{header} </span>
        {value(reply)}
      </>
    ),
  });
  return [
    {
      id: 'kind',
      header: 'Tasks',
      width: 'minmax(110px, 1fr)',
      phone: 'title',
      cell: ({ kind }) => (kind === 'workflow' ? 'Workflow tasks' : 'Activity tasks'),
    },
    counted('pollers', ({ pollers = [] }) => pollers.length, 'Pollers'),
    counted('backlog', (reply) => healthOf(reply).backlog.toLocaleString('en'), 'Waiting'),
    counted(
      'age',
      (reply) => (healthOf(reply).oldestMs > 0 ? formatDuration(healthOf(reply).oldestMs) : '–'),
      'Oldest',
    ),
    counted('in', ({ stats }) => rateText(stats?.tasksAddRate), 'Come in'),
    counted('out', ({ stats }) => rateText(stats?.tasksDispatchRate), 'Handed out'),
    {
      id: 'limit',
      header: 'Rate limit',
      width: 'minmax(190px, 1.4fr)',
      minWidth: 190,
      isEnd: true,
      cell: (row) => (
        <span className={styles.limit}>
          <span className={styles.onPhone}>Rate limit</span>
          <RateLimit reply={row.reply} />
          {onChange !== undefined && (
            <Button isSmall onClick={() => onChange(row)} aria-label={`Change the limit of ${row.kind} tasks`}>
              <Gauge size={13} />
              Change
            </Button>
          )}
        </span>
      ),
    },
  ];
}

/** From here on a limit is the server's own, which nobody set. */
const systemRate = 100_000;

function RateLimit({
  reply: { config, effectiveRateLimit },
}: {
  readonly reply: DescribeTaskQueueResponse;
}): ReactNode {
  const rate = effectiveRateLimit?.requestsPerSecond ?? systemRate;
  const source = effectiveRateLimit?.rateLimitSource;
  if (source === 'RATE_LIMIT_SOURCE_SYSTEM' || source === undefined) return <span className={styles.muted}>none</span>;
  const { reason, updateIdentity } = config?.queueRateLimit?.metadata ?? {};
  const by =
    source === 'RATE_LIMIT_SOURCE_API' ? (updateIdentity ?? 'set here') : enumWords(source, 'RATE_LIMIT_SOURCE_');
  return (
    <span title={reason}>
      {rateText(rate)} <span className={styles.muted}>({by})</span>
    </span>
  );
}

const pollerColumns: readonly Column<Poller>[] = [
  {
    id: 'identity',
    header: 'Poller',
    width: 'minmax(200px, 2fr)',
    minWidth: 200,
    phone: 'title',
    cell: ({ identity }) => <span title={identity}>{identity}</span>,
  },
  {
    id: 'kinds',
    header: 'Polls for',
    width: 'minmax(150px, 1fr)',
    minWidth: 150,
    cell: ({ kinds }) => kinds.join(' and '),
  },
  {
    id: 'version',
    header: 'Version',
    width: 'minmax(140px, 1.4fr)',
    minWidth: 140,
    phone: 'hidden',
    cell: ({ version }) => <span title={version}>{version || '–'}</span>,
  },
  {
    id: 'rate',
    header: 'Rate',
    width: '90px',
    isEnd: true,
    phone: 'hidden',
    cell: ({ rate }) => (rate === undefined ? <span className={styles.muted}>any</span> : rateText(rate)),
  },
  {
    id: 'seen',
    header: 'Last seen',
    width: '110px',
    isEnd: true,
    cell: ({ lastAccessTime }) => <Timestamp value={lastAccessTime} style="relative" />,
  },
];

function Pollers({ workflow, activity }: QueueReplies): ReactNode {
  const rows = pollersOf([
    ['workflow', workflow],
    ['activity', activity],
  ]);
  return (
    <Panel title="Pollers of the last five minutes" isFlush>
      <DataTable
        label="Pollers"
        columns={pollerColumns}
        rows={rows}
        rowKey={(poller) => poller.identity}
        empty={
          <Empty title="Nobody polls it">
            Nothing on this queue goes on until a worker does. Check that its task queue and namespace are spelled so.
          </Empty>
        }
      />
    </Panel>
  );
}

/** What its workers say of themselves, where they do. */
function QueueWorkers(): ReactNode {
  const { namespace, taskQueue } = route.useParams();
  const { data } = useQuery({ ...workersQuery(namespace, `TaskQueue = ${quoted(taskQueue)}`), retry: false });
  const columns = useMemo(() => {
    return knownColumns(namespace).filter(({ id }) => id !== 'queue' && initialColumns.includes(id));
  }, [namespace]);
  if (data === undefined || data.length === 0) return null;
  return (
    <Panel title="Workers that report" isFlush>
      <WorkerTable namespace={namespace} columns={columns} workers={data} />
    </Panel>
  );
}
