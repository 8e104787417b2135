import { noSet, type AggregateState, type Machine, type RecordedChange, type Run } from '@perdure/core';
import type { HistoryRow, LogRow, RunIdentity, StoredRun } from '@perdure/storage';
import { machineOf } from './kinds.ts';
import { decodeSnapshot, decodeTransition } from './record.ts';
import { WaitingTasks } from './waiting.ts';

/** How many bytes of the latest history a run keeps at hand, so that workers are answered without a read. */
const RECENT_BYTES_MAX = 64 * 1024;

/** A run of a workflow, or the state of another kind of aggregate, in memory, with what ties it to its rows in the store. */
export interface LoadedRun<State extends AggregateState = Run> {
  readonly run: State;
  readonly machine: Machine<State>;
  /** Its key within the shard. */
  readonly key: number;
  readonly identity: RunIdentity;
  /** Sequence of its last log row. */
  sequence: number;
  /** What the store's row says: undefined before there is one. */
  stored: 'active' | 'idle' | undefined;
  /** Log rows after the last snapshot, and their bytes: what a restart would read. */
  tailRows: number;
  tailBytes: number;
  snapshotBytes: number;
  /** When the store's row says that it is due to be removed. Only ever earlier than that. */
  removeAtMs: number | undefined;
  /** Changes of the open batch. */
  pending: RecordedChange[];
  /** Rows of another run's history with which it begins, until they are written. */
  inherited: LogRow[];
  /** Number of the last batch that changed it. */
  batch: number;
  /** The latest rows with events, oldest first, without a gap to the end of the history. */
  readonly recent: HistoryRow[];
  recentBytes: number;
  /** Deliveries under way. While there are any, the run stays in memory. */
  deliveries: Set<string>;
  /** Its tasks that wait in queues for a poller. */
  readonly waiting: WaitingTasks;
}

/** A run that begins in the open batch. */
export function newLoadedRun(run: AggregateState, key: number, identity: RunIdentity): LoadedRun<AggregateState> {
  return {
    run,
    machine: machineOf(identity.kind),
    key,
    identity,
    sequence: 0,
    stored: undefined,
    tailRows: 0,
    tailBytes: 0,
    snapshotBytes: 0,
    removeAtMs: undefined,
    pending: [],
    inherited: [],
    batch: 0,
    recent: [],
    recentBytes: 0,
    deliveries: noSet(),
    waiting: new WaitingTasks(),
  };
}

/** A run as the store has it: its snapshot, and the transitions after it brought about again. */
export function rebuildLoadedRun(stored: StoredRun): LoadedRun<AggregateState> {
  const { identity, snapshot, tail } = stored;
  const machine = machineOf(identity.kind);
  const run = snapshot === undefined ? machine.blank(identity) : machine.restore(decodeSnapshot(snapshot.body));
  const loaded = newLoadedRun(run, stored.run, identity);
  loaded.stored = stored.active ? 'active' : 'idle';
  loaded.sequence = snapshot?.sequence ?? 0;
  loaded.removeAtMs = stored.removeAtMs;
  loaded.snapshotBytes = snapshot?.body.length ?? 0;
  for (const row of tail) {
    machine.reapply(run, decodeTransition(row));
    run.transitionCount += 1;
    noteRow(loaded, row);
  }
  return loaded;
}

/** Begins a run with a row of another one's history. */
export function inheritRow(
  loaded: LoadedRun<AggregateState>,
  { firstEventId, events }: { readonly firstEventId: number; readonly events: Uint8Array },
): void {
  const row: LogRow = { run: loaded.key, sequence: loaded.sequence + 1, firstEventId, events, delta: undefined };
  loaded.inherited.push(row);
  loaded.run.transitionCount += 1;
  noteRow(loaded, row);
}

/** Takes account of a log row that is, or is about to be, in the store. */
export function noteRow(loaded: LoadedRun<AggregateState>, row: LogRow): void {
  loaded.sequence = row.sequence;
  loaded.tailRows += 1;
  loaded.tailBytes += (row.events?.length ?? 0) + (row.delta?.length ?? 0);
  if (row.events === undefined) return;
  const { sequence, firstEventId, events } = row;
  loaded.recent.push({ sequence, firstEventId, events });
  loaded.recentBytes += events.length;
  while (loaded.recentBytes > RECENT_BYTES_MAX && loaded.recent.length > 1) {
    loaded.recentBytes -= loaded.recent.shift()?.events.length ?? 0;
  }
}

/** The latest rows are left to the store. They must be durable. Returns how many bytes that sets free. */
export function forgetRecent(loaded: LoadedRun<AggregateState>): number {
  const { recentBytes } = loaded;
  loaded.recent.length = 0;
  loaded.recentBytes = 0;
  return recentBytes;
}

/** Rows, and bytes beyond the last snapshot's, after which a new snapshot is worth its bytes. */
const TAIL_ROWS_MAX = 500;
const TAIL_BYTES_MIN = 64 * 1024;

/** A restart would have too much to read: so much that the next snapshot pays for itself. */
export function wantsSnapshot(loaded: LoadedRun<AggregateState>): boolean {
  const worthIt = loaded.tailBytes > Math.max(TAIL_BYTES_MIN, 2 * loaded.snapshotBytes);
  return (
    loaded.machine.isOpen(loaded.run) &&
    (worthIt || (loaded.tailRows > TAIL_ROWS_MAX && loaded.tailBytes > loaded.snapshotBytes))
  );
}
