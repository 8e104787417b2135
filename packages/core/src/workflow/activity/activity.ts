import type { ActivityTaskScheduledEventAttributes, Failure, Payloads, WorkerVersionStamp } from '@perdure/proto/types';
import type { Intervention, InterventionChange } from './intervention.ts';

/** A pending activity: scheduled, perhaps started, not yet closed. */
export interface Activity {
  readonly scheduledEventId: number;
  /** As the workflow wanted it; `optionsInForce` says how it is treated. */
  readonly scheduled: ActivityTaskScheduledEventAttributes;
  /** When the activity was first scheduled; schedule-to-close counts from here. */
  firstScheduledAtMs: number;
  /** When this attempt may be started: the schedule time, or the end of the back-off. */
  scheduledAtMs: number;
  /** From 1. */
  attempt: number;
  /** Raised whenever an earlier offer or token of this activity must no longer fit. */
  stamp: number;
  /** Set while an attempt is at work. */
  started: ActivityStart | undefined;
  /** Event id of the cancel request; 0 where there is none. */
  cancelRequestedEventId: number;
  heartbeatDetails: Payloads | undefined;
  lastHeartbeatAtMs: number | undefined;
  lastFailure: Failure | undefined;
  lastWorkerIdentity: string;
  lastAttemptCompletedAtMs: number | undefined;
  /** Whether the attempt has been offered to matching: not while it backs off or is held. */
  offered: boolean;
  /** Undefined where no user has intervened. */
  intervention: Intervention | undefined;
}

export interface ActivityStart {
  readonly atMs: number;
  readonly identity: string;
  readonly requestId: string;
  readonly workerVersion: WorkerVersionStamp | undefined;
}

/** What the history does not record of activities. All name their activity by its scheduled event id. */
export type ActivityChange =
  | InterventionChange
  | { readonly kind: 'activityStarted'; readonly id: number; readonly start: ActivityStart }
  /** The attempt was handed to a worker that was gone: it is offered again as if it had not been started. */
  | { readonly kind: 'activityReturned'; readonly id: number }
  | {
      readonly kind: 'activityHeartbeat';
      readonly id: number;
      readonly atMs: number;
      readonly details: Payloads | undefined;
      /** Of a worker that did not say who it is when it took the task. */
      readonly identity?: string;
    }
  /** An attempt failed; the next one may start at `nextAtMs`. */
  | {
      readonly kind: 'activityRetry';
      readonly id: number;
      readonly failure: Failure | undefined;
      readonly completedAtMs: number;
      readonly nextAtMs: number;
      /** Details that came with the failure; undefined keeps those of the last heartbeat. */
      readonly heartbeatDetails: Payloads | undefined;
    }
  /** A reset lets the activity, which has not been started in the new run, begin anew. */
  | { readonly kind: 'activityRescheduled'; readonly id: number; readonly atMs: number }
  /** The back-off is over and the attempt has been offered to matching. */
  | { readonly kind: 'activityOffered'; readonly id: number };
