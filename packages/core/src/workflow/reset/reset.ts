import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import { present } from '../../kernel/assert.ts';
import { isRejection, reject, type Rejection } from '../../kernel/rejection.ts';
import { offerActivity } from '../activity/activity-dispatch.ts';
import { RESETTER_IDENTITY, tellParentOfDisplacement } from '../close/closing-state.ts';
import { callBackDisplaced } from '../callback/callback.ts';
import { carryUpdateCallbacks, tellUncarried } from '../callback/update-callbacks.ts';
import { recordNews } from '../child/child-closed.ts';
import { terminateRun } from '../close/terminate.ts';
import { findRun } from '../find-run.ts';
import { HISTORY_SERVICE } from '../identity.ts';
import type { Done } from '../input.ts';
import { createRequestId, firstRunId, taskQueueOf } from '../lifecycle.ts';
import { recordOptions } from '../options/options.ts';
import { pinnedRefusal } from '../options/versioning.ts';
import { pendingDeliveries } from '../outbox.ts';
import { isOpen, type Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import { appendScheduled, scheduleAndOfferTask } from '../task/schedule.ts';
import type { Step, Transition } from '../transition.ts';
import { indexAgain } from '../visibility-record.ts';
import { isOwedReset, nothingToReset } from './automatic.ts';
import { boundaryRefusal } from './boundary.ts';
import { carryOver, isCarriedOver } from './reapply.ts';
import type { PastEvent, ResetInput } from './reset-input.ts';

/** Of a task that only began in order to fail. Temporal: common/constants.go, EmptyUUID. */
const NO_REQUEST = 'emptyUuid';

/** What a reset comes to before histories are read: the run to read, the run that it made before, or a refusal. */
export type ResetPlan = { readonly base: Run } | { readonly done: Done } | Rejection;

/** Looks at a reset as far as that can be done without histories. */
export function planReset(workflow: Workflow, input: ResetInput): ResetPlan {
  const base = findRun(workflow, input.runId);
  if (isRejection(base)) return base;
  if (input.owedBy !== undefined && !isOwedReset(workflow, input)) return nothingToReset();
  const current = workflow.current ?? base;
  if (input.finishEventId <= 1 || input.finishEventId >= base.nextEventId) {
    return reject.invalidArgument('Workflow task finish ID must be > 1 && <= workflow last event ID.');
  }
  const runId = base.lifecycle.resets.get(input.requestId);
  if (runId !== undefined) return { done: { runId } };
  const { origin } = current.lifecycle;
  const known = origin?.requestId === input.requestId || createRequestId(current) === input.requestId;
  return known ? { done: { runId: current.runId } } : { base };
}

/**
 * ResetWorkflowExecution: a new run that has the first events of another, and goes on from there. The current run ends;
 * what came to the old run from outside comes to the new one. Temporal: ndc/workflow_resetter.go.
 */
export function reset(step: Step, workflow: Workflow, input: ResetInput): Done | Rejection {
  const plan = planReset(workflow, input);
  if (isRejection(plan)) return plan;
  if ('done' in plan) return plan.done;
  const past = present(input.past, 'a reset that can be done has the past of its run');
  const refusal = boundaryRefusal(past, input.finishEventId);
  if (refusal !== undefined) return refusal;
  const { base } = plan;
  for (const { options } of input.options) {
    const pinned = pinnedRefusal(options.versioningOverride, taskQueueOf(base));
    if (pinned !== undefined) return pinned;
  }
  const current = workflow.current ?? base;
  const { run } = past.replay;
  step.on(base).note({ kind: 'resetTo', runId: run.runId, requestId: input.requestId });
  const watchers = isOpen(current) ? current.watchers : base.watchers;
  const parting = isOpen(current) ? end(step.on(current), base, input) : [];
  const since = past.lastRunId === current.runId ? [...past.since, ...parting] : past.since;
  const transition = step.inherit(run, past.rows);
  begin(transition, base, input);
  carryUpdateCallbacks(transition, base);
  if (watchers !== undefined && watchers.length > 0) transition.note({ kind: 'watchersAttached', watchers });
  for (const event of since) if (isCarriedOver(event, input.excluded)) carryOver(transition, event);
  if (parting.length > 0) tellUncarried(step.on(current), run);
  for (const closed of [base, ...ancestorsOf(workflow, base)]) {
    for (const news of closed.closing?.lateNews?.values() ?? []) recordNews(transition, news);
  }
  for (const update of input.options) recordOptions(transition, update, '');
  goOn(transition);
  return { runId: run.runId };
}

/** The runs that a run has its first events from, as far as they are there: news of children may have come to them. */
function ancestorsOf({ others }: Workflow, { lifecycle }: Run): readonly Run[] {
  return (lifecycle.origin?.ancestors ?? []).flatMap(({ runId }) => others.get(runId) ?? []);
}

/** Ends the current run, and gives what only came into its history with that. */
function end(transition: Transition, base: Run, { reason }: ResetInput): readonly PastEvent[] {
  const before = transition.changes.length;
  terminateRun(transition, { reason, identity: RESETTER_IDENTITY });
  const { run } = transition;
  const own = run.lifecycle.resetRunId !== undefined;
  const parting = transition.changes
    .slice(before)
    .flatMap((change) => (change.kind === 'event' ? [{ event: change.event, own }] : []));
  const closing = parting.at(-1);
  if (closing !== undefined && firstRunId(run) !== firstRunId(base)) {
    tellParentOfDisplacement(transition, closing.event);
    callBackDisplaced(transition, closing.event);
  }
  return parting;
}

/** The new run parts from the old one: the workflow task at the point fails, and what was begun begins anew. */
function begin(transition: Transition, base: Run, input: ResetInput): void {
  const { run, env } = transition;
  const { requestId, finishEventId } = input;
  const throughEventId = finishEventId - 1;
  const inherited = (base.lifecycle.origin?.ancestors ?? []).map((ancestor) => {
    return { ...ancestor, throughEventId: Math.min(ancestor.throughEventId, throughEventId) };
  });
  const ancestors = [{ runId: base.runId, throughEventId }, ...inherited];
  transition.note({ kind: 'resetFrom', origin: { atMs: env.nowMs, requestId, ancestors } });
  const startedBy = createRequestId(base);
  if (startedBy !== '') {
    const eventType = EventType.WorkflowExecutionStarted;
    transition.note({ kind: 'requestAttached', requestId: startedBy, eventType, eventId: 1 });
  }
  failTask(transition, base, input);
  for (const { scheduledEventId: id } of run.activities.values()) {
    transition.note({ kind: 'activityRescheduled', id, atMs: env.nowMs });
  }
}

/** The workflow task at the point, begun if it was not, fails. */
function failTask(transition: Transition, base: Run, { reason }: ResetInput): void {
  const { run } = transition;
  if (run.task.phase === 'none') appendScheduled(transition);
  if (run.task.phase === 'scheduled') {
    transition.append({
      eventType: EventType.WorkflowTaskStarted,
      workflowTaskStartedEventAttributes: {
        scheduledEventId: run.task.scheduledEventId,
        identity: HISTORY_SERVICE,
        requestId: NO_REQUEST,
        historySizeBytes: run.historySizeBytes,
      },
    });
  }
  const { scheduledEventId, startedEventId } = run.task;
  transition.append({
    eventType: EventType.WorkflowTaskFailed,
    workflowTaskFailedEventAttributes: {
      scheduledEventId,
      startedEventId,
      cause: WorkflowTaskFailedCause.ResetWorkflow,
      failure: { message: reason, resetWorkflowFailureInfo: {} },
      identity: HISTORY_SERVICE,
      baseRunId: base.runId,
      newRunId: run.runId,
    },
  });
  transition.note({ kind: 'taskDropped', nextAttempt: 1 });
}

/** The new run is under way: its workflow task, its activities and what it has to tell others go out. */
function goOn(transition: Transition): void {
  const { run, env } = transition;
  scheduleAndOfferTask(transition);
  for (const activity of run.activities.values()) offerActivity(transition, activity);
  for (const delivery of pendingDeliveries(run, env.namespace)) transition.emit({ kind: 'deliver', run, delivery });
  indexAgain(transition);
}
