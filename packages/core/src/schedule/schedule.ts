import { WorkflowExecutionStatus, type ScheduleOverlapPolicy } from '@perdure/proto/enums';
import type { Failure, Memo, Payloads, Schedule as ScheduleDefinition, SearchAttributes } from '@perdure/proto/types';
import type { AggregateState, StateIds } from '../aggregate/machine.ts';
import { durationMsOrZero, SECOND_MS } from '../kernel/time.ts';
import { compileSpec, type CompiledSpec } from './spec/compile.ts';

/**
 * One life of a schedule, from its creation to its end. Plain data, `derived` aside; only `applySchedule` writes to it.
 * Times are milliseconds since the epoch.
 */
export interface Schedule extends AggregateState {
  readonly scheduleId: string;
  /** Spec in canonical form, action, policies with their defaults, state. */
  definition: ScheduleDefinition;
  memo: Memo | undefined;
  /** The user's own. */
  searchAttributes: SearchAttributes | undefined;
  /** Raised by each change of the definition. */
  conflictToken: number;
  createdAtMs: number;
  /** When the definition was last updated as a whole; 0: never. */
  updatedAtMs: number;
  closedAtMs: number | undefined;
  /** When it is to be removed before its retention is over. */
  removeAtMs: number | undefined;
  /** How it ended; running until then. */
  status: WorkflowExecutionStatus;
  /** Times of the spec up to here have been dealt with. */
  processedThroughMs: number;
  /** Actions whose time has come, in order, which wait for their turn. */
  buffer: readonly BufferedAction[];
  /** Counts the actions that were taken from the buffer to be started. */
  startCount: number;
  /** Starts on their way to their workflows, by token. */
  readonly starting: Map<string, StartingAction>;
  /** Workflows that were started and have not closed, by token. */
  readonly running: Map<string, RunningAction>;
  /** Cancel requests and terminations on their way, by the token of their workflow. */
  readonly ending: Map<string, Ending>;
  backfills: readonly Backfill[];
  /** When backfills go on. */
  backfillAtMs: number;
  actionCount: number;
  missedCatchupWindow: number;
  overlapSkipped: number;
  bufferDropped: number;
  /** The latest actions, oldest first. */
  recent: readonly RecentAction[];
  lastCompletionResult: Payloads | undefined;
  continuedFailure: Failure | undefined;
  /** The latest requests, so that one that comes again is known. The first is that of the creation. */
  requestIds: readonly string[];
  readonly derived: Derived;
}

/** Not stored. */
interface Derived {
  spec: CompiledSpec | undefined;
  /** When the next time of the spec after `processedThroughMs` is due; null: not worked out yet. */
  nextDueMs: number | undefined | null;
}

/** An action whose time has come. */
export interface BufferedAction {
  readonly nominalMs: number;
  readonly dueMs: number;
  readonly overlapPolicy: ScheduleOverlapPolicy;
  /** By trigger or backfill: neither pause nor limits hold it up. */
  readonly manual: boolean;
}

export interface StartingAction extends BufferedAction {
  /** It runs beside others: it is not waited for, and hands on no result. */
  readonly overlapping: boolean;
}

export interface RunningAction {
  readonly workflowId: string;
  readonly firstRunId: string;
  readonly overlapping: boolean;
  /** It has been asked to end. */
  readonly ending: Ending | undefined;
}

export type Ending = 'cancel' | 'terminate';

export interface RecentAction {
  readonly token: string;
  readonly dueMs: number;
  readonly startedAtMs: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly status: WorkflowExecutionStatus;
}

export interface Backfill {
  /** Times after this one, through `endMs`. */
  readonly afterMs: number;
  readonly endMs: number;
  readonly overlapPolicy: ScheduleOverlapPolicy;
}

/** A schedule before its creation. */
export function blankSchedule({ namespaceId, id, runId }: StateIds): Schedule {
  return {
    namespaceId,
    scheduleId: scheduleIdOf(id),
    runId,
    transitionCount: 0,
    definition: {},
    memo: undefined,
    searchAttributes: undefined,
    conflictToken: 0,
    createdAtMs: 0,
    updatedAtMs: 0,
    closedAtMs: undefined,
    removeAtMs: undefined,
    status: WorkflowExecutionStatus.Running,
    processedThroughMs: 0,
    buffer: [],
    startCount: 0,
    starting: new Map(),
    running: new Map(),
    ending: new Map(),
    backfills: [],
    backfillAtMs: 0,
    actionCount: 0,
    missedCatchupWindow: 0,
    overlapSkipped: 0,
    bufferDropped: 0,
    recent: [],
    lastCompletionResult: undefined,
    continuedFailure: undefined,
    requestIds: [],
    derived: newDerived(),
  };
}

export function newDerived(): Derived {
  return { spec: undefined, nextDueMs: null };
}

export function isOpenSchedule(schedule: Schedule): boolean {
  return schedule.closedAtMs === undefined;
}

/** The spec, ready to be asked for times. */
export function specOf(schedule: Schedule): CompiledSpec {
  const { derived, namespaceId, scheduleId, definition } = schedule;
  derived.spec ??= compileSpec(definition.spec ?? {}, `${namespaceId}-${scheduleId}`);
  return derived.spec;
}

/**
 * From where times of the spec are looked for: what has been dealt with, and what an update has passed over, which is all
 * that was due before it (jitter may bring a time behind it).
 */
export function timesAfterMs(schedule: Schedule): number {
  const jitterMs = durationMsOrZero(schedule.definition.spec?.jitter);
  return Math.max(schedule.processedThroughMs, schedule.updatedAtMs - jitterMs - SECOND_MS);
}

/** The id of the workflow that stands for a schedule in Temporal: the store, visibility and error texts have it. */
export function scheduleWorkflowId(scheduleId: string): string {
  return `${SCHEDULE_WORKFLOW_ID_PREFIX}${scheduleId}`;
}

export function scheduleIdOf(workflowId: string): string {
  return workflowId.slice(SCHEDULE_WORKFLOW_ID_PREFIX.length);
}

/** Temporal: common/primitives/constants.go. */
const SCHEDULE_WORKFLOW_ID_PREFIX = 'temporal-sys-scheduler:';
