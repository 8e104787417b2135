import { isRejection, reject } from '@perdure/core';
import type { UpdateWorkflowExecutionOptionsResponse } from '@perdure/proto/types';
import type { Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { executionIds } from './validate-fields.ts';
import { priorityRefusal } from './validate-links.ts';
import { overrideRefusal, partialRefusal, pathsRefusal } from './validate-options.ts';

export const workflowOptions: WorkflowMethods = {
  UpdateWorkflowExecutionOptions: within(NamespaceUse.Any, updateWorkflowExecutionOptions),
};

/** Temporal: frontend/workflow_handler.go, then history/api/updateworkflowoptions. */
async function updateWorkflowExecutionOptions(
  scope: Scope,
  request: RequestOf<'UpdateWorkflowExecutionOptions'>,
): Promise<Reply<UpdateWorkflowExecutionOptionsResponse>> {
  const { workflowExecution = {}, workflowExecutionOptions: options, updateMask, identity = '' } = request;
  const ids = executionIds(workflowExecution);
  if (isRejection(ids)) return ids;
  if (updateMask === undefined) return reject.invalidArgument('UpdateMask is required');
  if (options === undefined) return reject.invalidArgument('WorkflowExecutionOptions is required');
  const { paths = [] } = updateMask;
  const refusal = pathsRefusal('error parsing UpdateMask', paths) ?? priorityRefusal(options.priority);
  if (refusal !== undefined) return refusal;
  const key = { namespaceId: scope.namespace.id, workflowId: ids.workflowId };
  const updated = await scope.engine.submit(key, {
    kind: 'updateOptions',
    runId: ids.runId,
    identity,
    options,
    paths,
    // What is wrong with an open run's options is told only if the run is open.
    refusal: overrideRefusal(options.versioningOverride) ?? partialRefusal(paths),
  });
  return isRejection(updated) ? updated : { message: { workflowExecutionOptions: updated.options } };
}
