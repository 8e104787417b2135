import type { Machine } from '../aggregate/machine.ts';
import { earliest } from '../kernel/time.ts';
import { applyBatch, type BatchChange } from './change.ts';
import type { BatchInput } from './input.ts';
import { blankJob, isOpenJob, type BatchJob } from './job.ts';
import { stepBatch } from './step.ts';

/** Batch operations, as the engine drives them. What they ask of workflows is sent by the shell, which reads for it. */
export const batchMachine: Machine<BatchJob> = {
  step: (view, input, env) => stepBatch(view, input as BatchInput, env),
  blank: blankJob,
  snapshotOf: (job) => job,
  restore: (snapshot) => snapshot as BatchJob,
  reapply: (job, changes) => {
    for (const change of changes) applyBatch(job, change as BatchChange);
  },
  nextEventId: () => 1,
  wakeAtMs: () => undefined,
  removeAtMs: ({ closedAtMs, removeAtMs }, retentionMs) =>
    closedAtMs === undefined ? undefined : earliest(closedAtMs + retentionMs, removeAtMs),
  isOpen: isOpenJob,
  isPinned: () => false,
  owes: () => false,
  isPending: () => false,
  pendingDeliveries: () => [],
};
