import { EventType } from '@perdure/proto/enums';
import type { Transition } from '../transition.ts';

/** Fires a timer whose time has come. The workflow sees it with whatever else is due at the moment. */
export function timerDue(transition: Transition, timerId: string): void {
  const timer = transition.run.timers.get(timerId);
  if (timer === undefined) return;
  transition.appendOrBuffer({
    eventType: EventType.TimerFired,
    timerFiredEventAttributes: { timerId, startedEventId: timer.startedEventId },
  });
}
