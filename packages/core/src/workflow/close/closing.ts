import type { HistoryEvent } from '@perdure/proto/types';
import type { Activity } from '../activity/activity.ts';
import type { Child, ChildNews } from '../child/child.ts';
import type { WorkflowTask } from '../task/workflow-task.ts';

/**
 * What a closed run still owes: the news to its parent and its watchers, and the parent close policy to its children;
 * and what is shown of it.
 */
export interface Closing {
  /** The close event, kept until the parent knows of it; undefined where nobody waits for it. */
  parentNews: HistoryEvent | undefined;
  /** The same for those who watch the chain; undefined where nobody does, or another run follows. */
  watcherNews?: HistoryEvent | undefined;
  /** The same for those who are called back: until the last of them has been, however long that takes. */
  callbackNews?: HistoryEvent | undefined;
  /** Initiated event ids of the children to which the policy is still to be applied. */
  readonly children: Set<number>;
  /**
   * What came of children after the close, by initiated event id: a reset gives it to the new run, which would wait for
   * a child that has nobody else to tell. Undefined where there is none.
   */
  lateNews?: Map<number, ChildNews> | undefined;
  /** Undefined where nothing was pending. */
  left?: LeftPending | undefined;
}

/** What was pending when the run closed: descriptions go on to show it, without its payloads. */
export interface LeftPending {
  readonly activities: readonly Activity[];
  readonly children: readonly Child[];
  /** One that nobody had started. */
  readonly task: WorkflowTask | undefined;
}

export type ClosingChange =
  /** The parent has been told, or is gone. */
  | { readonly kind: 'parentTold' }
  /** The parent waits for this close although a reset brought it about. */
  | { readonly kind: 'parentOwed'; readonly event: HistoryEvent }
  /** The policy has been applied to a child. */
  | { readonly kind: 'childSettled'; readonly id: number }
  /** A child has closed after its parent. */
  | { readonly kind: 'childNewsKept'; readonly news: ChildNews };
