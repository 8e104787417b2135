import type { RecordedChange } from '../aggregate/machine.ts';
import { closedAttributes } from './activity/activity-state.ts';
import type { Change } from './change.ts';
import { isOpen, type Run } from './run.ts';

/** Whether a task that was offered is still to be started: a workflow task, or the attempt of an activity. */
export function isTaskWanted(
  run: Run,
  { isActivity, scheduledEventId, stamp }: { isActivity: boolean; scheduledEventId: number; stamp: number },
): boolean {
  if (!isOpen(run)) return false;
  if (!isActivity) return run.task.stamp === stamp && (run.task.phase === 'scheduled' || run.task.returned);
  const activity = run.activities.get(scheduledEventId);
  return activity !== undefined && activity.stamp === stamp && activity.offered && activity.started === undefined;
}

/** The activity that a change may have ended, by its scheduled event, or whose attempt may be another now; else undefined. */
export function activityChangedBy(recorded: RecordedChange): number | undefined {
  const change = recorded as Change;
  if (change.kind === 'event' || change.kind === 'buffered') return closedAttributes(change.event)?.scheduledEventId;
  return 'id' in change && typeof change.id === 'number' ? change.id : undefined;
}

/** Whether any task of the run is still to be started. */
export function wantsTasks(run: Run): boolean {
  if (!isOpen(run)) return false;
  if (run.task.phase === 'scheduled' || run.task.returned) return true;
  for (const { offered, started } of run.activities.values()) if (offered && started === undefined) return true;
  return false;
}

/**
 * How many are at work for the run, or are to be: a workflow task, attempts of activities. A run for which nobody is waits
 * for time or for others.
 */
export function tasksAtWork(run: Run): number {
  if (!isOpen(run)) return 0;
  let tasks = run.task.phase === 'none' ? 0 : 1;
  for (const activity of run.activities.values()) if (activity.started !== undefined || activity.offered) tasks += 1;
  return tasks;
}
