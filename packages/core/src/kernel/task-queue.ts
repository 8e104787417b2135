import { TaskQueueKind } from '@perdure/proto/enums';
import type { TaskQueue } from '@perdure/proto/types';
import { utf8Length } from './utf8.ts';

/** Task queues of this prefix are the server's own. Temporal: common/tqid. */
const RESERVED_PREFIX = '/_sys/';

/** The queue of the workers that Temporal's server has itself in each namespace. Temporal: common/primitives/task_queues.go. */
export const SYSTEM_TASK_QUEUE = 'temporal-sys-per-ns-tq';

/** Why a queue of that name can be nobody's; undefined where it can. */
export function queueNameProblem(name: string, lengthMax: number): string | undefined {
  const tooLong = queueLengthProblem(name, lengthMax);
  if (tooLong !== undefined || !name.startsWith(RESERVED_PREFIX)) return tooLong;
  return `task queue name cannot start with reserved prefix ${RESERVED_PREFIX}`;
}

/** The part of it that holds for any queue, one of the server's own too. */
export function queueLengthProblem(name: string, lengthMax: number): string | undefined {
  return utf8Length(name) > lengthMax ? 'taskQueue length exceeds limit' : undefined;
}

/** The same of a queue for what follows a run or is its child. Temporal: common/tqid, NormalizeAndValidateUserDefined. */
export function nextQueueProblem(name: string, current: string, lengthMax: number): string | undefined {
  const problem = queueNameProblem(name, lengthMax);
  if (problem !== undefined || name !== SYSTEM_TASK_QUEUE || current === SYSTEM_TASK_QUEUE) return problem;
  return `cannot use internal per-namespace task queue:${name} (in parent component task queue: ${current})`;
}

/** A task queue as the protocol's text form prints it. */
export function printTaskQueue({ name = '', kind, normalName }: TaskQueue): string {
  const kindName = kind === TaskQueueKind.Sticky ? 'TASK_QUEUE_KIND_STICKY' : 'TASK_QUEUE_KIND_NORMAL';
  const normal = normalName ? ` normal_name:${JSON.stringify(normalName)}` : '';
  return `name:${JSON.stringify(name)} kind:${kindName}${normal}`;
}
