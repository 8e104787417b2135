import { badBinaryOf, isRejection, reject } from '@perdure/core';
import { TaskQueueKind } from '@perdure/proto/enums';
import type { PollWorkflowTaskQueueResponse } from '@perdure/proto/types';
import { QueueKind } from '@perdure/storage';
import type { LoadedRun } from '../engine/loaded-run.ts';
import type { PolledTask } from '../engine/polling.ts';
import type { PendingQuery } from '../matching/pending-query.ts';
import type { CallContext, Reply } from './handler.ts';
import { keyOf, taskHistory } from './history-pages.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import { checkPoll, handOver, returnTask, waitForTask, type WorkerPoll } from './polls.ts';
import type { RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { workflowTaskReply } from './task-replies.ts';

export const workflowTaskPolls: WorkflowMethods = {
  PollWorkflowTaskQueue: within(NamespaceUse.Any, pollWorkflowTaskQueue),
};

type PollReply = Reply<PollWorkflowTaskQueueResponse>;

async function pollWorkflowTaskQueue(
  scope: Scope,
  request: RequestOf<'PollWorkflowTaskQueue'>,
  context: CallContext,
): Promise<PollReply> {
  const poll = checkPoll(scope, request, context, QueueKind.Workflow);
  if (isRejection(poll)) return poll;
  const { binaryChecksum = '' } = request;
  if (badBinaryOf(scope.namespace, binaryChecksum) !== undefined) {
    return reject.invalidArgument(`Binary ${binaryChecksum} already marked as bad deployment.`);
  }
  const polled = await waitForTask(poll);
  if (polled === undefined) return { message: {} };
  const { task, pollerScalingDecision } = polled;
  const reply = task.kind === 'query' ? await replyWithQuery(poll, task.query) : await replyWithTask(poll, task);
  return isRejection(reply) ? reply : { ...reply, message: { ...reply.message, pollerScalingDecision } };
}

function replyWithTask(poll: WorkerPoll, polled: Exclude<PolledTask, { kind: 'query' }>): Promise<PollReply> {
  const { scope, context } = poll;
  if (polled.kind !== 'workflow') throw new Error('invariant broken: a workflow queue gives workflow tasks');
  const { view, loaded } = polled;
  const takeBack = (): void => returnTask(scope, loaded, 'workflow', view.task);
  return handOver<PollWorkflowTaskQueueResponse>(context, takeBack, {}, async () => {
    const { message, slices } = await workflowTaskReply(scope, loaded, view);
    return { message: { ...message, backlogCountHint: backlogOf(poll) }, history: { slices } };
  });
}

function backlogOf({ scope, queue, kind }: WorkerPoll): number {
  return scope.engine.matching.find({ namespaceId: scope.namespace.id, name: queue.name, kind })?.backlogSize ?? 0;
}

/** A query that goes to a worker by itself: no task of the run is started for it. */
async function replyWithQuery(poll: WorkerPoll, query: PendingQuery): Promise<PollReply> {
  const { scope, context } = poll;
  const { namespaceId, workflowId, runId } = query;
  // Reading waits until all that the worker may come to see is durable.
  const run = await scope.engine.read({ namespaceId, workflowId }, runId, (loaded) => loaded && queried(poll, loaded));
  if (run === undefined || isRejection(run)) {
    query.settle(run ?? reject.notFound(`workflow not found for ID: ${workflowId}`));
    return { message: {} };
  }
  const takeBack = (): void => scope.engine.queries.giveBack(query, run.loaded);
  return handOver<PollWorkflowTaskQueueResponse>(context, takeBack, {}, () => queryReply(scope, query, run));
}

/** A run at the moment at which a worker is asked. */
interface QueriedRun {
  readonly loaded: LoadedRun;
  readonly endEventId: number;
  readonly previousStartedEventId: number;
  /** The worker that polls has the run in its cache. */
  readonly cached: boolean;
}

function queried({ queue }: WorkerPoll, loaded: LoadedRun): QueriedRun {
  const { nextEventId, task } = loaded.run;
  const cached = queue.kind === TaskQueueKind.Sticky && task.binding?.queue === queue.name;
  return { loaded, endEventId: nextEventId, previousStartedEventId: task.lastStartedEventId, cached };
}

async function queryReply(scope: Scope, query: PendingQuery, run: QueriedRun): Promise<PollReply> {
  const { loaded, endEventId, previousStartedEventId, cached } = run;
  const { start } = loaded.run.lifecycle;
  const { workflowId } = keyOf(loaded);
  const { runId } = loaded.identity;
  const fromEventId = cached ? endEventId : 1;
  const history = await taskHistory(
    scope,
    loaded,
    { fromEventId, endEventId, unrecorded: [] },
    'matching.historyMaxPageSize',
  );
  const message: PollWorkflowTaskQueueResponse = {
    taskToken: scope.tokens.query({ namespaceId: query.namespaceId, queryId: query.id }),
    workflowExecution: { workflowId, runId },
    workflowType: start.workflowType,
    previousStartedEventId,
    attempt: 1,
    nextPageToken: history.nextPageToken,
    query: query.query,
    workflowExecutionTaskQueue: { name: start.taskQueue?.name, kind: TaskQueueKind.Normal },
  };
  return { message, history: { slices: history.slices } };
}
