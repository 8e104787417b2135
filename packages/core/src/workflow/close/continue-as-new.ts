import { ContinueAsNewInitiator, EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type {
  ContinueAsNewWorkflowExecutionCommandAttributes,
  WorkflowExecutionContinuedAsNewEventAttributes,
  WorkflowExecutionStartedEventAttributes,
} from '@perdure/proto/types';
import type { Env } from '../../kernel/env.ts';
import type { Limits } from '../../kernel/limits.ts';
import { memoSize, payloadsSize } from '../../kernel/payload-size.ts';
import { validateRetryPolicy, withRetryDefaults } from '../../kernel/retry-policy.ts';
import { durationMsOrZero, toDuration } from '../../kernel/time.ts';
import { utf8Length } from '../../kernel/utf8.ts';
import type { CommandRule } from '../command/command.ts';
import { taskQueueOf } from '../lifecycle.ts';
import type { Run } from '../run.ts';
import { createRun } from '../start/create-run.ts';
import { effectiveTimeouts } from '../start/started-event.ts';
import { closeRun } from './close-run.ts';
import { inChain } from './successor.ts';

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
    const { limits } = batch.env;
    if (utf8Length(attributes.workflowType?.name ?? '') > limits.idLengthMax) {
      return { cause, message: 'WorkflowType on ContinueAsNewWorkflowExecutionCommand exceeds length limit.' };
    }
    if (durationMsOrZero(attributes.workflowRunTimeout) < 0) {
      return { cause, message: 'Invalid WorkflowRunTimeout on ContinueAsNewWorkflowExecutionCommand.' };
    }
    if (durationMsOrZero(attributes.workflowTaskTimeout) < 0) {
      return { cause, message: 'Invalid WorkflowTaskTimeout on ContinueAsNewWorkflowExecutionCommand.' };
    }
    if (durationMsOrZero(attributes.backoffStartInterval) < 0) {
      return { cause, message: 'Invalid BackoffStartInterval on ContinueAsNewWorkflowExecutionCommand.' };
    }
    const policy = attributes.retryPolicy && withRetryDefaults(attributes.retryPolicy, limits);
    const retryRefusal = validateRetryPolicy(policy);
    if (retryRefusal !== undefined) return { cause, message: retryRefusal };
    if (payloadsSize(attributes.input) > limits.blobSizeBytesMax) {
      const message = 'ContinueAsNewWorkflowExecutionCommandAttributes. Input exceeds size limit.';
      return { cause, message, terminates: true };
    }
    if (memoSize(attributes.memo) > limits.memoSizeBytesMax) {
      const message = 'ContinueAsNewWorkflowExecutionCommandAttributes. Memo exceeds size limit.';
      return { cause, message, terminates: true };
    }
    return undefined;
  },
  execute({ transition, run, completedEventId }, command) {
    const { env } = transition;
    const attributes = command.continueAsNewWorkflowExecutionCommandAttributes ?? {};
    const newExecutionRunId = env.newId();
    const recorded = continuedAttributes(run, env, attributes, { newExecutionRunId, completedEventId });
    const started = successorStarted(run, attributes, recorded, env.limits);
    closeRun(transition, {
      eventType: EventType.WorkflowExecutionContinuedAsNew,
      userMetadata: command.userMetadata,
      workflowExecutionContinuedAsNewEventAttributes: recorded,
    });
    createRun(transition.step, run, { runId: newExecutionRunId, requestId: '', started });
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
  const runTimeout = attributes.workflowRunTimeout ?? start.workflowRunTimeout;
  const taskTimeout = attributes.workflowTaskTimeout ?? start.workflowTaskTimeout;
  const timeouts = effectiveTimeouts(
    {
      executionMs: durationMsOrZero(start.workflowExecutionTimeout),
      runMs: durationMsOrZero(runTimeout),
      taskMs: durationMsOrZero(taskTimeout),
    },
    env.limits,
  );
  const lifetimeMs = env.nowMs - run.lifecycle.startedAtMs;
  const waitMs = Math.max(durationMsOrZero(attributes.backoffStartInterval), env.limits.runLifetimeMinMs - lifetimeMs, 0);
  return {
    newExecutionRunId: ids.newExecutionRunId,
    workflowType: (attributes.workflowType?.name ?? '') === '' ? start.workflowType : attributes.workflowType,
    taskQueue:
      (attributes.taskQueue?.name ?? '') === '' ? { ...start.taskQueue, name: taskQueueOf(run) } : attributes.taskQueue,
    input: attributes.input,
    workflowRunTimeout: toDuration(timeouts.runMs),
    workflowTaskTimeout: toDuration(timeouts.taskMs),
    workflowTaskCompletedEventId: ids.completedEventId,
    backoffStartInterval: toDuration(waitMs),
    initiator: attributes.initiator || ContinueAsNewInitiator.Workflow,
    failure: attributes.failure,
    lastCompletionResult: attributes.lastCompletionResult,
    header: attributes.header,
    memo: attributes.memo,
    searchAttributes: attributes.searchAttributes,
  };
}

/** Event 1 of the run that follows: what the command does not carry on, such as its retry policy, ends here. */
function successorStarted(
  run: Run,
  attributes: ContinueAsNewWorkflowExecutionCommandAttributes,
  recorded: WorkflowExecutionContinuedAsNewEventAttributes,
  limits: Limits,
): WorkflowExecutionStartedEventAttributes {
  return {
    ...inChain(run, recorded.newExecutionRunId ?? ''),
    workflowType: recorded.workflowType,
    taskQueue: recorded.taskQueue,
    input: recorded.input,
    header: recorded.header,
    memo: recorded.memo,
    searchAttributes: recorded.searchAttributes,
    workflowRunTimeout: recorded.workflowRunTimeout,
    workflowTaskTimeout: recorded.workflowTaskTimeout,
    initiator: recorded.initiator,
    continuedFailure: recorded.failure,
    lastCompletionResult: recorded.lastCompletionResult,
    retryPolicy: attributes.retryPolicy && withRetryDefaults(attributes.retryPolicy, limits),
    attempt: 1,
    cronSchedule: attributes.cronSchedule,
    firstWorkflowTaskBackoff: recorded.backoffStartInterval,
  };
}
