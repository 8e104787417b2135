import {
  isRejection,
  payloadsSize,
  recordableFailure,
  reject,
  type Rejection,
  type WorkflowTaskCompletion,
} from '@perdure/core';
import { QueryResultType } from '@perdure/proto/enums';
import type { Failure, Payloads, RespondWorkflowTaskCompletedResponse } from '@perdure/proto/types';
import type { LoadedRun } from '../engine/loaded-run.ts';
import type { PendingQuery } from '../matching/pending-query.ts';
import type { CallContext, Reply } from './handler.ts';
import { NamespaceUse, within, withToken, type TokenUse } from './namespace-gate.ts';
import { handOver, returnTask } from './polls.ts';
import type { RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { activityTaskReply, workflowTaskReply } from './task-replies.ts';
import type { QueryToken, WorkflowTaskToken } from './tokens.ts';
import { readUpdateMessages } from './update-messages.ts';
import { updateCallbacksRefusal } from './validate-callbacks.ts';
import { BLOB_TOO_LARGE, executionIds, lengthRefusal } from './validate-fields.ts';
import { versioningRefusal } from './validate-task-queue.ts';

const TASK_TOKEN: TokenUse<WorkflowTaskToken> = {
  read: (tokens, bytes) => tokens.readWorkflowTask(bytes),
  foreign: reject.notFound('Workflow task not found.'),
};

const QUERY_TOKEN: TokenUse<QueryToken> = {
  read: (tokens, bytes) => tokens.readQuery(bytes),
  foreign: reject.notFound('query task not found, or already expired'),
};

export const workflowTaskResponses: WorkflowMethods = {
  RespondWorkflowTaskCompleted: withToken(TASK_TOKEN, respondWorkflowTaskCompleted),
  RespondWorkflowTaskFailed: withToken(TASK_TOKEN, respondWorkflowTaskFailed),
  RespondQueryTaskCompleted: withToken(QUERY_TOKEN, respondQueryTaskCompleted),
  ResetStickyTaskQueue: within(NamespaceUse.Any, resetStickyTaskQueue),
};

type CompletedRequest = RequestOf<'RespondWorkflowTaskCompleted'>;

/** Temporal: frontend/workflow_handler.go, then history/api/respondworkflowtaskcompleted. */
async function respondWorkflowTaskCompleted(
  scope: Scope,
  request: CompletedRequest,
  token: WorkflowTaskToken,
  context: CallContext,
): Promise<Reply<RespondWorkflowTaskCompletedResponse>> {
  const refusal = completedRefusal(scope, request);
  if (refusal !== undefined) return refusal;
  const updateMessages = readUpdateMessages(request.messages);
  if (isRejection(updateMessages)) return updateMessages;
  // A request that the server has forgotten is taken from the worker: its callbacks are looked at as those of a caller.
  for (const { body } of updateMessages) {
    const carried = body.kind === 'acceptance' ? body.acceptance.acceptedRequest : undefined;
    const carriedRefusal = carried && updateCallbacksRefusal(scope, carried);
    if (carriedRefusal !== undefined) return carriedRefusal;
  }
  const { runId } = token;
  const key = { namespaceId: token.namespaceId, workflowId: token.workflowId };
  const answered = takeAnswers(scope, request, runId);
  const input = { kind: 'completeWorkflowTask', runId, task: token, request, updateMessages } as const;
  const completion = await scope.engine.submit(key, input);
  if (isRejection(completion)) {
    await returnQueries(scope, token, answered);
    return completion;
  }
  for (const { query, answer } of answered) query.settle(answer);
  if (completion.failure !== undefined) return completion.failure;
  return replyWithWork(scope, token, completion, context);
}

function completedRefusal(scope: Scope, request: CompletedRequest): Rejection | undefined {
  const { workerVersionStamp: build, deploymentOptions: deployment, stickyAttributes } = request;
  const claims = { build, deployment, queue: stickyAttributes?.workerTaskQueue };
  if (request.intermediatePage === true || (request.pageNumber ?? 0) > 0) {
    return reject.failedPrecondition(
      `workflow task completion pagination is disabled for this namespace ${scope.namespace.name}`,
    );
  }
  return lengthRefusal('Identity', request.identity, scope.limits) ?? versioningRefusal(scope.config, claims);
}

/** The next task and the activities that the worker shall go on with at once. */
async function replyWithWork(
  scope: Scope,
  token: WorkflowTaskToken,
  completion: WorkflowTaskCompletion,
  context: CallContext,
): Promise<Reply<RespondWorkflowTaskCompletedResponse>> {
  const { nextTask, eagerActivities, resetHistoryEventId } = completion;
  if (nextTask === undefined && eagerActivities.length === 0) return { message: { resetHistoryEventId } };
  const { workflowId, runId } = token;
  const key = { namespaceId: token.namespaceId, workflowId };
  const loaded = await scope.engine.read(key, runId, (run) => run);
  if (loaded === undefined || isRejection(loaded)) return loaded ?? TASK_TOKEN.foreign;
  const takeBack = (): void => {
    if (nextTask !== undefined) returnTask(scope, loaded, 'workflow', nextTask.task);
    for (const activity of eagerActivities) returnTask(scope, loaded, 'activity', activity);
  };
  return handOver<RespondWorkflowTaskCompletedResponse>(context, takeBack, {}, async () => {
    const activityTasks = eagerActivities.map((view) => activityTaskReply(scope, workflowId, view));
    if (nextTask === undefined) return { message: { activityTasks, resetHistoryEventId } };
    const { message: workflowTask, slices } = await workflowTaskReply(scope, loaded, nextTask);
    const message = { activityTasks, workflowTask, resetHistoryEventId };
    return { message, history: { slices, path: ['workflowTask', 'history'] } };
  });
}

interface AnsweredQuery {
  readonly query: PendingQuery;
  readonly answer: Payloads | Rejection | undefined;
}

/** The queries of that run which the worker has answered. They wait no longer, whatever becomes of the task. */
function takeAnswers(scope: Scope, request: CompletedRequest, runId: string): readonly AnsweredQuery[] {
  const answered: AnsweredQuery[] = [];
  for (const [id, result] of Object.entries(request.queryResults ?? {})) {
    if (scope.engine.queries.find(id)?.runId !== runId) continue;
    const query = scope.engine.queries.take(id);
    const { resultType, answer: result_, errorMessage = '', failure } = result;
    const answer = answerOf(scope, { resultType, result: result_, errorMessage, failure });
    if (query !== undefined) answered.push({ query, answer });
  }
  return answered;
}

/** The completion was refused, and with it the answers: the queries go on waiting. */
async function returnQueries(
  scope: Scope,
  { namespaceId, workflowId, runId }: WorkflowTaskToken,
  answered: readonly AnsweredQuery[],
): Promise<void> {
  if (answered.length === 0) return;
  const loaded = await scope.engine.read<LoadedRun | undefined>({ namespaceId, workflowId }, runId, (run) => run);
  for (const { query } of answered) {
    if (loaded === undefined || isRejection(loaded)) query.settle(loaded);
    else scope.engine.queries.giveBack(query, loaded);
  }
}

interface QueryResult {
  readonly resultType: QueryResultType | undefined;
  readonly result: Payloads | undefined;
  readonly errorMessage: string;
  readonly failure: Failure | undefined;
}

/** What the asker is told. Temporal: matching_engine.go, QueryWorkflow. */
function answerOf({ limits }: Scope, answered: QueryResult): Payloads | Rejection | undefined {
  const { resultType, result, errorMessage, failure } = answered;
  if (payloadsSize(result) > limits.blobSizeBytesMax) return reject.queryFailed(BLOB_TOO_LARGE, undefined);
  switch (resultType) {
    case QueryResultType.Answered:
      return result;
    case QueryResultType.Failed:
      return reject.queryFailed(errorMessage, failure);
    default:
      return reject.internal('query entered invalid state, this should be impossible');
  }
}

async function respondWorkflowTaskFailed(
  scope: Scope,
  request: RequestOf<'RespondWorkflowTaskFailed'>,
  token: WorkflowTaskToken,
): Promise<Reply> {
  const { namespaceId, workflowId, runId } = token;
  const { identity = '', binaryChecksum = '', workerVersion, cause = 0 } = request;
  const refusal = lengthRefusal('Identity', identity, scope.limits);
  if (refusal !== undefined) return refusal;
  const failure = recordableFailure(request.failure, scope.limits);
  const key = { namespaceId, workflowId };
  const input = { kind: 'failWorkflowTask', runId, task: token, cause, failure } as const;
  const done = await scope.engine.submit(key, { ...input, identity, binaryChecksum, workerVersion });
  return isRejection(done) ? done : { message: {} };
}

function respondQueryTaskCompleted(
  scope: Scope,
  request: RequestOf<'RespondQueryTaskCompleted'>,
  token: QueryToken,
): Reply {
  const query = scope.engine.queries.find(token.queryId);
  if (query === undefined) return QUERY_TOKEN.foreign;
  const { completedType: resultType, queryResult: result, errorMessage = '', failure } = request;
  query.settle(answerOf(scope, { resultType, result, errorMessage, failure }));
  return { message: {} };
}

async function resetStickyTaskQueue(scope: Scope, request: RequestOf<'ResetStickyTaskQueue'>): Promise<Reply> {
  const ids = executionIds(request.execution);
  if (isRejection(ids)) return ids;
  const key = { namespaceId: scope.namespace.id, workflowId: ids.workflowId };
  const done = await scope.engine.submit(key, { kind: 'resetSticky', runId: ids.runId });
  return isRejection(done) ? done : { message: {} };
}
