import { reject, type Rejection } from '@perdure/core';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { ServedMethod, WorkflowMethodName, WorkflowMethods } from './served-method.ts';

/**
 * Methods that the official server has and refuses unless it is told otherwise, which this one cannot be: older ways to
 * version workers, rules that pause activities, settings of workers, Nexus operations that stand alone. Clients that ask
 * whether there is such a thing get the answer that they know. Texts: frontend/errors.go and workflow_handler.go.
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
};

type Refusing = Partial<Record<WorkflowMethodName, ServedMethod<object, object>>>;

function refusing(refusal: Rejection, names: readonly WorkflowMethodName[]): Refusing {
  return Object.fromEntries(names.map((name) => [name, within(NamespaceUse.Any, () => refusal)]));
}

function unsupported(names: readonly WorkflowMethodName[]): Refusing {
  const refusal = (name: string): Rejection => reject.unimplemented(`method ${name} not supported`);
  return Object.fromEntries(names.map((name) => [name, within(NamespaceUse.Any, () => refusal(name))]));
}
