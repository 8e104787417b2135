import { AttributeType, toDuration, type CustomAttributes } from '@perdure/core';
import { CommandType, ParentClosePolicy, TaskQueueKind } from '@perdure/proto/enums';
import type { Command, Failure } from '@perdure/proto/types';
import { toPayloads } from './payload.ts';
import type { ActivityStep, ChildStep, ClosePolicy, Program, SignalContent, WorkflowResult } from './program.ts';

/** The type name of every model workflow, and of every model activity. */
export const MODEL_TYPE = 'model';

/** The name of the signals and of the query of the model. */
export const SIGNAL_NAME = 'signal';
export const QUERY_TYPE = 'state';

/** The search attribute that the model sets; every namespace has it. */
const ATTRIBUTE = 'ModelStep';
export const MODEL_ATTRIBUTES: CustomAttributes = new Map([[ATTRIBUTE, AttributeType.Keyword]]);

const CLOSE_POLICIES: Readonly<Record<ClosePolicy, ParentClosePolicy>> = {
  terminate: ParentClosePolicy.Terminate,
  abandon: ParentClosePolicy.Abandon,
  requestCancel: ParentClosePolicy.RequestCancel,
};

/** A duration that is not set where it is 0. */
export function duration(ms: number) {
  return ms === 0 ? undefined : toDuration(ms);
}

export function failure(message: string, options: { nonRetryable?: boolean; nextRetryDelayMs?: number } = {}): Failure {
  const { nonRetryable = false, nextRetryDelayMs = 0 } = options;
  const nextRetryDelay = duration(nextRetryDelayMs);
  return { message, source: 'model', applicationFailureInfo: { type: 'Model', nonRetryable, nextRetryDelay } };
}

export function scheduleActivity(activityId: string, step: ActivityStep): Command {
  const { retry } = step;
  return {
    commandType: CommandType.ScheduleActivityTask,
    scheduleActivityTaskCommandAttributes: {
      activityId,
      activityType: { name: MODEL_TYPE },
      taskQueue: { name: step.queue, kind: TaskQueueKind.Normal },
      input: toPayloads(step.plan),
      startToCloseTimeout: duration(step.startToCloseMs),
      scheduleToStartTimeout: duration(step.scheduleToStartMs),
      scheduleToCloseTimeout: duration(step.scheduleToCloseMs),
      heartbeatTimeout: duration(step.heartbeatTimeoutMs),
      requestEagerExecution: step.eager,
      retryPolicy: {
        initialInterval: duration(retry.initialMs),
        backoffCoefficient: retry.coefficient,
        maximumInterval: duration(Math.max(retry.maximumMs, retry.initialMs)),
        maximumAttempts: retry.attempts,
      },
    },
  };
}

export function cancelActivity(scheduledEventId: number): Command {
  const requestCancelActivityTaskCommandAttributes = { scheduledEventId };
  return { commandType: CommandType.RequestCancelActivityTask, requestCancelActivityTaskCommandAttributes };
}

export function startTimer(timerId: string, ms: number): Command {
  const startTimerCommandAttributes = { timerId, startToFireTimeout: toDuration(ms) };
  return { commandType: CommandType.StartTimer, startTimerCommandAttributes };
}

export function cancelTimer(timerId: string): Command {
  return { commandType: CommandType.CancelTimer, cancelTimerCommandAttributes: { timerId } };
}

export function startChild(workflowId: string, step: ChildStep): Command {
  const retryPolicy = { initialInterval: toDuration(100), maximumAttempts: step.attempts };
  return {
    commandType: CommandType.StartChildWorkflowExecution,
    startChildWorkflowExecutionCommandAttributes: {
      workflowId,
      workflowType: { name: MODEL_TYPE },
      input: toPayloads(step.program),
      parentClosePolicy: CLOSE_POLICIES[step.policy],
      workflowTaskTimeout: toDuration(3_000),
      workflowRunTimeout: duration(step.runTimeoutMs),
      ...(step.attempts > 1 && { retryPolicy }),
    },
  };
}

export function signalOther(workflowId: string, content: SignalContent, childWorkflowOnly: boolean): Command {
  return {
    commandType: CommandType.SignalExternalWorkflowExecution,
    signalExternalWorkflowExecutionCommandAttributes: {
      execution: { workflowId },
      signalName: SIGNAL_NAME,
      input: toPayloads(content),
      childWorkflowOnly,
    },
  };
}

export function cancelOther(workflowId: string): Command {
  return {
    commandType: CommandType.RequestCancelExternalWorkflowExecution,
    requestCancelExternalWorkflowExecutionCommandAttributes: { workflowId },
  };
}

export function recordMarker(name: string): Command {
  return { commandType: CommandType.RecordMarker, recordMarkerCommandAttributes: { markerName: name } };
}

export function upsertMemo(text: string): Command {
  const payload = toPayloads(text).payloads?.[0] ?? {};
  return {
    commandType: CommandType.ModifyWorkflowProperties,
    modifyWorkflowPropertiesCommandAttributes: { upsertedMemo: { fields: { model: payload } } },
  };
}

export function upsertAttribute(text: string): Command {
  const payload = toPayloads(text).payloads?.[0] ?? {};
  return {
    commandType: CommandType.UpsertWorkflowSearchAttributes,
    upsertWorkflowSearchAttributesCommandAttributes: { searchAttributes: { indexedFields: { [ATTRIBUTE]: payload } } },
  };
}

/** The place of a message among the commands. */
export function protocolMessage(messageId: string): Command {
  return { commandType: CommandType.ProtocolMessage, protocolMessageCommandAttributes: { messageId } };
}

export function completeWorkflow(result: WorkflowResult): Command {
  const completeWorkflowExecutionCommandAttributes = { result: toPayloads(result) };
  return { commandType: CommandType.CompleteWorkflowExecution, completeWorkflowExecutionCommandAttributes };
}

export function failWorkflow(message: string, nonRetryable: boolean): Command {
  const failWorkflowExecutionCommandAttributes = { failure: failure(message, { nonRetryable }) };
  return { commandType: CommandType.FailWorkflowExecution, failWorkflowExecutionCommandAttributes };
}

export function cancelWorkflow(): Command {
  return { commandType: CommandType.CancelWorkflowExecution, cancelWorkflowExecutionCommandAttributes: {} };
}

export function continueAsNew(program: Program): Command {
  return {
    commandType: CommandType.ContinueAsNewWorkflowExecution,
    continueAsNewWorkflowExecutionCommandAttributes: { input: toPayloads(program) },
  };
}

/** A command that no server takes: it fails the task and, with it, every other command of the task. */
export const BAD_COMMAND: Command = { commandType: CommandType.RecordMarker, recordMarkerCommandAttributes: {} };
