import { ParentClosePolicy, TaskQueueKind, WorkflowIdReusePolicy } from '@perdure/proto/enums';
import type {
  StartChildWorkflowExecutionCommandAttributes,
  StartChildWorkflowExecutionInitiatedEventAttributes,
} from '@perdure/proto/types';
import { cronProblem } from '../../cron/cron.ts';
import type { Env, NamespaceView } from '../../kernel/env.ts';
import { priorityProblem } from '../../kernel/priority.ts';
import { capDuration, durationProblem, validateRetryPolicy, withRetryDefaults } from '../../kernel/retry-policy.ts';
import { utf8Length } from '../../kernel/utf8.ts';
import { mergeSearchAttributes, withAttributeTypes } from '../../visibility/index.ts';
import { mergeMemo } from '../command/properties.ts';
import { nextQueueProblem, printTaskQueue } from '../../kernel/task-queue.ts';
import { namespaceProblem } from '../external/target-namespace.ts';
import { effectiveTimeouts } from '../start/started-event.ts';

const ON = 'StartChildWorkflowExecutionCommand';

/** What a message says of the child that it speaks of. */
interface Names {
  readonly id: string;
  readonly type: string;
  readonly namespace: string;
  /** All of them, as most messages end. */
  readonly all: string;
}

/**
 * What makes a child impossible to start, its search attributes aside; undefined where nothing does. `parentQueue` is
 * the task queue that it inherits. Temporal: command_attr_validator.go, ValidateStartChildExecutionAttributes.
 */
export function childProblem(
  wanted: StartChildWorkflowExecutionCommandAttributes,
  env: Env,
  parentQueue: string,
): string | undefined {
  const names = childNames(wanted, env);
  return (
    namespaceProblem(env, wanted.namespace ?? '') ??
    idProblem(names, env.limits.idLengthMax) ??
    timeoutProblem(wanted, names) ??
    policyProblem(wanted, env, names) ??
    priorityProblem(wanted.priority) ??
    taskQueueProblem(wanted, parentQueue, env, names)
  );
}

/** The names of the child as messages give them. */
export function childNames(wanted: StartChildWorkflowExecutionCommandAttributes, env: Env): Names {
  const id = wanted.workflowId ?? '';
  const type = wanted.workflowType?.name ?? '';
  const namespace = wanted.namespace || env.namespace.name;
  return { id, type, namespace, all: `WorkflowId=${id} WorkflowType=${type} Namespace=${namespace}` };
}

function idProblem({ id, type, namespace }: Names, max: number): string | undefined {
  if (id === '') return `Required field WorkflowId is not set on ${ON}. WorkflowType=${type} Namespace=${namespace}`;
  if (type === '') return `Required field WorkflowType is not set on ${ON}. WorkflowId=${id} Namespace=${namespace}`;
  const idLength = utf8Length(id);
  if (idLength > max) {
    return `WorkflowId on ${ON} exceeds length limit. WorkflowId=${id} Length=${idLength} Limit=${max} WorkflowType=${type} Namespace=${namespace}`;
  }
  const typeLength = utf8Length(type);
  if (typeLength <= max) return undefined;
  return `WorkflowType on ${ON} exceeds length limit. WorkflowId=${id} WorkflowType=${type} Length=${typeLength} Limit=${max} Namespace=${namespace}`;
}

function timeoutProblem(wanted: StartChildWorkflowExecutionCommandAttributes, names: Names): string | undefined {
  for (const [name, timeout] of [
    ['WorkflowExecutionTimeout', wanted.workflowExecutionTimeout],
    ['WorkflowRunTimeout', wanted.workflowRunTimeout],
    ['WorkflowTaskTimeout', wanted.workflowTaskTimeout],
  ] as const) {
    const problem = durationProblem(timeout);
    if (problem !== undefined) return `Invalid ${name} on ${ON}: ${problem}. ${names.all}`;
  }
  return undefined;
}

function policyProblem(
  wanted: StartChildWorkflowExecutionCommandAttributes,
  { limits, nowMs }: Env,
  names: Names,
): string | undefined {
  const { retryPolicy, cronSchedule } = wanted;
  const retry =
    retryPolicy === undefined ? undefined : validateRetryPolicy(withRetryDefaults(retryPolicy, limits.workflowRetry));
  if (retry !== undefined) return `invalid WorkflowRetryPolicy on ${ON}: ${retry}. ${names.all}`;
  const cron = cronProblem(cronSchedule ?? '', nowMs);
  return cron === undefined ? undefined : `invalid CronSchedule on ${ON}: ${cron}. ${names.all}`;
}

function taskQueueProblem(
  { taskQueue }: StartChildWorkflowExecutionCommandAttributes,
  parentQueue: string,
  { limits }: Env,
  names: Names,
): string | undefined {
  const name = taskQueue?.name || parentQueue;
  const problem = nextQueueProblem(name, parentQueue, limits.idLengthMax);
  if (problem === undefined) return undefined;
  return `invalid TaskQueue on ${ON}: ${problem}. ${names.all} TaskQueue=${printTaskQueue({ ...taskQueue, name })}`;
}

/** The attributes that a good command is recorded with, in the namespace that it means: each default is worked out. */
export function initiatedAttributes(
  wanted: StartChildWorkflowExecutionCommandAttributes,
  env: Env,
  target: NamespaceView,
  parentQueue: string,
): StartChildWorkflowExecutionInitiatedEventAttributes {
  const { taskQueue, retryPolicy, workflowExecutionTimeout: execution } = wanted;
  const asked = { execution, run: wanted.workflowRunTimeout, task: wanted.workflowTaskTimeout };
  const timeouts = effectiveTimeouts(asked, env.limits);
  return {
    namespace: target.name,
    namespaceId: target.id,
    workflowId: wanted.workflowId,
    workflowType: wanted.workflowType,
    taskQueue: { ...taskQueue, name: taskQueue?.name || parentQueue, kind: taskQueue?.kind || TaskQueueKind.Normal },
    input: wanted.input,
    workflowExecutionTimeout: capDuration(execution),
    workflowRunTimeout: timeouts.run,
    workflowTaskTimeout: timeouts.task,
    parentClosePolicy: wanted.parentClosePolicy || ParentClosePolicy.Terminate,
    control: wanted.control,
    workflowIdReusePolicy: wanted.workflowIdReusePolicy || WorkflowIdReusePolicy.AllowDuplicate,
    retryPolicy: retryPolicy === undefined ? undefined : withRetryDefaults(retryPolicy, env.limits.workflowRetry),
    cronSchedule: wanted.cronSchedule,
    header: wanted.header,
    memo: mergeMemo(undefined, wanted.memo),
    searchAttributes: withAttributeTypes(
      mergeSearchAttributes(undefined, wanted.searchAttributes),
      target.customAttributes,
    ),
    inheritBuildId: wanted.inheritBuildId,
    priority: wanted.priority,
  };
}
