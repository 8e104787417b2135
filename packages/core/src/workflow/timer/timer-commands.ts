import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import { durationMsOrZero } from '../../kernel/time.ts';
import { utf8Length } from '../../kernel/utf8.ts';
import type { CommandRule } from '../command/command.ts';
import type { Run } from '../run.ts';

/** Starts a durable timer. Temporal: command_attr_validator.go. */
export const startTimer: CommandRule = {
  name: 'StartTimer',
  closes: false,
  check(batch, command) {
    const cause = WorkflowTaskFailedCause.BadStartTimerAttributes;
    const attributes = command.startTimerCommandAttributes;
    if (attributes === undefined) return { cause, message: 'StartTimerCommandAttributes is not set on StartTimerCommand.' };
    const timerId = attributes.timerId ?? '';
    if (timerId === '') return { cause, message: 'TimerId is not set on StartTimerCommand.' };
    if (utf8Length(timerId) > batch.env.limits.idLengthMax) {
      return { cause, message: 'TimerId on StartTimerCommand exceeds length limit.' };
    }
    if (durationMsOrZero(attributes.startToFireTimeout) <= 0) {
      return { cause, message: `A valid StartToFireTimeout is not set on StartTimerCommand. TimerId=${timerId}` };
    }
    const pending = batch.run.timers.has(timerId) && !batch.timerIdsCanceled.has(timerId);
    if (pending || batch.timerIdsAdded.has(timerId)) {
      return { cause: WorkflowTaskFailedCause.StartTimerDuplicateId, message: '' };
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
    if (attributes === undefined) return { cause, message: 'CancelTimerCommandAttributes is not set on CancelTimerCommand.' };
    const timerId = attributes.timerId ?? '';
    if (timerId === '') return { cause, message: 'TimerId is not set on CancelTimerCommand.' };
    if (utf8Length(timerId) > batch.env.limits.idLengthMax) {
      return { cause, message: 'TimerId on CancelTimerCommand exceeds length limit.' };
    }
    if (batch.timerIdsAdded.delete(timerId)) return undefined;
    if (batch.timerIdsCanceled.has(timerId)) return unknownTimer(cause, timerId);
    if (!batch.run.timers.has(timerId)) {
      if (firedInBuffer(batch.run, timerId) === undefined) return unknownTimer(cause, timerId);
      batch.firingsDropped += 1;
    }
    batch.timerIdsCanceled.add(timerId);
    return undefined;
  },
  execute({ transition, run, completedEventId, request }, command) {
    const timerId = command.cancelTimerCommandAttributes?.timerId ?? '';
    const startedEventId = run.timers.get(timerId)?.startedEventId ?? firedInBuffer(run, timerId);
    if (!run.timers.has(timerId)) transition.note({ kind: 'timerFiredDropped', timerId });
    transition.append({
      eventType: EventType.TimerCanceled,
      userMetadata: command.userMetadata,
      eventGroupMarkers: command.eventGroupMarkers,
      timerCanceledEventAttributes: {
        timerId,
        startedEventId,
        workflowTaskCompletedEventId: completedEventId,
        identity: request.identity,
      },
    });
  },
};

function unknownTimer(cause: WorkflowTaskFailedCause, timerId: string) {
  return { cause, message: `invalid history builder state for action: add-timer-canceled-event, timer: ${timerId}` };
}

/** The started event of a timer whose firing waits in the buffer. */
function firedInBuffer(run: Run, timerId: string): number | undefined {
  const fired = run.buffer.find((event) => event.timerFiredEventAttributes?.timerId === timerId);
  return fired?.timerFiredEventAttributes?.startedEventId;
}
