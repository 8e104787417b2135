import { EventType } from '@perdure/proto/enums';
import type { Link, Payloads } from '@perdure/proto/types';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import { findChainRun } from '../find-run.ts';
import type { Done, TerminateInput } from '../input.ts';
import { isOpen } from '../run.ts';
import { guardRefusal } from '../signal/signal.ts';
import type { Workflow } from '../step.ts';
import type { TaskFailure } from '../task/end.ts';
import type { Step, Transition } from '../transition.ts';
import { forceClose } from './close-run.ts';

/** TerminateWorkflowExecution. */
export function terminate(step: Step, workflow: Workflow, input: TerminateInput): Done | Rejection {
  const run = findChainRun(workflow, input.runId, input.firstRunId);
  if ('kind' in run) return run;
  if (!isOpen(run)) return reject.notFound('workflow execution already completed');
  const refusal = guardRefusal(run, input.childWorkflowOnly);
  if (refusal !== undefined) return refusal;
  terminateRun(step.on(run), input);
  return { runId: run.runId };
}

export interface Termination {
  readonly reason: string;
  readonly identity: string;
  readonly details?: Payloads | undefined;
  readonly links?: readonly Link[] | undefined;
}

/** Ends a run by force, for a caller or because it broke a limit; then `taskFailure` says what its task failed with. */
export function terminateRun(transition: Transition, termination: Termination, taskFailure?: TaskFailure): void {
  const { reason, identity, details, links } = termination;
  forceClose(
    transition,
    {
      eventType: EventType.WorkflowExecutionTerminated,
      links,
      workflowExecutionTerminatedEventAttributes: { reason, details, identity },
    },
    taskFailure,
  );
}
