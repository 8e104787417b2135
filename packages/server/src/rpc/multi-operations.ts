import {
  durationMsOrZero,
  GrpcStatus,
  isRejection,
  reject,
  WORKFLOW_CLOSING,
  type AdmitUpdateInput,
  type Rejection,
  type StartReply,
} from '@perdure/core';
import { messageType } from '@perdure/proto';
import type {
  Any,
  MultiOperationExecutionFailureOperationStatus,
  StartWorkflowExecutionResponse,
} from '@perdure/proto/types';
import type { AwaitedStage, UpdateWatch } from '../engine/updates.ts';
import { conflictRefusal, startLink } from './executions.ts';
import type { CallContext, Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import {
  awaitedStage,
  checkUpdate,
  pause,
  progressOf,
  updateLink,
  watchOf,
  withinTime,
  type Progress,
} from './updates.ts';
import { executionIds } from './validate-fields.ts';
import { validateStart, type ValidStart } from './validate-start.ts';
import type { StopSignal } from '../host/stop-signal.ts';

export const multiOperations: WorkflowMethods = {
  ExecuteMultiOperation: within(NamespaceUse.Start, executeMultiOperation),
};

type MultiReply = ReplyOf<'ExecuteMultiOperation'>;
type StartRequest = RequestOf<'StartWorkflowExecution'>;
type UpdateRequest = RequestOf<'UpdateWorkflowExecution'>;

/** Both operations, checked. */
interface StartAndUpdate {
  readonly start: ValidStart;
  readonly update: AdmitUpdateInput;
  readonly awaited: AwaitedStage;
}

/** Temporal: frontend/workflow_handler.go, then history/api/multioperation/api.go. */
async function executeMultiOperation(
  scope: Scope,
  { operations = [] }: RequestOf<'ExecuteMultiOperation'>,
  context: CallContext,
): Promise<Reply<MultiReply>> {
  const start = operations[0]?.startWorkflow;
  const update = operations[1]?.updateWorkflow;
  if (operations.length !== 2 || start === undefined || update === undefined) {
    return reject.invalidArgument('Operations have to be exactly [Start, Update].');
  }
  const valid = checkBoth(scope, start, update);
  if (isRejection(valid)) return valid;
  const done = await withinTime(scope, context, (signal) => carryThrough(scope, valid, signal));
  return isRejection(done) ? done : replyOf(scope, valid, done);
}

function checkBoth(scope: Scope, start: StartRequest, update: UpdateRequest): StartAndUpdate | Rejection {
  const validStart = checkStart(scope, start);
  const validUpdate = checkUpdateOperation(scope, update);
  if (isRejection(validStart) || isRejection(validUpdate)) {
    return failed([isRejection(validStart) ? validStart : ABORTED, isRejection(validUpdate) ? validUpdate : ABORTED]);
  }
  if (validStart.workflowId !== update.workflowExecution?.workflowId) {
    return failed([ABORTED, reject.invalidArgument('WorkflowId is not consistent with previous operation(s).')]);
  }
  return { start: validStart, update: validUpdate, awaited: awaitedStage(update.waitPolicy?.lifecycleStage) };
}

const OTHER_NAMESPACE = reject.invalidArgument("Operation namespace did not match request's namespace.");

function checkStart(scope: Scope, start: StartRequest): ValidStart | Rejection {
  const { namespace = '' } = start;
  if (namespace !== '' && namespace !== scope.namespace.name) return OTHER_NAMESPACE;
  const valid = validateStart(scope, start);
  if (isRejection(valid)) return valid;
  if (start.cronSchedule) return reject.invalidArgument('CronSchedule is not allowed.');
  if (start.requestEagerExecution === true) return reject.invalidArgument('RequestEagerExecution is not supported.');
  const isDelayed = durationMsOrZero(start.workflowStartDelay) > 0;
  return isDelayed ? reject.invalidArgument('WorkflowStartDelay is not supported.') : valid;
}

function checkUpdateOperation(scope: Scope, update: UpdateRequest): AdmitUpdateInput | Rejection {
  const { namespace = '', firstExecutionRunId = '', workflowExecution } = update;
  if (namespace !== '' && namespace !== scope.namespace.name) return OTHER_NAMESPACE;
  const ids = executionIds(workflowExecution);
  if (isRejection(ids)) return ids;
  const valid = checkUpdate(scope, update, ids);
  if (isRejection(valid)) return valid;
  if (firstExecutionRunId !== '') return reject.invalidArgument('FirstExecutionRunId is not allowed.');
  return ids.runId === '' ? valid : reject.invalidArgument('RunId is not allowed.');
}

/** What has come of both. */
interface Done {
  readonly start: StartReply;
  readonly progress: Progress;
}

/** An update that meets the end of its run is tried again: with the run that follows, or once with a new one. */
async function carryThrough(scope: Scope, valid: StartAndUpdate, signal: StopSignal): Promise<Done | Rejection> {
  for (let isRetry = false; ;) {
    const { start, result } = await attempt(scope, valid, signal);
    if (start === undefined) return result as Rejection;
    if (!isRejection(result)) return { start, progress: result };
    if (start.started) return failed([undefined, result]);
    const isClosing = result === WORKFLOW_CLOSING;
    const isClosed = result.status === GrpcStatus.NotFound;
    if ((!isClosing && !isClosed) || signal.aborted) return failed([ABORTED, result]);
    if (isClosed && isRetry) return failed([ABORTED, reject.aborted(result.message)]);
    isRetry ||= isClosed;
    await pause(scope, signal);
  }
}

interface Attempt {
  /** Undefined where neither was done: then the result is the refusal of both. */
  readonly start: StartReply | undefined;
  readonly result: Progress | Rejection;
}

async function attempt(scope: Scope, valid: StartAndUpdate, signal: StopSignal): Promise<Attempt> {
  const { update, awaited } = valid;
  const key = { namespaceId: scope.namespace.id, workflowId: valid.start.workflowId ?? '' };
  const start = { kind: 'start', request: valid.start, signal: undefined, parent: undefined } as const;
  const watching: { watch?: UpdateWatch } = {};
  const both = await scope.engine.submit(key, { kind: 'startWithUpdate', start, update }, (applied) => {
    if (isRejection(applied) || 'refusal' in applied) return;
    watching.watch = watchOf(scope, key, applied.update.runId, update.updateId);
  });
  try {
    if (isRejection(both)) return { start: undefined, result: both };
    if ('refusal' in both) return { start: undefined, result: refusalOf(valid, both) };
    const { watch } = watching;
    if (watch === undefined) return { start: undefined, result: ABORTED };
    return { start: both.start, result: await progressOf(scope, key, both.update, { watch, awaited, signal }) };
  } finally {
    watching.watch?.close();
  }
}

function refusalOf(
  { start }: StartAndUpdate,
  { refusedBy, refusal }: { readonly refusedBy: 'start' | 'update'; readonly refusal: Rejection },
): Rejection {
  return refusedBy === 'start' ? failed([conflictRefusal(start, refusal), ABORTED]) : failed([ABORTED, refusal]);
}

/** What an operation is told that was not at fault. */
const ABORTED = reject.aborted('Operation was aborted.');
const ABORTED_DETAIL = 'temporal.api.failure.v1.MultiOperationExecutionAborted';

/** The refusal of both operations, with what each came to (undefined: done). Temporal: serviceerror/multi_op.go. */
function failed(refusals: readonly (Rejection | undefined)[]): Rejection {
  const culprit = refusals.find((refusal) => refusal !== undefined && refusal !== ABORTED);
  const status = culprit?.status ?? GrpcStatus.Aborted;
  return reject.multiOperation(status, 'Update-with-Start could not be executed.', refusals.map(statusOf));
}

function statusOf(refusal: Rejection | undefined): MultiOperationExecutionFailureOperationStatus {
  if (refusal === undefined) return { code: 0 };
  const { status: code, message } = refusal;
  return { code, message, details: detailsOf(refusal) };
}

function detailsOf(refusal: Rejection): readonly Any[] {
  if (refusal === ABORTED) return [{ typeUrl: `type.googleapis.com/${ABORTED_DETAIL}` }];
  if (refusal.detail === undefined) return [];
  const name = `temporal.api.errordetails.v1.${refusal.detail.type}`;
  return [{ typeUrl: `type.googleapis.com/${name}`, value: messageType(name).encode(refusal.detail.value) }];
}

function replyOf(scope: Scope, { start: request, update }: StartAndUpdate, done: Done): Reply<MultiReply> {
  const { start, progress } = done;
  const { workflowId = '' } = request;
  const { runId, firstRunId, started, status } = start;
  const startWorkflow: StartWorkflowExecutionResponse = {
    runId,
    firstExecutionRunId: firstRunId,
    started,
    status,
    link: startLink(scope, { ...request, onConflictOptions: undefined }, start),
  };
  const updateWorkflow = {
    updateRef: { workflowExecution: { workflowId, runId: progress.runId }, updateId: update.updateId },
    outcome: progress.outcome,
    stage: progress.stage,
    link: updateLink(scope, workflowId, update, progress),
  };
  return { message: { responses: [{ startWorkflow }, { updateWorkflow }] } };
}
