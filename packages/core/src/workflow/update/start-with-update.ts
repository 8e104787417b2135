import { WorkflowIdConflictPolicy } from '@perdure/proto/enums';
import { isRejection, reject, type Rejection } from '../../kernel/rejection.ts';
import { applyCallbacksAttached } from '../callback/callback.ts';
import type { StartWithUpdateInput, StartWithUpdateReply } from '../input.ts';
import { firstRunId, newLifecycle } from '../lifecycle.ts';
import { isOpen, newRun, type Run } from '../run.ts';
import { start } from '../start/start.ts';
import type { Workflow } from '../step.ts';
import type { Step } from '../transition.ts';
import { admit, updateRefusal } from './admit.ts';
import { updateStatus } from './update-status.ts';
import type { UpdateStatus } from './update.ts';

/**
 * ExecuteMultiOperation: starts a workflow and asks it for an update in one breath, or asks the one that runs.
 * Temporal: history/api/multioperation/api.go.
 */
export function startWithUpdate(step: Step, workflow: Workflow, input: StartWithUpdateInput): StartWithUpdateReply {
  const { current } = workflow;
  if (current !== undefined) {
    const known = updateStatus(current, input.update.updateId);
    if (known !== undefined && known.completedEventId > 0) return done(current, known);
    if (isOpen(current) && (known !== undefined || joins(current, input))) return attach(step, current, input);
  }
  // To be known before the start, which cannot be taken back.
  const refusal = updateRefusal(runToCome(workflow, input), step.env, input.update);
  if (refusal !== undefined) return refused('update', refusal);
  const started = start(step, workflow, input.start);
  if (isRejection(started)) return refused('start', started);
  const run = step.transitions.find((transition) => transition.run.runId === started.runId)?.run;
  if (run === undefined || !started.started) {
    return refused('start', reject.unavailable('Workflow was not started: StartDeduped'));
  }
  const update = admit(step, run, input.update);
  return isRejection(update) ? refused('update', update) : { runId: run.runId, start: started, update };
}

/** A run that is to the update as the new one will be. */
function runToCome({ namespaceId, workflowId }: Workflow, { start: { request } }: StartWithUpdateInput): Run {
  const run = newRun({ namespaceId, workflowId, runId: '' }, newLifecycle());
  const { completionCallbacks } = request;
  applyCallbacksAttached(run, { workflowExecutionStartedEventAttributes: { completionCallbacks } });
  return run;
}

/** Whether the run is the one that the request means to have started, or may use. */
function joins(current: Run, { start: { request } }: StartWithUpdateInput): boolean {
  const { workflowIdConflictPolicy: policy, requestId } = request;
  return policy === WorkflowIdConflictPolicy.UseExisting || current.lifecycle.requestIds.has(requestId);
}

function attach(step: Step, current: Run, input: StartWithUpdateInput): StartWithUpdateReply {
  const update = admit(step, current, input.update);
  return isRejection(update) ? refused('update', update) : done(current, update);
}

function done(run: Run, update: UpdateStatus): StartWithUpdateReply {
  const { runId, lifecycle } = run;
  const { status } = lifecycle;
  const start = { runId, firstRunId: firstRunId(run), started: false, status, eagerTask: undefined };
  return { runId, start, update };
}

function refused(refusedBy: 'start' | 'update', refusal: Rejection): StartWithUpdateReply {
  return { runId: '', refusedBy, refusal };
}
