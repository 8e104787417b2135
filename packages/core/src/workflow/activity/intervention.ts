import type { ActivityTaskScheduledEventAttributes } from '@perdure/proto/types';

/** What users have done to a pending activity, which no event records. Replaced as a whole, never changed in place. */
export interface Intervention {
  readonly pause: ActivityPause | undefined;
  /** A reset that the attempt at work, or the pause, keeps from being done with. */
  readonly pendingReset: { readonly dropsHeartbeat: boolean } | undefined;
  /** The options in force where they are no longer those of the scheduled event. */
  readonly options: ActivityOptionsInForce | undefined;
}

export interface ActivityPause {
  readonly atMs: number;
  readonly identity: string;
  readonly reason: string;
  /** Of the request that asked for it. */
  readonly requestId: string;
}

/** The part of an activity's attributes that can be changed while it is pending. */
export type ActivityOptionsInForce = Pick<
  ActivityTaskScheduledEventAttributes,
  | 'taskQueue'
  | 'scheduleToCloseTimeout'
  | 'scheduleToStartTimeout'
  | 'startToCloseTimeout'
  | 'heartbeatTimeout'
  | 'retryPolicy'
  | 'priority'
>;

/** All name their activity by its scheduled event id. */
export type InterventionChange =
  /** The activity is held: no attempt is offered, and no timeout counts. */
  | { readonly kind: 'activityPaused'; readonly id: number; readonly pause: ActivityPause }
  | {
      readonly kind: 'activityUnpaused';
      readonly id: number;
      readonly resetsAttempts: boolean;
      readonly dropsHeartbeat: boolean;
    }
  /** Attempts count from 1 again. */
  | {
      readonly kind: 'activityReset';
      readonly id: number;
      readonly unpauses: boolean;
      readonly dropsHeartbeat: boolean;
      readonly restoresOptions: boolean;
    }
  /** Undefined: those of the scheduled event. */
  | { readonly kind: 'activityOptionsSet'; readonly id: number; readonly options: ActivityOptionsInForce | undefined }
  /** An attempt that has not been started may be started from `atMs` on; what was offered before is void. */
  | { readonly kind: 'activityPutOff'; readonly id: number; readonly atMs: number };
