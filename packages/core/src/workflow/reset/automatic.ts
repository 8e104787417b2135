import type { ResetPointInfo } from '@perdure/proto/types';
import type { Message } from '../../aggregate/delivery.ts';
import { badBinaryOf } from '../../kernel/env.ts';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import { timestampMs } from '../../kernel/time.ts';
import { isOpen, type Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import type { Transition } from '../transition.ts';
import type { ResetInput } from './reset-input.ts';

/**
 * After each change of a run: if its namespace has given up a binary that worked on it, the run is to begin anew from
 * where that binary came in. A run with children has to wait for them. Temporal: mutable_state_impl.go,
 * closeTransactionHandleWorkflowResetTask; transfer_queue_active_task_executor.go, processResetWorkflow.
 */
export function oweReset(transition: Transition): void {
  const { run, env } = transition;
  const { badBinaries } = env.namespace;
  if (badBinaries === undefined || transition.changes.length === 0) return;
  if (!isOpen(run) || run.lifecycle.owedReset !== undefined || run.children.size > 0) return;
  for (const point of run.lifecycle.resetPoints ?? []) {
    const bad = badBinaryOf(env.namespace, point.binaryChecksum ?? '');
    if (bad === undefined || !canResetTo(point, env.nowMs)) continue;
    const { runId = '', firstWorkflowTaskCompletedId: finishEventId = 0 } = point;
    const reset = { runId, finishEventId, reason: bad.reason ?? '', requestId: env.newId() };
    transition.note({ kind: 'resetOwed', reset });
    const delivery = resetDelivery(run);
    if (delivery !== undefined) transition.emit({ kind: 'deliver', run, delivery });
    return;
  }
}

/** Past its expiry, the history of the run that the point is of may be gone. */
function canResetTo({ resettable = false, expireTime }: ResetPointInfo, nowMs: number): boolean {
  return resettable && (timestampMs(expireTime) ?? nowMs) >= nowMs;
}

/** The reset on its way; of a run that has closed, none. The engine reads the past that it needs. */
export function resetDelivery(run: Run): Message | undefined {
  const { owedReset } = run.lifecycle;
  if (owedReset === undefined || !isOpen(run)) return undefined;
  const to = { namespaceId: run.namespaceId, workflowId: run.workflowId };
  const common = { excluded: new Set<never>(), options: [], owedBy: run.runId, past: undefined };
  return { key: 'reset', to, input: { kind: 'reset', ...owedReset, ...common } };
}

/** Whether the run that owes the reset still does. */
export function isOwedReset({ current }: Workflow, { owedBy, requestId }: ResetInput): boolean {
  if (current === undefined || current.runId !== owedBy || !isOpen(current)) return false;
  return current.lifecycle.owedReset?.requestId === requestId;
}

/** The answer to a reset that nobody owes any more. */
export function nothingToReset(): Rejection {
  return reject.notFound('workflow execution already completed');
}
