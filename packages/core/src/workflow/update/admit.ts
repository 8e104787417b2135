import type { UpdateRequest } from '@perdure/proto/types';
import type { Env } from '../../kernel/env.ts';
import { isAtLimit } from '../../kernel/limits.ts';
import { headerSize, payloadsSize } from '../../kernel/payload-size.ts';
import { ExhaustedCause, reject, type Rejection } from '../../kernel/rejection.ts';
import {
  attachedEvent,
  attachmentOf,
  attachToUpdate,
  updateCallbacksRefusal,
  type UpdateAttachment,
} from '../callback/update-callbacks.ts';
import { findRun } from '../find-run.ts';
import type { AdmitUpdateInput } from '../input.ts';
import { firstRunId } from '../lifecycle.ts';
import { isRunPaused } from '../pause/run-pause.ts';
import { isOpen, type Run } from '../run.ts';
import { closingRefusal } from '../signal/signal.ts';
import type { Workflow } from '../step.ts';
import { startOverIfBufferFull } from '../task/schedule.ts';
import { speculateIfNeeded } from '../task/speculative.ts';
import type { Step } from '../transition.ts';
import type { UpdateStatus } from './update.ts';
import { totalRefusal, updateStatus } from './update-status.ts';

/** From this attempt on a failing workflow task keeps updates out. Temporal: updateworkflow/api.go. */
const FAILING_ATTEMPTS = 3;

/**
 * UpdateWorkflowExecution: the workflow will be asked. Nothing is written; a worker is asked at once unless a workflow
 * task is pending, with which, or after which, the update goes. A known id is answered with what has become of it.
 */
export function admitUpdate(step: Step, workflow: Workflow, input: AdmitUpdateInput): UpdateStatus | Rejection {
  const run = findRun(workflow, input.runId);
  if ('kind' in run) return run;
  if (input.firstRunId !== '' && firstRunId(run) !== input.firstRunId) {
    return reject.notFound('workflow execution not found');
  }
  return admit(step, run, input);
}

/** The same for a run that was found. */
export function admit(
  step: Step,
  run: Run,
  { updateId, request }: Pick<AdmitUpdateInput, 'updateId' | 'request'>,
): UpdateStatus | Rejection {
  const known = updateStatus(run, updateId);
  if (!isOpen(run)) return known ?? reject.notFound('workflow execution already completed');
  if (isRunPaused(run)) return reject.failedPrecondition('Workflow is paused. Cannot update the workflow.');
  if (run.task.attempt >= FAILING_ATTEMPTS) {
    return reject.workflowNotReady('Unable to perform workflow execution update due to Workflow Task in failed state.');
  }
  const closing = closingRefusal(run);
  if (closing !== undefined) return closing;
  if (known !== undefined) return join(step, run, known, updateId, attachmentOf(request)) ?? known;
  const sizeBytes = requestSize(request);
  const refusal = updateRefusal(run, step.env, { updateId, request }, sizeBytes);
  if (refusal !== undefined) return refusal;
  const transition = step.on(run);
  transition.applyFleeting({
    kind: 'updateAdmitted',
    update: { updateId, request, sizeBytes, attached: [], sent: false },
  });
  speculateIfNeeded(transition);
  return { runId: run.runId, stage: 'admitted', completedEventId: 0, outcome: undefined };
}

/**
 * Somebody asks for an update that is under way, and wants to be called back. What no worker has accepted yet keeps that in
 * memory; else it goes on record. An outcome that is there is the answer. Temporal: workflow/update/update.go,
 * AttachCallbacks.
 */
function join(
  step: Step,
  run: Run,
  { stage }: UpdateStatus,
  updateId: string,
  attachment: UpdateAttachment,
): Rejection | undefined {
  if (attachment.callbacks.length === 0 || stage === 'completed') return undefined;
  const admitted = run.fleeting.admitted.get(updateId);
  const knownIds = [admitted?.request.requestId, ...(admitted?.attached ?? []).map(({ requestId }) => requestId)];
  if (knownIds.includes(attachment.requestId) || run.lifecycle.requestIds.has(attachment.requestId)) return undefined;
  const refusal = updateCallbacksRefusal(run, step.env, updateId, attachment);
  if (refusal !== undefined) return refusal;
  const transition = step.on(run);
  if (admitted !== undefined) {
    transition.applyFleeting({ kind: 'updateJoined', updateId, attachment });
    return undefined;
  }
  transition.appendOrBuffer(attachedEvent(updateId, attachment));
  attachToUpdate(transition, updateId, attachment);
  startOverIfBufferFull(transition);
  return undefined;
}

/** Why a run takes no update that is new to it; undefined where it does. */
export function updateRefusal(
  run: Run,
  env: Env,
  { updateId, request }: Pick<AdmitUpdateInput, 'updateId' | 'request'>,
  sizeBytes = requestSize(request),
): Rejection | undefined {
  const refusal = limitRefusal(run, env, sizeBytes);
  return refusal ?? updateCallbacksRefusal(run, env, updateId, attachmentOf(request));
}

function requestSize({ input }: UpdateRequest): number {
  return payloadsSize(input?.args) + headerSize(input?.header);
}

/** Temporal: workflow/update/registry.go. */
function limitRefusal(run: Run, { limits }: Env, sizeBytes: number): Rejection | undefined {
  const { updatesInFlightMax, updatesInFlightSizeBytesMax } = limits;
  const { admitted, admittedBytes } = run.fleeting;
  if (isAtLimit(admitted.size + run.updates.openCount + run.updates.reapplied.size, updatesInFlightMax)) {
    return reject.resourceExhausted(
      ExhaustedCause.ConcurrentLimit,
      `limit on number of concurrent in-flight updates has been reached (${updatesInFlightMax})`,
    );
  }
  const total = totalRefusal(run, limits.updatesMax);
  if (total !== undefined) return total;
  if (!isAtLimit(admittedBytes + sizeBytes, updatesInFlightSizeBytesMax)) return undefined;
  return reject.resourceExhausted(
    ExhaustedCause.ConcurrentLimit,
    `limit on total payload size of in-flight updates has been reached (${updatesInFlightSizeBytesMax} bytes)`,
  );
}
