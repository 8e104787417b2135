import type { PendingChildExecutionInfo } from '@perdure/proto/types';
import { isOpen, type Run } from '../run.ts';

/** The pending children as DescribeWorkflowExecution lists them, of a closed run those that it has left. */
export function describePendingChildren(run: Run): readonly PendingChildExecutionInfo[] {
  const children = isOpen(run) ? run.children.values() : (run.closing?.left?.children ?? []);
  return Array.from(children, (child) => ({
    workflowId: child.initiated.workflowId,
    runId: child.runId,
    workflowTypeName: child.initiated.workflowType?.name,
    initiatedId: child.initiatedEventId,
    parentClosePolicy: child.initiated.parentClosePolicy,
  }));
}
