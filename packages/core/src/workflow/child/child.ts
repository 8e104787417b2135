import type { StartChildWorkflowExecutionInitiatedEventAttributes, UserMetadata } from '@perdure/proto/types';

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

/** Whether the parent knows of the child's start. */
export function hasStarted(child: Child): boolean {
  return child.runId !== '';
}
