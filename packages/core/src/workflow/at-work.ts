import { isOpen, type Run } from './run.ts';

/**
 * Whether somebody is at work for the run, or is to be: a workflow task or an attempt of an activity is out. A run that is
 * not waits for time or for others.
 */
export function isAtWork(run: Run): boolean {
  if (!isOpen(run)) return false;
  if (run.task.phase !== 'none') return true;
  for (const activity of run.activities.values()) if (activity.started !== undefined || activity.offered) return true;
  return false;
}
