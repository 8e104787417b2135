import type { HistoryEvent } from '@perdure/proto/types';
import { present } from '../../kernel/assert.ts';
import { ownMap } from '../../kernel/nothing.ts';
import { durationMsOrZero, timestampMs } from '../../kernel/time.ts';
import type { Run } from '../run.ts';

/** A durable timer that has neither fired nor been cancelled. */
export interface Timer {
  readonly timerId: string;
  readonly startedEventId: number;
  readonly firesAtMs: number;
}

export function applyTimerStarted(run: Run, event: HistoryEvent): void {
  const started = present(event.timerStartedEventAttributes, 'a timer event has its attributes');
  const timerId = started.timerId ?? '';
  const firesAtMs = (timestampMs(event.eventTime) ?? 0) + durationMsOrZero(started.startToFireTimeout);
  run.timers = ownMap(run.timers);
  run.timers.set(timerId, { timerId, startedEventId: event.eventId ?? 0, firesAtMs });
  run.derived.deadlines.arm(`timer:${timerId}`, firesAtMs);
}

/** Fired or cancelled: the timer is gone. One of the same id may have begun before the history tells of its end. */
export function applyTimerEnded(run: Run, event: HistoryEvent): void {
  const ended = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
  const timerId = ended?.timerId ?? '';
  if (run.timers.get(timerId)?.startedEventId === ended?.startedEventId) run.timers.delete(timerId);
}
