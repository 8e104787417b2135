import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Run } from '../run.ts';

/** Who holds a run, since when and why. Kept when the run closes: descriptions go on to show it. */
export interface RunPause {
  readonly atMs: number;
  readonly identity: string;
  readonly reason: string;
  /** Of the request that asked for it. */
  readonly requestId: string;
}

/** Whether the run is held: nothing is dispatched for it, whatever comes is recorded. */
export function isRunPaused({ lifecycle }: Run): boolean {
  return lifecycle.status === WorkflowExecutionStatus.Paused;
}

/** What `TemporalPauseInfo` says of the pause. Temporal: mutable_state_impl.go, buildTemporalPauseInfoEntries. */
export function pauseEntries({ lifecycle, workflowId }: Run): readonly string[] {
  const { pause } = lifecycle;
  if (pause === undefined) return [];
  return [`Workflow:${workflowId}`, ...(pause.reason === '' ? [] : [`Reason:${pause.reason}`])];
}
