import type { ActivityTaskScheduledEventAttributes, Payloads, Priority, WorkflowType } from '@perdure/proto/types';

/** A started activity task as its worker has to see it. */
export interface ActivityTaskView {
  readonly runId: string;
  readonly workflowType: WorkflowType | undefined;
  readonly scheduledEventId: number;
  readonly attempt: number;
  readonly stamp: number;
  readonly scheduled: ActivityTaskScheduledEventAttributes;
  /** The activity's own, completed by the workflow's. */
  readonly priority: Priority | undefined;
  /** When the activity was first scheduled. */
  readonly firstScheduledAtMs: number;
  /** When this attempt was scheduled. */
  readonly scheduledAtMs: number;
  readonly startedAtMs: number;
  /** Details of the last heartbeat of the attempt before. */
  readonly heartbeatDetails: Payloads | undefined;
}
