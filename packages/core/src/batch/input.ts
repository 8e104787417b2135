import type { BatchOperationType } from '@perdure/proto/enums';
import type { StartBatchOperationRequest } from '@perdure/proto/types';
import type { SettleInput } from '../aggregate/settle.ts';
import type { DeleteInput, Done, WakeInput } from '../workflow/input.ts';
import type { BatchPage } from './job.ts';

/** What can happen to the id of a batch operation. Requests are validated before. */
export type BatchInput =
  | StartBatchInput
  | TakeBatchPageInput
  | SettleBatchInput
  | FailBatchInput
  | StopBatchInput
  | DeleteInput
  | WakeInput
  | SettleInput;

export interface BatchReplies {
  startBatch: Done;
  takeBatchPage: Done;
  settleBatch: Done;
  failBatch: Done;
  stopBatch: Done;
  delete: Done;
  wake: Done;
  settle: Done;
}

export interface StartBatchInput {
  readonly kind: 'startBatch';
  readonly request: StartBatchOperationRequest;
  readonly operation: BatchOperationType;
  readonly identity: string;
}

/** The next executions to work through. Comes again where its answer was lost: the page's number tells. */
export interface TakeBatchPageInput {
  readonly kind: 'takeBatchPage';
  readonly runId: string;
  /** From 1. */
  readonly pageNumber: number;
  readonly page: BatchPage;
  /** How many executions there are in all, as far as is known. */
  readonly totalCount: number;
}

/** What has come of some executions of a page, by index. */
export interface SettleBatchInput {
  readonly kind: 'settleBatch';
  readonly runId: string;
  readonly pageNumber: number;
  readonly succeeded: readonly number[];
  readonly failed: readonly number[];
}

/** It cannot go on. */
export interface FailBatchInput {
  readonly kind: 'failBatch';
  readonly runId: string;
  readonly reason: string;
}

/** StopBatchOperation: what has been done stays done. */
export interface StopBatchInput {
  readonly kind: 'stopBatch';
  readonly reason: string;
}
