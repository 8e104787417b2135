import type { HistoryEvent, WorkflowExecution } from '@perdure/proto/types';
import { present } from '../../kernel/assert.ts';
import type { Message } from '../../aggregate/delivery.ts';
import type { ScheduleKey } from '../../aggregate/key.ts';
import { firstRunId } from '../lifecycle.ts';
import type { Run } from '../run.ts';

/**
 * Who is told when a run has closed for good: the schedule that started it. Attached at the start, kept by every run
 * that follows in the chain (continue-as-new, retry, cron, reset), told by the last one through its outbox.
 * A completion callback that leaves the server is another variant of the same.
 */
export interface Watcher {
  readonly to: ScheduleKey;
  /** The watcher's own name for what it started, never used twice; handed back with the news. */
  readonly token: string;
}

export type WatcherChange =
  /** The run begins with watchers. */
  | { readonly kind: 'watchersAttached'; readonly watchers: readonly Watcher[] }
  /** A watcher knows of the close, or is gone itself. */
  | { readonly kind: 'watcherTold'; readonly token: string };

/** The news for a watcher. */
export interface WorkflowClosedInput {
  readonly kind: 'workflowClosed';
  /** Empty: whoever has the watcher's id now decides by the token whether it is meant. */
  readonly runId: '';
  readonly token: string;
  /** The last run. */
  readonly execution: WorkflowExecution;
  readonly firstRunId: string;
  /** The close event. */
  readonly event: HistoryEvent;
}

export function isSameWatcher(one: Watcher, other: Watcher): boolean {
  return (
    one.token === other.token &&
    one.to.scheduleId === other.to.scheduleId &&
    one.to.namespaceId === other.to.namespaceId
  );
}

export function applyWatcherChange(run: Run, change: WatcherChange): void {
  if (change.kind === 'watchersAttached') run.watchers = change.watchers;
  else run.watchers = (run.watchers ?? []).filter(({ token }) => token !== change.token);
}

/** The watchers that a closed run still has to tell. */
export function untold(run: Run): readonly Watcher[] {
  return run.closing?.watcherNews === undefined ? [] : (run.watchers ?? []);
}

export function watcherDeliveries(run: Run): readonly Message[] {
  return untold(run).map(({ to, token }) => ({
    key: `watcher:${token}`,
    to,
    input: {
      kind: 'workflowClosed',
      runId: '',
      token,
      execution: { workflowId: run.workflowId, runId: run.runId },
      firstRunId: firstRunId(run),
      event: present(run.closing?.watcherNews, 'the news of a close is its event'),
    },
  }));
}
