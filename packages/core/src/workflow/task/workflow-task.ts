import type { HistoryEvent, SuggestContinueAsNewReason, WorkerVersionStamp } from '@perdure/proto/types';
import { present, unreachable } from '../../kernel/assert.ts';
import { durationMsOrZero, timestampMs } from '../../kernel/time.ts';
import type { Run } from '../run.ts';
import { TaskQueueKind } from '@perdure/proto/enums';
import { problemOf } from './problems.ts';

/**
 * The workflow task of a run: at most one, none -> scheduled -> started -> none. The first attempt is in the history;
 * later ones are transient, their events are written only when they complete.
 */
export interface WorkflowTask {
  phase: 'none' | 'scheduled' | 'started';
  /** From 1; of the task to come while there is none. */
  attempt: number;
  /** Of a transient task the id that its scheduled event will get. */
  scheduledEventId: number;
  startedEventId: number;
  scheduledAtMs: number;
  startedAtMs: number;
  /** When the first of a row of heartbeats was scheduled. */
  originalScheduledAtMs: number;
  /** The queue that it was scheduled on. */
  queue: string;
  sticky: boolean;
  /** How long a sticky queue may keep it; undefined on the normal queue, which may keep it for ever. */
  scheduleToStartTimeoutMs: number | undefined;
  startToCloseTimeoutMs: number;
  identity: string;
  requestId: string;
  workerVersion: WorkerVersionStamp | undefined;
  /** Facts of the started event, recorded when a transient task completes. */
  suggestContinueAsNewReasons: readonly SuggestContinueAsNewReason[];
  historySizeBytes: number;
  /**
   * Names a task that was handed out before it was on record, so that another of the same events is not taken for it;
   * empty for all others.
   */
  ticket: string;
  /** Raised with each schedule and return, so that earlier offers and tokens no longer fit. */
  stamp: number;
  /** Started, but its worker was gone before it got the task: another may have it as it is, until something happens. */
  returned: boolean;
  /** The worker that has the run in its cache; undefined while nobody has. */
  binding: StickyBinding | undefined;
  /** Started event id of the last completed task; 0 where none has completed. */
  lastStartedEventId: number;
  lastCompletedEventId: number;
  /** The worker that completed it, as it named its build. */
  lastWorkerVersion: WorkerVersionStamp | undefined;
  /** The deployment of that worker; empty where it named none. */
  lastDeploymentName: string;
  /** Tasks that have failed or timed out since one was completed. */
  failuresInRow: number;
  /** How the last of them with an event ended; undefined where none has. */
  problem: readonly string[] | undefined;
  /** The last task tried to close the run over events that it had not seen. */
  closeAttempted: boolean;
}

export interface StickyBinding {
  readonly queue: string;
  readonly scheduleToStartTimeoutMs: number;
}

/** What the history does not record of workflow tasks. */
export type WorkflowTaskChange =
  /** A transient task is scheduled. */
  | {
      readonly kind: 'taskScheduled';
      readonly atMs: number;
      readonly startToCloseTimeoutMs: number;
      readonly queue: string;
    }
  /** A transient task is started, or a returned one handed out again; the event tells of the others. */
  | {
      readonly kind: 'taskStarted';
      readonly atMs: number;
      readonly identity: string;
      readonly requestId: string;
      readonly workerVersion: WorkerVersionStamp | undefined;
      readonly suggestContinueAsNewReasons: readonly SuggestContinueAsNewReason[];
      readonly historySizeBytes: number;
    }
  /** A started task was handed to a worker that was gone: it is offered again, started as it is. */
  | { readonly kind: 'taskReturned' }
  /** The task is over without a completion. */
  | { readonly kind: 'taskDropped'; readonly nextAttempt: number }
  /** The task on record is one that was handed out before. */
  | { readonly kind: 'taskTicketed'; readonly ticket: string }
  | { readonly kind: 'taskHeartbeat'; readonly originalScheduledAtMs: number }
  | { readonly kind: 'stickyBound'; readonly binding: StickyBinding | undefined }
  | { readonly kind: 'closeAttempted'; readonly attempted: boolean };

export function newWorkflowTask(): WorkflowTask {
  return {
    phase: 'none',
    attempt: 1,
    scheduledEventId: 0,
    startedEventId: 0,
    scheduledAtMs: 0,
    startedAtMs: 0,
    originalScheduledAtMs: 0,
    queue: '',
    sticky: false,
    scheduleToStartTimeoutMs: undefined,
    startToCloseTimeoutMs: 0,
    identity: '',
    requestId: '',
    workerVersion: undefined,
    suggestContinueAsNewReasons: [],
    historySizeBytes: 0,
    ticket: '',
    stamp: 0,
    returned: false,
    binding: undefined,
    lastStartedEventId: 0,
    lastCompletedEventId: 0,
    lastWorkerVersion: undefined,
    lastDeploymentName: '',
    failuresInRow: 0,
    problem: undefined,
    closeAttempted: false,
  };
}

/** A task after the first attempt leaves no trace in the history until it completes. */
export function isTransient(task: WorkflowTask): boolean {
  return task.attempt > 1;
}

/**
 * When the task times out: unstarted only on a sticky queue, started always. A returned one has no worker and waits,
 * until something happens.
 */
export function workflowTaskDeadline(run: Run): number | undefined {
  const task = run.task;
  if (task.phase === 'started') return task.returned ? undefined : task.startedAtMs + task.startToCloseTimeoutMs;
  if (task.phase === 'none' || task.scheduleToStartTimeoutMs === undefined) return undefined;
  return task.scheduledAtMs + task.scheduleToStartTimeoutMs;
}

function arm(run: Run): void {
  run.derived.deadlines.arm('workflowTask', workflowTaskDeadline(run));
}

export function applyTaskScheduled(run: Run, event: HistoryEvent): void {
  const scheduled = present(event.workflowTaskScheduledEventAttributes, 'a scheduled event has its attributes');
  enterScheduled(run, {
    scheduledEventId: present(event.eventId, 'a workflow task event is never buffered'),
    atMs: timestampMs(event.eventTime) ?? 0,
    startToCloseTimeoutMs: durationMsOrZero(scheduled.startToCloseTimeout),
    queue: scheduled.taskQueue?.name ?? '',
    sticky: scheduled.taskQueue?.kind === TaskQueueKind.Sticky,
    // The binding may end while the task waits; its timeout stays.
    scheduleToStartTimeoutMs:
      scheduled.taskQueue?.kind === TaskQueueKind.Sticky ? run.task.binding?.scheduleToStartTimeoutMs : undefined,
    ticket: '',
  });
  run.lifecycle.firstTaskScheduled = true;
  run.task.attempt = scheduled.attempt || 1;
}

interface Schedule {
  readonly scheduledEventId: number;
  readonly atMs: number;
  readonly startToCloseTimeoutMs: number;
  readonly scheduleToStartTimeoutMs: number | undefined;
  readonly queue: string;
  readonly sticky: boolean;
  readonly ticket: string;
}

export function enterScheduled(run: Run, schedule: Schedule): void {
  const task = run.task;
  task.phase = 'scheduled';
  task.scheduledEventId = schedule.scheduledEventId;
  task.startedEventId = 0;
  task.scheduledAtMs = schedule.atMs;
  task.originalScheduledAtMs = schedule.atMs;
  task.queue = schedule.queue;
  task.sticky = schedule.sticky;
  task.scheduleToStartTimeoutMs = schedule.scheduleToStartTimeoutMs;
  task.startToCloseTimeoutMs = schedule.startToCloseTimeoutMs;
  task.ticket = schedule.ticket;
  task.stamp += 1;
  arm(run);
}

export function applyTaskStarted(run: Run, event: HistoryEvent): void {
  const started = present(event.workflowTaskStartedEventAttributes, 'a started event has its attributes');
  const { task } = run;
  task.phase = 'started';
  task.startedEventId = present(event.eventId, 'a workflow task event is never buffered');
  task.startedAtMs = timestampMs(event.eventTime) ?? 0;
  task.identity = started.identity ?? '';
  task.requestId = started.requestId ?? '';
  task.workerVersion = started.workerVersion;
  task.suggestContinueAsNewReasons = started.suggestContinueAsNewReasons ?? [];
  task.historySizeBytes = started.historySizeBytes ?? 0;
  arm(run);
}

/** A task that no event tells of is started, or a returned one handed out again. */
export function enterStarted(
  run: Run,
  started: Omit<Extract<WorkflowTaskChange, { kind: 'taskStarted' }>, 'kind'>,
): void {
  const { task } = run;
  if (task.phase !== 'started') task.startedEventId = task.scheduledEventId + 1;
  task.phase = 'started';
  task.returned = false;
  task.startedAtMs = started.atMs;
  task.identity = started.identity;
  task.requestId = started.requestId;
  task.workerVersion = started.workerVersion;
  task.suggestContinueAsNewReasons = started.suggestContinueAsNewReasons;
  task.historySizeBytes = started.historySizeBytes;
  arm(run);
}

export function applyTaskCompleted(run: Run, event: HistoryEvent): void {
  const completed = present(event.workflowTaskCompletedEventAttributes, 'a completed event has its attributes');
  run.task.lastStartedEventId = completed.startedEventId ?? 0;
  run.task.lastCompletedEventId = event.eventId ?? 0;
  run.task.lastWorkerVersion = completed.workerVersion;
  run.task.lastDeploymentName = completed.workerDeploymentName ?? '';
  run.task.failuresInRow = 0;
  run.task.problem = undefined;
  drop(run, 1);
}

/** The failed and timed-out events leave what follows to the change that comes with them. */
export function applyTaskEnded(run: Run, event: HistoryEvent): void {
  run.task.problem = problemOf(event);
  drop(run, run.task.attempt);
}

function drop(run: Run, nextAttempt: number): void {
  // However a task at work ends, the workflow is no longer about to close, unless this very end says so.
  if (run.task.phase === 'started') run.task.closeAttempted = false;
  run.task.phase = 'none';
  run.task.returned = false;
  run.task.attempt = nextAttempt;
  run.task.scheduledEventId = 0;
  run.task.startedEventId = 0;
  run.task.ticket = '';
  run.task.stamp += 1;
}

export function applyWorkflowTaskChange(run: Run, change: WorkflowTaskChange): void {
  const task = run.task;
  switch (change.kind) {
    case 'taskScheduled':
      enterScheduled(run, {
        ...change,
        scheduledEventId: run.nextEventId,
        sticky: false,
        scheduleToStartTimeoutMs: undefined,
        ticket: '',
      });
      run.lifecycle.firstTaskScheduled = true;
      break;
    case 'taskStarted':
      enterStarted(run, change);
      break;
    case 'taskReturned':
      task.returned = true;
      task.stamp += 1;
      break;
    case 'taskDropped':
      if (change.nextAttempt > task.attempt) task.failuresInRow += 1;
      drop(run, change.nextAttempt);
      break;
    case 'taskTicketed':
      task.ticket = change.ticket;
      break;
    case 'taskHeartbeat':
      task.originalScheduledAtMs = change.originalScheduledAtMs;
      break;
    case 'stickyBound':
      task.binding = change.binding;
      break;
    case 'closeAttempted':
      task.closeAttempted = change.attempted;
      break;
    default:
      unreachable(change);
  }
}
