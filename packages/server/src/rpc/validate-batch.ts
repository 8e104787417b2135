import { enumName, isRejection, parseQuery, reject, type Rejection } from '@perdure/core';
import { BatchOperationType, ExecutionType, ResetType } from '@perdure/proto/enums';
import type { BatchOperationReset, StartBatchOperationRequest } from '@perdure/proto/types';
import { firstOf } from './validate-fields.ts';

const MATCH_NOTHING = 'Either activity type must be set, or match all should be set to true';

/** Which operation a request asks for, and who it is that asks. */
export interface BatchOperation {
  readonly operation: BatchOperationType;
  readonly identity: string;
}

/**
 * Temporal: worker/batcher/workflow.go, ValidateBatchOperation. It has a limit to the executions of a request
 * (`frontend.MaxExecutionCountBatchOperationPerNamespace`) that nothing reads. What it refuses with a plain error
 * reaches callers there as UNKNOWN with a text that says nothing; here as INVALID_ARGUMENT with the text that was
 * meant.
 */
export function validateBatch(request: StartBatchOperationRequest): BatchOperation | Rejection {
  const { jobId = '', reason = '', visibilityQuery = '', executions = [], targetExecutions = [] } = request;
  const operation = operationOf(request);
  const selects = visibilityQuery !== '' || executions.length > 0 || targetExecutions.length > 0;
  if (operation === undefined || reason === '' || !selects) {
    return refuse('must provide required parameters: BatchType/Reason/Namespace/Query/Executions');
  }
  const refusal = firstOf(
    () => (jobId === '' ? refuse('JobId is not set on request.') : undefined),
    () =>
      visibilityQuery !== '' && executions.length > 0
        ? refuse('batch query and executions are mutually exclusive')
        : undefined,
    () => targetsRefusal(request),
    () => operationRefusal(request),
    () => queryRefusal(visibilityQuery),
  );
  return refusal ?? operation;
}

/** The operations that are served are all on workflows. */
function targetsRefusal(request: StartBatchOperationRequest): Rejection | undefined {
  const { visibilityQuery = '', executions = [], targetExecutions = [] } = request;
  if (targetExecutions.length === 0) return undefined;
  if (visibilityQuery !== '' || executions.length > 0) {
    return refuse('visibility query, executions, and target executions are mutually exclusive');
  }
  const index = targetExecutions.findIndex(({ type }) => type !== ExecutionType.Workflow);
  if (index < 0) return undefined;
  const type = targetExecutions[index]?.type === ExecutionType.Activity ? 'Activity' : 'Unspecified';
  return refuse(`target_executions[${index}] has type ${type}, but the operation requires Workflow`);
}

function refuse(message: string): Rejection {
  return reject.invalidArgument(message);
}

function operationOf(request: StartBatchOperationRequest): BatchOperation | undefined {
  const operations = [
    [BatchOperationType.Terminate, request.terminationOperation],
    [BatchOperationType.Signal, request.signalOperation],
    [BatchOperationType.Cancel, request.cancellationOperation],
    [BatchOperationType.Delete, request.deletionOperation],
    [BatchOperationType.Reset, request.resetOperation],
    [BatchOperationType.UpdateExecutionOptions, request.updateWorkflowOptionsOperation],
    [BatchOperationType.UnpauseActivity, request.unpauseActivitiesOperation],
    [BatchOperationType.ResetActivity, request.resetActivitiesOperation],
    [BatchOperationType.UpdateActivityOptions, request.updateActivityOptionsOperation],
  ] as const;
  for (const [operation, asked] of operations) {
    if (asked !== undefined) return { operation, identity: asked.identity ?? '' };
  }
  return undefined;
}

/** A query that is no SQL is refused; one that names what there is not lets the job fail. */
function queryRefusal(query: string): Rejection | undefined {
  if (query === '') return undefined;
  const parsed = parseQuery(
    query,
    (detail) => refuse(`invalid visibility query: ${detail}`),
    'select * from dummy where ',
  );
  return isRejection(parsed) ? parsed : undefined;
}

function operationRefusal(request: StartBatchOperationRequest): Rejection | undefined {
  const { signalOperation: signal, updateWorkflowOptionsOperation: update, resetOperation: reset } = request;
  if (signal !== undefined) return (signal.signal ?? '') === '' ? refuse('must provide signal name') : undefined;
  if (update !== undefined) {
    if (update.workflowExecutionOptions === undefined) return refuse('must provide UpdateOptions');
    return update.updateMask === undefined ? refuse('must provide UpdateMask') : undefined;
  }
  return reset === undefined ? activitiesRefusal(request) : resetRefusal(reset);
}

function resetRefusal({ options, resetType = ResetType.Unspecified }: BatchOperationReset): Rejection | undefined {
  if (options !== undefined) {
    const { firstWorkflowTask, lastWorkflowTask, workflowTaskId = 0, buildId = '' } = options;
    const hasTarget = firstWorkflowTask !== undefined || lastWorkflowTask !== undefined;
    return hasTarget || workflowTaskId !== 0 || buildId !== '' ? undefined : refuse('batch reset missing target');
  }
  const isKnown = resetType === ResetType.FirstWorkflowTask || resetType === ResetType.LastWorkflowTask;
  return isKnown ? undefined : refuse(`unknown batch reset type ${enumName(ResetType, resetType)}`);
}

function activitiesRefusal(request: StartBatchOperationRequest): Rejection | undefined {
  const { unpauseActivitiesOperation: unpause, resetActivitiesOperation: reset } = request;
  const { updateActivityOptionsOperation: update } = request;
  if (unpause !== undefined) return matchRefusal(unpause, 'activity filter must be set');
  if (reset !== undefined) return matchRefusal(reset, 'must provide ActivityType or MatchAll');
  if (update === undefined) return undefined;
  const restores = update.restoreOriginal === true;
  if (update.activityOptions !== undefined && restores) {
    return refuse('cannot set both activity options and restore original');
  }
  if (update.activityOptions === undefined && !restores) {
    return refuse('Either activity type must be set, or restore original should be set to true');
  }
  return matchRefusal(update, MATCH_NOTHING);
}

/** Which activities of a run are meant: those of a type, or all. */
function matchRefusal(
  { type, matchAll }: { readonly type?: string | undefined; readonly matchAll?: boolean | undefined },
  missing: string,
): Rejection | undefined {
  if (type === undefined && matchAll === undefined) return refuse(missing);
  return (type ?? '') === '' && matchAll !== true ? refuse(MATCH_NOTHING) : undefined;
}
