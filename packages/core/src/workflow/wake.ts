import type { Rejection } from '../kernel/rejection.ts';
import { earliest } from '../kernel/time.ts';
import { activityDeadline } from './activity/activity-state.ts';
import { activityDue } from './activity/activity-timeouts.ts';
import { callBackAgain, nextCallbackAtMs } from './callback/callback.ts';
import { timeOutExecution, timeOutRun } from './close/timeouts.ts';
import { findRun } from './find-run.ts';
import type { Done, WakeInput } from './input.ts';
import { lifecycleDeadline } from './lifecycle.ts';
import { isOpen, type DeadlineKey, type Run } from './run.ts';
import type { Workflow } from './step.ts';
import { timeOutTask } from './task/end.ts';
import { recordSpeculation } from './task/recording.ts';
import { scheduleAndOfferTask, scheduleTaskIfNeeded } from './task/schedule.ts';
import { workflowTaskDeadline } from './task/workflow-task.ts';
import { timerDue } from './timer/timer-due.ts';
import type { Step, Transition } from './transition.ts';

const TIMER_PREFIX = 'timer:';

/** When the run has to be woken: its earliest deadline, or the next attempt to call somebody back; undefined: never. */
export function wakeAtMs(run: Run): number | undefined {
  const callbackAtMs = nextCallbackAtMs(run);
  return isOpen(run)
    ? earliest(
        callbackAtMs,
        run.derived.deadlines.next((key) => deadlineOf(run, key)),
      )
    : callbackAtMs;
}

function deadlineOf(run: Run, key: DeadlineKey): number | undefined {
  if (typeof key === 'number') return activityDeadline(run, key);
  switch (key) {
    case 'workflowTask':
      return workflowTaskDeadline(run);
    case 'firstTask':
    case 'runTimeout':
    case 'executionTimeout':
      return lifecycleDeadline(run, key);
    default:
      return run.timers.get(key.slice(TIMER_PREFIX.length))?.firesAtMs;
  }
}

/** Does whatever is due, earliest first, until nothing is or the run has closed. */
export function wake(step: Step, workflow: Workflow, input: WakeInput): Done | Rejection {
  const run = findRun(workflow, input.runId);
  if ('kind' in run) return run;
  callBackAgain(step, run);
  let timersFired = false;
  for (let key = takeDue(run, step); key !== undefined; key = takeDue(run, step)) {
    timersFired ||= isTimer(key);
    due(step.on(run), key);
  }
  if (timersFired) scheduleTaskIfNeeded(step.on(run));
  return { runId: run.runId };
}

function takeDue(run: Run, { env }: Step): DeadlineKey | undefined {
  return isOpen(run) ? run.derived.deadlines.takeDue(env.nowMs, (key) => deadlineOf(run, key)) : undefined;
}

function isTimer(key: DeadlineKey): boolean {
  return typeof key === 'string' && key.startsWith(TIMER_PREFIX);
}

function due(transition: Transition, key: DeadlineKey): void {
  if (typeof key === 'number') {
    activityDue(transition, key);
    return;
  }
  switch (key) {
    case 'workflowTask':
      timeOutTask(transition);
      scheduleAndOfferTask(transition);
      break;
    case 'firstTask':
      // An update may have had a worker asked before.
      if (transition.run.task.phase === 'none') scheduleAndOfferTask(transition);
      else recordSpeculation(transition);
      break;
    case 'runTimeout':
      timeOutRun(transition);
      break;
    case 'executionTimeout':
      timeOutExecution(transition);
      break;
    default:
      timerDue(transition, key.slice(TIMER_PREFIX.length));
  }
}

/** Puts every deadline of a run into its queue, after a load. */
export function indexTimers(run: Run): void {
  for (const timer of run.timers.values()) {
    run.derived.deadlines.arm(`${TIMER_PREFIX}${timer.timerId}`, timer.firesAtMs);
  }
  run.derived.deadlines.arm('workflowTask', workflowTaskDeadline(run));
}
