import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@perdure/proto/enums';
import type { StartWorkflowExecutionRequest } from '@perdure/proto/types';
import type { NamespaceView } from '../../kernel/env.ts';
import { mergePriority } from '../../kernel/priority.ts';
import type { Message } from '../../aggregate/delivery.ts';
import { deliveryRequestId } from '../external/external-delivery.ts';
import type { ParentLink } from '../input.ts';
import { earlierRuns } from '../lifecycle.ts';
import type { Run } from '../run.ts';
import type { Child } from './child.ts';

/** The start of a pending child. `namespace` is the parent's. Temporal: transfer_queue_active_task_executor.go. */
export function startDelivery(run: Run, namespace: NamespaceView, child: Child): Message {
  const { initiated, initiatedEventId } = child;
  const execution = { workflowId: run.workflowId, runId: run.runId };
  const parent: ParentLink = {
    namespace: namespace.name,
    namespaceId: run.namespaceId,
    execution,
    initiatedEventId,
    root: run.lifecycle.start.rootWorkflowExecution ?? execution,
    ...earlierRuns(run, initiatedEventId),
  };
  return {
    key: `child:${initiatedEventId}`,
    to: { namespaceId: initiated.namespaceId ?? '', workflowId: initiated.workflowId ?? '' },
    input: { kind: 'start', request: startRequest(run, child), signal: undefined, parent },
  };
}

function startRequest(run: Run, child: Child): StartWorkflowExecutionRequest & { readonly requestId: string } {
  const { initiated } = child;
  return {
    namespace: initiated.namespace,
    workflowId: initiated.workflowId,
    workflowType: initiated.workflowType,
    taskQueue: initiated.taskQueue,
    input: initiated.input,
    header: initiated.header,
    workflowExecutionTimeout: initiated.workflowExecutionTimeout,
    workflowRunTimeout: initiated.workflowRunTimeout,
    workflowTaskTimeout: initiated.workflowTaskTimeout,
    // In the form that describe shows: the last part is the version of the parent's history.
    requestId: `${deliveryRequestId(run, child.initiatedEventId)}:0`,
    ...idPolicies(initiated.workflowIdReusePolicy),
    retryPolicy: initiated.retryPolicy,
    cronSchedule: initiated.cronSchedule,
    memo: initiated.memo,
    searchAttributes: initiated.searchAttributes,
    userMetadata: child.userMetadata,
    priority: mergePriority(run.lifecycle.priority, initiated.priority),
  };
}

/** A running workflow with the child's id is never joined. Temporal: workflow_id_dedup.go. */
function idPolicies(
  reuse: WorkflowIdReusePolicy | undefined,
): Pick<StartWorkflowExecutionRequest, 'workflowIdReusePolicy' | 'workflowIdConflictPolicy'> {
  if (reuse !== WorkflowIdReusePolicy.TerminateIfRunning) {
    return { workflowIdReusePolicy: reuse, workflowIdConflictPolicy: WorkflowIdConflictPolicy.Fail };
  }
  return {
    workflowIdReusePolicy: WorkflowIdReusePolicy.AllowDuplicate,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.TerminateExisting,
  };
}
