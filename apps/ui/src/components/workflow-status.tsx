import type { WorkflowExecutionStatus } from '@perdure/proto/json-types';
import type { ReactNode } from 'react';
import { clockGlyph, liveGlyph, pauseGlyph, ring, Status, type StatusProps } from './status.tsx';

const looks: Readonly<Record<WorkflowExecutionStatus, StatusProps>> = {
  WORKFLOW_EXECUTION_STATUS_UNSPECIFIED: { name: 'Unknown', tone: 'quiet', glyph: ring },
  WORKFLOW_EXECUTION_STATUS_RUNNING: { name: 'Running', tone: 'running', glyph: liveGlyph },
  WORKFLOW_EXECUTION_STATUS_COMPLETED: { name: 'Completed', tone: 'done', glyph: <path d="m2.4 7.6 3 3 6.2-7" /> },
  WORKFLOW_EXECUTION_STATUS_FAILED: { name: 'Failed', tone: 'failed', glyph: <path d="m3 3 8 8M11 3l-8 8" /> },
  WORKFLOW_EXECUTION_STATUS_CANCELED: {
    name: 'Canceled',
    tone: 'ended',
    glyph: (
      <>
        {ring}
        <path d="m3.3 10.7 7.4-7.4" />
      </>
    ),
  },
  WORKFLOW_EXECUTION_STATUS_TERMINATED: {
    name: 'Terminated',
    tone: 'ended',
    glyph: <rect x="2.4" y="2.4" width="9.2" height="9.2" rx="1" fill="currentColor" stroke="none" />,
  },
  WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW: {
    name: 'Continued',
    tone: 'quiet',
    glyph: <path d="M1.8 7h10M8 3.2 11.8 7 8 10.8" />,
  },
  WORKFLOW_EXECUTION_STATUS_TIMED_OUT: { name: 'Timed out', tone: 'failed', glyph: clockGlyph },
  WORKFLOW_EXECUTION_STATUS_PAUSED: { name: 'Paused', tone: 'waiting', glyph: pauseGlyph },
};

export function statusName(status: WorkflowExecutionStatus | undefined): string {
  return looks[status ?? 'WORKFLOW_EXECUTION_STATUS_UNSPECIFIED'].name;
}

export interface WorkflowStatusProps {
  readonly status: WorkflowExecutionStatus | undefined;
  /** The glyph alone, its name for screen readers. */
  readonly isCompact?: boolean;
}

export function WorkflowStatus({ status, isCompact = false }: WorkflowStatusProps): ReactNode {
  return <Status {...looks[status ?? 'WORKFLOW_EXECUTION_STATUS_UNSPECIFIED']} isCompact={isCompact} />;
}
