import type { WorkflowExecutionStartedEventAttributes } from '@perdure/proto/types';
import { firstRunId } from '../lifecycle.ts';
import type { Run } from '../run.ts';

/** What every run that follows another has from it: its place in the chain and in the family, and its last deadline. */
export function inChain(run: Run, newRunId: string): WorkflowExecutionStartedEventAttributes {
  const { start } = run.lifecycle;
  return {
    workflowId: run.workflowId,
    continuedExecutionRunId: run.runId,
    originalExecutionRunId: newRunId,
    firstExecutionRunId: firstRunId(run),
    parentWorkflowNamespace: start.parentWorkflowNamespace,
    parentWorkflowNamespaceId: start.parentWorkflowNamespaceId,
    parentWorkflowExecution: start.parentWorkflowExecution,
    parentInitiatedEventId: start.parentInitiatedEventId,
    rootWorkflowExecution: start.rootWorkflowExecution,
    workflowExecutionTimeout: start.workflowExecutionTimeout,
    workflowExecutionExpirationTime: start.workflowExecutionExpirationTime,
    identity: start.identity,
    completionCallbacks: start.completionCallbacks,
    priority: start.priority,
  };
}
