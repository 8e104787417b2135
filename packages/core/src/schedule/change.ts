import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Failure, Memo, Payloads, Schedule as ScheduleDefinition, SearchAttributes } from '@perdure/proto/types';
import { unreachable } from '../kernel/assert.ts';
import { newDerived, type Backfill, type BufferedAction, type Ending, type Schedule } from './schedule.ts';

/** How many of the latest actions are kept. Temporal: worker/scheduler/workflow.go, RecentActionCount. */
const RECENT_ACTIONS_MAX = 10;

/** How many request ids are kept. */
const REQUEST_IDS_MAX = 100;

/** The changes of a schedule: a log row holds them, and applying the same ones in order gives the same state. */
export type ScheduleChange =
  | {
      readonly kind: 'scheduleCreated';
      readonly atMs: number;
      readonly definition: ScheduleDefinition;
      readonly memo: Memo | undefined;
      readonly searchAttributes: SearchAttributes | undefined;
    }
  | {
      readonly kind: 'scheduleUpdated';
      readonly atMs: number;
      readonly definition: ScheduleDefinition;
      /** Undefined: as they were. */
      readonly searchAttributes: SearchAttributes | undefined;
      readonly memo: Memo | undefined;
    }
  | { readonly kind: 'requestTaken'; readonly requestId: string }
  | { readonly kind: 'schedulePaused'; readonly paused: boolean; readonly notes: string }
  /** Times of the spec up to here have been dealt with; of them so many came too late. */
  | { readonly kind: 'timesProcessed'; readonly throughMs: number; readonly missed: number }
  | { readonly kind: 'actionsBuffered'; readonly actions: readonly BufferedAction[]; readonly dropped: number }
  /** What is left of the buffer after the overlap policies have been applied. */
  | { readonly kind: 'bufferProcessed'; readonly left: readonly BufferedAction[]; readonly skipped: number }
  | {
      readonly kind: 'actionStarting';
      readonly token: string;
      readonly action: BufferedAction;
      readonly overlapping: boolean;
      /** It takes one of the actions that are left. */
      readonly counted: boolean;
    }
  | {
      readonly kind: 'actionStarted';
      readonly token: string;
      readonly atMs: number;
      readonly workflowId: string;
      readonly runId: string;
    }
  | { readonly kind: 'actionFailed'; readonly token: string }
  | {
      readonly kind: 'actionClosed';
      readonly token: string;
      readonly status: WorkflowExecutionStatus;
      readonly result: Payloads | undefined;
      readonly failure: Failure | undefined;
    }
  | { readonly kind: 'endingRequested'; readonly token: string; readonly ending: Ending }
  | { readonly kind: 'endingSettled'; readonly token: string }
  | { readonly kind: 'backfillsChanged'; readonly backfills: readonly Backfill[]; readonly atMs: number }
  | { readonly kind: 'removalRequested'; readonly atMs: number }
  | { readonly kind: 'scheduleClosed'; readonly atMs: number; readonly status: WorkflowExecutionStatus };

/** Brings a change about: the only writer of a schedule's state, when it happens and when it is rebuilt. */
export function applySchedule(schedule: Schedule, change: ScheduleChange): void {
  switch (change.kind) {
    case 'scheduleCreated':
      Object.assign(schedule, {
        createdAtMs: change.atMs,
        processedThroughMs: change.atMs,
        definition: change.definition,
        memo: change.memo,
        searchAttributes: change.searchAttributes,
        conflictToken: 1,
      });
      Object.assign(schedule.derived, newDerived());
      break;
    case 'scheduleUpdated':
      schedule.definition = change.definition;
      schedule.searchAttributes = change.searchAttributes ?? schedule.searchAttributes;
      schedule.memo = change.memo ?? schedule.memo;
      schedule.updatedAtMs = change.atMs;
      schedule.conflictToken += 1;
      Object.assign(schedule.derived, newDerived());
      break;
    case 'requestTaken':
      schedule.requestIds = [...schedule.requestIds, change.requestId].slice(-REQUEST_IDS_MAX);
      break;
    case 'schedulePaused':
      amendState(schedule, { paused: change.paused, notes: change.notes });
      break;
    case 'timesProcessed':
      schedule.processedThroughMs = change.throughMs;
      schedule.missedCatchupWindow += change.missed;
      schedule.derived.nextDueMs = null;
      break;
    case 'actionsBuffered':
      schedule.buffer = [...schedule.buffer, ...change.actions];
      schedule.bufferDropped += change.dropped;
      break;
    case 'bufferProcessed':
      schedule.buffer = change.left;
      schedule.overlapSkipped += change.skipped;
      break;
    case 'backfillsChanged':
      schedule.backfills = change.backfills;
      schedule.backfillAtMs = change.atMs;
      break;
    case 'removalRequested':
      schedule.removeAtMs = change.atMs;
      break;
    case 'scheduleClosed':
      schedule.closedAtMs = change.atMs;
      schedule.status = change.status;
      dropPending(schedule);
      break;
    default:
      applyAction(schedule, change);
  }
}

type ActionChange = Extract<ScheduleChange, { readonly token: string }>;

function applyAction(schedule: Schedule, change: ActionChange): void {
  const { starting, running, ending } = schedule;
  const { token } = change;
  switch (change.kind) {
    case 'actionStarting': {
      const { remainingActions = 0 } = schedule.definition.state ?? {};
      starting.set(token, { ...change.action, overlapping: change.overlapping });
      schedule.startCount += 1;
      if (change.counted) amendState(schedule, { remainingActions: remainingActions - 1 });
      break;
    }
    case 'actionStarted':
      applyStarted(schedule, change);
      break;
    case 'actionFailed':
      starting.delete(token);
      break;
    case 'actionClosed': {
      const closed = running.get(token);
      running.delete(token);
      ending.delete(token);
      const { status } = change;
      schedule.recent = schedule.recent.map((action) => (action.token === token ? { ...action, status } : action));
      if (closed === undefined || closed.overlapping) break;
      if (change.result !== undefined) {
        schedule.lastCompletionResult = change.result;
        schedule.continuedFailure = undefined;
      } else if (change.failure !== undefined) schedule.continuedFailure = change.failure;
      break;
    }
    case 'endingRequested': {
      const action = running.get(token);
      if (action === undefined) break;
      running.set(token, { ...action, ending: change.ending });
      ending.set(token, change.ending);
      break;
    }
    case 'endingSettled':
      ending.delete(token);
      break;
    default:
      unreachable(change);
  }
}

function applyStarted(schedule: Schedule, change: Extract<ScheduleChange, { kind: 'actionStarted' }>): void {
  const { token, workflowId, runId, atMs } = change;
  const action = schedule.starting.get(token);
  if (action === undefined) return;
  schedule.starting.delete(token);
  schedule.running.set(token, { workflowId, firstRunId: runId, overlapping: action.overlapping, ending: undefined });
  schedule.actionCount += 1;
  const recent = {
    token,
    dueMs: action.dueMs,
    startedAtMs: atMs,
    workflowId,
    runId,
    status: WorkflowExecutionStatus.Running,
  };
  schedule.recent = [...schedule.recent, recent].slice(-RECENT_ACTIONS_MAX);
}

/** Changes of the definition's state count as changes of the definition. */
function amendState(schedule: Schedule, state: NonNullable<ScheduleDefinition['state']>): void {
  schedule.definition = { ...schedule.definition, state: { ...schedule.definition.state, ...state } };
  schedule.conflictToken += 1;
}

/** What it started goes on without it. */
function dropPending(schedule: Schedule): void {
  schedule.buffer = [];
  schedule.backfills = [];
  schedule.starting.clear();
  schedule.running.clear();
  schedule.ending.clear();
  schedule.derived.nextDueMs = undefined;
}
