import { isOpen, isRejection, reject, utf8Length, type Rejection } from '@perdure/core';
import type { Reply } from './handler.ts';
import { notFound } from './history-pages.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { RequestOf, Scope, ServedMethod, WorkflowMethodName, WorkflowMethods } from './served-method.ts';
import { firstOf, runIdRefusal } from './validate-fields.ts';

/**
 * Methods that the official server has and refuses unless it is told otherwise, which this one cannot be: older ways to
 * version workers, rules that pause activities, pauses of whole workflows, settings of workers, Nexus operations
 * that stand alone. Clients that ask whether
 * there is such a thing get the answer that they know. Texts: frontend/errors.go and workflow_handler.go.
 */
export const switchedOff: WorkflowMethods = {
  ...refusing(
    reject.permissionDenied('Worker versioning v0.1 (Version Set-based, deprecated) is disabled on this namespace.'),
    ['UpdateWorkerBuildIdCompatibility', 'GetWorkerBuildIdCompatibility'],
  ),
  ...refusing(
    reject.permissionDenied('Worker versioning v0.2 (Rules-based, deprecated) is disabled on this namespace.'),
    ['UpdateWorkerVersioningRules', 'GetWorkerVersioningRules', 'GetWorkerTaskReachability'],
  ),
  ...refusing(
    reject.unimplemented('Deployments are deprecated and no longer supported, use Worker Deployments instead'),
    [
      'DescribeDeployment',
      'ListDeployments',
      'GetDeploymentReachability',
      'GetCurrentDeployment',
      'SetCurrentDeployment',
    ],
  ),
  ...unsupported([
    'CreateWorkflowRule',
    'DescribeWorkflowRule',
    'DeleteWorkflowRule',
    'ListWorkflowRules',
    'TriggerWorkflowRule',
  ]),
  ...refusing(reject.unimplemented('FetchWorkerConfig command is not enabled.'), ['FetchWorkerConfig']),
  ...refusing(reject.unimplemented('UpdateWorkerConfig command is not enabled.'), ['UpdateWorkerConfig']),
  ...refusing(reject.unimplemented('Standalone Nexus operation is disabled'), [
    'StartNexusOperationExecution',
    'DescribeNexusOperationExecution',
    'PollNexusOperationExecution',
    'ListNexusOperationExecutions',
    'CountNexusOperationExecutions',
    'RequestCancelNexusOperationExecution',
    'TerminateNexusOperationExecution',
    'DeleteNexusOperationExecution',
  ]),
  PauseWorkflowExecution: within(NamespaceUse.Any, ({ namespace }) =>
    reject.unimplemented(`workflow pause is not enabled for namespace: ${namespace.name}`),
  ),
  UnpauseWorkflowExecution: within(NamespaceUse.Any, unpauseWorkflowExecution),
};

type Refusing = Partial<Record<WorkflowMethodName, ServedMethod<object, object>>>;

function refusing(refusal: Rejection, names: readonly WorkflowMethodName[]): Refusing {
  return Object.fromEntries(names.map((name) => [name, within(NamespaceUse.Any, () => refusal)]));
}

function unsupported(names: readonly WorkflowMethodName[]): Refusing {
  const refusal = (name: string): Rejection => reject.unimplemented(`method ${name} not supported`);
  return Object.fromEntries(names.map((name) => [name, within(NamespaceUse.Any, () => refusal(name))]));
}

/** No workflow is ever paused. Temporal: history/api/unpauseworkflow/api.go. */
async function unpauseWorkflowExecution(scope: Scope, request: RequestOf<'UnpauseWorkflowExecution'>): Promise<Reply> {
  const { workflowId = '', runId = '', reason, requestId, identity } = request;
  const tooLong = (what: string, text = '') =>
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
  const ids = { workflowId, runId: runId.toLowerCase() };
  const open = await scope.engine.read({ namespaceId: scope.namespace.id, workflowId }, ids.runId, (loaded) =>
    loaded === undefined ? notFound(ids) : { open: isOpen(loaded.run) },
  );
  if (isRejection(open)) return open;
  return open.open
    ? reject.failedPrecondition('workflow is not paused.')
    : reject.notFound('workflow execution already completed');
}
