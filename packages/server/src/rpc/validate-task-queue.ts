import {
  queueLengthProblem,
  queueNameProblem,
  reject,
  SYSTEM_TASK_QUEUE,
  utf8Length,
  type Limits,
  type Rejection,
} from '@perdure/core';
import { TaskQueueKind, WorkerVersioningMode } from '@perdure/proto/enums';
import type { TaskQueue, WorkerDeploymentOptions } from '@perdure/proto/types';
import type { DynamicConfig } from '../config/dynamic-config.ts';
import { enumRefusal } from './validate-fields.ts';

/** A task queue that a request names, with its kind filled in. */
export interface TaskQueueName {
  readonly name: string;
  readonly kind: TaskQueueKind;
}

/** The queue of a request. Temporal: common/tqid/task_queue_validator.go, NormalizeAndValidate. */
export function taskQueueOf(taskQueue: TaskQueue | undefined, limits: Limits): TaskQueueName | Rejection {
  return enumRefusal('TaskQueueKind', TaskQueueKind, taskQueue?.kind) ?? namedTaskQueue(taskQueue, limits);
}

function namedTaskQueue(taskQueue: TaskQueue | undefined, limits: Limits): TaskQueueName | Rejection {
  if (taskQueue === undefined) return reject.invalidArgument('taskQueue is not set');
  const { name = '', kind = TaskQueueKind.Normal, normalName = '' } = taskQueue;
  if (name === '') return reject.invalidArgument('missing task queue name');
  const problem =
    queueNameProblem(name, limits.idLengthMax) ??
    (kind === TaskQueueKind.Sticky ? queueLengthProblem(normalName, limits.idLengthMax) : undefined);
  if (problem !== undefined) return reject.invalidArgument(problem);
  return { name, kind: kind === TaskQueueKind.Unspecified ? TaskQueueKind.Normal : kind };
}

/**
 * The queue that a workflow is to run on; of a kind that nobody knows it is recorded as it is. Temporal:
 * NormalizeAndValidateUserDefined.
 */
export function userTaskQueueOf(taskQueue: TaskQueue | undefined, limits: Limits): TaskQueueName | Rejection {
  const queue = namedTaskQueue(taskQueue, limits);
  if ('name' in queue && queue.name === SYSTEM_TASK_QUEUE) {
    return reject.invalidArgument(`cannot use internal per-namespace task queue:${SYSTEM_TASK_QUEUE}`);
  }
  return queue;
}

/** What a worker says of its version. */
export interface WorkerVersionClaims {
  readonly build: { readonly buildId?: string | undefined; readonly useVersioning?: boolean | undefined } | undefined;
  readonly deployment: WorkerDeploymentOptions | undefined;
  /** The queue that it polls, or that it keeps a run's tasks in. */
  readonly queue: TaskQueue | undefined;
}

/**
 * Versions are not served yet: a worker that relies on them must not get tasks as if they were.
 * Temporal: frontend/workflow_handler.go, validateVersioningInfo.
 */
export function versioningRefusal(
  config: DynamicConfig,
  { build, deployment, queue }: WorkerVersionClaims,
): Rejection | undefined {
  if (deployment !== undefined && queue?.kind === TaskQueueKind.Sticky && (queue.normalName ?? '') === '') {
    return reject.invalidArgument(
      'NormalName must be set on sticky queue when UseVersioning is true or DeploymentOptions are set.',
    );
  }
  if (utf8Length(build?.buildId ?? '') > config.get('limit.workerBuildIdSize')) {
    return reject.invalidArgument('Build ID exceeds configured limit.workerBuildIdSize, use a shorter build ID.');
  }
  if (build?.useVersioning === true) {
    return reject.permissionDenied('Worker versioning in workflow progress APIs is disabled on this namespace.');
  }
  if (deployment?.workerVersioningMode === WorkerVersioningMode.Versioned) {
    return reject.unimplemented('worker deployment versions are not served yet');
  }
  return undefined;
}
