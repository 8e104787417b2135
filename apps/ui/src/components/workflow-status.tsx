import type { WorkflowExecutionStatus } from '@perdure/proto/json-types';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import type { Tone } from './tone.ts';
import styles from './workflow-status.module.css';

interface Look {
  readonly name: string;
  readonly tone: Tone;
  /** A glyph of its own, so that colour is never the only sign. */
  readonly glyph: ReactNode;
}

const ring = <circle cx="7" cy="7" r="5.4" />;

const looks: Readonly<Record<WorkflowExecutionStatus, Look>> = {
  WORKFLOW_EXECUTION_STATUS_UNSPECIFIED: { name: 'Unknown', tone: 'quiet', glyph: ring },
  WORKFLOW_EXECUTION_STATUS_RUNNING: {
    name: 'Running',
    tone: 'running',
    glyph: (
      <>
        <path className={styles.live} d="M7 1.6a5.4 5.4 0 1 1-4.9 3.2" />
        <circle cx="7" cy="7" r="1.8" fill="currentColor" stroke="none" />
      </>
    ),
  },
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
  WORKFLOW_EXECUTION_STATUS_TIMED_OUT: {
    name: 'Timed out',
    tone: 'failed',
    glyph: (
      <>
        {ring}
        <path d="M7 3.9V7l2.2 1.6" />
      </>
    ),
  },
  WORKFLOW_EXECUTION_STATUS_PAUSED: { name: 'Paused', tone: 'waiting', glyph: <path d="M4.4 2.4v9.2M9.6 2.4v9.2" /> },
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
  const { name, tone, glyph } = looks[status ?? 'WORKFLOW_EXECUTION_STATUS_UNSPECIFIED'];
  return (
    <span className={classes(styles.status, styles[tone])}>
      <svg
        width="14"
        height="14"
        viewBox="0 0 14 14"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
        {...(isCompact ? { role: 'img', 'aria-label': name } : { 'aria-hidden': true })}
      >
        {glyph}
      </svg>
      {!isCompact && name}
    </span>
  );
}
