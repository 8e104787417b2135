import type {
  Failure,
  Header,
  Link,
  Payloads,
  RespondWorkflowTaskCompletedRequest,
  StartWorkflowExecutionRequest,
  UpdateRequest,
  WorkerVersionStamp,
  WorkflowExecution,
  WorkflowTaskFailedCause,
} from '@perdure/proto/types';
import type { Rejection } from '../kernel/rejection.ts';
import type { ChildNews } from './child/child.ts';
import type { ActivityTaskView } from './activity/activity-task.ts';
import type {
  ActivityOptionsReply,
  PauseActivityInput,
  ResetActivityInput,
  UnpauseActivityInput,
  UpdateActivityOptionsInput,
} from './activity/interventions.ts';
import type { SettleInput } from '../aggregate/settle.ts';
import type { Watcher } from './callback/watcher.ts';
import type { OptionsReply, UpdateOptionsInput } from './options/options.ts';
import type { PauseInput, UnpauseInput } from './pause/pause.ts';
import type { ResetInput } from './reset/reset-input.ts';
import type { WorkflowTaskView } from './task/workflow-task-view.ts';
import type { UpdateMessage } from './update/messages.ts';
import type { UpdateStatus } from './update/update.ts';
import type { WorkflowExecutionStatus } from '@perdure/proto/enums';

/**
 * What can happen to a workflow id. An empty run id means the current run. Each kind has its reply in {@link Replies};
 * any of them may be refused.
 */
export type Input =
  | StartInput
  | SignalInput
  | RequestCancelInput
  | TerminateInput
  | DeleteInput
  | StartWorkflowTaskInput
  | CompleteWorkflowTaskInput
  | FailWorkflowTaskInput
  | ReturnTaskInput
  | StartActivityTaskInput
  | HeartbeatInput
  | CompleteActivityInput
  | FailActivityInput
  | CancelActivityInput
  | ResetStickyInput
  | WakeInput
  | ChildClosedInput
  | SettleInput
  | AdmitUpdateInput
  | StartWithUpdateInput
  | ResetInput
  | UpdateOptionsInput
  | PauseInput
  | UnpauseInput
  | PauseActivityInput
  | UnpauseActivityInput
  | ResetActivityInput
  | UpdateActivityOptionsInput;

export interface Replies {
  start: StartReply;
  signal: Done;
  requestCancel: Done;
  terminate: Done;
  delete: Done;
  startWorkflowTask: WorkflowTaskView;
  completeWorkflowTask: WorkflowTaskCompletion;
  failWorkflowTask: Done;
  returnTask: Done;
  startActivityTask: ActivityTaskView;
  heartbeat: HeartbeatReply;
  completeActivity: Done;
  failActivity: FailActivityReply;
  cancelActivity: Done;
  resetSticky: Done;
  wake: Done;
  childClosed: Done;
  settle: Done;
  admitUpdate: UpdateStatus;
  startWithUpdate: StartWithUpdateReply;
  reset: Done;
  updateOptions: OptionsReply;
  pause: Done;
  unpause: Done;
  pauseActivity: Done;
  unpauseActivity: Done;
  resetActivity: Done;
  updateActivityOptions: ActivityOptionsReply;
}

/** Nothing to say but that it was done. */
export interface Done {
  readonly runId: string;
}

/** StartWorkflowExecution, SignalWithStartWorkflowExecution, or the start of a child. The request is validated before. */
export interface StartInput {
  readonly kind: 'start';
  readonly request: StartWorkflowExecutionRequest & { readonly requestId: string };
  /** Signal with start: the signal that the run, new or running, gets. */
  readonly signal: SignalContent | undefined;
  readonly parent: ParentLink | undefined;
  /** Who is told when the workflow has closed for good. */
  readonly watchers?: readonly Watcher[];
}

/** Whose child a run is, as recorded in its started event. */
export interface ParentLink {
  readonly namespace: string;
  readonly namespaceId: string;
  readonly execution: WorkflowExecution;
  readonly initiatedEventId: number;
  readonly root: WorkflowExecution;
  /** Runs of the parent, before it was reset, that may have started the same child; none where absent. */
  readonly earlierRunIds?: readonly string[];
}

export interface StartReply {
  readonly runId: string;
  readonly firstRunId: string;
  /** False where an existing run was used. A repeated start says true, as the first one did; with a signal it says false. */
  readonly started: boolean;
  readonly status: WorkflowExecutionStatus;
  /** The first workflow task, started in the same transition, where that was asked for and may be. */
  readonly eagerTask: WorkflowTaskView | undefined;
}

export interface SignalContent {
  readonly name: string;
  readonly input: Payloads | undefined;
  readonly header: Header | undefined;
  readonly identity: string;
  readonly requestId: string;
  readonly links: readonly Link[];
  /** The workflow that sent it; undefined for a client. */
  readonly sender: WorkflowExecution | undefined;
}

export interface SignalInput {
  readonly kind: 'signal';
  readonly runId: string;
  readonly signal: SignalContent;
  readonly childWorkflowOnly: ChildGuard | undefined;
}

/** The target must be a child of this workflow. */
export interface ChildGuard {
  readonly parent: WorkflowExecution;
  /** Runs of the parent, before it was reset, that may have started the child; none where absent. */
  readonly earlierRunIds?: readonly string[];
}

export interface RequestCancelInput {
  readonly kind: 'requestCancel';
  readonly runId: string;
  /** Set: any run of the chain that began with this one; the run id is ignored. */
  readonly firstRunId: string;
  readonly requestId: string;
  readonly identity: string;
  readonly reason: string;
  readonly links: readonly Link[];
  readonly childWorkflowOnly: ChildGuard | undefined;
  /** The workflow that asked, and the event in which it did; undefined for a client. */
  readonly sender: { readonly execution: WorkflowExecution; readonly initiatedEventId: number } | undefined;
}

export interface TerminateInput {
  readonly kind: 'terminate';
  readonly runId: string;
  readonly firstRunId: string;
  readonly identity: string;
  readonly reason: string;
  readonly details: Payloads | undefined;
  readonly links: readonly Link[];
  readonly childWorkflowOnly: ChildGuard | undefined;
}

/** The run is to be removed with all that is known of it; an open one is ended first. */
export interface DeleteInput {
  readonly kind: 'delete';
  readonly runId: string;
}

/** Who takes a task. */
export interface TaskTaker {
  readonly identity: string;
  /** Unique to the poll. */
  readonly requestId: string;
  readonly workerVersion: WorkerVersionStamp | undefined;
}

/** A poller takes a workflow task that was offered. */
export interface StartWorkflowTaskInput {
  readonly kind: 'startWorkflowTask';
  readonly runId: string;
  readonly scheduledEventId: number;
  readonly stamp: number;
  readonly taker: TaskTaker;
  /** Whether the poller polls the sticky queue of the run; if not, the binding to the sticky worker ends. */
  readonly sticky: boolean;
}

/** Which workflow task a worker speaks of: what its token holds. */
export interface WorkflowTaskRef {
  readonly runId: string;
  readonly scheduledEventId: number;
  readonly startedEventId: number;
  readonly attempt: number;
  readonly stamp: number;
  /** Of a task that was handed out before it was on record; else empty. */
  readonly ticket: string;
}

export interface AdmitUpdateInput {
  readonly kind: 'admitUpdate';
  readonly runId: string;
  /** Set: the run must belong to the chain that began with this one. */
  readonly firstRunId: string;
  readonly updateId: string;
  readonly request: UpdateRequest;
}

/** ExecuteMultiOperation. Both requests are validated before. */
export interface StartWithUpdateInput {
  readonly kind: 'startWithUpdate';
  readonly start: StartInput;
  readonly update: Pick<AdmitUpdateInput, 'updateId' | 'request'>;
}

/** Both have been done, or neither, and because of which. The run id of what was not done is empty. */
export type StartWithUpdateReply =
  | { readonly runId: string; readonly start: StartReply; readonly update: UpdateStatus }
  | { readonly runId: ''; readonly refusedBy: 'start' | 'update'; readonly refusal: Rejection };

export interface CompleteWorkflowTaskInput {
  readonly kind: 'completeWorkflowTask';
  readonly runId: string;
  readonly task: WorkflowTaskRef;
  readonly request: RespondWorkflowTaskCompletedRequest;
  /** What the request's messages say; nothing where absent. */
  readonly updateMessages?: readonly UpdateMessage[];
}

export interface WorkflowTaskCompletion {
  readonly runId: string;
  /** The next workflow task, started in the same transition, where the worker asked for it. */
  readonly nextTask: WorkflowTaskView | undefined;
  /** Activities that the worker asked to run itself, started in the same transition. */
  readonly eagerActivities: readonly ActivityTaskView[];
  /** The refusal with which the worker is answered although the transition stands: its commands failed the task. */
  readonly failure: Rejection | undefined;
  /** The task has left no trace: the worker has to go back to this event. 0 for any other. */
  readonly resetHistoryEventId: number;
}

export interface FailWorkflowTaskInput {
  readonly kind: 'failWorkflowTask';
  readonly runId: string;
  readonly task: WorkflowTaskRef;
  readonly cause: WorkflowTaskFailedCause;
  readonly failure: Failure | undefined;
  readonly identity: string;
  readonly binaryChecksum: string;
  readonly workerVersion: WorkerVersionStamp | undefined;
}

/** A started task did not reach its worker: it goes back, without costing an attempt. */
export interface ReturnTaskInput {
  readonly kind: 'returnTask';
  readonly runId: string;
  readonly task: 'workflow' | 'activity';
  readonly scheduledEventId: number;
  readonly stamp: number;
}

export interface StartActivityTaskInput {
  readonly kind: 'startActivityTask';
  readonly runId: string;
  readonly scheduledEventId: number;
  readonly stamp: number;
  readonly taker: TaskTaker;
}

/** Which activity a caller speaks of: the attempt that its token names, or any by its id. */
export type ActivityRef =
  | {
      readonly by: 'token';
      readonly scheduledEventId: number;
      readonly attempt: number;
      readonly stamp: number;
    }
  | { readonly by: 'id'; readonly activityId: string };

export interface HeartbeatInput {
  readonly kind: 'heartbeat';
  readonly runId: string;
  readonly activity: ActivityRef;
  readonly details: Payloads | undefined;
  readonly identity: string;
}

export interface HeartbeatReply {
  readonly runId: string;
  readonly cancelRequested: boolean;
  /** A user holds the activity. */
  readonly paused: boolean;
  /** A user has reset the activity since the attempt began. */
  readonly reset: boolean;
}

export interface CompleteActivityInput {
  readonly kind: 'completeActivity';
  readonly runId: string;
  readonly activity: ActivityRef;
  readonly result: Payloads | undefined;
  readonly identity: string;
}

/** `failures`: what of the report was too large to be recorded, and what stands in its place. */
export interface FailActivityReply extends Done {
  readonly failures: readonly Failure[];
}

export interface FailActivityInput {
  readonly kind: 'failActivity';
  readonly runId: string;
  readonly activity: ActivityRef;
  readonly failure: Failure | undefined;
  readonly lastHeartbeatDetails: Payloads | undefined;
  readonly identity: string;
}

export interface CancelActivityInput {
  readonly kind: 'cancelActivity';
  readonly runId: string;
  readonly activity: ActivityRef;
  readonly details: Payloads | undefined;
  readonly identity: string;
}

export interface ResetStickyInput {
  readonly kind: 'resetSticky';
  readonly runId: string;
}

/** Time has passed: whatever is due happens. One that finds nothing due does nothing. */
export interface WakeInput {
  readonly kind: 'wake';
  readonly runId: string;
}

export interface ChildClosedInput extends ChildNews {
  readonly kind: 'childClosed';
  readonly runId: string;
}
