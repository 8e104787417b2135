import { StartChildWorkflowExecutionFailedCause as StartFailedCause } from '@perdure/proto/enums';
import { assert, present, unreachable } from '../kernel/assert.ts';
import { isRejection, type Rejection } from '../kernel/rejection.ts';
import { callbackAnswered } from './callback/callback.ts';
import { childStarted, childStartFailed } from './child/child-events.ts';
import { externalAnswered } from './external/external-events.ts';
import { findRun } from './find-run.ts';
import type { Done } from './input.ts';
import { isPending, outboxEntry, type OutboxEntry } from './outbox.ts';
import type { SettleInput } from '../aggregate/settle.ts';
import type { Workflow } from './step.ts';
import { scheduleTaskIfNeeded } from './task/schedule.ts';
import type { Step, Transition } from './transition.ts';

/**
 * The receiver's final answer to a delivery. An answer that the run no longer waits for, because it had it before or has
 * closed, changes nothing. Refusals that may pass (unavailable, overloaded, too slow) are no answers: the delivery is
 * repeated until there is one. Temporal: history/transfer_queue_active_task_executor.go.
 */
export function settle(step: Step, workflow: Workflow, input: SettleInput): Done | Rejection {
  const run = findRun(workflow, input.runId);
  if ('kind' in run) return run;
  const entry = outboxEntry(input.key);
  if (entry !== undefined && isPending(run, input.key)) record(step.on(run), entry, input.answer);
  return { runId: run.runId };
}

function record(transition: Transition, entry: OutboxEntry, answer: SettleInput['answer']): void {
  switch (entry.kind) {
    case 'child':
      childAnswered(transition, entry.initiatedEventId, answer);
      break;
    case 'external':
      requestAnswered(transition, entry.initiatedEventId, answer);
      break;
    // A parent or a child that refuses is gone, closed, or another one by now: there is nothing left to do for it.
    case 'parent':
      transition.note({ kind: 'parentTold' });
      break;
    // So is a watcher.
    case 'watcher':
      transition.note({ kind: 'watcherTold', token: entry.token });
      break;
    case 'callback':
      callbackAnswered(transition, entry.id, answer);
      break;
    case 'policy':
      transition.note({ kind: 'childSettled', id: entry.initiatedEventId });
      break;
    // One that was done has closed the run.
    case 'reset':
      transition.note({ kind: 'resetGivenUp' });
      break;
    default:
      unreachable(entry);
  }
}

function childAnswered(transition: Transition, initiatedEventId: number, answer: SettleInput['answer']): void {
  const child = present(transition.run.children.get(initiatedEventId), 'a start on its way has its child');
  transition.appendOrBuffer(
    isRejection(answer) ? childStartFailed(child, startFailedCause(answer)) : childStarted(child, answer.runId),
  );
  scheduleTaskIfNeeded(transition);
}

function startFailedCause(refusal: Rejection): StartFailedCause {
  switch (refusal.detail?.type) {
    case 'WorkflowExecutionAlreadyStartedFailure':
      return StartFailedCause.WorkflowAlreadyExists;
    case 'NamespaceNotFoundFailure':
      return StartFailedCause.NamespaceNotFound;
    default:
      return StartFailedCause.Unspecified;
  }
}

function requestAnswered(transition: Transition, initiatedEventId: number, answer: SettleInput['answer']): void {
  const request = present(transition.run.externals.get(initiatedEventId), 'a pending request is on its way');
  assert(request.kind !== 'startChild', 'the start of a child has a key of its own');
  transition.appendOrBuffer(externalAnswered(request, transition.env.namespace, answer));
  scheduleTaskIfNeeded(transition);
}
