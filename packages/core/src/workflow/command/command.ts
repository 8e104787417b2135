import type { Command, RespondWorkflowTaskCompletedRequest, WorkflowTaskFailedCause } from '@perdure/proto/types';
import type { Env } from '../../kernel/env.ts';
import type { ActivityTaskView } from '../activity/activity-task.ts';
import type { Run } from '../run.ts';
import type { Transition } from '../transition.ts';
import type { UpdateMessage, UpdateStage } from '../update/messages.ts';

/** Why a command fails its workflow task. */
export interface CommandFailure {
  readonly cause: WorkflowTaskFailedCause;
  readonly message: string;
  /** The command is too large to be ever carried out: the run is terminated with this cause. */
  readonly terminates?: boolean;
}

/**
 * The commands of one workflow task while they are checked. Nothing is done before all are found good, so a check counts
 * what the commands before it in the same task will have done.
 */
export interface CommandBatch {
  readonly run: Run;
  readonly env: Env;
  /** The id that the command's event will have. */
  nextEventId: number;
  /** Those of the activities that earlier commands schedule. */
  readonly activitiesScheduled: Set<number>;
  /** Ids of the activities and timers that earlier commands will have added and taken away. */
  readonly activityIdsAdded: Set<string>;
  /** Scheduled event ids of the activities that earlier commands ask to cancel. */
  readonly activitiesCanceled: Set<number>;
  readonly timerIdsAdded: Set<string>;
  readonly timerIdsCanceled: Set<string>;
  readonly childWorkflowIdsAdded: Set<string>;
  /** How many of each earlier commands will have added to what is pending. */
  readonly added: { activities: number; children: number; signals: number; cancelRequests: number };
  /** Buffered timer firings that an earlier command takes back. */
  firingsDropped: number;
  /** What the worker says of updates, without what earlier commands refer to. */
  readonly messages: UpdateMessage[];
  /** Where updates stand after the messages before. */
  readonly updateStages: Map<string, UpdateStage>;
}

/** The commands of one workflow task while they are carried out. */
export interface CommandRun {
  readonly transition: Transition;
  readonly run: Run;
  /** The event that all of their events refer to. */
  readonly completedEventId: number;
  readonly request: RespondWorkflowTaskCompletedRequest;
  /** What the worker says of updates and has not been taken in yet. */
  readonly messages: UpdateMessage[];
  /** Activities started for the worker itself; the reply carries them. */
  readonly eagerActivities: ActivityTaskView[];
  /** Something ended without an event from outside (an unstarted activity cancelled): a new task must follow. */
  needsNewTask: boolean;
}

/** What one kind of command means. */
export interface CommandRule {
  /** The type's name in messages, such as `ScheduleActivityTask`. */
  readonly name: string;
  /** Ends the run: must be the last command. */
  readonly closes: boolean;
  check(batch: CommandBatch, command: Command): CommandFailure | undefined;
  execute(run: CommandRun, command: Command): void;
}
