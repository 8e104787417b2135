import {
  durationProblem,
  isRejection,
  reject,
  utf8Length,
  withRetryDefaults,
  type Limits,
  type Rejection,
} from '@perdure/core';
import type { ActivityOptions, UpdateActivityExecutionOptionsResponse } from '@perdure/proto/types';
import {
  camelPath,
  pauseActivity,
  resetActivity,
  unpauseActivity,
  updateActivityOptions,
} from './activity-interventions.ts';
import type { CallContext, Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { firstOf, runIdRefusal } from './validate-fields.ts';
import { userTaskQueueOf } from './validate-task-queue.ts';

/**
 * The newer form of what users do to a pending activity: it names the activity of a workflow, or without a workflow one
 * that stands alone, for which the official server has switched these off. Temporal: chasm/lib/activity/frontend.go.
 */
export const activityExecutions: WorkflowMethods = {
  PauseActivityExecution: within(NamespaceUse.Any, pauseActivityExecution),
  UnpauseActivityExecution: within(NamespaceUse.Any, unpauseActivityExecution),
  ResetActivityExecution: within(NamespaceUse.Any, resetActivityExecution),
  UpdateActivityExecutionOptions: within(NamespaceUse.Any, updateActivityExecutionOptions),
};

function pauseActivityExecution(
  scope: Scope,
  request: RequestOf<'PauseActivityExecution'>,
): Promise<Reply> | Rejection {
  const { blobSizeBytesMax } = scope.limits;
  const tooLong = utf8Length(request.reason ?? '') > blobSizeBytesMax;
  const refusal = requestRefusal(request, scope.limits, () =>
    tooLong ? reject.invalidArgument('reason exceeds length limit') : undefined,
  );
  return refusal ?? pauseActivity(scope, { ...request, ...targetOf(request) });
}

function unpauseActivityExecution(
  scope: Scope,
  request: RequestOf<'UnpauseActivityExecution'>,
  context: CallContext,
): Promise<Reply> | Rejection {
  const refusal = requestRefusal(request, scope.limits, () => jitterRefusal(request));
  const { jitter, requestId } = request;
  return refusal ?? unpauseActivity(scope, { jitter, requestId, ...targetOf(request) }, context);
}

function resetActivityExecution(
  scope: Scope,
  request: RequestOf<'ResetActivityExecution'>,
  context: CallContext,
): Promise<Reply> | Rejection {
  const refusal = requestRefusal(request, scope.limits, () => jitterRefusal(request));
  return refusal ?? resetActivity(scope, { ...request, ...targetOf(request) }, context);
}

async function updateActivityExecutionOptions(
  scope: Scope,
  request: RequestOf<'UpdateActivityExecutionOptions'>,
  context: CallContext,
): Promise<Reply<UpdateActivityExecutionOptionsResponse>> {
  const refusal = requestRefusal(request, scope.limits, () => updateRefusal(request, scope.limits));
  if (refusal !== undefined) return refusal;
  const { activityOptions, updateMask } = request;
  const replacesPolicy = updateMask?.paths?.some((path) => camelPath(path) === 'retryPolicy') === true;
  const options = replacesPolicy ? withPolicy(activityOptions, scope.limits) : activityOptions;
  return updateActivityOptions(scope, { ...request, activityOptions: options, ...targetOf(request) }, context);
}

interface ExecutionRequest {
  readonly workflowId?: string | undefined;
  readonly activityId?: string | undefined;
  readonly runId?: string | undefined;
  readonly identity?: string | undefined;
  readonly requestId?: string | undefined;
}

function targetOf({ workflowId, runId, activityId = '' }: ExecutionRequest) {
  return { execution: { workflowId, runId }, id: activityId };
}

function requestRefusal(
  request: ExecutionRequest,
  { idLengthMax }: Limits,
  more: () => Rejection | undefined,
): Rejection | undefined {
  const { workflowId = '', activityId = '', runId = '', identity = '', requestId = '' } = request;
  if (workflowId === '') return reject.unimplemented('Standalone activity operator commands are disabled');
  const tooLong = (what: string, text: string): Rejection | undefined => {
    const length = utf8Length(text);
    if (length <= idLengthMax) return undefined;
    return reject.invalidArgument(`${what} exceeds length limit. Length=${length} Limit=${idLengthMax}`);
  };
  return firstOf(
    () => tooLong('request ID', requestId),
    () => (activityId === '' ? reject.invalidArgument('activity ID is required') : undefined),
    () => tooLong('activity ID', activityId),
    () => tooLong('identity', identity),
    () => runIdRefusal(runId) && reject.invalidArgument('invalid run id: must be a valid UUID'),
    more,
  );
}

function jitterRefusal({ jitter }: Pick<RequestOf<'ResetActivityExecution'>, 'jitter'>): Rejection | undefined {
  const problem = durationProblem(jitter);
  return problem === undefined ? undefined : reject.invalidArgument(`invalid jitter: ${problem}`);
}

const PATHS: ReadonlySet<string> = new Set([
  'taskQueue.name',
  'scheduleToCloseTimeout',
  'scheduleToStartTimeout',
  'startToCloseTimeout',
  'heartbeatTimeout',
  'priority',
  'priority.priorityKey',
  'priority.fairnessKey',
  'priority.fairnessWeight',
  'retryPolicy',
  'retryPolicy.initialInterval',
  'retryPolicy.backoffCoefficient',
  'retryPolicy.maximumInterval',
  'retryPolicy.maximumAttempts',
  'startDelay',
]);

function updateRefusal(
  { activityOptions, updateMask, restoreOriginal = false }: RequestOf<'UpdateActivityExecutionOptions'>,
  limits: Limits,
): Rejection | undefined {
  const paths = updateMask?.paths ?? [];
  if (restoreOriginal) return undefined;
  if (activityOptions === undefined) return reject.invalidArgument('ActivityOptions are not provided');
  if (updateMask === undefined) return reject.invalidArgument('UpdateMask is not provided');
  if (paths.length === 0) return reject.invalidArgument('UpdateMask must specify at least one path');
  const unknown = paths.find((path) => !PATHS.has(camelPath(path)));
  if (unknown !== undefined) return reject.invalidArgument(`unsupported update_mask path: "${unknown}"`);
  if (!paths.some((path) => camelPath(path) === 'taskQueue.name')) return undefined;
  const queue = userTaskQueueOf(activityOptions.taskQueue, limits);
  return isRejection(queue) ? queue : undefined;
}

function withPolicy(options: ActivityOptions | undefined, limits: Limits): ActivityOptions {
  return { ...options, retryPolicy: withRetryDefaults(options?.retryPolicy ?? {}, limits.activityRetry) };
}
