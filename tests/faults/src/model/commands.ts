import { type Command, CommandType, durationOf, payloadsOf } from '../wire.ts';
import type { ActivityManner, Program } from './program.ts';

/** The task queue of all model workers. */
export const TASK_QUEUE = 'model';

/** Short, so that a task which died with a server or a worker comes again soon. */
export const WORKFLOW_TASK_TIMEOUT_MS = 1_500;
/** Of an attempt of an activity. */
export const START_TO_CLOSE_MS = 1_500;
const HEARTBEAT_MS = 700;
/** `outside` activities take up to a second and a restart of the server. */
const OUTSIDE_START_TO_CLOSE_MS = 3_500;

/** The first retry's delay; it doubles with each. */
export const RETRY_MS = 80;
export const RETRY_MAX_MS = 400;

export function scheduleActivity(activityId: string, manner: ActivityManner): Command {
  return {
    commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
    scheduleActivityTaskCommandAttributes: {
      activityId,
      activityType: { name: manner },
      taskQueue: { name: TASK_QUEUE },
      startToCloseTimeout: durationOf(manner === 'outside' ? OUTSIDE_START_TO_CLOSE_MS : START_TO_CLOSE_MS),
      ...(manner === 'beat' ? { heartbeatTimeout: durationOf(HEARTBEAT_MS) } : {}),
      retryPolicy: {
        initialInterval: durationOf(RETRY_MS),
        backoffCoefficient: 2,
        maximumInterval: durationOf(RETRY_MAX_MS),
      },
      requestEagerExecution: true,
    },
  };
}

export function startTimer(timerId: string, delayMs: number): Command {
  return {
    commandType: CommandType.COMMAND_TYPE_START_TIMER,
    startTimerCommandAttributes: { timerId, startToFireTimeout: durationOf(delayMs) },
  };
}

export function startChild(workflowId: string, program: Program): Command {
  return {
    commandType: CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
    startChildWorkflowExecutionCommandAttributes: {
      workflowId,
      workflowType: { name: program.kind },
      taskQueue: { name: TASK_QUEUE },
      input: payloadsOf(program),
      workflowTaskTimeout: durationOf(WORKFLOW_TASK_TIMEOUT_MS),
    },
  };
}

export function continueAsNew(program: Program): Command {
  return {
    commandType: CommandType.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
    continueAsNewWorkflowExecutionCommandAttributes: {
      workflowType: { name: program.kind },
      taskQueue: { name: TASK_QUEUE },
      input: payloadsOf(program),
      workflowTaskTimeout: durationOf(WORKFLOW_TASK_TIMEOUT_MS),
    },
  };
}

export function completeWorkflow(result: unknown): Command {
  return {
    commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
    completeWorkflowExecutionCommandAttributes: { result: payloadsOf(result) },
  };
}

export function cancelWorkflow(): Command {
  return {
    commandType: CommandType.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION,
    cancelWorkflowExecutionCommandAttributes: {},
  };
}
