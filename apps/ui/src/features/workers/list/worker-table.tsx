import type { WorkerHeartbeat, WorkerSlotsInfo } from '@perdure/proto/json-types';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Column, DataTable, timeWidth } from '../../../components/data-table.tsx';
import { columnStore } from '../../../components/list/columns.tsx';
import { Timestamp } from '../../../components/time.tsx';
import { WorkerState } from '../worker-status.tsx';
import { cacheHitShare, versionOf } from '../worker-facts.ts';
import styles from '../workers.module.css';

export interface WorkerTableProps {
  readonly namespace: string;
  readonly columns: readonly Column<WorkerHeartbeat>[];
  readonly workers: readonly WorkerHeartbeat[];
  readonly empty?: ReactNode;
}

export function WorkerTable({ namespace, columns, workers, empty }: WorkerTableProps): ReactNode {
  const navigate = useNavigate();
  return (
    <DataTable
      label="Workers"
      columns={columns}
      rows={workers}
      rowKey={({ workerInstanceKey }) => workerInstanceKey ?? ''}
      onOpen={({ workerInstanceKey: workerKey = '' }) =>
        void navigate({ to: '/namespaces/$namespace/workers/$workerKey', params: { namespace, workerKey } })
      }
      empty={empty}
    />
  );
}

export const initialColumns: readonly string[] = [
  'state',
  'identity',
  'queue',
  'host',
  'sdk',
  'version',
  'workflows',
  'activities',
  'heartbeat',
];

export const workerColumns = columnStore('workerColumns', initialColumns);

/** Every column that a list of workers may show. */
export function knownColumns(namespace: string): readonly Column<WorkerHeartbeat>[] {
  const queue: Column<WorkerHeartbeat> = {
    id: 'queue',
    header: 'Task queue',
    width: 'minmax(120px, 1fr)',
    minWidth: 120,
    cell: ({ taskQueue = '' }) => (
      <Link to="/namespaces/$namespace/task-queues/$taskQueue" params={{ namespace, taskQueue }} preload={false}>
        {taskQueue}
      </Link>
    ),
  };
  return [
    { id: 'state', header: 'Status', width: '116px', cell: (worker) => <WorkerState worker={worker} /> },
    {
      id: 'identity',
      header: 'Worker',
      width: 'minmax(170px, 1.6fr)',
      minWidth: 170,
      phone: 'title',
      cell: ({ workerIdentity, workerInstanceKey: workerKey = '' }) => (
        <Link
          to="/namespaces/$namespace/workers/$workerKey"
          params={{ namespace, workerKey }}
          title={`${workerIdentity ?? ''}\n${workerKey}`}
          preload={false}
        >
          {workerIdentity || workerKey}
        </Link>
      ),
    },
    queue,
    {
      id: 'host',
      header: 'Host',
      width: 'minmax(120px, 1fr)',
      minWidth: 120,
      phone: 'hidden',
      cell: ({ hostInfo }) => [hostInfo?.hostName, hostInfo?.processId].filter(Boolean).join(' · '),
    },
    {
      id: 'sdk',
      header: 'SDK',
      width: 'minmax(130px, 1fr)',
      minWidth: 130,
      cell: ({ sdkName = '', sdkVersion = '' }) => `${sdkName.replace('temporal-', '')} ${sdkVersion}`,
    },
    {
      id: 'version',
      header: 'Version',
      width: 'minmax(120px, 1fr)',
      minWidth: 120,
      phone: 'hidden',
      cell: (worker) => <span title={versionOf(worker)}>{versionOf(worker) || '–'}</span>,
    },
    slotsColumn('workflows', 'Workflow slots', ({ workflowTaskSlotsInfo }) => workflowTaskSlotsInfo),
    slotsColumn('activities', 'Activity slots', ({ activityTaskSlotsInfo }) => activityTaskSlotsInfo),
    {
      id: 'heartbeat',
      header: 'Heard of',
      width: '100px',
      isEnd: true,
      phone: 'hidden',
      cell: ({ heartbeatTime, startTime }) => <Timestamp value={heartbeatTime ?? startTime} style="relative" />,
    },
    ...furtherColumns,
  ];
}

const furtherColumns: readonly Column<WorkerHeartbeat>[] = [
  slotsColumn('localActivities', 'Local activity slots', ({ localActivitySlotsInfo }) => localActivitySlotsInfo),
  slotsColumn('nexus', 'Nexus slots', ({ nexusTaskSlotsInfo }) => nexusTaskSlotsInfo),
  {
    id: 'started',
    header: 'Started',
    width: timeWidth,
    phone: 'hidden',
    cell: ({ startTime }) => <Timestamp value={startTime} />,
  },
  shareColumn('cpu', 'CPU', ({ hostInfo }) => hostInfo?.currentHostCpuUsage),
  shareColumn('memory', 'Memory', ({ hostInfo }) => hostInfo?.currentHostMemUsage),
  shareColumn('cacheHits', 'Cache hits', cacheHitShare),
  {
    id: 'key',
    header: 'Instance key',
    width: 'minmax(160px, 1fr)',
    minWidth: 160,
    phone: 'hidden',
    cell: ({ workerInstanceKey }) => <code>{workerInstanceKey}</code>,
  },
];

function shareColumn(
  id: string,
  header: string,
  shareOf: (worker: WorkerHeartbeat) => number | undefined,
): Column<WorkerHeartbeat> {
  return {
    id,
    header,
    width: '92px',
    isEnd: true,
    phone: 'hidden',
    cell: (worker) => {
      const share = shareOf(worker);
      return share === undefined ? <span className={styles.muted}>–</span> : `${Math.round(share * 100)} %`;
    },
  };
}

function slotsColumn(
  id: string,
  header: string,
  slotsOf: (worker: WorkerHeartbeat) => WorkerSlotsInfo | undefined,
): Column<WorkerHeartbeat> {
  return {
    id,
    header,
    width: '112px',
    minWidth: 112,
    isEnd: true,
    phone: 'hidden',
    cell: (worker) => {
      const { currentUsedSlots: used = 0, currentAvailableSlots: free = 0 } = slotsOf(worker) ?? {};
      if (used + free === 0) return <span className={styles.muted}>–</span>;
      return (
        <span className={free === 0 ? styles.waiting : undefined} title={`${used} of ${used + free} in use`}>
          {used} / {used + free}
        </span>
      );
    },
  };
}
