import { fieldsSize } from '../../kernel/payload-size.ts';
import type { Limits } from '../../kernel/limits.ts';
import { isRejection, reject, type Rejection } from '../../kernel/rejection.ts';
import { findOpenRun } from '../find-run.ts';
import { isSpeculative } from '../fleeting.ts';
import { HISTORY_SERVICE } from '../identity.ts';
import type { Input } from '../input.ts';
import { isOpen, type Run } from '../run.ts';
import { warnOfStateSize } from '../size-warnings.ts';
import type { Workflow } from '../step.ts';
import { isTransient } from '../task/workflow-task.ts';
import type { Step, Transition } from '../transition.ts';
import { terminateRun } from './terminate.ts';

/** Texts: Temporal, common/util.go. */
const HISTORY_SIZE = 'Workflow history size exceeds limit.';
const HISTORY_COUNT = 'Workflow history count exceeds limit.';
const STATE_SIZE = 'Workflow mutable state size exceeds limit.';
const TRANSACTION_SIZE = 'Transaction size exceeds limit.';

/** What an entry of a run's state weighs beside its payloads: near enough for a limit. */
const ENTRY_BYTES = 128;

/** Inputs that go on with an open run. One that has outgrown its limits ends instead. A start asks once it goes on with one. */
const ENFORCED: ReadonlySet<Input['kind']> = new Set<Input['kind']>([
  'signal',
  'requestCancel',
  'startWorkflowTask',
  'completeWorkflowTask',
  'failWorkflowTask',
  'startActivityTask',
  'heartbeat',
  'completeActivity',
  'failActivity',
  'cancelActivity',
  'childClosed',
  'settle',
  'updateOptions',
  'pause',
  'unpause',
  'pauseActivity',
  'unpauseActivity',
  'resetActivity',
  'updateActivityOptions',
]);

/**
 * Ends the run that an input is for if it has outgrown its limits, or would with the event that the input brings; then
 * this is the answer to the input, which comes to nothing. Temporal: workflow/context.go, UpdateWorkflowExecutionAsActive.
 */
export function enforceLimits(step: Step, workflow: Workflow, input: Input): Rejection | undefined {
  if (!ENFORCED.has(input.kind)) return undefined;
  const run = findOpenRun(workflow, 'runId' in input ? input.runId : '');
  return isRejection(run) ? undefined : endIfOutgrown(step, run, eventsBrought(run, input));
}

/** The same for a run that has been found, and events that are to come. */
export function endIfOutgrown(step: Step, run: Run, eventsToCome: number): Rejection | undefined {
  const sizeBytes = stateSizeBytes(run);
  const reason = exceededLimit(run, step.env.limits, eventsToCome, sizeBytes);
  if (reason !== undefined) return endAtLimit(step.on(run), reason);
  if (sizeBytes > step.env.limits.mutableStateSizeWarnBytes) warnOfStateSize(step, run, sizeBytes);
  return undefined;
}

/** Events that certainly come with an input. */
function eventsBrought(run: Run, input: Input): number {
  const { task } = run;
  switch (input.kind) {
    case 'startWorkflowTask':
      return task.stamp === input.stamp && !task.returned && !isTransient(task) && !isSpeculative(run) ? 1 : 0;
    case 'signal':
    case 'requestCancel':
      return run.lifecycle.firstTaskScheduled ? eventsOfNews(run) : 0;
    default:
      return 0;
  }
}

/** Events that come with what the workflow has to be told at once: itself, and the workflow task that it calls for. */
export function eventsOfNews({ task }: Run): number {
  return task.phase === 'none' ? 2 : 0;
}

/** Which limit of a run is exceeded, counting events that are about to come; undefined where none is. */
export function exceededLimit(
  run: Run,
  limits: Limits,
  eventsToCome = 0,
  sizeBytes = stateSizeBytes(run),
): string | undefined {
  if (run.historySizeBytes > limits.historySizeBytesMax) return HISTORY_SIZE;
  if (run.nextEventId - 1 + eventsToCome > limits.historyCountMax) return HISTORY_COUNT;
  return sizeBytes > limits.mutableStateSizeBytesMax ? STATE_SIZE : undefined;
}

/** About how much of a run has to be kept in memory beside its history. */
function stateSizeBytes(run: Run): number {
  const { lifecycle, updates } = run;
  const entries =
    run.activities.size +
    run.timers.size +
    run.children.size +
    run.externals.size +
    run.signalRequestIds.size +
    updates.byId.size +
    updates.reapplied.size;
  return (
    entries * ENTRY_BYTES +
    run.bufferSizeBytes +
    run.derived.activityBytes +
    fieldsSize(lifecycle.memo?.fields) +
    fieldsSize(lifecycle.searchAttributes?.indexedFields)
  );
}

/** Ends a run because of a limit. */
export function endAtLimit(transition: Transition, reason: string): Rejection {
  terminateRun(transition, { reason, identity: HISTORY_SERVICE });
  transition.step.endsAtLimit = true;
  return reject.invalidArgument(reason);
}

/** Ends a run whose workflow task has written more at once than may be; undefined where it has not. */
export function endIfTooLarge(transition: Transition): Rejection | undefined {
  if (!isOpen(transition.run)) return undefined;
  const max = transition.env.limits.transactionSizeBytesMax;
  let sizeBytes = 0;
  for (const change of transition.changes) if (change.kind === 'event') sizeBytes += change.bytes.length;
  if (sizeBytes <= max) return undefined;
  endAtLimit(transition, TRANSACTION_SIZE);
  return reject.invalidArgument(`transaction size of ${sizeBytes} bytes exceeds limit of ${max} bytes`);
}
