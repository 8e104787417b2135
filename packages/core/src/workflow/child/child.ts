import type {
  HistoryEvent,
  StartChildWorkflowExecutionInitiatedEventAttributes,
  UserMetadata,
  WorkflowExecution,
} from '@perdure/proto/types';

/** A child workflow that the run has asked for and that has not closed yet. */
export interface Child {
  readonly initiatedEventId: number;
  /** Of a started child without its payloads, which the history holds. */
  initiated: StartChildWorkflowExecutionInitiatedEventAttributes;
  /** What the child is started with beside the attributes; undefined once it has started. */
  userMetadata: UserMetadata | undefined;
  /** Event id of its start; 0 until it has started, or while that event is in the buffer. */
  startedEventId: number;
  /** The first run of the child; empty until it is known to have started. */
  runId: string;
}

/** What a parent is told when its child has closed for good: no run follows it. */
export interface ChildNews {
  readonly initiatedEventId: number;
  /** The child's last run. */
  readonly child: WorkflowExecution;
  /** The child's first run: the one that the parent knows, or has not heard of yet. */
  readonly firstRunId: string;
  /** The child's close event. */
  readonly event: HistoryEvent;
}

/** Whether the parent knows of the child's start. */
export function hasStarted(child: Child): boolean {
  return child.runId !== '';
}
