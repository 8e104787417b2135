import type { Rejection } from '../../kernel/rejection.ts';
import { findRun } from '../find-run.ts';
import type { ChildClosedInput, Done } from '../input.ts';
import { heir } from '../lifecycle.ts';
import { isOpen, type Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import { scheduleTaskIfNeeded } from '../task/schedule.ts';
import type { Step, Transition } from '../transition.ts';
import { hasStarted, type ChildNews } from './child.ts';
import { childEnded, childStarted } from './child-events.ts';

/**
 * A child has closed for good. A run that has come of its parent by a reset is its parent now. The parent records it
 * once; news of a child that it no longer waits for changes nothing. A parent that has closed keeps the news for the run
 * that a reset may still make of it. Temporal: history/api/recordchildworkflowcompleted/api.go.
 */
export function childClosed(step: Step, workflow: Workflow, input: ChildClosedInput): Done | Rejection {
  const named = findRun(workflow, input.runId);
  const successor = heir(workflow.current, input.runId, input.initiatedEventId);
  const run = successor ?? named;
  if ('kind' in run) return run;
  const { initiatedEventId, child, firstRunId, event } = input;
  const news: ChildNews = { initiatedEventId, child, firstRunId, event };
  if (isOpen(run)) {
    const transition = step.on(run);
    if (recordNews(transition, news)) scheduleTaskIfNeeded(transition);
  } else keepNews(step, run, news);
  if (successor !== undefined && !('kind' in named)) keepNews(step, named, news);
  return { runId: run.runId };
}

/** Records the close of a child that the run still waits for; false where it does not. */
export function recordNews(transition: Transition, news: ChildNews): boolean {
  const child = transition.run.children.get(news.initiatedEventId);
  if (child === undefined || child.initiated.workflowId !== news.child.workflowId) return false;
  if (hasStarted(child) && child.runId !== news.firstRunId) return false;
  // The close has overtaken the answer to the start.
  if (!hasStarted(child)) transition.appendOrBuffer(childStarted(child, news.firstRunId));
  transition.appendOrBuffer(childEnded(child, news.child, news.event));
  return true;
}

function keepNews(step: Step, run: Run, news: ChildNews): void {
  const known = run.closing?.lateNews?.get(news.initiatedEventId);
  if (isOpen(run) || known?.child.runId === news.child.runId) return;
  step.on(run).note({ kind: 'childNewsKept', news });
}
