import type { ActivityTaskScheduledEventAttributes, Payloads, WorkflowType } from '@perdure/proto/types';
import type { ActivityOptionsInForce } from './intervention.ts';

/** A started activity task as its worker has to see it. */
export interface ActivityTaskView {
  readonly runId: string;
  readonly workflowType: WorkflowType | undefined;
  readonly scheduledEventId: number;
  readonly attempt: number;
  readonly stamp: number;
  readonly scheduled: ActivityTaskScheduledEventAttributes;
  /** How the activity is treated; its priority is completed by the workflow's. */
  readonly options: ActivityOptionsInForce;
  /** When the activity was first scheduled. */
  readonly firstScheduledAtMs: number;
  /** When this attempt was scheduled. */
  readonly scheduledAtMs: number;
  readonly startedAtMs: number;
  /** Details of the last heartbeat of the attempt before. */
  readonly heartbeatDetails: Payloads | undefined;
}
