import type { HistoryEvent } from '@perdure/proto/types';
import type { ChildNews } from '../child/child.ts';

/** What a closed run still owes: the news to its parent and its watchers, and the parent close policy to its children. */
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
}

export type ClosingChange =
  /** The parent has been told, or is gone. */
  | { readonly kind: 'parentTold' }
  /** The policy has been applied to a child. */
  | { readonly kind: 'childSettled'; readonly id: number }
  /** A child has closed after its parent. */
  | { readonly kind: 'childNewsKept'; readonly news: ChildNews };
