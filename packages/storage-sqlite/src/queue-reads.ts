import type { BacklogLane, BacklogRow, LaneKey, QueueKind, RegistryEntry } from '@perdure/storage';
import { bytesIn, numberIn, type Row, textIn, uuidIn } from './row.ts';
import type { ReadStatements } from './statements.ts';
import { uuidBytes } from './uuid.ts';

/** The lanes that have a backlog in a shard. */
export function readBacklogLanes(statements: ReadStatements, shard: number): BacklogLane[] {
  return statements.backlogLanes.all(shard).map((row) => ({
    ...laneIn(row),
    count: numberIn(row, 'count'),
    oldestAtMs: numberIn(row, 'oldest_at_ms'),
  }));
}

/** Backlog rows of one lane after an id, oldest first. */
export function readBacklog(
  statements: ReadStatements,
  shard: number,
  lane: LaneKey,
  afterId: number,
  limit: number,
): BacklogRow[] {
  const { queue, priority, fairnessKey } = lane;
  const { namespaceId, kind, name } = queue;
  const key = [shard, uuidBytes(namespaceId), kind, name, priority, fairnessKey];
  const rows: Row[] = statements.backlog.all(...key, afterId, limit);
  return rows.map((row) => ({ queue: { namespaceId, kind, name }, priority, fairnessKey, ...taskIn(row) }));
}

/** Backlog rows of one run, oldest first. */
export function readBacklogOfRun(statements: ReadStatements, shard: number, run: number): BacklogRow[] {
  return statements.backlogOfRun.all(shard, run).map((row) => ({ ...laneIn(row), ...taskIn(row) }));
}

function laneIn(row: Row): LaneKey {
  return {
    queue: {
      namespaceId: uuidIn(row, 'namespace_id'),
      name: textIn(row, 'name'),
      kind: numberIn(row, 'kind') as QueueKind,
    },
    priority: numberIn(row, 'priority'),
    fairnessKey: textIn(row, 'fairness_key'),
  };
}

function taskIn(row: Row): Omit<BacklogRow, keyof LaneKey> {
  return {
    id: numberIn(row, 'id'),
    fairnessWeight: numberIn(row, 'fairness_weight'),
    run: numberIn(row, 'run'),
    scheduledEventId: numberIn(row, 'scheduled_event_id'),
    stamp: numberIn(row, 'stamp'),
    createdAtMs: numberIn(row, 'created_at_ms'),
  };
}

/** All entries of one registry. */
export function readRegistry(statements: ReadStatements, registry: string): RegistryEntry[] {
  return statements.registry.all(registry).map((row) => ({
    id: textIn(row, 'id'),
    version: numberIn(row, 'version'),
    body: bytesIn(row, 'body'),
  }));
}
