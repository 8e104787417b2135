import { WorkflowExecutionStatus, type BatchOperationType } from '@perdure/proto/enums';
import type { StartBatchOperationRequest } from '@perdure/proto/types';
import type { AggregateState, StateIds } from '../aggregate/machine.ts';
import type { VisibilityCursor } from '../visibility/index.ts';

/**
 * One batch operation: what was asked for, and how far it has come. Plain data; only `applyBatch` writes to it. Times are
 * milliseconds since the epoch.
 */
export interface BatchJob extends AggregateState {
  readonly jobId: string;
  /** As it came; of a job that has ended without what is only needed to go on. */
  request: StartBatchOperationRequest;
  operation: BatchOperationType;
  /** A UUID of the server's own: the request of a start has none. */
  requestId: string;
  /** Who asked for it. */
  identity: string;
  startedAtMs: number;
  closedAtMs: number | undefined;
  /** When it is to be removed before its retention is over. */
  removeAtMs: number | undefined;
  /** Running, Completed, Failed (its query selects nothing that can be) or Terminated (it was stopped). */
  status: WorkflowExecutionStatus;
  /** How many executions it selected when it began: an estimate until it has completed. */
  totalCount: number;
  successCount: number;
  failureCount: number;
  /** How many pages have been taken. */
  pageNumber: number;
  /** The page at work; undefined before the first, and when the job has ended. */
  page: BatchPage | undefined;
  /** Which executions of the page, by index, have been dealt with. */
  readonly settled: Set<number>;
}

/** Executions to work through, each named with its run. */
export interface BatchPage {
  readonly executions: readonly BatchTarget[];
  /** Where the next page begins; undefined after the last. */
  readonly next: BatchPosition | undefined;
}

export interface BatchTarget {
  readonly workflowId: string;
  /** Empty where there was no such workflow when the page was taken. */
  readonly runId: string;
}

/** A place in what the query selects, or in the list of executions. */
export type BatchPosition = { readonly after: VisibilityCursor } | { readonly index: number };

/** A job before its start. */
export function blankJob({ namespaceId, id, runId }: StateIds): BatchJob {
  return {
    namespaceId,
    jobId: id,
    runId,
    transitionCount: 0,
    request: {},
    operation: 0,
    requestId: '',
    identity: '',
    startedAtMs: 0,
    closedAtMs: undefined,
    removeAtMs: undefined,
    status: WorkflowExecutionStatus.Running,
    totalCount: 0,
    successCount: 0,
    failureCount: 0,
    pageNumber: 0,
    page: undefined,
    settled: new Set(),
  };
}

export function isOpenJob(job: BatchJob): boolean {
  return job.closedAtMs === undefined;
}

/** What of the page at work is still to be done, by index. */
export function openTargets(job: BatchJob): readonly number[] {
  const count = job.page?.executions.length ?? 0;
  return Array.from({ length: count }, (_, index) => index).filter((index) => !job.settled.has(index));
}
