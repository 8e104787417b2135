import { TaskQueueKind } from '@perdure/proto/enums';
import type { TaskQueue } from '@perdure/proto/types';
import { utf8Length } from '../../kernel/utf8.ts';

/** Task queues of this prefix are the server's own. Temporal: common/tqid. */
const RESERVED_PREFIX = '/_sys/';
/** The queue of the server's own workers in a namespace. Temporal: common/primitives/task_queues.go. */
const INTERNAL = 'temporal-sys-per-ns-tq';

/** Why a queue of that name can be nobody's; undefined where it can. */
export function queueNameProblem(name: string, lengthMax: number): string | undefined {
  if (utf8Length(name) > lengthMax) return 'taskQueue length exceeds limit';
  if (!name.startsWith(RESERVED_PREFIX)) return undefined;
  return `task queue name cannot start with reserved prefix ${RESERVED_PREFIX}`;
}

/** The same of a queue for what follows a run or is its child. Temporal: common/tqid, NormalizeAndValidateUserDefined. */
export function nextQueueProblem(name: string, current: string, lengthMax: number): string | undefined {
  const problem = queueNameProblem(name, lengthMax);
  if (problem !== undefined || name !== INTERNAL || current === INTERNAL) return problem;
  return `cannot use internal per-namespace task queue:${name} (in parent component task queue: ${current})`;
}

/** A task queue as the protocol's text form prints it. */
export function printTaskQueue({ name = '', kind, normalName }: TaskQueue): string {
  const kindName = kind === TaskQueueKind.Sticky ? 'TASK_QUEUE_KIND_STICKY' : 'TASK_QUEUE_KIND_NORMAL';
  const normal = normalName ? ` normal_name:${JSON.stringify(normalName)}` : '';
  return `name:${JSON.stringify(name)} kind:${kindName}${normal}`;
}
