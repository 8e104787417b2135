import { EventType } from '@perdure/proto/enums';
import { scheduleTaskIfNeeded } from '../task/schedule.ts';
import type { Transition } from '../transition.ts';

/** Fires a timer whose time has come. */
export function timerDue(transition: Transition, timerId: string): void {
  const timer = transition.run.timers.get(timerId);
  if (timer === undefined) return;
  transition.appendOrBuffer({
    eventType: EventType.TimerFired,
    timerFiredEventAttributes: { timerId, startedEventId: timer.startedEventId },
  });
  scheduleTaskIfNeeded(transition);
}
