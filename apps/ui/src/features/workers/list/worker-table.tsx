import type { WorkerHeartbeat, WorkerSlotsInfo } from '@perdure/proto/json-types';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Timestamp } from '../../../components/time.tsx';
import { WorkerState } from '../worker-status.tsx';
import { versionOf } from '../worker-facts.ts';
import styles from '../workers.module.css';

export interface WorkerTableProps {
  readonly namespace: string;
  readonly workers: readonly WorkerHeartbeat[];
  /** Whether to name the task queue of each. */
  readonly hasQueue?: boolean;
  readonly empty?: ReactNode;
}

export function WorkerTable({ namespace, workers, hasQueue = true, empty }: WorkerTableProps): ReactNode {
  const navigate = useNavigate();
  const columns = useMemo(() => workerColumns(namespace, hasQueue), [namespace, hasQueue]);
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

function workerColumns(namespace: string, hasQueue: boolean): readonly Column<WorkerHeartbeat>[] {
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
    ...(hasQueue ? [queue] : []),
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
  ];
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
