import { EventType, ParentClosePolicy, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { assert, present, unreachable } from '../../kernel/assert.ts';
import { noMap } from '../../kernel/nothing.ts';
import { timestampMs } from '../../kernel/time.ts';
import { applyCallbacksDue, callbackDeliveries, callbacksUnderWay } from '../callback/callback.ts';
import { applyOpenUpdatesEnded } from '../callback/update-callbacks.ts';
import { untold, watcherDeliveries } from '../callback/watcher.ts';
import { withoutPayloads } from '../child/child-state.ts';
import type { Child } from '../child/child.ts';
import type { Delivery, Message } from '../../aggregate/delivery.ts';
import { HISTORY_SERVICE } from '../identity.ts';
import { earlierRuns, firstRunId, parentOf } from '../lifecycle.ts';
import type { Run } from '../run.ts';
import { isTransient, newWorkflowTask } from '../task/workflow-task.ts';
import type { Transition } from '../transition.ts';
import type { ClosingChange, LeftPending } from './closing.ts';

const STATUS: ReadonlyMap<EventType, WorkflowExecutionStatus> = new Map<EventType, WorkflowExecutionStatus>([
  [EventType.WorkflowExecutionCompleted, WorkflowExecutionStatus.Completed],
  [EventType.WorkflowExecutionFailed, WorkflowExecutionStatus.Failed],
  [EventType.WorkflowExecutionTimedOut, WorkflowExecutionStatus.TimedOut],
  [EventType.WorkflowExecutionCanceled, WorkflowExecutionStatus.Canceled],
  [EventType.WorkflowExecutionTerminated, WorkflowExecutionStatus.Terminated],
  [EventType.WorkflowExecutionContinuedAsNew, WorkflowExecutionStatus.ContinuedAsNew],
]);

/** Who terminates a run for a reset; the run that comes of that takes its place before its parent and its watchers. */
export const RESETTER_IDENTITY = 'history-resetter';

/** Temporal: transfer_queue_active_task_executor.go, applyParentClosePolicy. */
const POLICY_REASON = 'by parent close policy';

/** The run has closed: what was pending ends with it, and it may owe news to its parent and an end to its children. */
export function applyClosed(run: Run, event: HistoryEvent): void {
  const { lifecycle } = run;
  lifecycle.status = present(STATUS.get(event.eventType ?? 0), 'a close event is one of six');
  lifecycle.closedAtMs = timestampMs(event.eventTime) ?? 0;
  lifecycle.closeEventId = present(event.eventId, 'a close event is never buffered');
  lifecycle.newRunId = followingRun(event);
  const byReset = event.workflowExecutionTerminatedEventAttributes?.identity === RESETTER_IDENTITY;
  // The children of a run that is itself reset go on: those from before the point are the new run's.
  const keepsChildren = byReset && lifecycle.resetRunId !== undefined;
  const ends = lifecycle.newRunId === undefined && !byReset;
  const tellsParent = parentOf(run) !== undefined && ends;
  const left = leftPending(run);
  for (const child of run.children.values()) {
    const abandoned = child.initiated.parentClosePolicy === ParentClosePolicy.Abandon;
    if (abandoned || keepsChildren) run.children.delete(child.initiatedEventId);
  }
  run.closing = { parentNews: tellsParent ? event : undefined, children: new Set(run.children.keys()) };
  if (left !== undefined) run.closing.left = left;
  if (run.watchers !== undefined && ends) run.closing.watcherNews = event;
  if (ends) applyCallbacksDue(run, event);
  // What ends for a reset may be carried over: that is told by the run that comes of it.
  if (!byReset) applyOpenUpdatesEnded(run);
  dropPending(run);
}

function followingRun(event: HistoryEvent): string | undefined {
  const attributes =
    event.workflowExecutionCompletedEventAttributes ??
    event.workflowExecutionFailedEventAttributes ??
    event.workflowExecutionTimedOutEventAttributes ??
    event.workflowExecutionContinuedAsNewEventAttributes;
  return attributes?.newExecutionRunId || undefined;
}

function leftPending(run: Run): LeftPending | undefined {
  const { task } = run;
  const activities = Array.from(run.activities.values(), (activity) => {
    return { ...activity, scheduled: { ...activity.scheduled, input: undefined, header: undefined } };
  });
  const children = Array.from(run.children.values(), (child) => {
    return { ...child, initiated: withoutPayloads(child.initiated), userMetadata: undefined };
  });
  const waits = task.phase === 'scheduled' && !isTransient(task);
  if (activities.length === 0 && children.length === 0 && !waits) return undefined;
  return { activities, children, task: waits ? { ...task } : undefined };
}

/** Children stay until the policy has been applied to them. */
function dropPending(run: Run): void {
  const { stamp, lastStartedEventId, lastCompletedEventId, lastWorkerVersion, lastDeploymentName, binding } = run.task;
  const last = { lastStartedEventId, lastCompletedEventId, lastWorkerVersion, lastDeploymentName };
  const kept = { stamp: stamp + 1, ...last, binding };
  Object.assign(run.task, newWorkflowTask(), kept);
  run.buffer = [];
  run.activities = noMap();
  run.timers = noMap();
  run.externals = noMap();
  run.derived.activityIds = noMap();
  run.derived.activityBytes = 0;
  run.derived.deadlines.clear();
}

export function applyClosingChange(run: Run, change: ClosingChange): void {
  const closing = present(run.closing, 'only a closed run owes news and policy');
  switch (change.kind) {
    case 'parentTold':
      closing.parentNews = undefined;
      break;
    case 'parentOwed':
      closing.parentNews = change.event;
      break;
    case 'childSettled':
      closing.children.delete(change.id);
      run.children.delete(change.id);
      break;
    case 'childNewsKept':
      (closing.lateNews ??= new Map()).set(change.news.initiatedEventId, change.news);
      break;
    default:
      unreachable(change);
  }
}

/** Whether a closed run has anybody left to tell or to end. */
export function owesOnClose(run: Run): boolean {
  const { closing } = run;
  if (closing === undefined) return false;
  return (
    closing.parentNews !== undefined ||
    closing.children.size > 0 ||
    untold(run).length + callbacksUnderWay(run).length > 0
  );
}

/**
 * Drops what only the history is still asked for: the payloads with which the run was started, memo and search
 * attributes aside. Does nothing while the run owes anything. The same run is trimmed once or often with the same result.
 */
export function trimClosed(run: Run): void {
  assert(run.closing !== undefined, 'an open run needs what it was started with');
  if (owesOnClose(run)) return;
  const { closing, lifecycle } = run;
  run.watchers = undefined;
  closing.watcherNews = undefined;
  lifecycle.start = {
    ...lifecycle.start,
    input: undefined,
    header: undefined,
    lastCompletionResult: undefined,
    continuedFailure: undefined,
  };
}

/** Sends what a run owes once its close event is written, and calls back what has not gone out yet. */
export function finishClose(transition: Transition): void {
  const { run } = transition;
  const neverSent = callBack(transition);
  for (const id of present(run.closing, 'a closed run knows what it owes').children) {
    if (neverSent.has(`child:${id}`)) transition.note({ kind: 'childSettled', id });
  }
  for (const delivery of closingDeliveries(run)) transition.emit({ kind: 'deliver', run, delivery });
}

/**
 * Tells the parent of a run that has ended for a reset of another one: what comes of the reset has the parent of that one,
 * so that nothing takes this run's place before its own.
 */
export function tellParentOfDisplacement(transition: Transition, event: HistoryEvent): void {
  const { run } = transition;
  if (parentOf(run) === undefined) return;
  transition.note({ kind: 'parentOwed', event });
  const delivery = parentDelivery(run);
  if (delivery !== undefined) transition.emit({ kind: 'deliver', run, delivery });
}

/**
 * Takes the run's deliveries of the same step back and returns their keys: a workflow that asks for a child or a signal
 * and closes in the same breath gets neither. Temporal: processStartChildExecution, processSignalExecution.
 */
function callBack(transition: Transition): ReadonlySet<Delivery['key']> {
  const { effects } = transition.step;
  const keys = new Set<Delivery['key']>();
  for (let index = effects.length - 1; index >= 0; index--) {
    const effect = effects[index];
    if (effect?.kind !== 'deliver' || effect.run !== transition.run) continue;
    keys.add(effect.delivery.key);
    effects.splice(index, 1);
  }
  return keys;
}

/**
 * What a closed run owes: the news to its parent, its watchers and whoever is to be called back, then the policy to
 * each child.
 */
export function closingDeliveries(run: Run): readonly Delivery[] {
  if (run.closing === undefined) return [];
  const news = parentDelivery(run);
  const policies = Array.from(run.closing.children, (id) =>
    policyDelivery(run, present(run.children.get(id), 'a child to settle is known')),
  );
  return [...(news === undefined ? [] : [news]), ...watcherDeliveries(run), ...callbackDeliveries(run), ...policies];
}

function parentDelivery(run: Run): Message | undefined {
  const { start } = run.lifecycle;
  const event = run.closing?.parentNews;
  if (event === undefined) return undefined;
  return {
    key: 'parent',
    to: {
      namespaceId: start.parentWorkflowNamespaceId ?? '',
      workflowId: start.parentWorkflowExecution?.workflowId ?? '',
    },
    input: {
      kind: 'childClosed',
      runId: start.parentWorkflowExecution?.runId ?? '',
      initiatedEventId: start.parentInitiatedEventId ?? 0,
      child: { workflowId: run.workflowId, runId: run.runId },
      firstRunId: firstRunId(run),
      event,
    },
  };
}

/**
 * Ends a child, in whichever run of its chain it is. A child whose start was still on its way may run without the
 * parent knowing: it is found by its workflow id and its parent.
 */
function policyDelivery(run: Run, child: Child): Message {
  const parent = { workflowId: run.workflowId, runId: run.runId };
  const common = {
    runId: '',
    firstRunId: child.runId,
    identity: HISTORY_SERVICE,
    links: [],
    childWorkflowOnly: { parent, ...earlierRuns(run, child.initiatedEventId) },
  };
  const key = `policy:${child.initiatedEventId}`;
  const to = { namespaceId: child.initiated.namespaceId ?? '', workflowId: child.initiated.workflowId ?? '' };
  if (child.initiated.parentClosePolicy === ParentClosePolicy.RequestCancel) {
    const sender = { execution: parent, initiatedEventId: 0 };
    return { key, to, input: { kind: 'requestCancel', ...common, requestId: '', reason: '', sender } };
  }
  return { key, to, input: { kind: 'terminate', ...common, reason: POLICY_REASON, details: undefined } };
}
