import type { Run } from '../run.ts';

/** A reset that a run owes to itself: to before the first workflow task that a bad binary completed. */
export interface OwedReset {
  /** The run that the task was of: this one, or one before it in the chain. */
  readonly runId: string;
  /** The completion of that task. */
  readonly finishEventId: number;
  readonly reason: string;
  /** The same however often the reset is sent. */
  readonly requestId: string;
}

/** The point is no good: another one may be. */
export function giveUpReset({ lifecycle }: Run): void {
  const { owedReset, resetPoints } = lifecycle;
  lifecycle.owedReset = undefined;
  lifecycle.resetPoints = resetPoints?.map((point) => {
    const { runId, firstWorkflowTaskCompletedId } = point;
    const isIt = runId === owedReset?.runId && firstWorkflowTaskCompletedId === owedReset?.finishEventId;
    return isIt ? { ...point, resettable: false } : point;
  });
}
