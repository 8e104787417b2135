import { isRejection, reject, timestampMs, type Rejection } from '@perdure/core';
import { EventType, ResetType } from '@perdure/proto/enums';
import type { BatchOperationReset, HistoryEvent, ResetOptions, WorkflowExecution } from '@perdure/proto/types';
import type { InProcessCaller } from '../transport/in-process.ts';
import type { Question } from './ask.ts';

const SERVICE = '/temporal.api.workflowservice.v1.WorkflowService';

/** Where a run is to be reset to, and which one: a build id may stand for an earlier run. */
interface ResetPoint {
  readonly execution: WorkflowExecution;
  readonly eventId: number;
}

/** Resets one execution to the point that the operation names. Temporal: worker/batcher/activities.go. */
export async function resetOf(
  caller: InProcessCaller,
  question: Question,
  operation: BatchOperationReset,
  requestId: string,
): Promise<Rejection | undefined> {
  const { job, namespace } = question;
  const { options, postResetOperations } = operation;
  const point = await pointOf(caller, question, options ?? optionsOf(operation));
  if (isRejection(point)) return point;
  const reply = await caller.call(`${SERVICE}/ResetWorkflowExecution`, {
    namespace,
    workflowExecution: point.execution,
    reason: job.request.reason,
    requestId,
    workflowTaskFinishEventId: point.eventId,
    resetReapplyType: (options ?? operation).resetReapplyType,
    resetReapplyExcludeTypes: options?.resetReapplyExcludeTypes,
    postResetOperations,
    identity: job.identity,
  });
  return isRejection(reply) ? reply : undefined;
}

/** The older fields, in the form of the newer ones. */
function optionsOf({ resetType }: BatchOperationReset): ResetOptions {
  return resetType === ResetType.FirstWorkflowTask ? { firstWorkflowTask: {} } : { lastWorkflowTask: {} };
}

function pointOf(caller: InProcessCaller, question: Question, options: ResetOptions): Promise<ResetPoint | Rejection> {
  const { namespace, target: execution } = question;
  const { workflowTaskId = 0, firstWorkflowTask, lastWorkflowTask } = options;
  if (firstWorkflowTask !== undefined) return taskPoint(caller, namespace, execution, false);
  if (lastWorkflowTask !== undefined) return taskPoint(caller, namespace, execution, true);
  if (workflowTaskId !== 0) return Promise.resolve({ execution, eventId: workflowTaskId });
  return buildPoint(caller, question, options);
}

/** The first or the last workflow task that was completed; where none was, behind the first that was scheduled. */
async function taskPoint(
  caller: InProcessCaller,
  namespace: string,
  execution: WorkflowExecution,
  last: boolean,
): Promise<ResetPoint | Rejection> {
  const method = last ? 'GetWorkflowExecutionHistoryReverse' : 'GetWorkflowExecutionHistory';
  let scheduledEventId: number | undefined;
  let nextPageToken: Uint8Array | undefined;
  do {
    const reply = await caller.call(`${SERVICE}/${method}`, { namespace, execution, nextPageToken });
    if (isRejection(reply)) return reply;
    for (const { eventType, eventId = 0 } of reply.message.history?.events ?? ([] as readonly HistoryEvent[])) {
      if (eventType === EventType.WorkflowTaskCompleted) return { execution, eventId };
      if (eventType === EventType.WorkflowTaskScheduled && (last || scheduledEventId === undefined)) {
        scheduledEventId = eventId;
      }
    }
    ({ nextPageToken } = reply.message);
  } while (nextPageToken !== undefined && nextPageToken.length > 0);
  if (scheduledEventId === undefined) return reject.invalidArgument('unable to find any scheduled or completed task');
  return { execution, eventId: scheduledEventId + 1 };
}

/** The first workflow task that a build has completed. */
async function buildPoint(
  caller: InProcessCaller,
  { namespace, target: execution, nowMs }: Question,
  { buildId = '', currentRunOnly = false }: ResetOptions,
): Promise<ResetPoint | Rejection> {
  const reply = await caller.call(`${SERVICE}/DescribeWorkflowExecution`, { namespace, execution });
  if (isRejection(reply)) return reply;
  const points = reply.message.workflowExecutionInfo?.autoResetPoints?.points ?? [];
  const point = points.find((each) => each.buildId === buildId);
  if (point === undefined) return reject.invalidArgument(`Can't find reset point for ${buildId}`);
  const { runId, resettable, firstWorkflowTaskCompletedId: eventId = 0 } = point;
  if (resettable !== true) return reject.invalidArgument(`Reset point for ${buildId} is not resettable`);
  if ((timestampMs(point.expireTime) ?? Infinity) < nowMs) {
    return reject.invalidArgument(`Reset point for ${buildId} is expired`);
  }
  if (currentRunOnly && runId !== execution.runId) {
    return reject.invalidArgument(`Reset point for ${buildId} points to previous run and CurrentRunOnly is set`);
  }
  return { execution: { workflowId: execution.workflowId, runId }, eventId };
}
