import { EventType } from '@perdure/proto/enums';
import type { Rejection } from '../../kernel/rejection.ts';
import { findChainRun } from '../find-run.ts';
import type { Done, RequestCancelInput } from '../input.ts';
import { isOpen } from '../run.ts';
import { guardRefusal } from '../signal/signal.ts';
import type { Workflow } from '../step.ts';
import { scheduleTaskAtOnce } from '../task/schedule.ts';
import type { Step } from '../transition.ts';

/** RequestCancelWorkflowExecution. A second request, or one for a closed run, is answered and changes nothing. */
export function requestCancel(step: Step, workflow: Workflow, input: RequestCancelInput): Done | Rejection {
  const run = findChainRun(workflow, input.runId, input.firstRunId);
  if ('kind' in run) return run;
  if (!isOpen(run)) return { runId: run.runId };
  const refusal = guardRefusal(run, input.childWorkflowOnly);
  if (refusal !== undefined) return refusal;
  if (run.lifecycle.cancelRequested) return { runId: run.runId };
  const transition = step.on(run);
  transition.appendOrBuffer({
    eventType: EventType.WorkflowExecutionCancelRequested,
    links: input.links,
    workflowExecutionCancelRequestedEventAttributes: {
      cause: input.reason,
      identity: input.identity,
      externalWorkflowExecution: input.sender?.execution,
      externalInitiatedEventId: input.sender?.initiatedEventId,
    },
  });
  scheduleTaskAtOnce(transition);
  return { runId: run.runId };
}
