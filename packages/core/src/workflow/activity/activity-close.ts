import { EventType } from '@perdure/proto/enums';
import { toTimestamp } from '../../kernel/time.ts';
import { scheduleTaskIfNeeded } from '../task/schedule.ts';
import type { NewEvent, Transition } from '../transition.ts';
import { indexAgain } from '../visibility-record.ts';
import type { Activity, ActivityStart } from './activity.ts';
import { isPaused } from './intervention-state.ts';

/**
 * Writes the event that closes an activity, after the event of its start, which a retry would have taken back and which
 * is therefore written only now; then lets the workflow see it.
 */
export function closeActivity(
  transition: Transition,
  activity: Activity,
  started: ActivityStart | undefined,
  closing: (startedEventId: number) => NewEvent,
): void {
  if (started === undefined) transition.appendOrBuffer(closing(0));
  else if (transition.run.task.phase === 'started') {
    // Neither has an id yet: the flush gives them theirs and wires the second to the first.
    transition.appendOrBuffer(startedEvent(activity, started));
    transition.appendOrBuffer(closing(0));
  } else transition.append(closing(transition.append(startedEvent(activity, started))));
  if (isPaused(activity)) indexAgain(transition);
  scheduleTaskIfNeeded(transition);
}

/** Its time is that of the start, not that of its writing. */
function startedEvent(activity: Activity, started: ActivityStart): NewEvent {
  return {
    eventType: EventType.ActivityTaskStarted,
    eventTime: toTimestamp(started.atMs),
    activityTaskStartedEventAttributes: {
      scheduledEventId: activity.scheduledEventId,
      identity: started.identity,
      requestId: started.requestId,
      attempt: activity.attempt,
      lastFailure: activity.lastFailure,
      workerVersion: started.workerVersion,
    },
  };
}
