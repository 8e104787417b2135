import { durationMsOrZero, isOpen, type Change, type Run } from '@perdure/core';
import { EventType, TimeoutType } from '@perdure/proto/enums';
import type { Failure, HistoryEvent, RetryPolicy } from '@perdure/proto/types';
import { hold } from '../kernel/violation.ts';
import { fromPayloads } from '../model/payload.ts';
import type { SignalContent } from '../model/program.ts';
import { activityEnd, childEnd, describeEvent, externalEnd, nameOf, timeOf, type RunRecord } from './run-record.ts';

/** Checks a change against the state that it is about to change. */
export function checkChange(record: RunRecord, change: Change): void {
  const { shadow } = record;
  switch (change.kind) {
    case 'event':
      // An event out of the buffer has had its effect, and its check, before.
      if (shadow.flushing === 0) checkHappening(record, change.event);
      break;
    case 'buffered':
      checkHappening(record, change.event);
      break;
    case 'bufferDropped':
      checkDropped(record);
      break;
    case 'taskStarted':
      hold(
        shadow.task.phase === 'scheduled' || shadow.task.returned,
        21,
        () => `${nameOf(record)}: a task is started while it is ${shadow.task.phase}`,
      );
      break;
    case 'activityStarted': {
      const activity = shadow.activities.get(change.id);
      const name = `${nameOf(record)}: attempt ${activity?.attempt} of activity ${change.id}`;
      hold(activity !== undefined && activity.started === undefined, 9, () => `${name} is started twice`);
      hold(!isHeld(activity), 43, () => `${name} is started while it is held`);
      hold(change.start.atMs >= activity.scheduledAtMs, 11, () => `${name} starts before its back-off is over`);
      break;
    }
    case 'activityRetry':
      checkRetry(record, change);
      break;
    default:
  }
}

/** Something happens to the run, whether its event gets its place now or later. */
function checkHappening(record: RunRecord, event: HistoryEvent): void {
  const { shadow } = record;
  const where = (): string => `${nameOf(record)}: ${describeEvent(event)}`;
  hold(event.eventId === 1 || isOpen(shadow), 28, () => `${where()} after the close`);
  if (event.eventType === EventType.WorkflowTaskCompleted) {
    hold(shadow.task.phase === 'started', 21, () => `${where()} while the task is ${shadow.task.phase}`);
  }
  checkSignal(record, event, where);
  checkTimer(record, event, where);
  checkTimeout(record, event, where);
  checkFirstTask(record, event, where);
  const activity = activityEnd(event);
  if (activity !== undefined) hold(shadow.activities.has(activity.scheduledEventId ?? 0), 8, where);
  const child = childEnd(event);
  if (child !== undefined) hold(shadow.children.has(child.initiatedEventId ?? 0), 27, where);
  const external = externalEnd(event);
  if (external !== undefined) hold(shadow.externals.has(external.initiatedEventId ?? 0), 33, where);
}

type Activity = Run['activities'] extends Map<number, infer Value> ? Value : never;
type ActivityOptionsInForce = NonNullable<NonNullable<Activity['intervention']>['options']>;

type Where = () => string;

function checkSignal(record: RunRecord, event: HistoryEvent, where: Where): void {
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal === undefined) return;
  const { requestId = '' } = signal;
  hold(!record.shadow.signalRequestIds.has(requestId), 15, () => `${where()}: request ${requestId} twice`);
  const { sender, number } = fromPayloads(signal.input) as SignalContent;
  if (number === 0) return;
  const last = record.lastNumbers.get(sender) ?? 0;
  hold(number > last, 16, () => `${where()}: number ${number} of ${sender} after ${last}`);
  record.lastNumbers.set(sender, number);
}

/** Takes note of a signal that needs no check: another run had it. */
export function noteSignal(record: RunRecord, event: HistoryEvent): void {
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal === undefined) return;
  const { sender, number } = fromPayloads(signal.input) as SignalContent;
  if (number > 0) record.lastNumbers.set(sender, number);
}

/** When it is due is worked out from the events, not taken from the state, which the server has worked out. */
function checkTimer({ shadow, events }: RunRecord, event: HistoryEvent, where: Where): void {
  const fired = event.timerFiredEventAttributes;
  if (fired === undefined) return;
  const timer = shadow.timers.get(fired.timerId ?? '');
  hold(timer !== undefined && timer.startedEventId === fired.startedEventId, 14, () => `${where()}: no such timer`);
  const started = events[timer.startedEventId - 1];
  const durationMs = durationMsOrZero(started?.timerStartedEventAttributes?.startToFireTimeout);
  const earlyMs = timeOf(started ?? {}) + durationMs - timeOf(event);
  hold(earlyMs <= 0, 12, () => `${where()}: ${earlyMs} ms early`);
}

/** No deadline strikes before its time. */
function checkTimeout(record: RunRecord, event: HistoryEvent, where: Where): void {
  const { shadow } = record;
  const nowMs = timeOf(event);
  const notBefore = (deadlineMs: number | undefined): void =>
    hold(deadlineMs !== undefined && nowMs >= deadlineMs, 30, () => `${where()}: deadline ${deadlineMs}, now ${nowMs}`);
  const activity = event.activityTaskTimedOutEventAttributes;
  if (activity !== undefined)
    checkActivityTimeout(shadow, activity.scheduledEventId ?? 0, activity.failure, nowMs, where);
  // One that no worker has ends as soon as something happens.
  if (event.workflowTaskTimedOutEventAttributes !== undefined && !shadow.task.returned) notBefore(taskDeadline(record));
  if (event.workflowExecutionTimedOutEventAttributes !== undefined) {
    const { runExpiresAtMs = Infinity, executionExpiresAtMs = Infinity } = shadow.lifecycle;
    notBefore(Math.min(runExpiresAtMs, executionExpiresAtMs));
  }
}

/** A delayed first task waits, unless the run is to be cancelled or updated, or was signaled by a start that found it. */
function checkFirstTask({ shadow, events, isAsked }: RunRecord, event: HistoryEvent, where: Where): void {
  const { firstTaskScheduled, firstTaskAtMs, cancelRequested } = shadow.lifecycle;
  if (event.eventType !== EventType.WorkflowTaskScheduled || firstTaskScheduled || cancelRequested) return;
  if (isAsked()) return;
  const signaledBy = events.at(-1)?.workflowExecutionSignaledEventAttributes?.identity ?? '';
  if (signaledBy === '') hold(timeOf(event) >= firstTaskAtMs, 11, () => `${where()}: before its delay is over`);
}

/** How long a task for an update alone waits for a worker before it goes on record. */
const SPECULATION_MS = 5_000;

function taskDeadline({ shadow: { task }, rowStartEventId }: RunRecord): number | undefined {
  if (task.phase === 'started') return task.startedAtMs + task.startToCloseTimeoutMs;
  if (task.sticky) return task.scheduledAtMs + (task.scheduleToStartTimeoutMs ?? 0);
  // On a queue of all workers only one times out that goes on record with that.
  return task.scheduledEventId >= rowStartEventId ? task.scheduledAtMs + SPECULATION_MS : undefined;
}

/** What a server says of an attempt that it does not repeat because the activity's time would be up before. */
const OUT_OF_TIME = 'Not enough time';

function checkActivityTimeout(
  shadow: Run,
  scheduledEventId: number,
  failure: Failure | undefined,
  nowMs: number,
  where: Where,
): void {
  const activity = shadow.activities.get(scheduledEventId);
  if (activity === undefined || failure?.message?.startsWith(OUT_OF_TIME) === true) return;
  hold(!isHeld(activity), 43, () => `${where()}: activity ${scheduledEventId} is held`);
  const { started, lastHeartbeatAtMs = 0 } = activity;
  const options = optionsOf(activity);
  const startedAtMs = started?.atMs ?? Infinity;
  const deadlines: Partial<Record<TimeoutType, number>> = {
    [TimeoutType.StartToClose]: startedAtMs + durationMsOrZero(options.startToCloseTimeout),
    [TimeoutType.ScheduleToStart]: activity.scheduledAtMs + durationMsOrZero(options.scheduleToStartTimeout),
    [TimeoutType.ScheduleToClose]: activity.firstScheduledAtMs + durationMsOrZero(options.scheduleToCloseTimeout),
    [TimeoutType.Heartbeat]: Math.max(startedAtMs, lastHeartbeatAtMs) + durationMsOrZero(options.heartbeatTimeout),
  };
  const deadlineMs = deadlines[failure?.timeoutFailureInfo?.timeoutType ?? TimeoutType.Unspecified] ?? Infinity;
  hold(nowMs >= deadlineMs, 30, () => `${where()}: activity ${scheduledEventId}, deadline ${deadlineMs}, now ${nowMs}`);
}

function checkRetry(record: RunRecord, retry: Extract<Change, { kind: 'activityRetry' }>): void {
  const activity = record.shadow.activities.get(retry.id);
  if (activity === undefined) return;
  const policy = optionsOf(activity).retryPolicy ?? {};
  const { attempt } = activity;
  const { failure, completedAtMs, nextAtMs } = retry;
  const where = (): string => `${nameOf(record)}: activity ${retry.id} after attempt ${attempt}`;
  const { maximumAttempts = 0 } = policy;
  // What is held is tried again whatever the maximum, once somebody lets it.
  const held = isHeld(activity);
  hold(held || maximumAttempts === 0 || attempt < maximumAttempts, 10, () => `${where()} of ${maximumAttempts}`);
  hold(failure?.applicationFailureInfo?.nonRetryable !== true, 10, () => `${where()}: what is not retryable`);
  hold(activity.cancelRequestedEventId === 0, 10, () => `${where()}: it was asked to stop`);
  if (failure?.timeoutFailureInfo !== undefined) {
    checkActivityTimeout(record.shadow, retry.id, failure, completedAtMs, where);
  }
  const wantedMs = failure?.applicationFailureInfo?.nextRetryDelay;
  const backOffMs = wantedMs === undefined ? backOff(policy, attempt) : durationMsOrZero(wantedMs);
  hold(
    held || nextAtMs - completedAtMs >= backOffMs,
    11,
    () => `${where()}: ${nextAtMs - completedAtMs} of ${backOffMs} ms`,
  );
}

function isHeld({ intervention }: Activity): boolean {
  return intervention?.pause !== undefined;
}

/** The options in force: those of the workflow, unless somebody has given others. */
function optionsOf({ scheduled, intervention }: Activity): ActivityOptionsInForce {
  return intervention?.options ?? scheduled;
}

/** How long the back-off after an attempt is at the least. */
export function backOff(policy: RetryPolicy, attempt: number): number {
  const initialMs = durationMsOrZero(policy.initialInterval);
  const grownMs = Math.round(initialMs * (policy.backoffCoefficient ?? 1) ** (attempt - 1));
  return Math.min(grownMs, durationMsOrZero(policy.maximumInterval) || Infinity);
}

/** A run that closes over its buffer may drop only what its own commands have taken back. */
function checkDropped(record: RunRecord): void {
  for (const event of record.shadow.buffer) {
    const takenBack =
      event.timerFiredEventAttributes !== undefined || event.activityTaskCanceledEventAttributes?.startedEventId === 0;
    hold(takenBack, 17, () => `${nameOf(record)}: ${describeEvent(event)} is dropped`);
  }
}
