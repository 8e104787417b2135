import { BatchOperationType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Memo, SearchAttributes } from '@perdure/proto/types';
import type { Env } from '../kernel/env.ts';
import { jsonPayload } from '../kernel/json-payload.ts';
import { SYSTEM_TASK_QUEUE } from '../kernel/task-queue.ts';
import { attributeValues, listedSearchAttributes, type VisibilityRecord } from '../visibility/index.ts';
import { decodeUtf8 } from '../visibility/utf8-text.ts';
import { shownOperation } from './describe.ts';
import { isOpenJob, type BatchJob } from './job.ts';

/** Hides the rows of batch operations from lists of workflows. Temporal: worker/batcher/fx.go. */
export const BATCH_DIVISION = 'TemporalBatcher';

const WORKFLOW_TYPE = 'temporal-sys-batch-workflow-protobuf';

/** What Temporal calls the operations in a memo. Source: frontend/workflow_handler.go, snakeCaseBatchType. */
const TYPE_NAMES: Readonly<Partial<Record<BatchOperationType, string>>> = {
  [BatchOperationType.Terminate]: 'terminate',
  [BatchOperationType.Cancel]: 'cancel',
  [BatchOperationType.Signal]: 'signal',
  [BatchOperationType.Delete]: 'delete',
  [BatchOperationType.Reset]: 'reset',
  [BatchOperationType.UpdateExecutionOptions]: 'update_options',
  [BatchOperationType.UnpauseActivity]: 'unpause_activities',
  [BatchOperationType.UpdateActivityOptions]: 'update_activity_options',
  [BatchOperationType.ResetActivity]: 'reset_activities',
};

/** The job's row in visibility: as that of the workflow which it would be in Temporal, in a division of its own. */
export function batchRecord(job: BatchJob, env: Env): VisibilityRecord {
  const { customAttributes } = env.namespace;
  const attributes: SearchAttributes = {
    indexedFields: {
      BatcherUser: jsonPayload(job.identity),
      TemporalNamespaceDivision: jsonPayload(BATCH_DIVISION),
    },
  };
  const isOpen = isOpenJob(job);
  return {
    namespaceId: job.namespaceId,
    workflowId: job.jobId,
    runId: job.runId,
    workflowType: WORKFLOW_TYPE,
    taskQueue: SYSTEM_TASK_QUEUE,
    status: job.status,
    startTimeMs: job.startedAtMs,
    executionTimeMs: job.startedAtMs,
    closeTimeMs: job.closedAtMs,
    historyLength: isOpen ? undefined : 0,
    historySizeBytes: isOpen ? undefined : 0,
    stateTransitionCount: isOpen ? undefined : job.transitionCount,
    parentWorkflowId: undefined,
    parentRunId: undefined,
    rootWorkflowId: job.jobId,
    rootRunId: job.runId,
    memo: memoOf(job),
    searchAttributes: listedSearchAttributes(attributes, customAttributes),
    values: attributeValues(attributes, customAttributes),
  };
}

/** Which operation a row is of, by its memo: what a list shows. Temporal: frontend/workflow_handler.go. */
export function listedOperation(memo: Memo | undefined): BatchOperationType {
  const text = decodeUtf8(memo?.fields?.['batch_operation_type']?.data ?? new Uint8Array());
  const type = Object.entries(TYPE_NAMES).find(([, name]) => text === JSON.stringify(name));
  return type === undefined ? BatchOperationType.Unspecified : shownOperation(Number(type[0]) as BatchOperationType);
}

/** Temporal: worker/batcher/workflow.go, attachBatchOperationStats. */
function memoOf(job: BatchJob): Memo {
  const { operation, request, status, successCount, failureCount } = job;
  const fields = {
    batch_operation_type: jsonPayload(TYPE_NAMES[operation] ?? ''),
    batch_operation_reason: jsonPayload(request.reason ?? ''),
  };
  if (status !== WorkflowExecutionStatus.Completed) return { fields };
  const stats = jsonPayload({ NumSuccess: successCount, NumFailure: failureCount });
  return { fields: { ...fields, batch_operation_stats: stats } };
}
