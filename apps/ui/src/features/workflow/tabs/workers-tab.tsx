import type { DescribeTaskQueueResponse } from '@perdure/proto/json-types';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { messageOf } from '../../../api/errors.ts';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Stack } from '../../../components/page.tsx';
import { Empty } from '../../../components/states.tsx';
import { Timestamp } from '../../../components/time.tsx';
import { taskQueueQuery } from '../api.ts';
import type { WorkflowView } from '../use-workflow.ts';
import { counted } from '../../../lib/words.ts';

interface WorkerRow {
  readonly identity: string;
  readonly lastAccessTime: string | undefined;
  readonly isWorkflow: boolean;
  readonly isActivity: boolean;
  readonly version: string;
}

const columns: readonly Column<WorkerRow>[] = [
  { id: 'identity', header: 'Worker', width: 'minmax(200px, 2fr)', phone: 'title', cell: ({ identity }) => identity },
  { id: 'workflow', header: 'Workflows', width: '100px', cell: ({ isWorkflow }) => (isWorkflow ? 'yes' : 'no') },
  { id: 'activity', header: 'Activities', width: '100px', cell: ({ isActivity }) => (isActivity ? 'yes' : 'no') },
  { id: 'version', header: 'Version', width: 'minmax(120px, 1fr)', cell: ({ version }) => version || '–' },
  {
    id: 'seen',
    header: 'Last seen',
    width: '120px',
    cell: ({ lastAccessTime }) => <Timestamp value={lastAccessTime} style="relative" />,
  },
];

/** Who could work on this run: the pollers of its task queue. */
export function WorkersTab({ view }: { readonly view: WorkflowView }): ReactNode {
  const queue = view.description.executionConfig?.taskQueue?.name ?? '';
  const workflow = useQuery(taskQueueQuery(view.run.namespace, queue, 'workflow'));
  const activity = useQuery(taskQueueQuery(view.run.namespace, queue, 'activity'));
  const error = workflow.error ?? activity.error;
  const rows = toRows(workflow.data, activity.data);
  const backlog = Number(workflow.data?.stats?.approximateBacklogCount ?? 0);
  return (
    <Stack>
      {error !== null && <Notice tone="failed">{messageOf(error)}</Notice>}
      {backlog > 0 && (
        <Notice tone="waiting">
          {counted(backlog, 'workflow task waits', 'workflow tasks wait')} in the queue {queue}.
        </Notice>
      )}
      <DataTable
        label={`Workers of ${queue}`}
        columns={columns}
        rows={rows}
        rowKey={({ identity }) => identity}
        empty={
          workflow.data !== undefined && (
            <Empty title={`No worker polls ${queue}`}>
              Nothing goes on until one does. Start a worker with this task queue, in this namespace.
            </Empty>
          )
        }
      />
    </Stack>
  );
}

function toRows(
  workflow: DescribeTaskQueueResponse | undefined,
  activity: DescribeTaskQueueResponse | undefined,
): WorkerRow[] {
  const workflowPollers = workflow?.pollers ?? [];
  const activityPollers = activity?.pollers ?? [];
  const identities = new Set([...workflowPollers, ...activityPollers].map(({ identity }) => identity ?? ''));
  return [...identities].map((identity) => {
    const ofIt = [...workflowPollers, ...activityPollers].filter((poller) => poller.identity === identity);
    const version = ofIt.map(({ deploymentOptions, workerVersionCapabilities }) =>
      deploymentOptions?.deploymentName
        ? `${deploymentOptions.deploymentName} ${deploymentOptions.buildId ?? ''}`
        : (workerVersionCapabilities?.buildId ?? ''),
    );
    return {
      identity,
      lastAccessTime: ofIt
        .map(({ lastAccessTime = '' }) => lastAccessTime)
        .sort()
        .at(-1),
      isWorkflow: workflowPollers.some((poller) => poller.identity === identity),
      isActivity: activityPollers.some((poller) => poller.identity === identity),
      version: version.find((text) => text !== '') ?? '',
    };
  });
}
