import { isRejection, type BatchTarget, type Rejection } from '@perdure/core';
import type { MethodByPath } from '@perdure/proto';
import type { StartBatchOperationRequest } from '@perdure/proto/types';
import { REQUEST_ID_HEADER } from '../rpc/activity-interventions.ts';
import type { InProcessCaller } from '../transport/in-process.ts';
import { resetOf } from './reset.ts';
import type { JobView } from './walk.ts';

/** One execution that an operation is for. */
export interface Question {
  readonly job: JobView;
  /** The namespace's name. */
  readonly namespace: string;
  readonly target: BatchTarget;
  /** The target's place in its page. */
  readonly index: number;
  readonly nowMs: number;
}

type Path = keyof MethodByPath;
type Name<P extends Path> = P extends `/temporal.api.workflowservice.v1.WorkflowService/${infer Method}`
  ? Method
  : never;

/** Calls a method; undefined where it was not refused. */
async function call<Method extends Name<Path>>(
  caller: InProcessCaller,
  method: Method,
  request: MethodByPath[`/temporal.api.workflowservice.v1.WorkflowService/${Method}`]['request'],
  headers?: ReadonlyMap<string, string>,
): Promise<Rejection | undefined> {
  const path = `/temporal.api.workflowservice.v1.WorkflowService/${method}` as const;
  const reply = await caller.call(path, request, headers === undefined ? {} : { headers });
  return isRejection(reply) ? reply : undefined;
}

/**
 * Asks of one execution what the job is for; a refusal where it will not. Asked twice, it is done once: by its request
 * id, or because it is done already. Temporal: worker/batcher/activities.go, startTaskProcessor.
 */
export function askOf(caller: InProcessCaller, question: Question): Promise<Rejection | undefined> {
  const { job, namespace, target, index } = question;
  const { request, identity } = job;
  const workflowExecution = target;
  const requestId = `${job.runId}/${target.runId === '' ? `${job.pageNumber}/${index}` : target.runId}`;
  const { signalOperation, updateWorkflowOptionsOperation: update, terminationOperation: termination } = request;
  if (termination !== undefined) {
    const { reason } = request;
    const { details } = termination;
    return call(caller, 'TerminateWorkflowExecution', { namespace, workflowExecution, reason, details, identity });
  }
  if (request.cancellationOperation !== undefined) {
    return call(caller, 'RequestCancelWorkflowExecution', { namespace, workflowExecution, requestId, identity });
  }
  if (signalOperation !== undefined) {
    const { signal: signalName, input, header } = signalOperation;
    const signal = { namespace, workflowExecution, signalName, input, header, requestId, identity };
    return call(caller, 'SignalWorkflowExecution', signal);
  }
  if (request.deletionOperation !== undefined) {
    return call(caller, 'DeleteWorkflowExecution', { namespace, workflowExecution });
  }
  if (update !== undefined) {
    const { workflowExecutionOptions, updateMask } = update;
    const options = { namespace, workflowExecution, workflowExecutionOptions, updateMask, identity };
    return call(caller, 'UpdateWorkflowExecutionOptions', options);
  }
  if (request.resetOperation !== undefined) return resetOf(caller, question, request.resetOperation, requestId);
  return askOfActivities(caller, question, request, requestId);
}

function askOfActivities(
  caller: InProcessCaller,
  { job: { identity }, namespace, target: execution }: Question,
  { unpauseActivitiesOperation, resetActivitiesOperation, updateActivityOptionsOperation }: StartBatchOperationRequest,
  requestId: string,
): Promise<Rejection | undefined> {
  const headers = new Map([[REQUEST_ID_HEADER, requestId]]);
  if (unpauseActivitiesOperation !== undefined) {
    const { matchAll: unpauseAll, ...unpause } = unpauseActivitiesOperation;
    return call(caller, 'UnpauseActivity', { ...unpause, unpauseAll, namespace, execution, identity }, headers);
  }
  if (resetActivitiesOperation !== undefined) {
    return call(caller, 'ResetActivity', { ...resetActivitiesOperation, namespace, execution, identity }, headers);
  }
  const update = { ...updateActivityOptionsOperation, namespace, execution, identity };
  return call(caller, 'UpdateActivityOptions', update, headers);
}
