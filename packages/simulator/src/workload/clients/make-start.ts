import { toDuration } from '@perdure/core';
import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@perdure/proto/enums';
import type { Random } from '../../kernel/random.ts';
import { duration, MODEL_TYPE } from '../../model/commands.ts';
import { makeProgram } from '../../model/make-program.ts';
import { toPayloads } from '../../model/payload.ts';
import type { ClientContext } from './client.ts';

const { Unspecified, AllowDuplicate, AllowDuplicateFailedOnly, RejectDuplicate, TerminateIfRunning } =
  WorkflowIdReusePolicy;
const REUSE_POLICIES = [
  Unspecified,
  AllowDuplicate,
  AllowDuplicateFailedOnly,
  RejectDuplicate,
  TerminateIfRunning,
] as const;
const { Fail, UseExisting, TerminateExisting } = WorkflowIdConflictPolicy;
const CONFLICT_POLICIES = [WorkflowIdConflictPolicy.Unspecified, Fail, UseExisting, TerminateExisting] as const;

/** A cron chain goes on until its execution timeout. */
const CRON_TIMEOUT_MAX_MS = 25_000;

/** A request to start a workflow, with everything that one can have. */
export function makeStart(random: Random, context: ClientContext, identity: string, requestId: string) {
  const { namespaces, queues, workflowIds, longTimers } = context;
  const isCron = random.chance(0.06);
  const isLimited = isCron || random.chance(0.15);
  return {
    namespace: random.pick(namespaces),
    workflowId: random.pick(workflowIds),
    requestId,
    identity,
    workflowType: { name: MODEL_TYPE },
    taskQueue: { name: random.pick(queues) },
    input: toPayloads(makeProgram({ random, queues, workflowIds, longTimers })),
    workflowIdReusePolicy: random.pick(REUSE_POLICIES),
    workflowIdConflictPolicy: random.chance(0.5)
      ? WorkflowIdConflictPolicy.Unspecified
      : random.pick(CONFLICT_POLICIES),
    workflowTaskTimeout: toDuration(random.int(1_000, 5_000)),
    workflowRunTimeout: random.chance(0.15) ? toDuration(random.int(1_000, 20_000)) : undefined,
    workflowExecutionTimeout: isLimited
      ? toDuration(random.int(2_000, isCron ? CRON_TIMEOUT_MAX_MS : 40_000))
      : undefined,
    workflowStartDelay: !isCron && random.chance(0.1) ? duration(random.int(1, 5_000)) : undefined,
    cronSchedule: isCron ? `@every ${random.int(1, 9)}s` : undefined,
    retryPolicy: random.chance(0.3)
      ? { initialInterval: toDuration(random.int(50, 1_500)), maximumAttempts: random.int(1, 3) }
      : undefined,
    priority: random.chance(0.4) ? makePriority(random) : undefined,
    memo: random.chance(0.2) ? { fields: { started: toPayloads('by a client').payloads?.[0] ?? {} } } : undefined,
  };
}

/** Of the workflow's tasks and of its activities'. */
function makePriority(random: Random) {
  return {
    priorityKey: random.int(0, 5),
    fairnessKey: random.pick(['', 'one', 'two', 'three']),
    fairnessWeight: random.pick([0, 0.5, 1, 4]),
  };
}
