import { EventType } from '@perdure/proto/enums';
import { isAtLimit } from '../../kernel/limits.ts';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import { findRun } from '../find-run.ts';
import type { ChildGuard, Done, SignalContent, SignalInput } from '../input.ts';
import { parentOf } from '../lifecycle.ts';
import { isOpen, type Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import { scheduleTaskIfNeeded } from '../task/schedule.ts';
import type { Step, Transition } from '../transition.ts';
import { WORKFLOW_CLOSING } from '../update/settle.ts';

/** SignalWorkflowExecution. A request id that the run has seen is answered as the first time, closed or not. */
export function signal(step: Step, workflow: Workflow, input: SignalInput): Done | Rejection {
  const run = findRun(workflow, input.runId);
  if ('kind' in run) return run;
  if (run.signalRequestIds.has(input.signal.requestId)) return { runId: run.runId };
  if (!isOpen(run)) return reject.notFound('workflow execution already completed');
  const refusal = signalRefusal(run, step) ?? guardRefusal(run, input.childWorkflowOnly);
  if (refusal !== undefined) return refusal;
  const transition = step.on(run);
  recordSignal(transition, input.signal);
  scheduleTaskIfNeeded(transition);
  return { runId: run.runId };
}

/** Why an open run takes no more signals; undefined where it does. */
export function signalRefusal(run: Run, step: Step): Rejection | undefined {
  if (isAtLimit(run.signalCount, step.env.limits.signalsMax)) {
    return reject.invalidArgument('exceeded workflow execution limit for signal events');
  }
  return closingRefusal(run);
}

/** The workflow has decided to close and its worker is about to hear of the last events before that: no more may come. */
export function closingRefusal(run: Run): Rejection | undefined {
  const { closeAttempted, phase, returned } = run.task;
  if (!closeAttempted || phase !== 'started' || returned) return undefined;
  return WORKFLOW_CLOSING;
}

/** The request is meant for a child of the asking workflow only. */
export function guardRefusal(run: Run, guard: ChildGuard | undefined): Rejection | undefined {
  if (guard === undefined) return undefined;
  const { workflowId, runId = '' } = parentOf(run) ?? {};
  const ofParent = runId === guard.parent.runId || guard.earlierRunIds?.includes(runId) === true;
  const fits = workflowId === guard.parent.workflowId && ofParent;
  return fits ? undefined : reject.notFound('workflow parent does not match');
}

/** Writes the signal into the history, or into the buffer. */
export function recordSignal(transition: Transition, content: SignalContent): void {
  transition.appendOrBuffer({
    eventType: EventType.WorkflowExecutionSignaled,
    links: content.links,
    workflowExecutionSignaledEventAttributes: {
      signalName: content.name,
      input: content.input,
      identity: content.identity,
      header: content.header,
      externalWorkflowExecution: content.sender,
      requestId: content.requestId,
    },
  });
}
