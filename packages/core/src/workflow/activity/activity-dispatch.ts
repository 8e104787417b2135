import { present } from '../../kernel/assert.ts';
import { mergePriority } from '../../kernel/priority.ts';
import { reject, type Rejection } from '../../kernel/rejection.ts';
import { findOpenRun } from '../find-run.ts';
import type { Done, ReturnTaskInput, StartActivityTaskInput, TaskTaker } from '../input.ts';
import type { Run } from '../run.ts';
import type { Workflow } from '../step.ts';
import type { Step, Transition } from '../transition.ts';
import type { ActivityTaskView } from './activity-task.ts';
import type { Activity, ActivityStart } from './activity.ts';
import { backsOff, isHeld } from './activity-state.ts';
import { optionsInForce } from './intervention-state.ts';

/** The activity is over, or the attempt that the caller means is. Temporal: service/history/consts/const.go. */
export function activityGone(): Rejection {
  return reject.notFound('invalid activityID or activity already timed out or invoking workflow is completed');
}

/** Puts the attempt where pollers of its queue find it. */
export function offerActivity(transition: Transition, activity: Activity): void {
  const { run } = transition;
  const { taskQueue, priority } = optionsInForce(activity);
  transition.emit({
    kind: 'offerActivityTask',
    run,
    task: {
      queue: taskQueue?.name ?? '',
      normalQueue: undefined,
      scheduledEventId: activity.scheduledEventId,
      stamp: activity.stamp,
      priority: mergePriority(run.lifecycle.priority, priority),
    },
  });
}

/** Offers an attempt that has waited, if its time has come and nobody holds it. */
export function offerIfDue(transition: Transition, activity: Activity): void {
  const { run, env } = transition;
  if (!backsOff(activity) || isHeld(run, activity) || activity.scheduledAtMs > env.nowMs) return;
  transition.note({ kind: 'activityOffered', id: activity.scheduledEventId });
  offerActivity(transition, activity);
}

/**
 * A poller takes the attempt that was offered with this stamp; for any other offer there is nothing left to do. A poller
 * that asks again gets the same answer.
 */
export function startActivityTask(
  step: Step,
  workflow: Workflow,
  input: StartActivityTaskInput,
): ActivityTaskView | Rejection {
  const run = findOpenRun(workflow, input.runId);
  if ('kind' in run) return run;
  const activity = run.activities.get(input.scheduledEventId);
  if (activity === undefined || activity.stamp !== input.stamp || !activity.offered) return activityGone();
  if (activity.started === undefined) return startAttempt(step.on(run), activity, input.taker);
  return activity.started.requestId === input.taker.requestId
    ? activityTaskView(run, activity, activity.started)
    : activityGone();
}

/** Starts the attempt and gives the worker's view of it. */
export function startAttempt(transition: Transition, activity: Activity, taker: TaskTaker): ActivityTaskView {
  transition.note({
    kind: 'activityStarted',
    id: activity.scheduledEventId,
    start: { atMs: transition.env.nowMs, ...taker },
  });
  const started = present(activity.started, 'a start has been applied');
  return activityTaskView(transition.run, activity, started);
}

/** The worker was gone before it got the task: the same attempt is offered again, under another stamp, unless held. */
export function returnActivityTask(step: Step, workflow: Workflow, input: ReturnTaskInput): Done | Rejection {
  const run = findOpenRun(workflow, input.runId);
  if ('kind' in run) return run;
  const activity = run.activities.get(input.scheduledEventId);
  if (activity?.started !== undefined && activity.stamp === input.stamp) {
    const transition = step.on(run);
    transition.note({ kind: 'activityReturned', id: activity.scheduledEventId });
    if (!isHeld(run, activity)) offerActivity(transition, activity);
  }
  return { runId: run.runId };
}

function activityTaskView(run: Run, activity: Activity, started: ActivityStart): ActivityTaskView {
  const options = optionsInForce(activity);
  return {
    runId: run.runId,
    workflowType: run.lifecycle.start.workflowType,
    scheduledEventId: activity.scheduledEventId,
    attempt: activity.attempt,
    stamp: activity.stamp,
    scheduled: activity.scheduled,
    options: { ...options, priority: mergePriority(run.lifecycle.priority, options.priority) },
    firstScheduledAtMs: activity.firstScheduledAtMs,
    scheduledAtMs: activity.scheduledAtMs,
    startedAtMs: started.atMs,
    heartbeatDetails: activity.heartbeatDetails,
  };
}
