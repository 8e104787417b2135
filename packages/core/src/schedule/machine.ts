import type { Machine } from '../aggregate/machine.ts';
import { earliest } from '../kernel/time.ts';
import { applySchedule, type ScheduleChange } from './change.ts';
import { scheduleWakeAtMs } from './due.ts';
import type { ScheduleInput } from './input.ts';
import { isPendingDelivery, owesAnything, scheduleDeliveries } from './outbox.ts';
import { blankSchedule, isOpenSchedule, newDerived, type Schedule } from './schedule.ts';
import { stepSchedule } from './step.ts';

/** Everything but what is worked out again; of a schedule that has ended, only that it was there. */
function storedState({ derived, ...stored }: Schedule): Omit<Schedule, 'derived'> {
  void derived;
  if (stored.closedAtMs === undefined) return stored;
  const gone = { memo: undefined, lastCompletionResult: undefined, continuedFailure: undefined };
  return { ...stored, ...gone, definition: {}, recent: [] };
}

/** Schedules, as the engine drives them. */
export const scheduleMachine: Machine<Schedule> = {
  step: (view, input, env) => stepSchedule(view, input as ScheduleInput, env),
  blank: blankSchedule,
  snapshotOf: storedState,
  restore: (snapshot) => ({ ...(snapshot as Omit<Schedule, 'derived'>), derived: newDerived() }),
  reapply: (schedule, changes) => {
    for (const change of changes) applySchedule(schedule, change as ScheduleChange);
  },
  nextEventId: () => 1,
  wakeAtMs: scheduleWakeAtMs,
  removeAtMs: ({ closedAtMs, removeAtMs }, retentionMs) =>
    closedAtMs === undefined ? undefined : earliest(closedAtMs + retentionMs, removeAtMs),
  isOpen: isOpenSchedule,
  isPinned: () => false,
  owes: owesAnything,
  isPending: isPendingDelivery,
  pendingDeliveries: scheduleDeliveries,
};
