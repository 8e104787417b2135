import type { PendingChildExecutionInfo } from '@perdure/proto/types';
import { isOpen, type Run } from '../run.ts';

/** The pending children of an open run, as DescribeWorkflowExecution lists them. */
export function describePendingChildren(run: Run): readonly PendingChildExecutionInfo[] {
  if (!isOpen(run)) return [];
  return Array.from(run.children.values(), (child) => ({
    workflowId: child.initiated.workflowId,
    runId: child.runId,
    workflowTypeName: child.initiated.workflowType?.name,
    initiatedId: child.initiatedEventId,
    parentClosePolicy: child.initiated.parentClosePolicy,
  }));
}
