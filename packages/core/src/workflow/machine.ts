import type { Machine } from '../aggregate/machine.ts';
import type { Change } from './change.ts';
import { removeAtMs } from './close/delete.ts';
import { isPinned } from './fleeting.ts';
import type { Input } from './input.ts';
import { isPending, owes, pendingDeliveries } from './outbox.ts';
import { blankRun, reapply, restoreRun, snapshotOf, type RunSnapshot } from './rebuild.ts';
import { isOpen, type Run } from './run.ts';
import { step } from './step.ts';
import { wakeAtMs } from './wake.ts';

/** Runs of workflows, as the engine drives them. */
export const workflowMachine: Machine<Run> = {
  step: ({ namespaceId, id: workflowId, current, others }, input, env) =>
    step({ namespaceId, workflowId, current, others }, input as Input, env),
  blank: ({ namespaceId, id: workflowId, runId }) => blankRun({ namespaceId, workflowId, runId }),
  snapshotOf,
  restore: (snapshot) => restoreRun(snapshot as RunSnapshot),
  reapply: (run, changes) => reapply(run, changes as readonly Change[]),
  nextEventId: (run) => run.nextEventId,
  wakeAtMs,
  removeAtMs,
  isOpen,
  isPinned,
  owes,
  isPending,
  pendingDeliveries,
};
