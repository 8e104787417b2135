import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { capDuration, durationProblem } from '../../kernel/retry-policy.ts';
import { utf8Length } from '../../kernel/utf8.ts';
import type { CommandFailure, CommandRule } from '../command/command.ts';
import type { Run } from '../run.ts';

/** Starts a durable timer; one of no duration fires at once. Temporal: command_attr_validator.go. */
export const startTimer: CommandRule = {
  name: 'StartTimer',
  closes: false,
  check(batch, command) {
    const cause = WorkflowTaskFailedCause.BadStartTimerAttributes;
    const attributes = command.startTimerCommandAttributes;
    if (attributes === undefined)
      return { cause, message: 'StartTimerCommandAttributes is not set on StartTimerCommand.' };
    const timerId = attributes.timerId ?? '';
    if (timerId === '') return { cause, message: 'TimerId is not set on StartTimerCommand.' };
    const tooLong = lengthProblem('StartTimerCommand', timerId, batch.env.limits.idLengthMax);
    if (tooLong !== undefined) return { cause, message: tooLong };
    const problem = durationProblem(attributes.startToFireTimeout);
    if (problem !== undefined) {
      const message = `An invalid StartToFireTimeout is set on StartTimerCommand: ${problem}. TimerId=${timerId}`;
      return { cause, message };
    }
    const pending = batch.run.timers.has(timerId) && !batch.timerIdsCanceled.has(timerId);
    if (pending || batch.timerIdsAdded.has(timerId)) {
      return impossible(WorkflowTaskFailedCause.StartTimerDuplicateId, 'add-timer-started-event', timerId);
    }
    batch.timerIdsAdded.add(timerId);
    return undefined;
  },
  execute({ transition, completedEventId }, command) {
    const attributes = command.startTimerCommandAttributes;
    transition.append({
      eventType: EventType.TimerStarted,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      timerStartedEventAttributes: {
        timerId: attributes?.timerId,
        startToFireTimeout: capDuration(attributes?.startToFireTimeout),
        workflowTaskCompletedEventId: completedEventId,
      },
    });
  },
};

/** Cancels a timer; one that fired while the task ran is taken back, as if it had not. */
export const cancelTimer: CommandRule = {
  name: 'CancelTimer',
  closes: false,
  check(batch, command) {
    const cause = WorkflowTaskFailedCause.BadCancelTimerAttributes;
    const attributes = command.cancelTimerCommandAttributes;
    if (attributes === undefined)
      return { cause, message: 'CancelTimerCommandAttributes is not set on CancelTimerCommand.' };
    const timerId = attributes.timerId ?? '';
    if (timerId === '') return { cause, message: 'TimerId is not set on CancelTimerCommand.' };
    const tooLong = lengthProblem('CancelTimerCommand', timerId, batch.env.limits.idLengthMax);
    if (tooLong !== undefined) return { cause, message: tooLong };
    if (batch.timerIdsAdded.delete(timerId)) return undefined;
    const unknown = impossible(cause, 'add-timer-canceled-event', timerId);
    if (batch.timerIdsCanceled.has(timerId)) return unknown;
    if (!batch.run.timers.has(timerId)) {
      if (firedInBuffer(batch.run, timerId) === undefined) return unknown;
      batch.firingsDropped += 1;
    }
    batch.timerIdsCanceled.add(timerId);
    return undefined;
  },
  execute({ transition, run, completedEventId, request }, command) {
    const timerId = command.cancelTimerCommandAttributes?.timerId ?? '';
    const pending = run.timers.get(timerId);
    const fired = pending === undefined ? firedInBuffer(run, timerId) : undefined;
    if (fired !== undefined) {
      const sizeBytes = transition.env.encodeEvent(fired).length;
      transition.note({ kind: 'timerFiredDropped', timerId, sizeBytes });
    }
    transition.append({
      eventType: EventType.TimerCanceled,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      timerCanceledEventAttributes: {
        timerId,
        startedEventId: pending?.startedEventId ?? fired?.timerFiredEventAttributes?.startedEventId,
        workflowTaskCompletedEventId: completedEventId,
        identity: request.identity,
      },
    });
  },
};

function lengthProblem(on: string, timerId: string, max: number): string | undefined {
  const length = utf8Length(timerId);
  if (length <= max) return undefined;
  return `TimerId on ${on} exceeds length limit. TimerId=${timerId} Length=${length} Limit=${max}`;
}

/** There is a timer with that id where there must be none, or none where there must be one. */
function impossible(cause: WorkflowTaskFailedCause, action: string, timerId: string): CommandFailure {
  return { cause, message: `invalid history builder state for action: ${action}, TimerID: ${timerId}` };
}

/** The firing of a timer that waits in the buffer. */
function firedInBuffer(run: Run, timerId: string): HistoryEvent | undefined {
  return run.buffer.find((event) => event.timerFiredEventAttributes?.timerId === timerId);
}
