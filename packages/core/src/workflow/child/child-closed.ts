import type { Rejection } from '../../kernel/rejection.ts';
import { findRun } from '../find-run.ts';
import type { ChildClosedInput, Done } from '../input.ts';
import { heir } from '../lifecycle.ts';
import { isOpen } from '../run.ts';
import type { Workflow } from '../step.ts';
import { scheduleTaskIfNeeded } from '../task/schedule.ts';
import type { Step } from '../transition.ts';
import { hasStarted } from './child.ts';
import { childEnded, childStarted } from './child-events.ts';

/**
 * A child has closed for good. A run that has come of its parent by a reset is its parent now. The parent records it once; news of a child that it no longer waits for, and news that
 * comes after its own close, change nothing.
 * Temporal: history/api/recordchildworkflowcompleted/api.go.
 */
export function childClosed(step: Step, workflow: Workflow, input: ChildClosedInput): Done | Rejection {
  const found = findRun(workflow, input.runId);
  const run = heir(workflow.current, input.runId, input.initiatedEventId) ?? found;
  if ('kind' in run) return run;
  const done: Done = { runId: run.runId };
  const child = run.children.get(input.initiatedEventId);
  if (!isOpen(run) || child === undefined || child.initiated.workflowId !== input.child.workflowId) return done;
  if (hasStarted(child) && child.runId !== input.firstRunId) return done;
  const transition = step.on(run);
  // The close has overtaken the answer to the start.
  if (!hasStarted(child)) transition.appendOrBuffer(childStarted(child, input.firstRunId));
  transition.appendOrBuffer(childEnded(child, input.child, input.event));
  scheduleTaskIfNeeded(transition);
  return done;
}
