import { isOpen, type Run } from './run.ts';

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
