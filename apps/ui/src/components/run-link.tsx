import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

export interface RunLinkProps {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Of the workflow's page; default: its first. */
  readonly tab?: string;
  readonly className?: string | undefined;
  /** Default: the workflow's id. */
  readonly children?: ReactNode;
}

/** To the page of a run. */
export function RunLink({ namespace, workflowId, runId, tab, className, children }: RunLinkProps): ReactNode {
  return (
    <Link
      to="/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}"
      params={{ namespace, workflowId, runId, tab }}
      className={className}
      title={workflowId}
      preload={false}
    >
      {children ?? workflowId}
    </Link>
  );
}
