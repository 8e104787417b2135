import type { CountGroup, GroupAttribute, ResolvedQuery, VisibilityCursor, VisibilityRecord } from '@perdure/core';

/**
 * What a server keeps, as a log of transitions with snapshots. All of a shard is written by its one owner, batch after
 * batch; nothing that `commit` has confirmed is ever lost. The store knows nothing of workflows: snapshots, deltas and
 * events are bytes to it.
 *
 * Every method may reject with a {@link StoreError}. Implementations run the conformance suite of this package.
 * Bytes belong to both sides once they are handed over, in either direction: nobody changes them.
 */
export interface Store {
  /** As `GetClusterInfo` names it: `sqlite`, `postgres`, `memory`. */
  readonly name: string;

  /** Makes the caller the only writer of a shard: raises its epoch, so that commits of earlier owners are fenced. */
  acquireShard(shard: number, owner: string): Promise<ShardGrant>;

  /**
   * Writes the batches, all or nothing for each shard, and settles when they are durable (fsync). A batch whose epoch or
   * expected sequence is not the shard's is `fenced` and writes nothing. Commits are written in the order in which they
   * were asked for. A rejection says whether the outcome is known; where it is known, nothing of any batch was written.
   */
  commit(batches: readonly ShardBatch[]): Promise<readonly CommitOutcome[]>;

  /**
   * One run with the log rows after its snapshot, oldest first; undefined where there is none. A namespace id or run id
   * that is no UUID names none.
   */
  loadRun(shard: number, selector: RunSelector): Promise<StoredRun | undefined>;

  /** The runs that were active at the last commit, in ascending key order after `afterRun`: a restart loads them all. */
  loadActiveRuns(shard: number, afterRun: number, limit: number): Promise<readonly StoredRun[]>;

  /** Rows of a run that hold events, by ascending (or descending) sequence, both bounds inclusive. */
  readHistory(range: HistoryRange): Promise<readonly HistoryRow[]>;

  /** Idle runs whose wake-up is at or before `untilMs`, earliest first, then by run key. */
  scanWakeups(shard: number, untilMs: number, limit: number): Promise<readonly Wakeup[]>;

  /** Closed runs that are due to be removed at or before `untilMs`, earliest first, then by run key. */
  scanRemovals(shard: number, untilMs: number, limit: number): Promise<readonly Removal[]>;

  /**
   * Takes away what is left of removed runs, about `rowsMax` rows, and gives space back to the file system. Nobody sees
   * a difference: it may be called at any time, and goes on where the process before has stopped.
   */
  reclaim(rowsMax: number): Promise<ReclaimResult>;

  /** The lanes that have a backlog in a shard, in any order. Reads the whole backlog: for a shard's start. */
  listBacklogLanes(shard: number): Promise<readonly BacklogLane[]>;

  /** Backlog rows of one lane after `afterId`, oldest first. */
  readBacklog(shard: number, lane: LaneKey, afterId: number, limit: number): Promise<readonly BacklogRow[]>;

  /** Backlog rows of one run, oldest first. */
  readBacklogOfRun(shard: number, run: number): Promise<readonly BacklogRow[]>;

  /**
   * One page of visibility in the default order (core's `compareRecords`), over all shards. The query is resolved; costly
   * ones run off the event loop, and are refused as `too-costly` when they take too long.
   */
  listVisibility(query: VisibilityQuery): Promise<readonly VisibilityRecord[]>;

  /** Counts what a query matches: by group in any order where `groupBy` names an attribute, else as one without values. */
  countVisibility(query: VisibilityCount): Promise<readonly CountGroup[]>;

  /** All entries of one registry. */
  readRegistry(registry: string): Promise<readonly RegistryEntry[]>;

  /**
   * Writes (or with body undefined removes) one registry entry, durably, if its version is still `expectedVersion` (0:
   * it must not exist). Returns false where it is not.
   */
  writeRegistry(entry: RegistryWrite): Promise<boolean>;

  close(): Promise<void>;
}

/** What an acquired shard starts from. */
export interface ShardGrant {
  readonly epoch: number;
  /** The sequence of the last commit; the next batch expects it. */
  readonly sequence: number;
  /** Time of the last commit in milliseconds; time in a shard never runs behind it. */
  readonly timeMs: number;
  /** The largest run key ever used in the shard; 0 where it is new. */
  readonly lastRun: number;
  /** The largest backlog id ever used in the shard; 0 where it is new. */
  readonly lastBacklogId: number;
}

/** Everything that one shard changes in one commit. */
export interface ShardBatch {
  /** From 0 to `SHARD_MAX` (8,191). */
  readonly shard: number;
  readonly epoch: number;
  /** The sequence of the batch before; this batch gets the next number. */
  readonly expectedSequence: number;
  readonly timeMs: number;
  /** At most one write a run. */
  readonly runs: readonly RunWrite[];
  readonly log: readonly LogRow[];
  readonly backlogPut: readonly BacklogRow[];
  /** Rows that are not there are passed over. */
  readonly backlogRemove: readonly BacklogRef[];
  /** Of runs that this batch or an earlier one wrote; at most one record a run, which replaces the earlier one. */
  readonly visibilityPut: readonly VisibilityRecord[];
  /**
   * Keys of closed runs that are gone for every reader once this is committed, with their visibility; none of them is
   * written by this batch. Keys that are not there are passed over. Removing the newest run of an id leaves the id
   * without a current one until there is a newer run.
   */
  readonly runsRemove: readonly number[];
}

export type CommitOutcome = 'committed' | 'fenced';

/** What kind of aggregate a run belongs to. */
export const RunKind = { Workflow: 0, Schedule: 1, Batch: 2 } as const;
export type RunKind = (typeof RunKind)[keyof typeof RunKind];

/**
 * Creates or changes the row of a run.
 * - `active`: its state is the snapshot and the log after it; a restart loads it. A new run is written so, without snapshot.
 * - `idle`: its snapshot is all of its state; nothing happens to it before `wakeAtMs`.
 */
export interface RunWrite {
  /** From 1 to `RUN_KEY_MAX` (2^40 - 1), unique in the shard. */
  readonly run: number;
  /** Never changes once it is written. */
  readonly identity: RunIdentity;
  readonly active: boolean;
  /** When an idle run has to be loaded again; undefined: only when asked for. */
  readonly wakeAtMs: number | undefined;
  /**
   * A new snapshot, which holds all log rows up to `sequence`; undefined keeps the one before. Deltas that it holds are
   * dropped, whether the run has closed or not: a run that retries for a year stays small.
   */
  readonly snapshot: { readonly body: Uint8Array; readonly sequence: number } | undefined;
  /** The run has closed. It is written with a snapshot, so that no delta is left. */
  readonly closed: boolean;
  /** When a closed run is due to be removed; undefined: it is kept. */
  readonly removeAtMs: number | undefined;
}

/** Names a run outside the shard. */
export interface RunIdentity {
  readonly kind: RunKind;
  /** A UUID in lower case, as all UUIDs here. */
  readonly namespaceId: string;
  /** Any text. */
  readonly id: string;
  /** A UUID that no other run of the store has. */
  readonly runId: string;
}

/** Which run to load: by its key, by its ids, or the current one (the newest) of an id. */
export type RunSelector =
  | { readonly run: number }
  | { readonly kind: RunKind; readonly namespaceId: string; readonly id: string; readonly runId: string | undefined };

export interface StoredRun {
  readonly run: number;
  readonly identity: RunIdentity;
  readonly active: boolean;
  readonly closed: boolean;
  readonly wakeAtMs: number | undefined;
  readonly removeAtMs: number | undefined;
  readonly snapshot: { readonly body: Uint8Array; readonly sequence: number } | undefined;
  readonly tail: readonly LogRow[];
}

/** One transition of one run. Its events, encoded, are the history and stand nowhere else. */
export interface LogRow {
  readonly run: number;
  /** Ascending within the run, from 1, without gaps. */
  readonly sequence: number;
  /** Id of the first event in `events`; the next event's id where there are none. */
  readonly firstEventId: number;
  /** An encoded `temporal.api.history.v1.History`; undefined where the transition wrote no event. */
  readonly events: Uint8Array | undefined;
  /** The changes that are not events; undefined where there are none. */
  readonly delta: Uint8Array | undefined;
}

export interface HistoryRow {
  readonly sequence: number;
  readonly firstEventId: number;
  readonly events: Uint8Array;
}

export interface HistoryRange {
  readonly shard: number;
  readonly run: number;
  readonly fromSequence: number;
  readonly throughSequence: number;
  readonly descending: boolean;
  /** Stops after the row that reaches either limit; at least one row is given if there is one. */
  readonly rowsMax: number;
  readonly bytesMax: number;
}

export interface Wakeup {
  readonly run: number;
  readonly identity: RunIdentity;
  readonly wakeAtMs: number;
}

/** A closed run that is due to be removed. */
export interface Removal {
  readonly run: number;
  readonly identity: RunIdentity;
  readonly removeAtMs: number;
}

export interface ReclaimResult {
  /** Rows that were taken away. */
  readonly rows: number;
  /** There is more to take away or to give back. */
  readonly more: boolean;
}

/** A task queue as matching knows it. */
export interface QueueKey {
  readonly namespaceId: string;
  readonly name: string;
  readonly kind: QueueKind;
}

export const QueueKind = { Workflow: 1, Activity: 2 } as const;
export type QueueKind = (typeof QueueKind)[keyof typeof QueueKind];

/** Those tasks of a queue that have the same priority and fairness key. They leave in the order of their ids. */
export interface LaneKey {
  readonly queue: QueueKey;
  /** From 1, the most urgent. */
  readonly priority: number;
  /** Any text; empty for tasks that name none. */
  readonly fairnessKey: string;
}

/** Names a row of the backlog within its shard. */
export interface BacklogRef {
  /** Ascending within the shard. */
  readonly id: number;
  readonly run: number;
}

/** A task that no poller waited for. */
export interface BacklogRow extends LaneKey, BacklogRef {
  /** The share of the lane among those of its priority, as the task has it. */
  readonly fairnessWeight: number;
  /** The scheduled event of an activity or a workflow task. */
  readonly scheduledEventId: number;
  /** Settles doubled offers: a run refuses a task whose stamp is not the current one. */
  readonly stamp: number;
  readonly createdAtMs: number;
}

export interface BacklogLane extends LaneKey {
  readonly count: number;
  readonly oldestAtMs: number;
}

export interface VisibilityQuery {
  readonly namespaceId: string;
  readonly query: ResolvedQuery;
  readonly pageSize: number;
  /** Where the page before ended. */
  readonly after: VisibilityCursor | undefined;
  /** The longest that it may take, in milliseconds; a store has a limit of its own, too. */
  readonly limitMs?: number;
}

export interface VisibilityCount {
  readonly namespaceId: string;
  readonly query: ResolvedQuery;
  readonly groupBy: GroupAttribute | undefined;
  /** As in `VisibilityQuery`. */
  readonly limitMs?: number;
}

export interface RegistryEntry {
  readonly id: string;
  /** From 1, raised by each write. */
  readonly version: number;
  readonly body: Uint8Array;
}

export interface RegistryWrite {
  readonly registry: string;
  readonly id: string;
  readonly expectedVersion: number;
  readonly body: Uint8Array | undefined;
}
