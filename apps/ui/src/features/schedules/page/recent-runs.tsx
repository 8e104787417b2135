import type { ScheduleActionResult, ScheduleInfo, WorkflowExecutionStatus } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Panel } from '../../../components/page.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Empty } from '../../../components/states.tsx';
import { RunLink } from '../../../components/run-link.tsx';
import { Elapsed, Timestamp } from '../../../components/time.tsx';
import { WorkflowStatus } from '../../../components/workflow-status.tsx';
import { scheduledRunsQuery, startedByQuery } from '../api.ts';
import styles from '../schedules.module.css';

interface RunRow {
  readonly result: ScheduleActionResult;
  readonly status: WorkflowExecutionStatus | undefined;
  /** Undefined where the run is no longer listed. */
  readonly startTime: string | undefined;
  readonly closeTime: string | undefined;
}

const failed: ReadonlySet<WorkflowExecutionStatus | undefined> = new Set<WorkflowExecutionStatus>([
  'WORKFLOW_EXECUTION_STATUS_FAILED',
  'WORKFLOW_EXECUTION_STATUS_TIMED_OUT',
  'WORKFLOW_EXECUTION_STATUS_TERMINATED',
]);

export interface RecentRunsProps {
  readonly namespace: string;
  readonly scheduleId: string;
  readonly info: ScheduleInfo;
}

/** The latest runs, newest first, with the status that they have now. */
export function RecentRuns({ namespace, scheduleId, info }: RecentRunsProps): ReactNode {
  const { data } = useQuery(scheduledRunsQuery(namespace, scheduleId));
  const navigate = useNavigate();
  const rows = useMemo((): readonly RunRow[] => {
    const listed = new Map((data?.executions ?? []).map((each) => [each.execution?.runId, each]));
    return [...(info.recentActions ?? [])].reverse().map((result) => {
      const found = listed.get(result.startWorkflowResult?.runId);
      const { status = result.startWorkflowStatus, startTime, closeTime } = found ?? {};
      return { result, status, startTime, closeTime };
    });
  }, [data, info.recentActions]);
  const columns = useMemo(() => runColumns(namespace), [namespace]);
  const last = rows.find(({ status }) => status !== 'WORKFLOW_EXECUTION_STATUS_RUNNING');
  return (
    <Panel
      title="Recent runs"
      isFlush
      actions={
        <Link
          to="/namespaces/$namespace/workflows"
          params={{ namespace }}
          search={{ query: startedByQuery(scheduleId) }}
        >
          All runs
        </Link>
      }
    >
      {last !== undefined && failed.has(last.status) && (
        <div className={styles.matter}>
          <Notice
            tone="failed"
            actions={
              <RunLink
                namespace={namespace}
                workflowId={last.result.startWorkflowResult?.workflowId ?? ''}
                runId={last.result.startWorkflowResult?.runId ?? ''}
              >
                See why
              </RunLink>
            }
          >
            The last run that ended did not complete.
          </Notice>
        </div>
      )}
      <DataTable
        label="Recent runs"
        columns={columns}
        rows={rows}
        rowKey={({ result }) => result.startWorkflowResult?.runId ?? result.scheduleTime ?? ''}
        onOpen={({ result }) =>
          void navigate({
            to: '/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}',
            params: {
              namespace,
              workflowId: result.startWorkflowResult?.workflowId ?? '',
              runId: result.startWorkflowResult?.runId ?? '',
            },
          })
        }
        empty={<Empty title="No runs yet">The first comes at its time, or when the schedule is triggered.</Empty>}
      />
    </Panel>
  );
}

function runColumns(namespace: string): readonly Column<RunRow>[] {
  return [
    { id: 'status', header: 'Status', width: '116px', cell: ({ status }) => <WorkflowStatus status={status} /> },
    {
      id: 'workflow',
      header: 'Workflow',
      width: 'minmax(180px, 2fr)',
      minWidth: 180,
      phone: 'title',
      cell: ({ result }) => {
        const { workflowId = '', runId = '' } = result.startWorkflowResult ?? {};
        return <RunLink namespace={namespace} workflowId={workflowId} runId={runId} />;
      },
    },
    {
      id: 'scheduled',
      header: 'Scheduled for',
      width: '160px',
      minWidth: 160,
      cell: ({ result }) => <Timestamp value={result.scheduleTime} />,
    },
    {
      id: 'took',
      header: 'Took',
      width: '84px',
      isEnd: true,
      phone: 'hidden',
      cell: ({ startTime, closeTime }) => (startTime === undefined ? '' : <Elapsed from={startTime} to={closeTime} />),
    },
  ];
}
