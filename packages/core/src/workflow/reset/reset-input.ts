import type { HistoryEvent, ResetReapplyExcludeType } from '@perdure/proto/types';
import type { OptionsUpdate } from '../options/options.ts';
import type { InheritedRow } from '../transition.ts';
import type { Replay } from './replay.ts';

/** ResetWorkflowExecution. The request is validated before. */
export interface ResetInput {
  readonly kind: 'reset';
  /** The run that is reset, open or closed; empty: the current one. */
  readonly runId: string;
  /** The new run has the events before this one. */
  readonly finishEventId: number;
  readonly requestId: string;
  readonly reason: string;
  /** What is not carried over from after that point. */
  readonly excluded: ReadonlySet<ResetReapplyExcludeType>;
  /** What the new run has otherwise, one after the other. */
  readonly options: readonly OptionsUpdate[];
  /** The run that owes it to itself: of no use any more once that one is closed. */
  readonly owedBy?: string;
  /** What the histories hold; undefined until they have been read. */
  readonly past: ResetPast | undefined;
}

/** The past of a run that is reset, read from histories. */
export interface ResetPast {
  /** The run as it was at the point. */
  readonly replay: Replay;
  /** The event after them. */
  readonly next: HistoryEvent;
  /** The same events, encoded. */
  readonly rows: readonly InheritedRow[];
  /** What has come since then, here and in the runs that continued the run, in order. */
  readonly since: readonly PastEvent[];
  /** The last run whose events are in `since`. */
  readonly lastRunId: string;
}

export interface PastEvent {
  readonly event: HistoryEvent;
  /** Of the run itself, not of one that continued it. */
  readonly own: boolean;
}
