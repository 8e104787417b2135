import { isRejection, reject, type OptionsUpdate, type Rejection } from '@perdure/core';
import { ResetReapplyExcludeType, ResetReapplyType } from '@perdure/proto/enums';
import type { ResetWorkflowExecutionResponse } from '@perdure/proto/types';
import type { Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { executionIds, firstOf, lengthRefusal } from './validate-fields.ts';
import { optionsRefusal, partialRefusal, pathsRefusal } from './validate-options.ts';

export const resets: WorkflowMethods = {
  ResetWorkflowExecution: within(NamespaceUse.Any, resetWorkflowExecution),
};

type ResetRequest = RequestOf<'ResetWorkflowExecution'>;

/** Temporal: frontend/workflow_handler.go, then history/api/resetworkflow. */
async function resetWorkflowExecution(
  scope: Scope,
  request: ResetRequest,
): Promise<Reply<ResetWorkflowExecutionResponse>> {
  const { requestId = '', reason = '', workflowTaskFinishEventId = 0, resetReapplyType = 0 } = request;
  const refusal = firstOf(
    () => (requestId === '' ? reject.invalidArgument('RequestId is not set on request.') : undefined),
    () => lengthRefusal('RequestId', requestId, scope.limits),
  );
  if (refusal !== undefined) return refusal;
  const ids = executionIds(request.workflowExecution);
  if (isRejection(ids)) return ids;
  if (!(Object.values(ResetReapplyType) as number[]).includes(resetReapplyType)) {
    return reject.internal(`unknown reset reapply type: ${resetReapplyType}`);
  }
  const options = optionUpdates(request);
  if (isRejection(options)) return options;
  const { workflowId, runId } = ids;
  const done = await scope.engine.reset(
    { namespaceId: scope.namespace.id, workflowId },
    {
      runId,
      finishEventId: workflowTaskFinishEventId,
      requestId,
      reason,
      excluded: excludedTypes(request),
      options,
    },
  );
  return isRejection(done) ? done : { message: { runId: done.runId } };
}

/** The older field says what is to be carried over, the newer one what is not. */
function excludedTypes({ resetReapplyType, resetReapplyExcludeTypes }: ResetRequest) {
  const excluded = new Set(resetReapplyExcludeTypes);
  if (resetReapplyType === ResetReapplyType.Signal) excluded.add(ResetReapplyExcludeType.Update);
  if (resetReapplyType === ResetReapplyType.None) {
    excluded.add(ResetReapplyExcludeType.Signal).add(ResetReapplyExcludeType.Update);
  }
  return excluded;
}

function optionUpdates({ postResetOperations = [] }: ResetRequest): readonly OptionsUpdate[] | Rejection {
  const updates: OptionsUpdate[] = [];
  for (const { updateWorkflowOptions: update, signalWorkflow } of postResetOperations) {
    if (update === undefined) {
      const variant = signalWorkflow === undefined ? '<nil>' : '*workflow.PostResetOperation_SignalWorkflow_';
      return reject.invalidArgument(`unsupported post reset operation: ${variant}`);
    }
    const { workflowExecutionOptions: options = {}, updateMask } = update;
    const paths = updateMask?.paths ?? [];
    const refusal =
      optionsRefusal(options) ?? pathsRefusal('error applying update_options', paths) ?? partialRefusal(paths);
    if (refusal !== undefined) return refusal;
    updates.push({ options, paths });
  }
  return updates;
}
