import { EventType, WorkflowTaskFailedCause } from '@perdure/proto/enums';
import type { RespondWorkflowTaskCompletedRequest } from '@perdure/proto/types';
import { present } from '../../kernel/assert.ts';
import { jsonText } from '../../kernel/json-payload.ts';
import { isAtLimit } from '../../kernel/limits.ts';
import { payloadsSize } from '../../kernel/payload-size.ts';
import type { CommandBatch, CommandRule } from '../command/command.ts';
import type { TaskTaker } from '../input.ts';
import { taskQueueOf } from '../lifecycle.ts';
import { isRunPaused } from '../pause/run-pause.ts';
import type { Run } from '../run.ts';
import type { Transition } from '../transition.ts';
import { indexAgain } from '../visibility-record.ts';
import { offerActivity, startAttempt } from './activity-dispatch.ts';
import { scheduleProblem, scheduledAttributes } from './activity-schedule.ts';
import { closedAttributes } from './activity-state.ts';
import type { Activity } from './activity.ts';
import { isPaused } from './intervention-state.ts';

/** Schedules an activity. Temporal: workflow_task_completed_handler.go. */
export const scheduleActivity: CommandRule = {
  name: 'ScheduleActivityTask',
  closes: false,
  check(batch, command) {
    const { run, env } = batch;
    const cause = WorkflowTaskFailedCause.BadScheduleActivityAttributes;
    const wanted = command.scheduleActivityTaskCommandAttributes;
    if (wanted === undefined) {
      return { cause, message: 'ScheduleActivityTaskCommandAttributes is not set on ScheduleActivityTaskCommand.' };
    }
    const problem = scheduleProblem(wanted, run, env.limits);
    if (problem !== undefined) return { cause, message: problem };
    if (payloadsSize(wanted.input) > env.limits.blobSizeBytesMax) {
      return { cause, message: 'ScheduleActivityTaskCommandAttributes.Input exceeds size limit.', terminates: true };
    }
    const pending = run.activities.size + batch.added.activities;
    const pendingMax = env.limits.pendingActivitiesMax;
    if (isAtLimit(pending, pendingMax)) {
      return {
        cause: WorkflowTaskFailedCause.PendingActivitiesLimitExceeded,
        message: `the number of pending activities, ${pending}, has reached the per-workflow limit of ${pendingMax}`,
      };
    }
    const activityId = wanted.activityId ?? '';
    if (isPending(batch, activityId) || batch.activityIdsAdded.has(activityId)) {
      return {
        cause: WorkflowTaskFailedCause.ScheduleActivityDuplicateId,
        message: `invalid history builder state for action: add-activitytask-scheduled-event, ActivityID: ${activityId}`,
      };
    }
    batch.activityIdsAdded.add(activityId);
    batch.activitiesScheduled.add(batch.nextEventId);
    batch.added.activities += 1;
    return undefined;
  },
  execute({ transition, run, request, completedEventId, eagerActivities }, command) {
    const { env } = transition;
    const wanted = present(command.scheduleActivityTaskCommandAttributes, 'a checked command has its attributes');
    const scheduledEventId = transition.append({
      eventType: EventType.ActivityTaskScheduled,
      userMetadata: command.userMetadata,
      activityTaskScheduledEventAttributes: {
        ...scheduledAttributes(wanted, run, env.limits),
        workflowTaskCompletedEventId: completedEventId,
      },
    });
    const activity = present(run.activities.get(scheduledEventId), 'a scheduled activity is pending');
    if (isRunPaused(run)) return;
    const eager = wanted.requestEagerExecution === true && wanted.taskQueue?.name === taskQueueOf(run);
    if (eager && env.limits.eagerActivities) {
      eagerActivities.push(startAttempt(transition, activity, eagerTaker(request, env.newId())));
    } else offerActivity(transition, activity);
  },
};

/** The worker that completes the workflow task takes the activity itself. */
function eagerTaker(request: RespondWorkflowTaskCompletedRequest, requestId: string): TaskTaker {
  return { identity: request.identity ?? '', requestId, workerVersion: request.workerVersionStamp };
}

/** Asks an activity to stop: at once where no attempt is at work, else with the answer to its next heartbeat. */
export const requestCancelActivity: CommandRule = {
  name: 'RequestCancelActivityTask',
  closes: false,
  check({ run, added, activitiesScheduled, activitiesCanceled }, command) {
    const cause = WorkflowTaskFailedCause.BadRequestCancelActivityAttributes;
    const attributes = command.requestCancelActivityTaskCommandAttributes;
    if (attributes === undefined) {
      const message = 'RequestCancelActivityTaskCommandAttributes is not set on RequestCancelActivityTaskCommand.';
      return { cause, message };
    }
    const scheduledEventId = attributes.scheduledEventId ?? 0;
    if (scheduledEventId <= 0) {
      return { cause, message: 'ScheduledEventId is not set on RequestCancelActivityTaskCommand.' };
    }
    const activity = run.activities.get(scheduledEventId);
    const again = activitiesCanceled.has(scheduledEventId);
    const started = activity?.started !== undefined;
    const refused =
      activity === undefined
        ? !activitiesScheduled.has(scheduledEventId) && !closedInBuffer(run, scheduledEventId)
        : activity.cancelRequestedEventId > 0 || (again && started);
    if (refused) {
      const action = 'add-activitytask-cancel-requested-event';
      const message = `invalid history builder state for action: ${action}, ScheduledEventID: ${scheduledEventId}`;
      return { cause, message };
    }
    const unstarted = activitiesScheduled.has(scheduledEventId) || (activity !== undefined && !started);
    if (unstarted && !again) added.activities -= 1;
    activitiesCanceled.add(scheduledEventId);
    return undefined;
  },
  execute(commandRun, command) {
    const { transition, run, completedEventId, request } = commandRun;
    const scheduledEventId = command.requestCancelActivityTaskCommandAttributes?.scheduledEventId ?? 0;
    const requestedEventId = transition.append({
      eventType: EventType.ActivityTaskCancelRequested,
      activityTaskCancelRequestedEventAttributes: { scheduledEventId, workflowTaskCompletedEventId: completedEventId },
    });
    const activity = run.activities.get(scheduledEventId);
    if (activity === undefined || activity.started !== undefined) return;
    cancelUnstarted(transition, activity, requestedEventId, request.identity ?? '');
    commandRun.needsNewTask = true;
  },
};

/** Through the buffer, because the events of the commands come first; a run that closes in this task drops it. */
function cancelUnstarted(transition: Transition, activity: Activity, requestedEventId: number, identity: string): void {
  transition.buffer({
    eventType: EventType.ActivityTaskCanceled,
    activityTaskCanceledEventAttributes: {
      scheduledEventId: activity.scheduledEventId,
      startedEventId: 0,
      latestCancelRequestedEventId: requestedEventId,
      details: jsonText('ACTIVITY_ID_NOT_STARTED'),
      identity,
    },
  });
  if (isPaused(activity)) indexAgain(transition);
}

/** Whether an activity has the id, unless an earlier command of the task ends it before it was started. */
function isPending({ run, activitiesCanceled }: CommandBatch, activityId: string): boolean {
  const scheduledEventId = run.derived.activityIds.get(activityId);
  if (scheduledEventId === undefined) return false;
  const unstarted = run.activities.get(scheduledEventId)?.started === undefined;
  return !(unstarted && activitiesCanceled.has(scheduledEventId));
}

/** Whether the activity's end, which the workflow cannot know of yet, waits in the buffer. */
function closedInBuffer(run: Run, scheduledEventId: number): boolean {
  return run.buffer.some((event) => closedAttributes(event)?.scheduledEventId === scheduledEventId);
}
