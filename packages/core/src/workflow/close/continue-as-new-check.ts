import { TaskQueueKind, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { ContinueAsNewWorkflowExecutionCommandAttributes, TaskQueue } from '@perdure/proto/types';
import type { Env } from '../../kernel/env.ts';
import { memoSize, payloadsSize } from '../../kernel/payload-size.ts';
import { durationProblem, validateRetryPolicy, withRetryDefaults } from '../../kernel/retry-policy.ts';
import { utf8Length } from '../../kernel/utf8.ts';
import type { CommandFailure } from '../command/command.ts';
import { searchAttributesOversize, searchAttributesProblem } from '../command/search-attributes.ts';
import { nextQueueProblem, printTaskQueue } from '../../kernel/task-queue.ts';
import { taskQueueOf } from '../lifecycle.ts';
import type { Run } from '../run.ts';

const ON = 'ContinueAsNewWorkflowExecutionCommand';

type Wanted = ContinueAsNewWorkflowExecutionCommandAttributes;

/** The task queue of the next run: that of this one unless the command names another. */
export function nextTaskQueue(run: Run, wanted: TaskQueue | undefined): TaskQueue {
  return { ...wanted, name: wanted?.name || taskQueueOf(run), kind: wanted?.kind || TaskQueueKind.Normal };
}

/**
 * Why a run cannot be continued so; undefined where it can. Temporal: command_attr_validator.go,
 * ValidateContinueAsNewWorkflowExecutionAttributes.
 */
export function continueAsNewFailure(wanted: Wanted, run: Run, env: Env): CommandFailure | undefined {
  const cause = WorkflowTaskFailedCause.BadContinueAsNewAttributes;
  const type = wanted.workflowType?.name || (run.lifecycle.start.workflowType?.name ?? '');
  const typeProblem = workflowTypeProblem(type, env.limits.idLengthMax);
  if (typeProblem !== undefined) return { cause, message: typeProblem };
  const queue = nextTaskQueue(run, wanted.taskQueue);
  const names = `WorkflowType=${type} TaskQueue=${printTaskQueue(queue)}`;
  const problem = taskQueueProblem(queue, run, env) ?? timeoutProblem(wanted) ?? retryProblem(wanted, env);
  if (problem !== undefined) return { cause, message: `${problem}. ${names}` };
  const inCommand = (found: string): string => `invalid SearchAttributes on ${ON}: ${found}. ${names}`;
  const attributes = searchAttributesProblem(wanted.searchAttributes, env.namespace, env.limits, inCommand);
  if (attributes !== undefined) return { cause: WorkflowTaskFailedCause.BadSearchAttributes, message: attributes };
  const oversize = oversizeProblem(wanted, env);
  return oversize === undefined ? undefined : { cause, message: oversize, terminates: true };
}

function workflowTypeProblem(type: string, max: number): string | undefined {
  const length = utf8Length(type);
  if (length <= max) return undefined;
  return `WorkflowType on ${ON} exceeds length limit. WorkflowType=${type} Length=${length} Limit=${max}`;
}

function taskQueueProblem({ name = '' }: TaskQueue, run: Run, { limits }: Env): string | undefined {
  const problem = nextQueueProblem(name, taskQueueOf(run), limits.idLengthMax);
  return problem === undefined ? undefined : `error validating ${ON} TaskQueue: ${problem}`;
}

function timeoutProblem(wanted: Wanted): string | undefined {
  for (const [name, duration] of [
    ['WorkflowRunTimeout', wanted.workflowRunTimeout],
    ['WorkflowTaskTimeout', wanted.workflowTaskTimeout],
    ['BackoffStartInterval', wanted.backoffStartInterval],
  ] as const) {
    const problem = durationProblem(duration);
    if (problem !== undefined) return `Invalid ${name} on ${ON}: ${problem}`;
  }
  return undefined;
}

function retryProblem({ retryPolicy }: Wanted, { limits }: Env): string | undefined {
  const problem = validateRetryPolicy(retryPolicy && withRetryDefaults(retryPolicy, limits.workflowRetry));
  return problem === undefined ? undefined : `invalid WorkflowRetryPolicy on ${ON}: ${problem}`;
}

function oversizeProblem(wanted: Wanted, { limits }: Env): string | undefined {
  const attributes = 'ContinueAsNewWorkflowExecutionCommandAttributes';
  if (payloadsSize(wanted.input) > limits.blobSizeBytesMax) return `${attributes}. Input exceeds size limit.`;
  if (memoSize(wanted.memo) > limits.memoSizeBytesMax) return `${attributes}. Memo exceeds size limit.`;
  return searchAttributesOversize(wanted.searchAttributes, limits);
}
