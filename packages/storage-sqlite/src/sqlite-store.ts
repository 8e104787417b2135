import type { CountGroup, VisibilityRecord } from '@perdure/core';
import {
  assertBatch,
  type BacklogLane,
  type BacklogRow,
  type CommitOutcome,
  type HistoryRange,
  type HistoryRow,
  type LaneKey,
  type ReclaimResult,
  type RegistryEntry,
  type RegistryWrite,
  type Removal,
  type RunSelector,
  type ShardBatch,
  type ShardGrant,
  type Store,
  type StoredRun,
  type VisibilityCount,
  type VisibilityQuery,
  type Wakeup,
} from '@perdure/storage';
import type { Journal } from './journal/journal.ts';
import { readBacklog, readBacklogLanes, readBacklogOfRun, readRegistry } from './queue-reads.ts';
import type { RunReads } from './run-reads.ts';
import { toStoreError } from './sqlite-error.ts';
import type { ReadStatements } from './statements.ts';
import type { VisibilityReads } from './visibility-reads.ts';
import type { Writer } from './writer.ts';

/** The parts of an open store, each on the connections that it needs. */
export interface StoreParts {
  /** The file in messages. */
  readonly file: string;
  readonly writer: Writer;
  readonly journal: Journal;
  readonly statements: ReadStatements;
  readonly runs: RunReads;
  readonly visibility: VisibilityReads;
  /** Ends threads, then closes the connection and gives the file back. */
  readonly close: () => Promise<void>;
}

/** The embedded store, in one SQLite file or in memory. Opened by `openSqliteStore`. */
export class SqliteStore implements Store {
  readonly name = 'sqlite';
  readonly #parts: StoreParts;
  #closing: Promise<void> | undefined;

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  async acquireShard(shard: number, owner: string): Promise<ShardGrant> {
    return this.#parts.journal.acquire(shard, owner);
  }

  async commit(batches: readonly ShardBatch[]): Promise<readonly CommitOutcome[]> {
    for (const batch of batches) assertBatch(batch);
    return this.#parts.journal.commit(batches);
  }

  async loadRun(shard: number, selector: RunSelector): Promise<StoredRun | undefined> {
    return this.#read(() => this.#parts.journal.loadRun(shard, selector));
  }

  async loadActiveRuns(shard: number, afterRun: number, limit: number): Promise<readonly StoredRun[]> {
    return this.#readTables(() => this.#parts.runs.loadActive(shard, afterRun, limit));
  }

  async readHistory(range: HistoryRange): Promise<readonly HistoryRow[]> {
    return this.#read(() => this.#parts.journal.readHistory(range));
  }

  async scanWakeups(shard: number, untilMs: number, limit: number): Promise<readonly Wakeup[]> {
    return this.#readTables(() => this.#parts.runs.wakeups(shard, untilMs, limit));
  }

  async scanRemovals(shard: number, untilMs: number, limit: number): Promise<readonly Removal[]> {
    return this.#readTables(() => this.#parts.runs.removals(shard, untilMs, limit));
  }

  async reclaim(rowsMax: number): Promise<ReclaimResult> {
    await this.#parts.journal.settle();
    return this.#parts.writer.submit({ kind: 'reclaim', rowsMax });
  }

  async listBacklogLanes(shard: number): Promise<readonly BacklogLane[]> {
    return this.#readTables(() => readBacklogLanes(this.#parts.statements, shard));
  }

  async readBacklog(shard: number, lane: LaneKey, afterId: number, limit: number): Promise<readonly BacklogRow[]> {
    return this.#readTables(() => readBacklog(this.#parts.statements, shard, lane, afterId, limit));
  }

  async readBacklogOfRun(shard: number, run: number): Promise<readonly BacklogRow[]> {
    return this.#readTables(() => readBacklogOfRun(this.#parts.statements, shard, run));
  }

  async listVisibility(query: VisibilityQuery): Promise<readonly VisibilityRecord[]> {
    this.#refuseWhenStopped();
    await this.#parts.journal.settleIfRoom();
    return this.#whenDurable(await this.#parts.visibility.list(query));
  }

  async countVisibility(query: VisibilityCount): Promise<readonly CountGroup[]> {
    this.#refuseWhenStopped();
    await this.#parts.journal.settleIfRoom();
    return this.#whenDurable(await this.#parts.visibility.count(query));
  }

  async readRegistry(registry: string): Promise<readonly RegistryEntry[]> {
    return this.#read(() => readRegistry(this.#parts.statements, registry));
  }

  async writeRegistry(entry: RegistryWrite): Promise<boolean> {
    return this.#parts.writer.submit({ kind: 'registry', entry });
  }

  /** Settles when the tables have all that was committed by now, for who reads the file itself. */
  async settle(): Promise<void> {
    await this.#parts.journal.settle();
  }

  close(): Promise<void> {
    this.#closing ??= this.#parts.close();
    return this.#closing;
  }

  /** Holds back what a query may have seen of a commit that is not on the disk yet. */
  async #whenDurable<Result>(result: Result): Promise<Result> {
    await this.#parts.writer.durable();
    return result;
  }

  /** Reads what only the tables can tell, which have all that is in the journal then. */
  async #readTables<Result>(read: () => Result): Promise<Result> {
    this.#refuseWhenStopped();
    await this.#parts.journal.settle();
    return this.#read(read);
  }

  async #read<Result>(read: () => Result | Promise<Result>): Promise<Result> {
    this.#refuseWhenStopped();
    try {
      return await read();
    } catch (error) {
      throw toStoreError(error, 'read', this.#parts.file);
    }
  }

  #refuseWhenStopped(): void {
    const { stopped } = this.#parts.writer;
    if (stopped !== undefined) throw stopped;
  }
}
