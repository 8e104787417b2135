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
  /** The workflow task that was at work when it was asked, by {@link taskName}: its worker has not seen what came since. */
  tooLateFor: string | undefined;
  /** Answers the caller; later answers are ignored. */
  settle(answer: Payloads | Rejection | undefined): void;
}

/** What tells the workflow tasks of a run apart. */
export interface NamedTask {
  readonly scheduledEventId: number;
  readonly attempt: number;
  readonly ticket: string;
}

/** Tells the workflow tasks of a run apart; one that is handed out again is the same. */
export function taskName({ scheduledEventId, attempt, ticket }: NamedTask): string {
  return `${scheduledEventId}/${attempt}/${ticket}`;
}
