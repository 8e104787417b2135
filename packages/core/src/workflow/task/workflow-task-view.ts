import type { HistoryEvent, WorkflowType } from '@perdure/proto/types';
import type { WorkflowTaskRef } from '../input.ts';
import type { UpdateDispatch } from '../update/update.ts';

/** A started workflow task as its worker has to see it. */
export interface WorkflowTaskView {
  readonly runId: string;
  readonly task: WorkflowTaskRef;
  readonly workflowType: WorkflowType | undefined;
  /** The run's normal queue. */
  readonly taskQueue: string;
  readonly previousStartedEventId: number;
  readonly scheduledAtMs: number;
  readonly startedAtMs: number;
  /** The worker has the run in its cache: history begins after `previousStartedEventId`. */
  readonly sticky: boolean;
  /** The history that the worker gets ends with this recorded event. */
  readonly lastEventId: number;
  /** Updates that the workflow has not seen, in order of admission. */
  readonly updates: readonly UpdateDispatch[];
  /**
   * Scheduled and started events of a transient or speculative task: not in the history, but the worker needs them at
   * its end.
   */
  readonly transientEvents: readonly HistoryEvent[];
}
