import {
  compareCursors,
  compareRecords,
  type CountGroup,
  countRecords,
  cursorOf,
  type ResolvedQuery,
  selects,
  type VisibilityRecord,
} from '@perdure/core';
import { assertBatch } from './batch-check.ts';
import { MemoryShard } from './memory-shard.ts';
import type {
  BacklogLane,
  BacklogRow,
  CommitOutcome,
  HistoryRange,
  HistoryRow,
  LaneKey,
  ReclaimResult,
  RegistryEntry,
  RegistryWrite,
  Removal,
  RunSelector,
  ShardBatch,
  ShardGrant,
  Store,
  StoredRun,
  VisibilityCount,
  VisibilityQuery,
  Wakeup,
} from './store.ts';

/** A store that keeps everything in memory: for tests and the simulator. Ends with the process. */
export class MemoryStore implements Store {
  readonly name = 'memory';
  readonly #shards = new Map<number, MemoryShard>();
  /** By run id. */
  readonly #visibility = new Map<string, VisibilityRecord>();
  readonly #registries = new Map<string, Map<string, RegistryEntry>>();

  async acquireShard(shard: number, _owner: string): Promise<ShardGrant> {
    return this.#shard(shard).acquire();
  }

  async commit(batches: readonly ShardBatch[]): Promise<readonly CommitOutcome[]> {
    for (const batch of batches) assertBatch(batch);
    return batches.map((batch) => this.#commit(batch));
  }

  async loadRun(shard: number, selector: RunSelector): Promise<StoredRun | undefined> {
    return this.#shard(shard).load(selector);
  }

  async loadActiveRuns(shard: number, afterRun: number, limit: number): Promise<readonly StoredRun[]> {
    return this.#shard(shard).loadActive(afterRun, limit);
  }

  async readHistory(range: HistoryRange): Promise<readonly HistoryRow[]> {
    return this.#shard(range.shard).readHistory(range);
  }

  async scanWakeups(shard: number, untilMs: number, limit: number): Promise<readonly Wakeup[]> {
    return this.#shard(shard).scanWakeups(untilMs, limit);
  }

  async scanRemovals(shard: number, untilMs: number, limit: number): Promise<readonly Removal[]> {
    return this.#shard(shard).scanRemovals(untilMs, limit);
  }

  /** Removed runs leave nothing behind in memory. */
  async reclaim(_rowsMax: number): Promise<ReclaimResult> {
    return { rows: 0, more: false };
  }

  async listBacklogLanes(shard: number): Promise<readonly BacklogLane[]> {
    return this.#shard(shard).listBacklogLanes();
  }

  async readBacklog(shard: number, lane: LaneKey, afterId: number, limit: number): Promise<readonly BacklogRow[]> {
    return this.#shard(shard).readBacklog(lane, afterId, limit);
  }

  async readBacklogOfRun(shard: number, run: number): Promise<readonly BacklogRow[]> {
    return this.#shard(shard).readBacklogOfRun(run);
  }

  async listVisibility(query: VisibilityQuery): Promise<readonly VisibilityRecord[]> {
    const { after, pageSize } = query;
    const matching = this.#select(query.namespaceId, query.query).sort(compareRecords);
    const rest = after ? matching.filter((record) => compareCursors(cursorOf(record), after) > 0) : matching;
    return rest.slice(0, pageSize);
  }

  async countVisibility(query: VisibilityCount): Promise<readonly CountGroup[]> {
    return countRecords(this.#select(query.namespaceId, query.query), query.groupBy);
  }

  async readRegistry(registry: string): Promise<readonly RegistryEntry[]> {
    return [...(this.#registries.get(registry)?.values() ?? [])];
  }

  async writeRegistry({ registry, id, expectedVersion, body }: RegistryWrite): Promise<boolean> {
    const entries = this.#registries.get(registry) ?? new Map<string, RegistryEntry>();
    this.#registries.set(registry, entries);
    if ((entries.get(id)?.version ?? 0) !== expectedVersion) return false;
    if (body === undefined) entries.delete(id);
    else entries.set(id, { id, version: expectedVersion + 1, body });
    return true;
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }

  #shard(shard: number): MemoryShard {
    const known = this.#shards.get(shard) ?? new MemoryShard();
    this.#shards.set(shard, known);
    return known;
  }

  #commit(batch: ShardBatch): CommitOutcome {
    const shard = this.#shard(batch.shard);
    const removed = batch.runsRemove.map((run) => shard.runIdOf(run));
    const outcome = shard.commit(batch);
    if (outcome === 'fenced') return outcome;
    for (const runId of removed) if (runId !== undefined) this.#visibility.delete(runId);
    for (const record of batch.visibilityPut) this.#visibility.set(record.runId, record);
    return outcome;
  }

  #select(namespaceId: string, query: ResolvedQuery): VisibilityRecord[] {
    return [...this.#visibility.values()].filter(
      (record) => record.namespaceId === namespaceId && selects(query, record),
    );
  }
}
