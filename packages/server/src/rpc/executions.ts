import { GrpcStatus, isRejection, reject, type Rejection, type SignalContent, type StartReply } from '@perdure/core';
import { EventType } from '@perdure/proto/enums';
import type { Link, StartWorkflowExecutionResponse } from '@perdure/proto/types';
import type { CallContext, Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import { handOver, returnTask } from './polls.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { workflowTaskReply } from './task-replies.ts';
import { executionIds, firstOf, lengthRefusal, payloadsRefusal, runIdRefusal } from './validate-fields.ts';
import { linksRefusal } from './validate-links.ts';
import { unknownPolicyRefusal, validateSignalWithStart, validateStart, type ValidStart } from './validate-start.ts';

/** Methods that begin an execution, or tell one something. */
export const executions: WorkflowMethods = {
  StartWorkflowExecution: within(NamespaceUse.Start, startWorkflowExecution),
  SignalWithStartWorkflowExecution: within(NamespaceUse.Start, signalWithStartWorkflowExecution),
  SignalWorkflowExecution: within(NamespaceUse.Any, signalWorkflowExecution),
  RequestCancelWorkflowExecution: within(NamespaceUse.Any, requestCancelWorkflowExecution),
  TerminateWorkflowExecution: within(NamespaceUse.Any, terminateWorkflowExecution),
  DeleteWorkflowExecution: within(NamespaceUse.Any, deleteWorkflowExecution),
};

async function startWorkflowExecution(
  scope: Scope,
  request: RequestOf<'StartWorkflowExecution'>,
  context: CallContext,
): Promise<Reply<StartWorkflowExecutionResponse>> {
  const valid = validateStart(scope, request);
  if (isRejection(valid)) return valid;
  const { workflowId = '' } = valid;
  const key = { namespaceId: scope.namespace.id, workflowId };
  const input = { kind: 'start', request: valid, signal: undefined, parent: undefined } as const;
  const started = await scope.engine.submit(key, input);
  if (isRejection(started)) return conflictRefusal(request, started);
  const { runId, firstRunId, status } = started;
  const message: StartWorkflowExecutionResponse = {
    runId,
    firstExecutionRunId: firstRunId,
    started: started.started,
    status,
    link: startLink(scope, valid, started),
  };
  return started.eagerTask === undefined ? { message } : replyEagerly(scope, workflowId, started, message, context);
}

export function conflictRefusal(request: Parameters<typeof unknownPolicyRefusal>[0], refusal: Rejection): Rejection {
  const isTaken = refusal.status === GrpcStatus.AlreadyExists;
  return (isTaken ? unknownPolicyRefusal(request) : undefined) ?? refusal;
}

/** The client has a worker at hand: it gets the first workflow task with the reply. */
async function replyEagerly(
  scope: Scope,
  workflowId: string,
  { runId, eagerTask: view }: StartReply,
  message: StartWorkflowExecutionResponse,
  context: CallContext,
): Promise<Reply<StartWorkflowExecutionResponse>> {
  const loaded = await scope.engine.read({ namespaceId: scope.namespace.id, workflowId }, runId, (run) => run);
  if (view === undefined || loaded === undefined || isRejection(loaded)) return { message };
  const takeBack = (): void => returnTask(scope, loaded, 'workflow', view.task);
  return handOver(context, takeBack, message, async () => {
    const { message: eagerWorkflowTask, slices } = await workflowTaskReply(scope, loaded, view);
    return { message: { ...message, eagerWorkflowTask }, history: { slices, path: ['eagerWorkflowTask', 'history'] } };
  });
}

/** Points to the started event; where the request was attached to an existing run, to the event of that. */
export function startLink(scope: Scope, request: ValidStart, { runId, started }: StartReply): Link {
  const { workflowId = '', requestId, onConflictOptions } = request;
  if (!started && onConflictOptions?.attachRequestId === true) {
    const requestIdRef = { requestId, eventType: EventType.WorkflowExecutionOptionsUpdated };
    return eventLink(scope, workflowId, runId, { requestIdRef });
  }
  const eventRef = { eventId: 1, eventType: EventType.WorkflowExecutionStarted };
  return eventLink(scope, workflowId, runId, { eventRef });
}

function eventLink(
  { namespace }: Scope,
  workflowId: string,
  runId: string,
  reference: Pick<NonNullable<Link['workflowEvent']>, 'eventRef' | 'requestIdRef'>,
): Link {
  return { workflowEvent: { namespace: namespace.name, workflowId, runId, ...reference } };
}

async function signalWithStartWorkflowExecution(
  scope: Scope,
  request: RequestOf<'SignalWithStartWorkflowExecution'>,
): Promise<Reply<ReplyOf<'SignalWithStartWorkflowExecution'>>> {
  const valid = validateSignalWithStart(scope, request);
  if (isRejection(valid)) return valid;
  const { workflowId = '', requestId } = valid;
  const signal: SignalContent = {
    name: request.signalName ?? '',
    input: request.signalInput,
    header: request.header,
    identity: request.identity ?? '',
    requestId,
    links: request.links ?? [],
    sender: undefined,
  };
  const key = { namespaceId: scope.namespace.id, workflowId };
  const started = await scope.engine.submit(key, { kind: 'start', request: valid, signal, parent: undefined });
  if (isRejection(started)) return conflictRefusal(request, started);
  const { runId, firstRunId } = started;
  return {
    message: {
      runId,
      firstExecutionRunId: firstRunId,
      started: started.started,
      signalLink: signalLink(scope, workflowId, runId, requestId),
    },
  };
}

/** Points to the signal's event by the request: the event may not have its id yet. */
function signalLink(scope: Scope, workflowId: string, runId: string, requestId: string): Link {
  const requestIdRef = { requestId, eventType: EventType.WorkflowExecutionSignaled };
  return eventLink(scope, workflowId, runId, { requestIdRef });
}

async function signalWorkflowExecution(
  scope: Scope,
  request: RequestOf<'SignalWorkflowExecution'>,
): Promise<Reply<ReplyOf<'SignalWorkflowExecution'>>> {
  const ids = executionIds(request.workflowExecution);
  if (isRejection(ids)) return ids;
  const refusal = signalRefusal(scope, request);
  if (refusal !== undefined) return refusal;
  const { requestId = '' } = request;
  const signal: SignalContent = {
    name: request.signalName ?? '',
    input: request.input,
    header: request.header,
    identity: request.identity ?? '',
    requestId,
    links: request.links ?? [],
    sender: undefined,
  };
  const key = { namespaceId: scope.namespace.id, workflowId: ids.workflowId };
  const input = { kind: 'signal', runId: ids.runId, signal, childWorkflowOnly: undefined } as const;
  const done = await scope.engine.submit(key, input);
  if (isRejection(done)) return done;
  return { message: { link: signalLink(scope, ids.workflowId, done.runId, requestId) } };
}

function signalRefusal(scope: Scope, request: RequestOf<'SignalWorkflowExecution'>): Rejection | undefined {
  const { limits } = scope;
  const { signalName = '' } = request;
  return firstOf(
    () => (signalName === '' ? reject.invalidArgument('SignalName is not set on request.') : undefined),
    () => lengthRefusal('SignalName', signalName, limits),
    () => lengthRefusal('RequestId', request.requestId, limits),
    () => linksRefusal(scope, request.links),
    () => payloadsRefusal(request.input, limits),
  );
}

async function requestCancelWorkflowExecution(
  scope: Scope,
  request: RequestOf<'RequestCancelWorkflowExecution'>,
): Promise<Reply> {
  const ids = executionIds(request.workflowExecution);
  if (isRejection(ids)) return ids;
  const { requestId = '', identity = '', reason = '', links = [], firstExecutionRunId = '' } = request;
  const refusal = linksRefusal(scope, links) ?? runIdRefusal(firstExecutionRunId);
  if (refusal !== undefined) return refusal;
  const key = { namespaceId: scope.namespace.id, workflowId: ids.workflowId };
  const done = await scope.engine.submit(key, {
    kind: 'requestCancel',
    runId: ids.runId,
    firstRunId: firstExecutionRunId.toLowerCase(),
    requestId,
    identity,
    reason,
    links,
    childWorkflowOnly: undefined,
    sender: undefined,
  });
  return isRejection(done) ? done : { message: {} };
}

/** What a termination says of itself where its caller does not. Temporal: frontend/workflow_handler.go. */
const TERMINATION_DEFAULTS = { reason: 'terminated by user via frontend', identity: 'frontend-service' } as const;

async function terminateWorkflowExecution(
  scope: Scope,
  request: RequestOf<'TerminateWorkflowExecution'>,
): Promise<Reply> {
  const ids = executionIds(request.workflowExecution);
  if (isRejection(ids)) return ids;
  const { details, links = [], firstExecutionRunId = '' } = request;
  const refusal =
    linksRefusal(scope, links) ?? runIdRefusal(firstExecutionRunId) ?? payloadsRefusal(details, scope.limits);
  if (refusal !== undefined) return refusal;
  const key = { namespaceId: scope.namespace.id, workflowId: ids.workflowId };
  const done = await scope.engine.submit(key, {
    kind: 'terminate',
    runId: ids.runId,
    firstRunId: firstExecutionRunId.toLowerCase(),
    identity: request.identity || TERMINATION_DEFAULTS.identity,
    reason: request.reason || TERMINATION_DEFAULTS.reason,
    details,
    links,
    childWorkflowOnly: undefined,
  });
  return isRejection(done) ? done : { message: {} };
}

/** Answered when it is certain to happen: an open run has been ended, and the run is removed soon. */
async function deleteWorkflowExecution(
  scope: Scope,
  request: RequestOf<'DeleteWorkflowExecution'>,
): Promise<Reply<ReplyOf<'DeleteWorkflowExecution'>>> {
  const ids = executionIds(request.workflowExecution);
  if (isRejection(ids)) return ids;
  const key = { namespaceId: scope.namespace.id, workflowId: ids.workflowId };
  const done = await scope.engine.submit(key, { kind: 'delete', runId: ids.runId });
  return isRejection(done) ? done : { message: {} };
}
