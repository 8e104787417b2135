import {
  checkSearchAttributes,
  checkSearchAttributeSizes,
  cronProblem,
  isRejection,
  memoSize,
  mergeSearchAttributes,
  payloadsSize,
  pinnedRefusal,
  reject,
  withAttributeTypes,
  utf8Length,
  validateRetryPolicy,
  withRetryDefaults,
  type Rejection,
  type StartInput,
} from '@perdure/core';
import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@perdure/proto/enums';
import type {
  Callback,
  RetryPolicy,
  SignalWithStartWorkflowExecutionRequest,
  StartWorkflowExecutionRequest,
} from '@perdure/proto/types';
import type { Scope } from './served-method.ts';
import { BLOB_TOO_LARGE, detailedLengthRefusal, durationRefusal, firstOf, payloadsRefusal } from './validate-fields.ts';
import { linksRefusal, priorityRefusal } from './validate-links.ts';
import { allLinks, callbacksRefusal, keptCallbacks, ownLinks } from './validate-callbacks.ts';
import { overrideRefusal } from './validate-options.ts';
import { userTaskQueueOf } from './validate-task-queue.ts';

/** A start that may be carried out: its policies, request id and queue are filled in. */
export type ValidStart = StartInput['request'];

/**
 * A policy that nobody knows may stand in a request, as long as it has nothing to decide: it is taken for the strictest
 * one, and where that refuses, this is the refusal. Temporal: history/api/workflow_id_dedup.go.
 */
export function unknownPolicyRefusal(request: StartFields): Rejection | undefined {
  const { workflowIdConflictPolicy: conflict = 0, workflowIdReusePolicy: reuse = 0 } = request;
  if (!isKnown(WorkflowIdConflictPolicy, conflict)) {
    return reject.internal(`Failed to process start workflow id conflict policy: ${conflict}.`);
  }
  if (!isKnown(WorkflowIdReusePolicy, reuse)) {
    return reject.internal(`Failed to process start workflow id reuse policy: ${reuse}.`);
  }
  return undefined;
}

function isKnown(values: Readonly<Record<string, number>>, value: number): boolean {
  return Object.values(values).includes(value);
}

/** What StartWorkflowExecution and SignalWithStartWorkflowExecution have in common. */
type StartFields = StartWorkflowExecutionRequest | SignalWithStartWorkflowExecutionRequest;

/** Checks a StartWorkflowExecution in Temporal's order: frontend/workflow_handler.go, prepareStartWorkflowRequest. */
export function validateStart(scope: Scope, request: StartWorkflowExecutionRequest): ValidStart | Rejection {
  const policies = effectivePolicies(request, WorkflowIdConflictPolicy.Fail);
  const { limits } = scope;
  const typeName = request.workflowType?.name ?? '';
  const queue = userTaskQueueOf(request.taskQueue, limits);
  const refusal = firstOf(
    () => workflowIdRefusal(scope, request.workflowId),
    () => retryPolicyRefusal(scope, request.retryPolicy),
    () => delayRefusal(request),
    () => cronRefusal(scope, request),
    () => (typeName === '' ? reject.invalidArgument('WorkflowType is not set on request.') : undefined),
    () => tooLong(scope, 'WorkflowType', typeName),
    () => (isRejection(queue) ? queue : undefined),
    () => timeoutsRefusal(request),
    () => tooLong(scope, 'RequestId', request.requestId ?? ''),
    () => policiesRefusal(policies),
    () => conflictOptionsRefusal(request),
    () => contentRefusal(scope, request),
    () => unservedRefusal(request),
  );
  if (refusal !== undefined) return refusal;
  return isRejection(queue) ? queue : completed(scope, request, { ...policies, taskQueue: queue });
}

/**
 * Checks a SignalWithStartWorkflowExecution in Temporal's order: chasm/lib/workflow/validator.go,
 * ValidateSignalWithStartRequest.
 */
export function validateSignalWithStart(
  scope: Scope,
  request: SignalWithStartWorkflowExecutionRequest,
): ValidStart | Rejection {
  const { limits } = scope;
  const { signalName = '', workflowType, requestId = '' } = request;
  const typeName = workflowType?.name ?? '';
  const queue = userTaskQueueOf(request.taskQueue, limits);
  const policies = effectivePolicies(request, WorkflowIdConflictPolicy.UseExisting);
  const refusal = firstOf(
    () => cronRefusal(scope, request),
    () => workflowIdRefusal(scope, request.workflowId),
    () => (signalName === '' ? reject.invalidArgument('signal not set') : undefined),
    () => detailedLengthRefusal('signal name', signalName, limits),
    () => (typeName === '' ? reject.invalidArgument('workflow type not set') : undefined),
    () => detailedLengthRefusal('workflow type name', typeName, limits),
    () => (isRejection(queue) ? queue : undefined),
    () => detailedLengthRefusal('Request ID', requestId, limits),
    () => timeoutsRefusal(request),
    () => retryPolicyRefusal(scope, request.retryPolicy),
    () => delayRefusal(request),
    () => policiesRefusal(policies),
    () => failPolicyRefusal(request),
    () => contentRefusal(scope, request),
    () => payloadsRefusal(request.signalInput, limits),
    () => unservedRefusal(request),
  );
  if (refusal !== undefined) return refusal;
  return isRejection(queue) ? queue : completed(scope, request, { ...policies, taskQueue: queue });
}

interface Policies {
  readonly workflowIdReusePolicy: WorkflowIdReusePolicy;
  readonly workflowIdConflictPolicy: WorkflowIdConflictPolicy;
}

/** Temporal: common/enums/defaults.go, SetDefaultWorkflowIDPolicies. */
function effectivePolicies(request: StartFields, conflictDefault: WorkflowIdConflictPolicy): Policies {
  const reuse = request.workflowIdReusePolicy ?? WorkflowIdReusePolicy.Unspecified;
  const conflict = request.workflowIdConflictPolicy ?? WorkflowIdConflictPolicy.Unspecified;
  const conflictUnset = conflict === WorkflowIdConflictPolicy.Unspecified;
  if (conflictUnset && reuse === WorkflowIdReusePolicy.TerminateIfRunning) {
    return {
      workflowIdReusePolicy: WorkflowIdReusePolicy.AllowDuplicate,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.TerminateExisting,
    };
  }
  return {
    workflowIdReusePolicy: reuse === WorkflowIdReusePolicy.Unspecified ? WorkflowIdReusePolicy.AllowDuplicate : reuse,
    workflowIdConflictPolicy: conflictUnset ? conflictDefault : conflict,
  };
}

function policiesRefusal({ workflowIdReusePolicy: reuse, workflowIdConflictPolicy: conflict }: Policies) {
  const invalid = 'Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_';
  if (reuse === WorkflowIdReusePolicy.TerminateIfRunning) {
    return reject.invalidArgument(
      `${invalid}TERMINATE_IF_RUNNING cannot be used together with a WorkflowIDConflictPolicy`,
    );
  }
  if (reuse === WorkflowIdReusePolicy.RejectDuplicate && conflict === WorkflowIdConflictPolicy.TerminateExisting) {
    return reject.invalidArgument(
      `${invalid}REJECT_DUPLICATE cannot be used together with WorkflowIdConflictPolicy WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING`,
    );
  }
  return undefined;
}

function failPolicyRefusal(request: SignalWithStartWorkflowExecutionRequest): Rejection | undefined {
  if (request.workflowIdConflictPolicy !== WorkflowIdConflictPolicy.Fail) return undefined;
  return reject.invalidArgument(
    'Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.',
  );
}

function workflowIdRefusal({ limits }: Scope, workflowId = ''): Rejection | undefined {
  if (workflowId === '') return reject.invalidArgument('WorkflowId is not set on request.');
  return detailedLengthRefusal('WorkflowId', workflowId, limits);
}

export function tooLong({ limits }: Scope, what: string, text: string): Rejection | undefined {
  return utf8Length(text) > limits.idLengthMax ? reject.invalidArgument(`${what} length exceeds limit.`) : undefined;
}

export function retryPolicyRefusal({ limits }: Scope, policy: RetryPolicy | undefined): Rejection | undefined {
  const problem = validateRetryPolicy(policy && withRetryDefaults(policy, limits.workflowRetry));
  return problem === undefined ? undefined : reject.invalidArgument(problem);
}

function delayRefusal({ cronSchedule = '', workflowStartDelay }: StartFields): Rejection | undefined {
  if (cronSchedule !== '' && workflowStartDelay !== undefined) {
    return reject.invalidArgument('CronSchedule and WorkflowStartDelay may not be used together.');
  }
  return durationRefusal('WorkflowStartDelaySeconds', workflowStartDelay);
}

function cronRefusal({ host }: Scope, { cronSchedule = '' }: StartFields): Rejection | undefined {
  const problem = cronProblem(cronSchedule, host.now());
  return problem === undefined ? undefined : reject.invalidArgument(problem);
}

/** Of a start, or of what a schedule starts. */
export function timeoutsRefusal(
  request: Pick<StartFields, 'workflowExecutionTimeout' | 'workflowRunTimeout' | 'workflowTaskTimeout'>,
): Rejection | undefined {
  return (
    durationRefusal('WorkflowExecutionTimeoutSeconds', request.workflowExecutionTimeout) ??
    durationRefusal('WorkflowRunTimeoutSeconds', request.workflowRunTimeout) ??
    durationRefusal('WorkflowTaskTimeoutSeconds', request.workflowTaskTimeout)
  );
}

function conflictOptionsRefusal({ onConflictOptions }: StartWorkflowExecutionRequest): Rejection | undefined {
  if (onConflictOptions?.attachCompletionCallbacks === true && onConflictOptions.attachRequestId !== true) {
    return reject.invalidArgument('attaching request ID is required for attaching completion callbacks');
  }
  return undefined;
}

/** The callbacks of a start; a signal with start has none. */
function callbacksOf(request: StartFields): readonly Callback[] | undefined {
  return 'completionCallbacks' in request ? request.completionCallbacks : undefined;
}

/** Search attributes, priority, callbacks, links and sizes. */
function contentRefusal(scope: Scope, request: StartFields): Rejection | undefined {
  const { limits, namespace } = scope;
  const rules = { namespace: namespace.name, custom: namespace.customAttributes, limits };
  const callbacks = callbacksOf(request);
  return firstOf(
    () => checkSearchAttributes(request.searchAttributes, rules),
    () => checkSearchAttributeSizes(request.searchAttributes, limits),
    () => priorityRefusal(request.priority),
    () =>
      overrideRefusal(request.versioningOverride) ??
      pinnedRefusal(request.versioningOverride, request.taskQueue?.name ?? ''),
    () => callbacksRefusal(scope, callbacks),
    () => linksRefusal(scope, allLinks(request.links, callbacks)),
    () => (payloadsSize(request.input) > limits.blobSizeBytesMax ? reject.invalidArgument(BLOB_TOO_LARGE) : undefined),
    () =>
      memoSize(request.memo) > limits.memoSizeBytesMax ? reject.invalidArgument('Memo size exceeds limit.') : undefined,
  );
}

/** What is not served yet is refused, so that nobody takes it for done. */
function unservedRefusal(request: StartFields): Rejection | undefined {
  if (request.timeSkippingConfig?.enabled === true) {
    return reject.unimplemented('The Time-Skipping feature is not enabled for namespace.');
  }
  return undefined;
}

function completed(
  { host, namespace }: Scope,
  request: StartFields,
  defaults: Policies & Pick<StartWorkflowExecutionRequest, 'taskQueue'>,
): ValidStart {
  const { workflowIdReusePolicy: reuse, workflowIdConflictPolicy: conflict } = defaults;
  const attributes = mergeSearchAttributes(undefined, request.searchAttributes);
  return {
    ...request,
    ...defaults,
    completionCallbacks: keptCallbacks(callbacksOf(request)),
    links: ownLinks(request.links, callbacksOf(request)),
    workflowIdReusePolicy: isKnown(WorkflowIdReusePolicy, reuse) ? reuse : WorkflowIdReusePolicy.RejectDuplicate,
    workflowIdConflictPolicy: isKnown(WorkflowIdConflictPolicy, conflict) ? conflict : WorkflowIdConflictPolicy.Fail,
    requestId: request.requestId || host.uuid(),
    searchAttributes: withAttributeTypes(attributes, namespace.customAttributes),
  };
}
