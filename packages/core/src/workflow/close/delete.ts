import type { Rejection } from '../../kernel/rejection.ts';
import { earliest, SECOND_MS } from '../../kernel/time.ts';
import { findRun } from '../find-run.ts';
import { HISTORY_SERVICE } from '../identity.ts';
import type { DeleteInput, Done } from '../input.ts';
import { isOpen, type Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import type { Step } from '../transition.ts';
import { terminateRun } from './terminate.ts';

/** How long a run that was ended for its deletion can still be read: whoever waits for its end hears of it. */
const FAREWELL_MS = SECOND_MS;

/**
 * DeleteWorkflowExecution: an open run is ended first. The run is removed once it owes nothing to others any more.
 * Temporal: history/deletemanager, history/api/deleteworkflow.
 */
export function deleteRun(step: Step, workflow: Workflow, input: DeleteInput): Done | Rejection {
  const run = findRun(workflow, input.runId);
  if ('kind' in run) return run;
  const wasOpen = isOpen(run);
  const transition = step.on(run);
  if (wasOpen) terminateRun(transition, { reason: 'Delete workflow execution', identity: HISTORY_SERVICE });
  if (run.lifecycle.deleteAtMs === undefined) {
    transition.note({ kind: 'deletionRequested', atMs: step.env.nowMs + (wasOpen ? FAREWELL_MS : 0) });
  }
  return { runId: run.runId };
}

/** When a closed run is to be removed: after its retention, or when its deletion was asked for. */
export function removeAtMs(run: Run, retentionMs: number): number | undefined {
  const { closedAtMs, deleteAtMs } = run.lifecycle;
  return closedAtMs === undefined ? undefined : earliest(closedAtMs + retentionMs, deleteAtMs);
}
