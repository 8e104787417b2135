import { isAtLimit } from '../../kernel/limits.ts';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import { isOpen, type Run } from '../run.ts';
import { CLOSED_BEFORE_COMPLETION } from './closed-before-completion.ts';
import { updateCount, type UpdateStatus } from './update.ts';

/** How far an update has come; undefined for one that the run does not know, or has rejected. */
export function updateStatus(run: Run, updateId: string): UpdateStatus | undefined {
  const { runId } = run;
  if (run.fleeting.admitted.has(updateId)) {
    return { runId, stage: 'admitted', completedEventId: 0, outcome: undefined };
  }
  if (run.updates.reapplied.has(updateId) && isOpen(run)) {
    return { runId, stage: 'admitted', completedEventId: 0, outcome: undefined };
  }
  const accepted = run.updates.byId.get(updateId);
  if (accepted === undefined) return undefined;
  const { completedEventId } = accepted;
  if (completedEventId > 0) return { runId, stage: 'completed', completedEventId, outcome: undefined };
  if (isOpen(run)) return { runId, stage: 'accepted', completedEventId, outcome: undefined };
  return { runId, stage: 'completed', completedEventId, outcome: { failure: CLOSED_BEFORE_COMPLETION } };
}

/** Why a run takes no update that it does not know; undefined where it does. */
export function totalRefusal(run: Run, updatesMax: number): Rejection | undefined {
  if (!isAtLimit(updateCount(run), updatesMax)) return undefined;
  return reject.failedPrecondition(
    `The limit on the total number of distinct updates in this workflow has been reached (${updatesMax}). ` +
      "Make sure any duplicate updates share an Update ID so the server can deduplicate them, and consider rejecting updates that you aren't going to process. " +
      'You can also Continue-as-New to avoid this; we recommend you check Continue-as-New Suggested in your Workflow.',
  );
}
