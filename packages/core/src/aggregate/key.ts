/** What names a workflow: all of its runs share one mailbox. */
export interface WorkflowKey {
  readonly namespaceId: string;
  readonly workflowId: string;
}

/** What names a schedule. */
export interface ScheduleKey {
  readonly namespaceId: string;
  readonly scheduleId: string;
}

/** What names a batch operation. */
export interface BatchKey {
  readonly namespaceId: string;
  readonly jobId: string;
}

/** What names something that the engine runs. Each kind has ids of its own: the same id may be used in all of them. */
export type AggregateKey = WorkflowKey | ScheduleKey | BatchKey;
