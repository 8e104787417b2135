import { isRejection, reject, utf8Length, type Rejection } from '@perdure/core';
import type { Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { firstOf, runIdRefusal } from './validate-fields.ts';

export const workflowPauses: WorkflowMethods = {
  PauseWorkflowExecution: within(NamespaceUse.Any, pauseWorkflowExecution),
  UnpauseWorkflowExecution: within(NamespaceUse.Any, (scope, request) => submit(scope, 'unpause', request)),
};

/** Off unless the configuration says otherwise, as with Temporal: frontend/workflow_handler.go. */
function pauseWorkflowExecution(
  scope: Scope,
  request: RequestOf<'PauseWorkflowExecution'>,
): Promise<Reply> | Rejection {
  const { config, namespace } = scope;
  if (!config.get('frontend.WorkflowPauseEnabled', { namespace: namespace.name })) {
    return reject.unimplemented(`workflow pause is not enabled for namespace: ${namespace.name}`);
  }
  return submit(scope, 'pause', request);
}

/** Temporal: history/api/pauseworkflow/api.go, unpauseworkflow/api.go. What is held can be let go even where it is off. */
async function submit(
  scope: Scope,
  kind: 'pause' | 'unpause',
  request: RequestOf<'PauseWorkflowExecution' | 'UnpauseWorkflowExecution'>,
): Promise<Reply> {
  const { workflowId = '', runId = '', reason = '', requestId = '', identity = '' } = request;
  const tooLong = (what: string, text: string) =>
    utf8Length(text) > scope.limits.idLengthMax ? reject.invalidArgument(`${what} is too long.`) : undefined;
  const refusal = firstOf(
    () => tooLong('reason', reason),
    () => tooLong('request id', requestId),
    () => tooLong('identity', identity),
    () =>
      workflowId === ''
        ? reject.invalidArgument("Can't load workflow execution.  WorkflowId not set.")
        : runIdRefusal(runId) && reject.invalidArgument('RunId is not valid UUID.'),
  );
  if (refusal !== undefined) return refusal;
  const key = { namespaceId: scope.namespace.id, workflowId };
  const input = { kind, runId: runId.toLowerCase(), identity, reason, requestId };
  const done = await scope.engine.submit(key, input);
  return isRejection(done) ? done : { message: {} };
}
