import { ScheduleOverlapPolicy } from '@perdure/proto/enums';
import type { BufferedAction, Ending } from './schedule.ts';

/** What becomes of the buffered actions. */
export interface OverlapDecision {
  /** To be started beside whatever runs. */
  readonly overlapping: readonly BufferedAction[];
  /** To be started because nothing else runs. */
  readonly alone: BufferedAction | undefined;
  /** They wait on. */
  readonly left: readonly BufferedAction[];
  readonly skipped: number;
  /** What runs has to end first. */
  readonly ending: Ending | undefined;
}

/**
 * Applies the overlap policies to what waits, in its order. Actions without a policy of their own have that of the
 * schedule as it is now. Temporal: worker/scheduler/buffer.go, ProcessBuffer.
 */
export function applyOverlapPolicies(
  buffer: readonly BufferedAction[],
  isRunning: boolean,
  schedulePolicy: ScheduleOverlapPolicy,
): OverlapDecision {
  const overlapping: BufferedAction[] = [];
  const left: BufferedAction[] = [];
  let alone: BufferedAction | undefined;
  let skipped = 0;
  let ending: Ending | undefined;

  const replace = (action: BufferedAction, how: Ending): void => {
    // What was only about to be started gives way at once.
    if (!isRunning) alone = action;
    else {
      ending = ending === 'terminate' ? ending : how;
      left.push(action);
    }
  };

  for (const action of buffer) {
    const policy = action.overlapPolicy || schedulePolicy || ScheduleOverlapPolicy.Skip;
    if (policy === ScheduleOverlapPolicy.AllowAll) overlapping.push(action);
    else if (!isRunning && alone === undefined) alone = action;
    else {
      switch (policy) {
        case ScheduleOverlapPolicy.BufferOne:
          if (left.length === 0) left.push(action);
          else skipped += 1;
          break;
        case ScheduleOverlapPolicy.BufferAll:
          left.push(action);
          break;
        case ScheduleOverlapPolicy.CancelOther:
          replace(action, 'cancel');
          break;
        case ScheduleOverlapPolicy.TerminateOther:
          replace(action, 'terminate');
          break;
        default:
          skipped += 1;
      }
    }
  }
  // They would be ended with the rest.
  return { overlapping: ending === undefined ? overlapping : [], alone, left, skipped, ending };
}
