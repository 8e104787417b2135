import type { WorkflowExecutionInfo } from '@perdure/proto/json-types';
import type { ReactNode } from 'react';
import { type Column, timeWidth } from '../../../components/data-table.tsx';
import { attributeColumn, byId, columnStore, customColumns } from '../../../components/list/columns.tsx';
import { RunLink } from '../../../components/run-link.tsx';
import { Elapsed, Timestamp } from '../../../components/time.tsx';
import { WorkflowStatus } from '../../../components/workflow-status.tsx';
import { enumWords } from '../../../lib/history/events.ts';
import { formatBytes } from '../../../lib/payload.ts';
import type { Attribute } from '../../../lib/query/attributes.ts';
import { instantMs } from '../../../lib/time.ts';
import { NowCell } from './now-cell.tsx';

type WorkflowColumn = Column<WorkflowExecutionInfo>;

function idCell(namespace: string): (info: WorkflowExecutionInfo) => ReactNode {
  return function WorkflowIdCell({ execution }) {
    const { workflowId = '', runId = '' } = execution ?? {};
    return <RunLink namespace={namespace} workflowId={workflowId} runId={runId} />;
  };
}

/** What most readers look for. */
const commonColumns: readonly WorkflowColumn[] = [
  { id: 'Status', header: 'Status', width: '120px', cell: ({ status }) => <WorkflowStatus status={status} /> },
  {
    id: 'WorkflowType',
    header: 'Type',
    width: 'minmax(136px, 1fr)',
    minWidth: 136,
    cell: ({ type }) => <span title={type?.name}>{type?.name}</span>,
  },
  {
    id: 'StartTime',
    header: 'Started',
    width: timeWidth,
    cell: ({ startTime }) => <Timestamp value={startTime} />,
  },
  {
    id: 'Duration',
    header: 'Took',
    width: '84px',
    phone: 'hidden',
    isEnd: true,
    cell: (info) => <Duration info={info} />,
  },
  {
    id: 'CloseTime',
    header: 'Ended',
    width: timeWidth,
    phone: 'hidden',
    cell: ({ closeTime }) => <Timestamp value={closeTime} none="" />,
  },
  {
    id: 'TaskQueue',
    header: 'Task queue',
    width: 'minmax(110px, 1fr)',
    minWidth: 110,
    phone: 'hidden',
    cell: ({ taskQueue }) => taskQueue,
  },
];

const furtherColumns: readonly WorkflowColumn[] = [
  {
    id: 'RunId',
    header: 'Run ID',
    width: 'minmax(290px, 1fr)',
    minWidth: 290,
    phone: 'hidden',
    cell: ({ execution }) => <code>{execution?.runId}</code>,
  },
  {
    id: 'ExecutionTime',
    header: 'Execution time',
    width: timeWidth,
    phone: 'hidden',
    cell: ({ executionTime }) => <Timestamp value={executionTime} />,
  },
  {
    id: 'HistoryLength',
    header: 'Events',
    width: '90px',
    phone: 'hidden',
    isEnd: true,
    cell: ({ historyLength }) => historyLength,
  },
  {
    id: 'HistorySize',
    header: 'History size',
    width: '110px',
    phone: 'hidden',
    isEnd: true,
    cell: ({ historySizeBytes }) => historySizeBytes && formatBytes(Number(historySizeBytes)),
  },
  {
    id: 'StateTransitions',
    header: 'Transitions',
    width: '110px',
    phone: 'hidden',
    isEnd: true,
    cell: ({ stateTransitionCount }) => stateTransitionCount,
  },
  {
    id: 'ParentWorkflowId',
    header: 'Parent',
    width: 'minmax(140px, 1fr)',
    minWidth: 140,
    phone: 'hidden',
    cell: ({ parentExecution }) => parentExecution?.workflowId,
  },
  {
    id: 'Deployment',
    header: 'Deployment',
    width: 'minmax(120px, 1fr)',
    minWidth: 120,
    phone: 'hidden',
    cell: (info) => info.versioningInfo?.deploymentVersion?.deploymentName ?? info.workerDeploymentName,
  },
  {
    id: 'Version',
    header: 'Version',
    width: 'minmax(120px, 1fr)',
    minWidth: 120,
    phone: 'hidden',
    cell: ({ versioningInfo }) => versioningInfo?.deploymentVersion?.buildId,
  },
  {
    id: 'VersioningBehavior',
    header: 'Versioning',
    width: '130px',
    minWidth: 130,
    phone: 'hidden',
    cell: ({ versioningInfo }) =>
      versioningInfo?.behavior && enumWords(versioningInfo.behavior, 'VERSIONING_BEHAVIOR_'),
  },
  ...[
    'TemporalScheduledById',
    'TemporalScheduledStartTime',
    'BuildIds',
    'TemporalChangeVersion',
    'TemporalReportedProblems',
  ].map((name) => attributeColumn<WorkflowExecutionInfo>(name)),
];

/** Every column that a list may show, by its id. */
export function knownColumns(namespace: string, attributes: readonly Attribute[]): ReadonlyMap<string, WorkflowColumn> {
  const idColumn: WorkflowColumn = {
    id: 'WorkflowId',
    header: 'Workflow ID',
    width: 'minmax(150px, 1.6fr)',
    minWidth: 150,
    phone: 'title',
    cell: idCell(namespace),
  };
  const nowColumn: WorkflowColumn = {
    id: 'Now',
    header: 'Situation',
    width: 'minmax(240px, 4.4fr)',
    minWidth: 240,
    cell: (info) => <NowCell namespace={namespace} info={info} />,
  };
  const custom = customColumns<WorkflowExecutionInfo>(attributes);
  return byId([idColumn, nowColumn, ...commonColumns, ...furtherColumns, ...custom]);
}

function Duration({ info }: { readonly info: WorkflowExecutionInfo }): ReactNode {
  return instantMs(info.startTime) === undefined ? '' : <Elapsed from={info.startTime} to={info.closeTime} />;
}

export const defaultColumns: readonly string[] = [
  'Status',
  'WorkflowId',
  'WorkflowType',
  'Now',
  'StartTime',
  'Duration',
];

export const workflowColumns = columnStore('columns', defaultColumns);
