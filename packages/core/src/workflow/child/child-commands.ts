import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { StartChildWorkflowExecutionCommandAttributes } from '@perdure/proto/types';
import { present } from '../../kernel/assert.ts';
import { isAtLimit, type Limits } from '../../kernel/limits.ts';
import { memoSize, payloadsSize } from '../../kernel/payload-size.ts';
import type { CommandBatch, CommandFailure, CommandRule } from '../command/command.ts';
import { searchAttributesOversize, searchAttributesProblem } from '../command/search-attributes.ts';
import { targetNamespace } from '../external/target-namespace.ts';
import { taskQueueOf } from '../lifecycle.ts';
import { childNames, childProblem, initiatedAttributes } from './child-attributes.ts';
import { startDelivery } from './child-start.ts';

/**
 * Starts a child. A child with the id of one that is pending is no error here: its start is refused, and the parent is
 * told so. Temporal: command_attr_validator.go, workflow_task_completed_handler.go.
 */
export const startChild: CommandRule = {
  name: 'StartChildWorkflowExecution',
  closes: false,
  check(batch, command) {
    const wanted = command.startChildWorkflowExecutionCommandAttributes;
    const cause = WorkflowTaskFailedCause.BadStartChildExecutionAttributes;
    if (wanted === undefined) {
      const on = 'StartChildWorkflowExecutionCommand';
      return { cause, message: `${on}Attributes is not set on ${on}.` };
    }
    const problem = childProblem(wanted, batch.env, taskQueueOf(batch.run));
    if (problem !== undefined) return { cause, message: problem };
    const failure = attributesFailure(batch, wanted) ?? pendingFailure(batch);
    if (failure !== undefined) return failure;
    batch.childWorkflowIdsAdded.add(wanted.workflowId ?? '');
    batch.added.children += 1;
    return undefined;
  },
  execute({ transition, run, completedEventId }, command) {
    const { env } = transition;
    const wanted = command.startChildWorkflowExecutionCommandAttributes ?? {};
    const target = targetNamespace(env, wanted.namespace ?? '');
    const initiatedEventId = transition.append({
      eventType: EventType.StartChildWorkflowExecutionInitiated,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      startChildWorkflowExecutionInitiatedEventAttributes: {
        ...initiatedAttributes(wanted, env, target, taskQueueOf(run)),
        workflowTaskCompletedEventId: completedEventId,
      },
    });
    const child = present(run.children.get(initiatedEventId), 'an initiated child is pending');
    transition.emit({ kind: 'deliver', run, delivery: startDelivery(run, env.namespace, child) });
  },
};

/** Search attributes that may not be set fail the task; what no history may hold ends the run. */
function attributesFailure(
  { env }: CommandBatch,
  wanted: StartChildWorkflowExecutionCommandAttributes,
): CommandFailure | undefined {
  const names = childNames(wanted, env);
  const problem = searchAttributesProblem(
    wanted.searchAttributes,
    { ...env.namespace, name: names.namespace },
    env.limits,
    (found) => `invalid SearchAttributes on StartChildWorkflowCommand: ${found}. ${names.all}`,
  );
  if (problem !== undefined) return { cause: WorkflowTaskFailedCause.BadSearchAttributes, message: problem };
  const oversize = oversizeProblem(wanted, env.limits);
  if (oversize === undefined) return undefined;
  return { cause: WorkflowTaskFailedCause.BadStartChildExecutionAttributes, message: oversize, terminates: true };
}

function oversizeProblem(wanted: StartChildWorkflowExecutionCommandAttributes, limits: Limits): string | undefined {
  const attributes = 'StartChildWorkflowExecutionCommandAttributes';
  if (payloadsSize(wanted.input) > limits.blobSizeBytesMax) return `${attributes}. Input exceeds size limit.`;
  if (memoSize(wanted.memo) > limits.memoSizeBytesMax) return `${attributes}.Memo exceeds size limit.`;
  return searchAttributesOversize(wanted.searchAttributes, limits);
}

function pendingFailure({ run, env, added }: CommandBatch): CommandFailure | undefined {
  const pending = run.children.size + added.children;
  const max = env.limits.pendingChildrenMax;
  if (!isAtLimit(pending, max)) return undefined;
  return {
    cause: WorkflowTaskFailedCause.PendingChildWorkflowsLimitExceeded,
    message: `the number of pending child workflow executions, ${pending}, has reached the per-workflow limit of ${max}`,
  };
}
