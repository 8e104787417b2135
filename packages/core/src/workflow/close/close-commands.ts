import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import { failureSize, payloadsSize } from '../../kernel/payload-size.ts';
import type { CommandBatch, CommandFailure, CommandRule } from '../command/command.ts';
import { closeRun } from './close-run.ts';
import { cronRun, followFailure } from './cron.ts';

/** A payload that no history may hold ends the run. Temporal: workflow_task_completed_handler.go. */
function oversize(batch: CommandBatch, cause: WorkflowTaskFailedCause, sizeBytes: number, message: string) {
  if (sizeBytes <= batch.env.limits.blobSizeBytesMax) return undefined;
  return { cause, message, terminates: true } satisfies CommandFailure;
}

export const completeWorkflow: CommandRule = {
  name: 'CompleteWorkflowExecution',
  closes: true,
  check(batch, command) {
    const cause = WorkflowTaskFailedCause.BadCompleteWorkflowExecutionAttributes;
    const attributes = command.completeWorkflowExecutionCommandAttributes;
    if (attributes === undefined) {
      return {
        cause,
        message: 'CompleteWorkflowExecutionCommandAttributes is not set on CompleteWorkflowExecutionCommand.',
      };
    }
    const size = payloadsSize(attributes.result);
    // Temporal gives this cause for an oversized result; its SDKs have seen nothing else.
    return oversize(
      batch,
      WorkflowTaskFailedCause.BadScheduleActivityAttributes,
      size,
      'CompleteWorkflowExecutionCommandAttributes.Result exceeds size limit.',
    );
  },
  execute({ transition, completedEventId }, command) {
    const result = command.completeWorkflowExecutionCommandAttributes?.result;
    const { newExecutionRunId, begin } = cronRun(transition, { lastCompletionResult: result });
    closeRun(transition, {
      eventType: EventType.WorkflowExecutionCompleted,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      workflowExecutionCompletedEventAttributes: {
        result,
        workflowTaskCompletedEventId: completedEventId,
        newExecutionRunId,
      },
    });
    begin();
  },
};

export const failWorkflow: CommandRule = {
  name: 'FailWorkflowExecution',
  closes: true,
  check(batch, command) {
    const cause = WorkflowTaskFailedCause.BadFailWorkflowExecutionAttributes;
    const attributes = command.failWorkflowExecutionCommandAttributes;
    if (attributes === undefined) {
      return { cause, message: 'FailWorkflowExecutionCommandAttributes is not set on FailWorkflowExecutionCommand.' };
    }
    if (attributes.failure === undefined)
      return { cause, message: 'Failure is not set on FailWorkflowExecutionCommand.' };
    const size = failureSize(attributes.failure);
    return oversize(batch, cause, size, 'FailWorkflowExecutionCommandAttributes.Failure exceeds size limit.');
  },
  execute({ transition, completedEventId }, command) {
    const failure = command.failWorkflowExecutionCommandAttributes?.failure;
    const { retryState, newExecutionRunId, begin } = followFailure(transition, { failure, retryResult: undefined });
    closeRun(transition, {
      eventType: EventType.WorkflowExecutionFailed,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      workflowExecutionFailedEventAttributes: {
        failure,
        retryState,
        workflowTaskCompletedEventId: completedEventId,
        newExecutionRunId,
      },
    });
    begin();
  },
};

export const cancelWorkflow: CommandRule = {
  name: 'CancelWorkflowExecution',
  closes: true,
  check(_batch, command) {
    const cause = WorkflowTaskFailedCause.BadCancelWorkflowExecutionAttributes;
    const attributes = command.cancelWorkflowExecutionCommandAttributes;
    if (attributes === undefined) {
      return {
        cause,
        message: 'CancelWorkflowExecutionCommandAttributes is not set on CancelWorkflowExecutionCommand.',
      };
    }
    return undefined;
  },
  execute({ transition, completedEventId }, command) {
    closeRun(transition, {
      eventType: EventType.WorkflowExecutionCanceled,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      workflowExecutionCanceledEventAttributes: {
        details: command.cancelWorkflowExecutionCommandAttributes?.details,
        workflowTaskCompletedEventId: completedEventId,
      },
    });
  },
};
