import type { BatchOperationType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { StartBatchOperationRequest } from '@perdure/proto/types';
import { unreachable } from '../kernel/assert.ts';
import type { BatchJob, BatchPage } from './job.ts';

/** The changes of a batch operation: a log row holds them, and applying the same ones in order gives the same state. */
export type BatchChange =
  | {
      readonly kind: 'batchStarted';
      readonly atMs: number;
      readonly request: StartBatchOperationRequest;
      readonly operation: BatchOperationType;
      readonly requestId: string;
      readonly identity: string;
    }
  /** The next page is at work; the page before is done. */
  | { readonly kind: 'pageTaken'; readonly page: BatchPage; readonly totalCount: number }
  | { readonly kind: 'targetsSettled'; readonly succeeded: readonly number[]; readonly failed: readonly number[] }
  | {
      readonly kind: 'batchClosed';
      readonly atMs: number;
      readonly status: WorkflowExecutionStatus;
      /** Why, where somebody or something has ended it. */
      readonly reason: string;
    }
  | { readonly kind: 'removalRequested'; readonly atMs: number };

/** Brings a change about: the only writer of a job's state, when it happens and when it is rebuilt. */
export function applyBatch(job: BatchJob, change: BatchChange): void {
  switch (change.kind) {
    case 'batchStarted':
      job.startedAtMs = change.atMs;
      job.request = change.request;
      job.operation = change.operation;
      job.requestId = change.requestId;
      job.identity = change.identity;
      break;
    case 'pageTaken':
      job.page = change.page;
      job.pageNumber += 1;
      job.settled.clear();
      job.totalCount = change.totalCount;
      break;
    case 'targetsSettled':
      for (const index of change.succeeded) job.settled.add(index);
      for (const index of change.failed) job.settled.add(index);
      job.successCount += change.succeeded.length;
      job.failureCount += change.failed.length;
      break;
    case 'batchClosed':
      job.closedAtMs = change.atMs;
      job.status = change.status;
      job.page = undefined;
      job.settled.clear();
      // What an operation carries, such as a signal's input, may be large and is not asked for any more.
      job.request = kept(job.request);
      break;
    case 'removalRequested':
      job.removeAtMs = change.atMs;
      break;
    default:
      unreachable(change);
  }
}

function kept({ reason, visibilityQuery, executions }: StartBatchOperationRequest): StartBatchOperationRequest {
  return { reason, visibilityQuery, ...(executions && { executions }) };
}
