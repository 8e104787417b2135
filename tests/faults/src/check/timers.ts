import { EventType, type HistoryEvent, int64, milliseconds } from '../wire.ts';

/** The timers of a history that fired before their time, by the times of their events and by the clock of the reader. */
export function timerViolations(history: readonly HistoryEvent[], nowMs = Date.now()): string[] {
  const violations: string[] = [];
  const dueMs = new Map<number, number>();
  for (const event of history) {
    const started = event.timerStartedEventAttributes;
    if (event.eventType === EventType.EVENT_TYPE_TIMER_STARTED && started) {
      dueMs.set(int64(event.eventId), milliseconds(event.eventTime) + milliseconds(started.startToFireTimeout));
    }
    const fired = event.timerFiredEventAttributes;
    if (event.eventType === EventType.EVENT_TYPE_TIMER_FIRED && fired) {
      const due = dueMs.get(int64(fired.startedEventId)) ?? Number.POSITIVE_INFINITY;
      const early = due - Math.min(milliseconds(event.eventTime), nowMs);
      if (early > 0) violations.push(`timer ${fired.timerId ?? ''} fired ${early} ms before its time`);
    }
  }
  return violations;
}
