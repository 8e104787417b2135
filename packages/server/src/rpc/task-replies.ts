import { toTimestamp, type ActivityTaskView, type WorkflowTaskView } from '@perdure/core';
import { TaskQueueKind } from '@perdure/proto/enums';
import type { PollActivityTaskQueueResponse, PollWorkflowTaskQueueResponse, WorkflowQuery } from '@perdure/proto/types';
import type { LoadedRun } from '../engine/loaded-run.ts';
import { taskHistory } from './history-pages.ts';
import type { Scope } from './served-method.ts';
import { updateRequestMessage } from './update-messages.ts';

/** A workflow task as its worker gets it, the history apart. */
export interface WorkflowTaskReply {
  readonly message: PollWorkflowTaskQueueResponse;
  readonly slices: readonly Uint8Array[];
}

/** The reply for a started workflow task. What it is read from is durable. */
export async function workflowTaskReply(
  scope: Scope,
  loaded: LoadedRun,
  view: WorkflowTaskView,
): Promise<WorkflowTaskReply> {
  const { namespaceId, id: workflowId, runId } = loaded.identity;
  const bounds = {
    fromEventId: view.sticky ? view.previousStartedEventId + 1 : 1,
    endEventId: view.lastEventId + 1,
    unrecorded: view.transientEvents,
  };
  const { slices, nextPageToken } = await taskHistory(scope, loaded, bounds, 'limit.historyMaxPageSize');
  const { scheduledEventId, startedEventId, attempt, stamp, ticket } = view.task;
  const message: PollWorkflowTaskQueueResponse = {
    taskToken: scope.tokens.workflowTask({
      namespaceId,
      workflowId,
      runId,
      scheduledEventId,
      startedEventId,
      attempt,
      stamp,
      ticket,
    }),
    workflowExecution: { workflowId, runId },
    workflowType: view.workflowType,
    previousStartedEventId: view.previousStartedEventId,
    startedEventId,
    attempt,
    nextPageToken,
    workflowExecutionTaskQueue: { name: view.taskQueue, kind: TaskQueueKind.Normal },
    scheduledTime: toTimestamp(view.scheduledAtMs),
    startedTime: toTimestamp(view.startedAtMs),
    queries: ridingQueries(scope, runId, view),
    messages: view.updates.map(updateRequestMessage),
  };
  return { message, slices };
}

/** The queries that the worker answers together with the task. */
function ridingQueries(
  { engine }: Scope,
  runId: string,
  { task }: WorkflowTaskView,
): Readonly<Record<string, WorkflowQuery>> | undefined {
  const riding = engine.queries.riding(runId, task);
  return riding.length === 0 ? undefined : Object.fromEntries(riding.map(({ id, query }) => [id, query]));
}

/** The reply for a started activity task. Temporal: matching_engine.go, createPollActivityTaskQueueResponse. */
export function activityTaskReply(
  { tokens, namespace }: Scope,
  workflowId: string,
  view: ActivityTaskView,
): PollActivityTaskQueueResponse {
  const { runId, scheduledEventId, attempt, stamp, scheduled, options } = view;
  return {
    taskToken: tokens.activityTask({
      namespaceId: namespace.id,
      workflowId,
      runId,
      scheduledEventId,
      attempt,
      stamp,
    }),
    workflowNamespace: namespace.name,
    workflowType: view.workflowType,
    workflowExecution: { workflowId, runId },
    activityType: scheduled.activityType,
    activityId: scheduled.activityId,
    header: scheduled.header,
    input: scheduled.input,
    heartbeatDetails: view.heartbeatDetails,
    scheduledTime: toTimestamp(view.firstScheduledAtMs),
    currentAttemptScheduledTime: toTimestamp(view.scheduledAtMs),
    startedTime: toTimestamp(view.startedAtMs),
    attempt,
    // Some SDKs take a duration that is not set for an error: none is sent as 0.
    scheduleToCloseTimeout: options.scheduleToCloseTimeout ?? {},
    startToCloseTimeout: options.startToCloseTimeout ?? {},
    heartbeatTimeout: options.heartbeatTimeout ?? {},
    retryPolicy: options.retryPolicy,
    priority: options.priority,
  };
}
