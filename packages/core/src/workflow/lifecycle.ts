import { EventType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type {
  HistoryEvent,
  Link,
  Memo,
  Priority,
  ResetPointInfo,
  SearchAttributes,
  VersioningOverride,
  WorkflowExecution,
  WorkflowExecutionStartedEventAttributes,
} from '@perdure/proto/types';
import { present, unreachable } from '../kernel/assert.ts';
import { noMap, ownMap } from '../kernel/nothing.ts';
import { durationMsOrZero, earliest, timestampMs } from '../kernel/time.ts';
import { withList, type PredefinedAttributeName } from '../visibility/index.ts';
import { inNewFields } from './options/versioning.ts';
import { giveUpReset, type OwedReset } from './reset/owed-reset.ts';
import { isRunPaused, type RunPause } from './pause/run-pause.ts';
import type { Run } from './run.ts';
import { listBuild, trimResetPoints } from './task/build-ids.ts';

/** From start to close: what the run was started with, how long it may take and how it ended. */
export interface Lifecycle {
  status: WorkflowExecutionStatus;
  /** As recorded in event 1; of a closed run without its payloads, which the history holds. */
  start: WorkflowExecutionStartedEventAttributes;
  /** The links of event 1, which the runs that follow have too. */
  startLinks: readonly Link[] | undefined;
  /** When the run began: the start, or the reset that made it. */
  startedAtMs: number;
  /** The time of event 1. */
  originallyStartedAtMs: number;
  /** When the first workflow task may be scheduled: the start, or later by a delay or back-off. */
  firstTaskAtMs: number;
  /** Whether the delay of the first workflow task is over. */
  firstTaskScheduled: boolean;
  closedAtMs: number | undefined;
  closeEventId: number;
  /** Undefined: no limit. */
  runExpiresAtMs: number | undefined;
  executionExpiresAtMs: number | undefined;
  cancelRequested: boolean;
  /** Request ids that this run answers for: the one that started it, and ones attached later. */
  readonly requestIds: Map<string, AttachedRequest>;
  memo: Memo | undefined;
  searchAttributes: SearchAttributes | undefined;
  /** Where each build of its workers, and of those of the runs before it, completed its first workflow task. */
  resetPoints: readonly ResetPointInfo[] | undefined;
  /** When the run is to be removed at the latest, because somebody asked for it; undefined: nobody has. */
  deleteAtMs: number | undefined;
  /** The run that follows this one, by continue-as-new, retry or cron. */
  newRunId: string | undefined;
  /** How much its tasks matter, beside others of their queue. */
  priority: Priority | undefined;
  /** Which version of its worker the run is bound to, whatever its worker says. */
  versioningOverride: VersioningOverride | undefined;
  /** Where the run has its first events from, if a reset has made it. */
  origin: ResetOrigin | undefined;
  /** Undefined where nobody holds the run. */
  pause?: RunPause | undefined;
  /** The reset by itself that is on its way. */
  owedReset?: OwedReset | undefined;
  /** The run that the last reset of this one has made. */
  resetRunId: string | undefined;
  /** The runs that resets of this one have made, by request: one that comes again makes no other run. */
  resets: Map<string, string>;
  /** Ids of the latest requests that were granted and have left no event; undefined: none. */
  grantedIds: readonly string[] | undefined;
}

/** A run that began with the first events of another one. */
export interface ResetOrigin {
  /** When the reset was; the run's timeouts count from here. */
  readonly atMs: number;
  /** The request for the reset. */
  readonly requestId: string;
  /** Runs whose first events, through that id, are its own: the one that was reset, then those that it came of. */
  readonly ancestors: readonly ResetAncestor[];
}

export interface ResetAncestor {
  readonly runId: string;
  readonly throughEventId: number;
}

/** Which event a request id stands for. */
export interface AttachedRequest {
  readonly eventType: EventType;
  /** 0 while the event is in the buffer. */
  readonly eventId: number;
}

/** Of more requests than these it is not known whether they were granted before. */
const GRANTED_IDS_MAX = 16;

/** What no event records of the lifecycle. */
export type LifecycleChange =
  /** The run answers for a request. */
  | {
      readonly kind: 'requestAttached';
      readonly requestId: string;
      readonly eventType: EventType;
      readonly eventId: number;
    }
  /** The run, so far a copy of another one's beginning, goes on by itself. */
  | { readonly kind: 'resetFrom'; readonly origin: ResetOrigin }
  /** A reset has made another run of this one. */
  | { readonly kind: 'resetTo'; readonly runId: string; readonly requestId: string }
  | { readonly kind: 'resetOwed'; readonly reset: OwedReset }
  /** The reset that was owed cannot be done: nothing is reset to that point any more. */
  | { readonly kind: 'resetGivenUp' }
  | { readonly kind: 'deletionRequested'; readonly atMs: number }
  /** There are too many reset points: the newest so many stay. */
  | { readonly kind: 'resetPointsTrimmed'; readonly count: number }
  /** A request has been granted that leaves no event: the same one asks for nothing more. */
  | { readonly kind: 'requestGranted'; readonly requestId: string }
  /** A list that the server keeps among the search attributes is another one; without items it is gone. */
  | {
      readonly kind: 'attributeListed';
      readonly name: PredefinedAttributeName;
      readonly items: readonly string[];
    };

/** A lifecycle before event 1. */
export function newLifecycle(): Lifecycle {
  return {
    status: WorkflowExecutionStatus.Running,
    start: {},
    startLinks: undefined,
    startedAtMs: 0,
    originallyStartedAtMs: 0,
    firstTaskAtMs: 0,
    firstTaskScheduled: false,
    closedAtMs: undefined,
    closeEventId: 0,
    runExpiresAtMs: undefined,
    executionExpiresAtMs: undefined,
    cancelRequested: false,
    requestIds: new Map(),
    memo: undefined,
    searchAttributes: undefined,
    resetPoints: undefined,
    deleteAtMs: undefined,
    newRunId: undefined,
    priority: undefined,
    versioningOverride: undefined,
    origin: undefined,
    resetRunId: undefined,
    resets: noMap(),
    grantedIds: undefined,
  };
}

/** The run that a workflow id's chain began with. */
export function firstRunId(run: Run): string {
  return run.lifecycle.start.firstExecutionRunId || run.runId;
}

/** The task queue on which the run's workflow tasks are scheduled when it has no sticky one. */
export function taskQueueOf(run: Run): string {
  return run.lifecycle.start.taskQueue?.name ?? '';
}

/** The run that this one is a child of; undefined for a root. */
export function parentOf(run: Run): WorkflowExecution | undefined {
  return run.lifecycle.start.parentWorkflowExecution;
}

/** The request that created the run; empty where it is not known. */
export function createRequestId(run: Run): string {
  for (const [requestId, request] of run.lifecycle.requestIds) {
    if (request.eventType === EventType.WorkflowExecutionStarted) return requestId;
  }
  return '';
}

export function applyStarted(run: Run, event: HistoryEvent): void {
  const start = present(event.workflowExecutionStartedEventAttributes, 'a started event has its attributes');
  const lifecycle = run.lifecycle;
  const startedAtMs = timestampMs(event.eventTime) ?? 0;
  const runTimeoutMs = durationMsOrZero(start.workflowRunTimeout);
  lifecycle.start = start;
  lifecycle.startLinks = (event.links ?? []).length === 0 ? undefined : event.links;
  lifecycle.startedAtMs = startedAtMs;
  lifecycle.originallyStartedAtMs = startedAtMs;
  lifecycle.firstTaskAtMs = startedAtMs + durationMsOrZero(start.firstWorkflowTaskBackoff);
  lifecycle.runExpiresAtMs = runTimeoutMs === 0 ? undefined : lifecycle.firstTaskAtMs + runTimeoutMs;
  lifecycle.executionExpiresAtMs = timestampMs(start.workflowExecutionExpirationTime);
  lifecycle.memo = start.memo;
  lifecycle.priority = start.priority;
  lifecycle.versioningOverride = start.versioningOverride && inNewFields(start.versioningOverride);
  lifecycle.searchAttributes = start.searchAttributes;
  lifecycle.resetPoints = start.prevAutoResetPoints?.points;
  if (start.versioningOverride !== undefined) listBuild(run, undefined);
  armLifecycle(run);
}

/** The run answers for one more request. Applied as well when the event comes out of the buffer, with its id then. */
export function applyOptionsUpdated(run: Run, event: HistoryEvent): void {
  const { attachedRequestId, workflowUpdateOptions = [] } = event.workflowExecutionOptionsUpdatedEventAttributes ?? {};
  const eventType = EventType.WorkflowExecutionOptionsUpdated;
  for (const requestId of [attachedRequestId, ...workflowUpdateOptions.map((update) => update.attachedRequestId)]) {
    if (requestId) run.lifecycle.requestIds.set(requestId, { eventType, eventId: event.eventId ?? 0 });
  }
}

/** Puts the lifecycle's deadlines into the queue. */
export function armLifecycle(run: Run): void {
  for (const key of ['firstTask', 'runTimeout', 'executionTimeout'] as const) {
    run.derived.deadlines.arm(key, lifecycleDeadline(run, key));
  }
}

export function lifecycleDeadline(run: Run, key: 'firstTask' | 'runTimeout' | 'executionTimeout'): number | undefined {
  const lifecycle = run.lifecycle;
  if (lifecycle.closedAtMs !== undefined) return undefined;
  switch (key) {
    case 'firstTask':
      return lifecycle.firstTaskScheduled || isRunPaused(run) ? undefined : lifecycle.firstTaskAtMs;
    case 'runTimeout':
      return lifecycle.runExpiresAtMs;
    case 'executionTimeout':
      return lifecycle.executionExpiresAtMs;
  }
}

export function applyLifecycleChange(run: Run, change: LifecycleChange): void {
  switch (change.kind) {
    case 'requestAttached':
      run.lifecycle.requestIds.set(change.requestId, { eventType: change.eventType, eventId: change.eventId });
      break;
    case 'resetFrom':
      startOver(run, change.origin);
      break;
    case 'resetTo':
      run.lifecycle.resetRunId = change.runId;
      run.lifecycle.resets = ownMap(run.lifecycle.resets);
      run.lifecycle.resets.set(change.requestId, change.runId);
      break;
    case 'resetOwed':
      run.lifecycle.owedReset = change.reset;
      break;
    case 'resetGivenUp':
      giveUpReset(run);
      break;
    case 'deletionRequested':
      run.lifecycle.deleteAtMs = change.atMs;
      break;
    case 'resetPointsTrimmed':
      trimResetPoints(run, change.count);
      break;
    case 'requestGranted':
      run.lifecycle.grantedIds = [...(run.lifecycle.grantedIds ?? []), change.requestId].slice(-GRANTED_IDS_MAX);
      break;
    case 'attributeListed':
      run.lifecycle.searchAttributes = withList(run.lifecycle.searchAttributes, change.name, change.items);
      break;
    default:
      unreachable(change);
  }
}

/** The timeouts begin anew. Temporal: mutable_state_impl.go, RefreshExpirationTimeoutTask. */
function startOver(run: Run, origin: ResetOrigin): void {
  const { lifecycle } = run;
  const { firstWorkflowTaskBackoff, workflowExecutionTimeout, workflowRunTimeout } = lifecycle.start;
  const expiresAtMs = (timeoutMs: number) => (timeoutMs === 0 ? undefined : origin.atMs + timeoutMs);
  lifecycle.origin = origin;
  lifecycle.startedAtMs = origin.atMs;
  lifecycle.firstTaskAtMs = origin.atMs + durationMsOrZero(firstWorkflowTaskBackoff);
  lifecycle.executionExpiresAtMs = expiresAtMs(durationMsOrZero(workflowExecutionTimeout));
  const runExpiresAtMs = expiresAtMs(durationMsOrZero(workflowRunTimeout));
  lifecycle.runExpiresAtMs = runExpiresAtMs && earliest(runExpiresAtMs, lifecycle.executionExpiresAtMs);
  armLifecycle(run);
}

/**
 * The run that has taken the place of one that was reset, as far as an event of that one is an event of its own too:
 * `current` if it has come of it. Whoever was told of the event by the older run means the younger one now.
 */
export function heir(current: Run | undefined, runId: string, eventId: number): Run | undefined {
  const ancestors = current?.lifecycle.origin?.ancestors ?? [];
  return ancestors.some((ancestor) => ancestor.runId === runId && ancestor.throughEventId >= eventId)
    ? current
    : undefined;
}

/** The runs that had an event of this run before it, where there are any: others may know it by their ids. */
export function earlierRuns(run: Run, eventId: number): { readonly earlierRunIds?: readonly string[] } {
  const ancestors = run.lifecycle.origin?.ancestors ?? [];
  const earlierRunIds = ancestors.flatMap(({ runId, throughEventId }) => (throughEventId >= eventId ? [runId] : []));
  return earlierRunIds.length === 0 ? {} : { earlierRunIds };
}
