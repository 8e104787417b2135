import { assert } from '../../kernel/assert.ts';
import { SECOND_MS } from '../../kernel/time.ts';
import { taskQueueOf } from '../lifecycle.ts';
import type { Transition } from '../transition.ts';
import { offerTask } from './recording.ts';
import { startToCloseTimeoutMs } from './schedule.ts';

/** How long a speculative task may wait on a normal queue. Temporal: SpeculativeWorkflowTaskScheduleToStartTimeout. */
const SCHEDULE_TO_START_TIMEOUT_MS = 5 * SECOND_MS;

/**
 * Schedules a workflow task that nothing is written of yet. If nothing comes of it, it will never have been; else its
 * events are written before the first one that comes of it.
 */
export function speculate(transition: Transition): void {
  const { run, env } = transition;
  const { binding } = run.task;
  assert(run.task.phase === 'none' && run.task.attempt === 1, 'a speculative task is a first attempt');
  transition.applyFleeting({
    kind: 'taskSpeculated',
    atMs: env.nowMs,
    startToCloseTimeoutMs: startToCloseTimeoutMs(transition),
    scheduleToStartTimeoutMs: binding?.scheduleToStartTimeoutMs ?? SCHEDULE_TO_START_TIMEOUT_MS,
    queue: binding?.queue ?? taskQueueOf(run),
    sticky: binding !== undefined,
    ticket: env.newId(),
  });
}

/** Schedules one and offers it, if no workflow task is pending. */
export function speculateIfNeeded(transition: Transition): void {
  if (transition.run.task.phase !== 'none') return;
  speculate(transition);
  offerTask(transition);
}
