import type { Rejection } from '@perdure/core';
import type { Payloads, WorkflowQuery } from '@perdure/proto/types';

/** A query on its way to a worker. It lives in memory only: a caller whose server is gone asks again. */
export interface PendingQuery {
  /** Names the query in a worker's answer. */
  readonly id: string;
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly query: WorkflowQuery;
  /** Answers the caller; later answers are ignored. */
  settle(answer: Payloads | Rejection | undefined): void;
}
