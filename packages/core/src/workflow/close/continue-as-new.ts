import { ContinueAsNewInitiator, EventType, TaskQueueKind, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type {
  ContinueAsNewWorkflowExecutionCommandAttributes,
  WorkflowExecutionContinuedAsNewEventAttributes,
  WorkflowExecutionStartedEventAttributes,
} from '@perdure/proto/types';
import type { Env } from '../../kernel/env.ts';
import { capDuration, withRetryDefaults } from '../../kernel/retry-policy.ts';
import { durationMsOrZero, isTimeout, toDuration } from '../../kernel/time.ts';
import { mergeSearchAttributes, withAttributeTypes } from '../../visibility/index.ts';
import type { CommandRule } from '../command/command.ts';
import { mergeMemo } from '../command/properties.ts';
import type { Run } from '../run.ts';
import { createRun } from '../start/create-run.ts';
import { effectiveTimeouts } from '../start/started-event.ts';
import { closeRun } from './close-run.ts';
import { continueAsNewFailure, nextTaskQueue } from './continue-as-new-check.ts';
import { firstTaskWaitMs, inChain, successorOptions } from './successor.ts';

/** Closes the run and begins the next of its chain, in one transition. */
export const continueAsNew: CommandRule = {
  name: 'ContinueAsNewWorkflowExecution',
  closes: true,
  check(batch, command) {
    const cause = WorkflowTaskFailedCause.BadContinueAsNewAttributes;
    const attributes = command.continueAsNewWorkflowExecutionCommandAttributes;
    if (attributes === undefined) {
      return {
        cause,
        message: 'ContinueAsNewWorkflowExecutionCommandAttributes is not set on ContinueAsNewWorkflowExecutionCommand.',
      };
    }
    return continueAsNewFailure(attributes, batch.run, batch.env);
  },
  execute({ transition, run, completedEventId }, command) {
    const { env } = transition;
    const attributes = command.continueAsNewWorkflowExecutionCommandAttributes ?? {};
    const newExecutionRunId = env.newId();
    const recorded = continuedAttributes(run, env, attributes, { newExecutionRunId, completedEventId });
    const started = successorStarted(run, attributes, recorded, env);
    closeRun(transition, {
      eventType: EventType.WorkflowExecutionContinuedAsNew,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      workflowExecutionContinuedAsNewEventAttributes: recorded,
    });
    createRun(transition.step, run, successorOptions(run, newExecutionRunId, env.newId(), started));
  },
};

/** The close event: what the command leaves out is that of this run. */
function continuedAttributes(
  run: Run,
  env: Env,
  attributes: ContinueAsNewWorkflowExecutionCommandAttributes,
  ids: { readonly newExecutionRunId: string; readonly completedEventId: number },
): WorkflowExecutionContinuedAsNewEventAttributes {
  const { start } = run.lifecycle;
  const { workflowRunTimeout: runTimeout, workflowTaskTimeout: taskTimeout } = attributes;
  const wanted = {
    execution: start.workflowExecutionTimeout,
    run: isTimeout(runTimeout) ? runTimeout : start.workflowRunTimeout,
    task: isTimeout(taskTimeout) ? taskTimeout : start.workflowTaskTimeout,
  };
  const timeouts = effectiveTimeouts(wanted, env.limits);
  return {
    newExecutionRunId: ids.newExecutionRunId,
    workflowType: attributes.workflowType?.name ? attributes.workflowType : start.workflowType,
    taskQueue: nextTaskQueue(run, attributes.taskQueue),
    input: attributes.input,
    workflowRunTimeout: timeouts.run,
    workflowTaskTimeout: timeouts.task,
    workflowTaskCompletedEventId: ids.completedEventId,
    backoffStartInterval: capDuration(attributes.backoffStartInterval),
    initiator: attributes.initiator,
    failure: attributes.failure,
    lastCompletionResult: attributes.lastCompletionResult,
    header: attributes.header,
    memo: mergeMemo(undefined, attributes.memo),
    searchAttributes: withAttributeTypes(
      mergeSearchAttributes(undefined, attributes.searchAttributes),
      env.namespace.customAttributes,
    ),
    inheritBuildId: attributes.inheritBuildId,
  };
}

/** Event 1 of the run that follows: what the command does not carry on, such as its retry policy, ends here. */
function successorStarted(
  run: Run,
  attributes: ContinueAsNewWorkflowExecutionCommandAttributes,
  recorded: WorkflowExecutionContinuedAsNewEventAttributes,
  env: Env,
): WorkflowExecutionStartedEventAttributes {
  const waitMs = firstTaskWaitMs(run, env, durationMsOrZero(recorded.backoffStartInterval));
  return {
    ...inChain(run, recorded.newExecutionRunId ?? '', env),
    workflowType: recorded.workflowType,
    taskQueue: { name: recorded.taskQueue?.name, kind: TaskQueueKind.Normal },
    input: recorded.input,
    header: recorded.header,
    memo: recorded.memo,
    searchAttributes: recorded.searchAttributes,
    workflowRunTimeout: recorded.workflowRunTimeout,
    workflowTaskTimeout: recorded.workflowTaskTimeout,
    initiator: recorded.initiator || ContinueAsNewInitiator.Workflow,
    continuedFailure: recorded.failure,
    lastCompletionResult: recorded.lastCompletionResult,
    retryPolicy: attributes.retryPolicy && withRetryDefaults(attributes.retryPolicy, env.limits.workflowRetry),
    attempt: 1,
    cronSchedule: attributes.cronSchedule,
    firstWorkflowTaskBackoff: waitMs === 0 ? recorded.backoffStartInterval : toDuration(waitMs),
  };
}
