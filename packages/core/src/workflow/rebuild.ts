import { DeadlineQueue } from '../kernel/deadline-queue.ts';
import { noMap } from '../kernel/nothing.ts';
import { indexActivities } from './activity/activity-state.ts';
import { apply } from './apply.ts';
import type { Change } from './change.ts';
import { trimClosed } from './close/closing-state.ts';
import { newFleeting } from './fleeting.ts';
import { armLifecycle, newLifecycle } from './lifecycle.ts';
import { isOpen, newRun, type DeadlineKey, type Run, type RunIds } from './run.ts';
import { indexTimers } from './wake.ts';

/** A run as it is stored: everything but its indexes and what is in memory only. Maps, sets and bytes are in it. */
export type RunSnapshot = Omit<Run, 'derived' | 'fleeting'>;

/** The state to store. Of a closed run that owes nothing, only what is still asked for. */
export function snapshotOf(run: Run): RunSnapshot {
  if (!isOpen(run)) trimClosed(run);
  return durableState(run);
}

/** The state as the log has it, whatever the run has in memory beside. */
export function durableState(run: Run): RunSnapshot {
  const { derived, fleeting, ...snapshot } = run;
  void derived;
  return fleeting.recordedTask === undefined ? snapshot : { ...snapshot, task: fleeting.recordedTask };
}

/** The run that a snapshot was made of. */
export function restoreRun(snapshot: RunSnapshot): Run {
  const derived = {
    deadlines: new DeadlineQueue<DeadlineKey>(),
    activityIds: noMap<string, number>(),
    activityBytes: 0,
  };
  const run: Run = { ...snapshot, derived, fleeting: newFleeting() };
  if (!isOpen(run)) return run;
  armLifecycle(run);
  indexTimers(run);
  indexActivities(run);
  return run;
}

/** A run without any history, for its first row. */
export function blankRun(ids: RunIds): Run {
  return newRun(ids, newLifecycle());
}

/** Brings about again what one transition has recorded. */
export function reapply(run: Run, changes: readonly Change[]): void {
  for (const change of changes) apply(run, change);
}
