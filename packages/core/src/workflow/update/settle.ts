import type { Failure, UpdateOutcome } from '@perdure/proto/types';
import { ExhaustedCause, isRejection, reject, type Rejection } from '../../kernel/rejection.ts';
import { callBackForUpdates } from '../callback/update-callbacks.ts';
import { isOpen, type Run } from '../run.ts';
import type { Transition } from '../transition.ts';
import { CLOSED_BEFORE_COMPLETION } from './closed-before-completion.ts';

/** The refusal that is tried again by the server itself, so that it lands on the run that follows. */
export const WORKFLOW_CLOSING = reject.resourceExhausted(
  ExhaustedCause.BusyWorkflow,
  'workflow operation can not be applied because workflow is closing',
);

/** The outcome of an update that its worker has passed over. */
const UNPROCESSED: Failure = {
  message:
    "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.",
  source: 'Server',
  applicationFailureInfo: { type: 'UnprocessedUpdate', nonRetryable: true },
};

/** Tells those who wait what has become of an update. */
export function settleUpdate(transition: Transition, updateId: string, outcome: UpdateOutcome | Rejection): void {
  const { run } = transition;
  if (run.fleeting.admitted.has(updateId)) transition.applyFleeting({ kind: 'updateTaken', updateId });
  if (run.updates.reapplied.has(updateId) && isOpen(run)) {
    const failure = isRejection(outcome) ? undefined : outcome.failure;
    transition.note({ kind: 'updateRejected', updateId, failure });
    callBackForUpdates(transition);
  }
  transition.emit({ kind: 'updateSettled', run, updateId, outcome });
}

/** The worker has passed over updates that it had: it does not know how to deal with them. */
export function rejectUnprocessed(transition: Transition): void {
  for (const updateId of sentUpdates(transition.run)) settleUpdate(transition, updateId, { failure: UNPROCESSED });
}

/** The workflow task with which a worker got updates has failed: they may be the reason. */
export function abortSent(transition: Transition): void {
  const refusal = reject.workflowNotReady(
    'Unable to perform workflow execution update due to unexpected workflow task failure.',
  );
  for (const updateId of sentUpdates(transition.run)) settleUpdate(transition, updateId, refusal);
}

function sentUpdates(run: Run): string[] {
  return [...run.fleeting.admitted.values()].filter(({ sent }) => sent).map(({ updateId }) => updateId);
}

/** The run has closed: what it has accepted is not completed any more, what it has not seen is for the next run. */
export function settleOnClose(transition: Transition): void {
  const { run } = transition;
  const { newRunId } = run.lifecycle;
  const refusal =
    newRunId === undefined ? reject.notFound('workflow update was aborted by closing workflow') : WORKFLOW_CLOSING;
  const unseen = [...run.fleeting.admitted.keys(), ...run.updates.reapplied.keys()];
  for (const updateId of unseen) settleUpdate(transition, updateId, refusal);
  if (run.updates.openCount === 0) return;
  for (const [updateId, { completedEventId }] of run.updates.byId) {
    if (completedEventId === 0) settleUpdate(transition, updateId, { failure: CLOSED_BEFORE_COMPLETION });
  }
}
