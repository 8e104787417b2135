import {
  isRejection,
  reject,
  updateStatus,
  WORKFLOW_CLOSING,
  type AdmitUpdateInput,
  type Rejection,
  type UpdateStatus,
} from '@perdure/core';
import { decodeHistory } from '@perdure/proto';
import { EventType, UpdateWorkflowExecutionLifecycleStage as Stage } from '@perdure/proto/enums';
import type { Link, UpdateOutcome, UpdateRef } from '@perdure/proto/types';
import type { WorkflowKey } from '@perdure/core';
import type { AwaitedStage, UpdateWatch } from '../engine/updates.ts';
import type { CallContext, Reply } from './handler.ts';
import { notFound, sourceOf, whileThere } from './history-pages.ts';
import { isCallerGone, waitUntil } from './long-poll.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { updateCallbacksRefusal } from './validate-callbacks.ts';
import {
  enumRefusal,
  executionIds,
  firstOf,
  payloadsRefusal,
  runIdRefusal,
  type ExecutionIds,
} from './validate-fields.ts';
import { utf8Length } from '@perdure/core';
import type { StopSignal } from '../host/stop-signal.ts';

export const updates: WorkflowMethods = {
  UpdateWorkflowExecution: within(NamespaceUse.Any, updateWorkflowExecution),
  PollWorkflowExecutionUpdate: within(NamespaceUse.Any, pollWorkflowExecutionUpdate),
};

/** A request that lands on a run that is about to close is tried again after this time. */
const CLOSING_RETRY_MS = 50;

type UpdateReply = ReplyOf<'UpdateWorkflowExecution'>;

/** How far an update has come, for its caller. */
export interface Progress {
  readonly runId: string;
  readonly stage: Stage;
  readonly outcome: UpdateOutcome | undefined;
}

/** Temporal: frontend/workflow_handler.go, then history/api/updateworkflow/api.go. */
async function updateWorkflowExecution(
  scope: Scope,
  request: RequestOf<'UpdateWorkflowExecution'>,
  context: CallContext,
): Promise<Reply<UpdateReply>> {
  const ids = executionIds(request.workflowExecution);
  if (isRejection(ids)) return ids;
  const input = checkUpdate(scope, request, ids);
  if (isRejection(input)) return input;
  const awaited = awaitedStage(request.waitPolicy?.lifecycleStage);
  const progress = await withinTime(scope, context, (signal) => carryThrough(scope, ids, input, awaited, signal));
  if (isRejection(progress)) return progress;
  const { runId, stage, outcome } = progress;
  const updateRef: UpdateRef = {
    workflowExecution: { workflowId: ids.workflowId, runId },
    updateId: input.updateId,
  };
  return { message: { updateRef, outcome, stage, link: updateLink(scope, ids.workflowId, input, progress) } };
}

/** Checks an update, and gives it an id where its caller has not. Temporal: prepareUpdateWorkflowRequest. */
export function checkUpdate(
  scope: Scope,
  { request = {}, waitPolicy, firstExecutionRunId = '' }: RequestOf<'UpdateWorkflowExecution'>,
  { runId }: ExecutionIds,
): AdmitUpdateInput | Rejection {
  const { meta, input } = request;
  const stage = waitPolicy?.lifecycleStage;
  const refusal = firstOf(
    () => (meta === undefined ? reject.invalidArgument('Update meta is not set on request.') : undefined),
    () =>
      utf8Length(meta?.updateId ?? '') > scope.limits.idLengthMax
        ? reject.invalidArgument('UpdateId length exceeds limit.')
        : undefined,
    () => (input === undefined ? reject.invalidArgument('Update input is not set on request.') : undefined),
    () => (input?.name ? undefined : reject.invalidArgument('Update name is not set on request.')),
    () => (stage === Stage.Admitted ? ASYNC_REFUSAL : undefined),
    () => enumRefusal('UpdateWorkflowExecutionLifecycleStage', Stage, stage),
    () => runIdRefusal(firstExecutionRunId),
    () => payloadsRefusal(input?.args, scope.limits),
    () => updateCallbacksRefusal(scope, request),
  );
  if (refusal !== undefined) return refusal;
  const updateId = meta?.updateId || scope.host.uuid();
  const firstRunId = firstExecutionRunId.toLowerCase();
  return {
    kind: 'admitUpdate',
    runId,
    firstRunId,
    updateId,
    request: { ...request, meta: { ...meta, updateId }, input },
  };
}

const ASYNC_REFUSAL = reject.permissionDenied(
  'UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.',
);

export function awaitedStage(stage: Stage | undefined): AwaitedStage {
  return stage === Stage.Accepted ? 'accepted' : 'completed';
}

/** Admits the update and waits; where the run closes and another follows, that one gets it. */
async function carryThrough(
  scope: Scope,
  { workflowId }: ExecutionIds,
  input: AdmitUpdateInput,
  awaited: AwaitedStage,
  signal: StopSignal,
): Promise<Progress | Rejection> {
  const key = { namespaceId: scope.namespace.id, workflowId };
  for (;;) {
    const progress = await attempt(scope, key, input, awaited, signal);
    if (progress !== WORKFLOW_CLOSING || signal.aborted) return progress;
    await pause(scope, signal);
  }
}

async function attempt(
  scope: Scope,
  key: WorkflowKey,
  input: AdmitUpdateInput,
  awaited: AwaitedStage,
  signal: StopSignal,
): Promise<Progress | Rejection> {
  const watching: { watch?: UpdateWatch } = {};
  const status = await scope.engine.submit(key, input, (applied) => {
    if (!isRejection(applied)) watching.watch = watchOf(scope, key, applied.runId, input.updateId);
  });
  try {
    if (isRejection(status) || watching.watch === undefined) return status as Rejection;
    return await progressOf(scope, key, status, { watch: watching.watch, awaited, signal });
  } finally {
    watching.watch?.close();
  }
}

export function watchOf({ engine }: Scope, key: WorkflowKey, runId: string, updateId: string): UpdateWatch {
  return engine.updates.watch(engine.shardIdOf(key), runId, updateId);
}

interface Waiting {
  readonly watch: UpdateWatch;
  readonly awaited: AwaitedStage;
  readonly signal: StopSignal;
}

/** Where the update is once it is as far as awaited, or the time is up. */
export async function progressOf(
  scope: Scope,
  key: WorkflowKey,
  status: UpdateStatus,
  { watch, awaited, signal }: Waiting,
): Promise<Progress | Rejection> {
  const { runId, stage, completedEventId } = status;
  if (stage === 'completed') {
    const outcome = status.outcome ?? (await recordedOutcome(scope, key, runId, completedEventId));
    return isRejection(outcome) ? outcome : { runId, stage: Stage.Completed, outcome };
  }
  if (stage === 'accepted') watch.accept();
  await watch.until(awaited, signal);
  const { outcome, isAccepted } = watch;
  if (isRejection(outcome)) return outcome;
  if (outcome !== undefined) return { runId, stage: Stage.Completed, outcome };
  return { runId, stage: isAccepted ? Stage.Accepted : Stage.Admitted, outcome };
}

/** The outcome of a completed update, from the history. */
async function recordedOutcome(
  scope: Scope,
  key: WorkflowKey,
  runId: string,
  eventId: number,
): Promise<UpdateOutcome | Rejection> {
  const loaded = await scope.engine.read(key, runId, (run) => run);
  if (loaded === undefined || isRejection(loaded)) return loaded ?? notFound({ workflowId: key.workflowId, runId });
  const slice = await whileThere({ workflowId: key.workflowId, runId }, () =>
    scope.history.last(sourceOf(scope, loaded), eventId + 1),
  );
  if (isRejection(slice)) return slice;
  const [event] = decodeHistory([slice]).events ?? [];
  return event?.workflowExecutionUpdateCompletedEventAttributes?.outcome ?? {};
}

/**
 * Waits for as long as a request for an update may take before it is answered with how far the update has come. A caller
 * whose own deadline is sooner is answered by that.
 */
export async function withinTime<T>(
  { host, config, namespace }: Scope,
  context: CallContext,
  wait: (signal: StopSignal) => Promise<T>,
): Promise<T | Rejection> {
  const waitMs = config.get('history.longPollExpirationInterval', { namespace: namespace.name });
  const result = await waitUntil(host, context, host.now() + waitMs, wait);
  return isCallerGone(context) ? TIMED_OUT : result;
}

const TIMED_OUT = reject.deadlineExceeded('context deadline exceeded');

export function pause({ host }: Scope, signal: StopSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = host.setTimer(host.now() + CLOSING_RETRY_MS, () => end());
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

/** Points to the accepted event by the request that led to it; to the run where the update was rejected. */
export function updateLink(
  { namespace }: Scope,
  workflowId: string,
  { request }: AdmitUpdateInput,
  { runId, stage, outcome }: Progress,
): Link | undefined {
  const { requestId = '' } = request;
  const base = { namespace: namespace.name, workflowId, runId };
  if (stage === Stage.Admitted) return undefined;
  if (outcome?.failure !== undefined && stage === Stage.Completed) {
    return { workflow: { ...base, reason: 'Update rejected' } };
  }
  return {
    workflowEvent: { ...base, requestIdRef: { requestId, eventType: EventType.WorkflowExecutionUpdateAccepted } },
  };
}

/** Temporal: frontend/workflow_handler.go, then history/api/pollupdate/api.go. */
async function pollWorkflowExecutionUpdate(
  scope: Scope,
  request: RequestOf<'PollWorkflowExecutionUpdate'>,
  context: CallContext,
): Promise<Reply<ReplyOf<'PollWorkflowExecutionUpdate'>>> {
  const { updateRef, waitPolicy } = request;
  if (updateRef === undefined) return reject.invalidArgument('UpdateRef is not set on request.');
  const ids = executionIds(updateRef.workflowExecution);
  if (isRejection(ids)) return ids;
  const { updateId = '' } = updateRef;
  const progress = await withinTime(scope, context, (signal) =>
    follow(scope, ids, updateId, polledStage(waitPolicy?.lifecycleStage), signal),
  );
  if (isRejection(progress)) return progress;
  const { runId, stage, outcome } = progress;
  const found: UpdateRef = { workflowExecution: { workflowId: ids.workflowId, runId }, updateId };
  return { message: { outcome, stage, updateRef: found } };
}

/** Without a stage the poll does not wait. */
function polledStage(stage: Stage | undefined): AwaitedStage {
  if (stage === Stage.Completed) return 'completed';
  return stage === Stage.Accepted ? 'accepted' : 'admitted';
}

async function follow(
  scope: Scope,
  ids: ExecutionIds,
  updateId: string,
  awaited: AwaitedStage,
  signal: StopSignal,
): Promise<Progress | Rejection> {
  const key = { namespaceId: scope.namespace.id, workflowId: ids.workflowId };
  const watching: { watch?: UpdateWatch } = {};
  const status = await scope.engine.read(key, ids.runId, (loaded) => {
    if (loaded === undefined) return notFound(ids);
    const found = updateStatus(loaded.run, updateId);
    if (found !== undefined) watching.watch = watchOf(scope, key, found.runId, updateId);
    return found ?? reject.notFound(`update ${JSON.stringify(updateId)} not found`);
  });
  try {
    if (isRejection(status) || watching.watch === undefined) return status as Rejection;
    return await progressOf(scope, key, status, { watch: watching.watch, awaited, signal });
  } finally {
    watching.watch?.close();
  }
}
