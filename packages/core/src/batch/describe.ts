import { BatchOperationState, BatchOperationType, ExecutionType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { DescribeBatchOperationResponse, Execution } from '@perdure/proto/types';
import { toTimestamp, toTimestampIfSet } from '../kernel/time.ts';
import type { BatchJob } from './job.ts';

/** The state that a status stands for. Temporal: frontend/workflow_handler.go, getBatchOperationState. */
export function batchState(status: WorkflowExecutionStatus): BatchOperationState {
  if (status === WorkflowExecutionStatus.Running) return BatchOperationState.Running;
  return status === WorkflowExecutionStatus.Completed ? BatchOperationState.Completed : BatchOperationState.Failed;
}

/** The names that operations on workflows have since Temporal 1.32: the older ones are deprecated. */
const SHOWN_TYPES: Readonly<Partial<Record<BatchOperationType, BatchOperationType>>> = {
  [BatchOperationType.Terminate]: BatchOperationType.TerminateWorkflow,
  [BatchOperationType.Cancel]: BatchOperationType.CancelWorkflow,
  [BatchOperationType.Signal]: BatchOperationType.SignalWorkflow,
  [BatchOperationType.Delete]: BatchOperationType.DeleteWorkflow,
  [BatchOperationType.Reset]: BatchOperationType.ResetWorkflow,
  [BatchOperationType.UpdateExecutionOptions]: BatchOperationType.UpdateWorkflowExecutionOptions,
};

export function shownOperation(operation: BatchOperationType): BatchOperationType {
  return SHOWN_TYPES[operation] ?? operation;
}

/** What describe tells. Of a job that was stopped, how far it had come. */
export function describeBatch(job: BatchJob): DescribeBatchOperationResponse {
  const { status, successCount, failureCount, closedAtMs } = job;
  const isComplete = status === WorkflowExecutionStatus.Completed;
  return {
    operationType: shownOperation(job.operation),
    jobId: job.jobId,
    state: batchState(status),
    startTime: toTimestamp(job.startedAtMs),
    closeTime: toTimestampIfSet(closedAtMs),
    totalOperationCount: isComplete ? successCount + failureCount : job.totalCount,
    completeOperationCount: successCount,
    failureOperationCount: failureCount,
    identity: job.identity,
    reason: job.request.reason ?? '',
    query: job.request.visibilityQuery,
    executions: job.request.executions?.map(({ workflowId, runId }): Execution => ({
      type: ExecutionType.Workflow,
      businessId: workflowId,
      runId,
    })),
  };
}
