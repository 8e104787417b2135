import { isRejection, reject, type ActivityRef, type Rejection } from '@perdure/core';
import type { Failure, PollActivityTaskQueueResponse, RecordActivityTaskHeartbeatResponse } from '@perdure/proto/types';
import { QueueKind } from '@perdure/storage';
import type { CallContext, Reply } from './handler.ts';
import { NamespaceUse, within, withToken, type TokenUse } from './namespace-gate.ts';
import { checkPoll, handOver, returnTask, waitForTask } from './polls.ts';
import type { RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { activityTaskReply } from './task-replies.ts';
import type { ActivityTaskToken } from './tokens.ts';
import { keyOf } from './history-pages.ts';
import { lengthRefusal, runIdRefusal } from './validate-fields.ts';

/** Temporal: history/consts, ErrActivityTaskNotFound. */
const ACTIVITY_TOKEN: TokenUse<ActivityTaskToken> = {
  read: (tokens, bytes) => tokens.readActivityTask(bytes),
  foreign: reject.notFound('invalid activityID or activity already timed out or invoking workflow is completed'),
};

/** Polls for activities, and what workers and clients say of them: by token, or by the activity's id. */
export const activityTasks: WorkflowMethods = {
  PollActivityTaskQueue: within(NamespaceUse.Any, pollActivityTaskQueue),
  RecordActivityTaskHeartbeat: withToken(ACTIVITY_TOKEN, (scope, request, token) =>
    heartbeat(scope, targetOf(token), request),
  ),
  RecordActivityTaskHeartbeatById: within(NamespaceUse.Any, (scope, request) =>
    byId(request, (target) => heartbeat(scope, target, request)),
  ),
  RespondActivityTaskCompleted: withToken(ACTIVITY_TOKEN, (scope, request, token) =>
    complete(scope, targetOf(token), request),
  ),
  RespondActivityTaskCompletedById: within(NamespaceUse.Any, (scope, request) =>
    byId(request, (target) => complete(scope, target, request)),
  ),
  RespondActivityTaskFailed: withToken(ACTIVITY_TOKEN, (scope, request, token) =>
    fail(scope, targetOf(token), request),
  ),
  RespondActivityTaskFailedById: within(NamespaceUse.Any, (scope, request) =>
    byId(request, (target) => fail(scope, target, request)),
  ),
  RespondActivityTaskCanceled: withToken(ACTIVITY_TOKEN, (scope, request, token) =>
    cancel(scope, targetOf(token), request),
  ),
  RespondActivityTaskCanceledById: within(NamespaceUse.Any, (scope, request) =>
    byId(request, (target) => cancel(scope, target, request)),
  ),
};

async function pollActivityTaskQueue(
  scope: Scope,
  request: RequestOf<'PollActivityTaskQueue'>,
  context: CallContext,
): Promise<Reply<PollActivityTaskQueueResponse>> {
  const poll = checkPoll(scope, request, context, QueueKind.Activity);
  if (isRejection(poll)) return poll;
  const polled = await waitForTask(poll);
  if (polled === undefined) return { message: {} };
  const { task, pollerScalingDecision } = polled;
  if (task.kind !== 'activity') throw new Error('invariant broken: an activity queue gives activity tasks');
  const { loaded, view } = task;
  const takeBack = (): void => returnTask(scope, loaded, 'activity', view);
  const message = { ...activityTaskReply(scope, keyOf(loaded).workflowId, view), pollerScalingDecision };
  const makeReply = () => Promise.resolve({ message });
  return handOver<PollActivityTaskQueueResponse>(context, takeBack, {}, makeReply);
}

/** Which activity of which run a request is about. */
interface Target {
  readonly workflowId: string;
  readonly runId: string;
  readonly activity: ActivityRef;
}

function targetOf({ workflowId, runId, scheduledEventId, attempt, stamp }: ActivityTaskToken): Target {
  return { workflowId, runId, activity: { by: 'token', scheduledEventId, attempt, stamp } };
}

interface ByIdRequest {
  readonly workflowId?: string | undefined;
  readonly runId?: string | undefined;
  readonly activityId?: string | undefined;
}

/** Without a workflow id it would be an activity of its own, and there are none. */
function byId<R>(request: ByIdRequest, serve: (target: Target) => R): R | Rejection {
  const { workflowId = '', runId = '', activityId = '' } = request;
  if (activityId === '') return reject.invalidArgument('ActivityId is not set on request.');
  if (workflowId === '') return reject.notFound(`activity not found for ID: ${activityId}`);
  if (runIdRefusal(runId) !== undefined) return reject.invalidArgument('RunId is not valid UUID.');
  return serve({ workflowId, runId: runId.toLowerCase(), activity: { by: 'id', activityId } });
}

async function heartbeat(
  { engine, namespace }: Scope,
  { workflowId, runId, activity }: Target,
  request: RequestOf<'RecordActivityTaskHeartbeat'> | RequestOf<'RecordActivityTaskHeartbeatById'>,
): Promise<Reply<RecordActivityTaskHeartbeatResponse>> {
  const key = { namespaceId: namespace.id, workflowId };
  const { details, identity = '' } = request;
  const reply = await engine.submit(key, { kind: 'heartbeat', runId, activity, details, identity });
  if (isRejection(reply)) return reply;
  const { cancelRequested, paused, reset } = reply;
  return { message: { cancelRequested, activityPaused: paused, activityReset: reset } };
}

async function complete(
  scope: Scope,
  { workflowId, runId, activity }: Target,
  request: RequestOf<'RespondActivityTaskCompleted'> | RequestOf<'RespondActivityTaskCompletedById'>,
): Promise<Reply> {
  const { result, identity = '' } = request;
  const refusal = lengthRefusal('Identity', identity, scope.limits);
  if (refusal !== undefined) return refusal;
  const key = { namespaceId: scope.namespace.id, workflowId };
  const done = await scope.engine.submit(key, { kind: 'completeActivity', runId, activity, result, identity });
  return isRejection(done) ? done : { message: {} };
}

async function fail(
  scope: Scope,
  { workflowId, runId, activity }: Target,
  request: RequestOf<'RespondActivityTaskFailed'> | RequestOf<'RespondActivityTaskFailedById'>,
): Promise<Reply<{ readonly failures: readonly Failure[] }>> {
  const { failure, lastHeartbeatDetails, identity = '' } = request;
  const refusal = lengthRefusal('Identity', identity, scope.limits);
  if (refusal !== undefined) return refusal;
  const key = { namespaceId: scope.namespace.id, workflowId };
  const input = { kind: 'failActivity', runId, activity, failure, lastHeartbeatDetails, identity } as const;
  const done = await scope.engine.submit(key, input);
  return isRejection(done) ? done : { message: { failures: done.failures } };
}

async function cancel(
  scope: Scope,
  { workflowId, runId, activity }: Target,
  request: RequestOf<'RespondActivityTaskCanceled'> | RequestOf<'RespondActivityTaskCanceledById'>,
): Promise<Reply> {
  const { details, identity = '' } = request;
  const refusal = lengthRefusal('Identity', identity, scope.limits);
  if (refusal !== undefined) return refusal;
  const key = { namespaceId: scope.namespace.id, workflowId };
  const done = await scope.engine.submit(key, { kind: 'cancelActivity', runId, activity, details, identity });
  return isRejection(done) ? done : { message: {} };
}
