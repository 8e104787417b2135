import type { WorkflowExecutionInfo } from '@perdure/proto/types';
import { toDuration, toTimestamp } from '../kernel/time.ts';
import type { VisibilityRecord } from './record.ts';

/**
 * A record as lists answer it. What an open run does not have yet is left out.
 * Temporal: common/persistence/visibility/visibility_manager_impl.go, convertInternalWorkflowExecutionInfo.
 */
export function executionInfo(record: VisibilityRecord): WorkflowExecutionInfo {
  return {
    execution: { workflowId: record.workflowId, runId: record.runId },
    type: { name: record.workflowType },
    startTime: toTimestamp(record.startTimeMs),
    executionTime: toTimestamp(record.executionTimeMs),
    status: record.status,
    taskQueue: record.taskQueue,
    memo: record.memo ?? {},
    searchAttributes: record.searchAttributes,
    parentExecution: parentOf(record),
    rootExecution: { workflowId: record.rootWorkflowId, runId: record.rootRunId },
    ...closeOf(record),
  };
}

function parentOf({ parentWorkflowId, parentRunId }: VisibilityRecord): WorkflowExecutionInfo['parentExecution'] {
  return parentWorkflowId === undefined ? undefined : { workflowId: parentWorkflowId, runId: parentRunId };
}

function closeOf(record: VisibilityRecord): WorkflowExecutionInfo {
  if (record.closeTimeMs === undefined) return {};
  return {
    closeTime: toTimestamp(record.closeTimeMs),
    executionDuration: toDuration(record.closeTimeMs - record.executionTimeMs),
    historyLength: record.historyLength,
    historySizeBytes: record.historySizeBytes,
    stateTransitionCount: record.stateTransitionCount,
  };
}
