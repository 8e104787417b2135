import { CommandType, EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { Command, HistoryEvent, ResetPoints, RespondWorkflowTaskCompletedRequest } from '@perdure/proto/types';
import { enumName } from '../kernel/enum-name.ts';
import { DAY_MS, timestampMs, toTimestamp } from '../kernel/time.ts';
import type {
  FailWorkflowTaskInput,
  RequestCancelInput,
  SignalContent,
  SignalInput,
  StartInput,
  TerminateInput,
} from './input.ts';
import type { Run } from './run.ts';
import type { WorkflowTaskView } from './task/workflow-task-view.ts';
import { START_MS, type Bench } from './testing.ts';

/** What a test says of a start; the rest is filled in. */
export type StartFields = Partial<StartInput['request']>;

/** A start of workflow type W on task queue `queue`, of the bench's workflow id. */
export function startOf(bench: Bench, request: StartFields): StartInput {
  const { workflowId } = bench;
  const defaults = { workflowId, workflowType: { name: 'W' }, taskQueue: { name: 'queue' }, requestId: 'request' };
  return { kind: 'start', request: { ...defaults, ...request }, signal: undefined, parent: undefined };
}

/** The same with a signal, which has the request id of the start. */
export function signalWithStartOf(bench: Bench, name: string, request: StartFields): StartInput {
  const start = startOf(bench, request);
  return { ...start, signal: signalContent(name, { requestId: start.request.requestId }) };
}

function signalContent(name: string, content: Partial<SignalContent>): SignalContent {
  const nothing = { input: undefined, header: undefined, identity: '', requestId: '', links: [], sender: undefined };
  return { ...nothing, ...content, name };
}

export function signalOf(
  name: string,
  content: Partial<SignalContent> = {},
  target: Partial<SignalInput> = {},
): SignalInput {
  return { kind: 'signal', runId: '', childWorkflowOnly: undefined, ...target, signal: signalContent(name, content) };
}

export function cancelOf(request: Partial<RequestCancelInput> = {}): RequestCancelInput {
  return {
    kind: 'requestCancel',
    runId: '',
    firstRunId: '',
    requestId: '',
    identity: '',
    reason: '',
    links: [],
    childWorkflowOnly: undefined,
    sender: undefined,
    ...request,
  };
}

export function terminateOf(request: Partial<TerminateInput> = {}): TerminateInput {
  return {
    kind: 'terminate',
    runId: '',
    firstRunId: '',
    identity: '',
    reason: '',
    details: undefined,
    links: [],
    childWorkflowOnly: undefined,
    ...request,
  };
}

/** A worker that gives up on its task. */
export function failureOf(
  task: WorkflowTaskView,
  cause: WorkflowTaskFailedCause = WorkflowTaskFailedCause.WorkflowWorkerUnhandledFailure,
): FailWorkflowTaskInput {
  return {
    kind: 'failWorkflowTask',
    runId: task.runId,
    task: task.task,
    cause,
    failure: { message: 'gave up' },
    identity: 'workflow-worker',
    binaryChecksum: '',
    workerVersion: undefined,
  };
}

/**
 * What follows a run has of it if its first workflow task, event 4, was completed as it closed, by a worker without a
 * build.
 */
export function resetPointsOf({ runId }: Run, closedAtMs: number): ResetPoints {
  const createTime = toTimestamp(closedAtMs);
  const expireTime = toTimestamp(closedAtMs + DAY_MS);
  const point = { runId, firstWorkflowTaskCompletedId: 4, resettable: true };
  return { points: [{ ...point, createTime, expireTime }] };
}

/** A worker that keeps the run in its cache, and is given five seconds to take the next task. */
export const STICKY: RespondWorkflowTaskCompletedRequest = {
  stickyAttributes: { workerTaskQueue: { name: 'sticky' }, scheduleToStartTimeout: { seconds: 5 } },
};

export function cancelTimer(timerId: string): Command {
  return { commandType: CommandType.CancelTimer, cancelTimerCommandAttributes: { timerId } };
}

/** Events one line each, with the time since the bench began, such as `5 TimerFired after 1s`. */
export function timeline(events: readonly HistoryEvent[]): string[] {
  return events.map(({ eventId, eventType, eventTime }) => {
    const seconds = ((timestampMs(eventTime) ?? 0) - START_MS) / 1_000;
    return `${eventId} ${enumName(EventType, eventType ?? EventType.Unspecified)} after ${seconds}s`;
  });
}
