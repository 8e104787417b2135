import type { VisibilityRecord } from '@perdure/core';
import type { BacklogRef, BacklogRow, LogRow, RunSelector, RunWrite, ShardBatch, ShardGrant } from '@perdure/storage';
import { type Changes, planChanges, type Write } from '../plan-batch.ts';
import { runKey } from '../run-key.ts';
import { PendingRun } from './pending-run.ts';

/** A batch in the journal. */
export interface JournalEntry {
  /** Of its row, which may hold several, of as many shards or of one. Ascending in the order of commits. */
  readonly position: number;
  readonly batch: ShardBatch;
}

/** The first batches of the journal as what is left to write of them. */
export interface Slice {
  /** The position of its last batch. */
  readonly through: number;
  readonly writes: readonly Write[];
}

/**
 * The batches of the journal that the tables do not have yet, in memory. What a later one of them writes anew is not
 * written for the earlier ones: of a workflow that starts and closes meanwhile the tables get one row of each kind, and
 * none of its deltas.
 */
export class PendingBatches {
  readonly #entries: (JournalEntry & { readonly addedAtMs: number })[] = [];
  readonly #runs = new Map<number, PendingRun>();
  readonly #byRunId = new Map<string, PendingRun>();
  readonly #byId = new Map<string, Set<PendingRun>>();
  /** The latest position of each run's visibility record. */
  readonly #visibilityAt = new Map<string, number>();
  /** Positions at which a row of the backlog is put first and removed last, by shard and id. */
  readonly #backlogPutAt = new Map<string, number>();
  readonly #backlogRemovedAt = new Map<string, number>();
  #removals = 0;

  /** How many batches wait. */
  get size(): number {
    return this.#entries.length;
  }

  /** The position of the first batch; infinite where none waits. */
  get first(): number {
    return this.#entries[0]?.position ?? Infinity;
  }

  /** The position of the last batch; 0 where none waits. */
  get last(): number {
    return this.#entries.at(-1)?.position ?? 0;
  }

  /** Whether runs are removed by what waits: what the tables say of ids then is not the whole. */
  get removesRuns(): boolean {
    return this.#removals > 0;
  }

  /** The position of the last batch that was added at or before a time; 0 where none was. */
  lastAddedBy(timeMs: number): number {
    return this.#entries.findLast(({ addedAtMs }) => addedAtMs <= timeMs)?.position ?? 0;
  }

  add({ position, batch }: JournalEntry, nowMs: number): void {
    this.#entries.push({ position, batch, addedAtMs: nowMs });
    const { shard } = batch;
    for (const write of batch.runs) this.#addWrite(this.#touch(shard, write.run, position), write, position);
    for (const row of batch.log) this.#touch(shard, row.run, position).rows.push(row);
    for (const { runId } of batch.visibilityPut) this.#visibilityAt.set(runId, position);
    for (const { id } of batch.backlogPut) {
      const key = backlogKey(shard, id);
      if (!this.#backlogPutAt.has(key)) this.#backlogPutAt.set(key, position);
    }
    for (const { id } of batch.backlogRemove) this.#backlogRemovedAt.set(backlogKey(shard, id), position);
    this.#removals += batch.runsRemove.length;
  }

  /** A grant as it is, from what the tables say of the shard. */
  over(shard: number, stored: ShardGrant): ShardGrant {
    const changes = noChanges(shard);
    for (const { batch } of this.#entries) if (batch.shard === shard) noteProgress(batch, changes);
    return {
      epoch: stored.epoch,
      sequence: Math.max(stored.sequence, changes.sequence),
      timeMs: Math.max(stored.timeMs, changes.timeMs),
      lastRun: Math.max(stored.lastRun, changes.lastRun),
      lastBacklogId: Math.max(stored.lastBacklogId, changes.lastBacklogId),
    };
  }

  /** What waits of a run, by its key or its ids, of the newest run of an id where no run id is named. */
  find(shard: number, selector: RunSelector): PendingRun | undefined {
    if ('run' in selector) return this.#runs.get(runKey(shard, selector.run));
    let newest: PendingRun | undefined;
    for (const found of this.#byId.get(idKey(shard, selector)) ?? []) {
      const isAsked = selector.runId === undefined || found.write?.identity.runId === selector.runId;
      if (isAsked && found.run > (newest?.run ?? 0)) newest = found;
    }
    return newest;
  }

  /** Whether the row of a run waits. */
  hasRun(runId: string): boolean {
    return this.#byRunId.has(runId);
  }

  /** What is left to write of the first batches, of about `rowsMax` rows, up to a position; undefined: nothing waits. */
  slice(through: number, rowsMax: number): Slice | undefined {
    const entries: JournalEntry[] = [];
    let rows = 0;
    for (const entry of this.#entries) {
      if (entry.position > through || (rows >= rowsMax && entry.position !== entries.at(-1)?.position)) break;
      entries.push(entry);
      rows += rowsOf(entry.batch);
    }
    const last = entries.at(-1)?.position;
    if (last === undefined) return undefined;
    const shards = new Map<number, MutableChanges>();
    for (const entry of entries) {
      const { shard } = entry.batch;
      const changes = shards.get(shard) ?? noChanges(shard);
      shards.set(shard, changes);
      this.#collect(entry, last, changes);
    }
    return { through: last, writes: [...shards.values()].flatMap(planChanges) };
  }

  /** The tables have the batches up to a position. */
  drop(through: number): void {
    let count = 0;
    for (const { position, batch } of this.#entries) {
      if (position > through) break;
      this.#forget(position, batch);
      count += 1;
    }
    this.#entries.splice(0, count);
  }

  /** Adds what is left of an entry to the changes of a slice that ends at `last`. */
  #collect({ position, batch }: JournalEntry, last: number, changes: MutableChanges): void {
    const { shard } = batch;
    changes.sequence = batch.expectedSequence + 1;
    changes.timeMs = Math.max(changes.timeMs, batch.timeMs);
    for (const { run } of batch.runs) changes.lastRun = Math.max(changes.lastRun, run);
    for (const { id } of batch.backlogPut) changes.lastBacklogId = Math.max(changes.lastBacklogId, id);
    for (const write of batch.runs) {
      const run = this.#run(shard, write.run);
      if (run?.write === write) changes.runs.add(write);
      if (run?.snapshotWrite === write) changes.snapshots.push(write);
    }
    for (const row of batch.log) {
      this.#needRow(this.#run(shard, row.run), last, changes);
      const left = this.#rowLeft(shard, row);
      if (left !== undefined) changes.log.push(left);
    }
    for (const record of batch.visibilityPut) {
      if (this.#visibilityAt.get(record.runId) !== position) continue;
      this.#needRow(this.#byRunId.get(record.runId), last, changes);
      changes.visibilityPut.push(record);
    }
    for (const row of batch.backlogPut) {
      const removedAt = this.#backlogRemovedAt.get(backlogKey(shard, row.id)) ?? 0;
      if (removedAt < position) changes.backlogPut.push(row);
    }
    for (const ref of batch.backlogRemove) {
      const putAt = this.#backlogPutAt.get(backlogKey(shard, ref.id)) ?? Infinity;
      if (putAt > position) changes.backlogRemove.push(ref);
    }
    for (const run of batch.runsRemove) changes.runsRemove.push(run);
  }

  /** Without its row a run has no history and no place in visibility: one whose write stands further on is written now. */
  #needRow(run: PendingRun | undefined, last: number, changes: MutableChanges): void {
    if (run?.write !== undefined && run.writtenAt > last && !run.isStored) changes.runs.add(run.write);
  }

  /** Deltas that a snapshot holds are never written. */
  #rowLeft(shard: number, row: LogRow): LogRow | undefined {
    const held = this.#run(shard, row.run)?.snapshotWrite?.snapshot?.sequence ?? 0;
    if (row.sequence > held || (row.events !== undefined && row.delta === undefined)) return row;
    return row.events === undefined ? undefined : { ...row, delta: undefined };
  }

  #run(shard: number, run: number): PendingRun | undefined {
    return this.#runs.get(runKey(shard, run));
  }

  #touch(shard: number, run: number, position: number): PendingRun {
    const key = runKey(shard, run);
    let found = this.#runs.get(key);
    if (found === undefined) this.#runs.set(key, (found = new PendingRun(shard, run)));
    found.lastAt = position;
    return found;
  }

  #addWrite(run: PendingRun, write: RunWrite, position: number): void {
    if (run.write === undefined) {
      this.#byRunId.set(write.identity.runId, run);
      const id = idKey(run.shard, write.identity);
      const runsOfId = this.#byId.get(id);
      if (runsOfId === undefined) this.#byId.set(id, new Set([run]));
      else runsOfId.add(run);
    }
    run.write = write;
    run.writtenAt = position;
    if (write.snapshot !== undefined) run.snapshotWrite = write;
  }

  #forget(position: number, batch: ShardBatch): void {
    const { shard } = batch;
    for (const write of batch.runs) {
      const run = this.#run(shard, write.run);
      if (run?.write === write) this.#forgetWrite(run, write);
      if (run?.snapshotWrite === write) run.snapshotWrite = undefined;
    }
    for (const row of batch.log) this.#run(shard, row.run)?.rows.shift();
    for (const { run } of batch.runs) this.#letGo(shard, run, position);
    for (const { run } of batch.log) this.#letGo(shard, run, position);
    for (const { runId } of batch.visibilityPut) {
      deleteIf(this.#visibilityAt, runId, position);
      const run = this.#byRunId.get(runId);
      if (run !== undefined) run.isStored = true;
    }
    for (const { id } of batch.backlogPut) deleteIf(this.#backlogPutAt, backlogKey(shard, id), position);
    for (const { id } of batch.backlogRemove) deleteIf(this.#backlogRemovedAt, backlogKey(shard, id), position);
    this.#removals -= batch.runsRemove.length;
  }

  #letGo(shard: number, key: number, position: number): void {
    const run = this.#run(shard, key);
    if (run === undefined) return;
    run.isStored = true;
    if (run.lastAt <= position) this.#runs.delete(runKey(shard, key));
  }

  #forgetWrite(run: PendingRun, { identity }: RunWrite): void {
    run.write = undefined;
    this.#byRunId.delete(identity.runId);
    const id = idKey(run.shard, identity);
    const runsOfId = this.#byId.get(id);
    runsOfId?.delete(run);
    if (runsOfId?.size === 0) this.#byId.delete(id);
  }
}

type MutableChanges = { -readonly [Name in keyof Changes]: Changes[Name] } & {
  readonly runs: Set<RunWrite>;
  readonly snapshots: RunWrite[];
  readonly log: LogRow[];
  readonly backlogPut: BacklogRow[];
  readonly backlogRemove: BacklogRef[];
  readonly runsRemove: number[];
  readonly visibilityPut: VisibilityRecord[];
};

function noChanges(shard: number): MutableChanges {
  const lists = {
    snapshots: [],
    log: [],
    backlogPut: [],
    backlogRemove: [],
    runsRemove: [],
    visibilityPut: [],
  };
  return { shard, sequence: 0, timeMs: 0, lastRun: 0, lastBacklogId: 0, runs: new Set(), ...lists };
}

/** How far a batch brings its shard. */
function noteProgress(batch: ShardBatch, changes: MutableChanges): void {
  changes.sequence = batch.expectedSequence + 1;
  changes.timeMs = Math.max(changes.timeMs, batch.timeMs);
  for (const { run } of batch.runs) changes.lastRun = Math.max(changes.lastRun, run);
  for (const { id } of batch.backlogPut) changes.lastBacklogId = Math.max(changes.lastBacklogId, id);
}

function rowsOf({ runs, log, backlogPut, backlogRemove, visibilityPut, runsRemove }: ShardBatch): number {
  return (
    1 + runs.length + log.length + backlogPut.length + backlogRemove.length + visibilityPut.length + runsRemove.length
  );
}

function deleteIf(positions: Map<string, number>, key: string, position: number): void {
  if (positions.get(key) === position) positions.delete(key);
}

function idKey(
  shard: number,
  { kind, namespaceId, id }: Pick<RunWrite['identity'], 'kind' | 'namespaceId' | 'id'>,
): string {
  return `${shard} ${kind} ${namespaceId} ${id}`;
}

function backlogKey(shard: number, id: number): string {
  return `${shard} ${id}`;
}
