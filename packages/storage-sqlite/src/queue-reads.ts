import type { BacklogQueue, BacklogRow, QueueKey, QueueKind, RegistryEntry } from '@perdure/storage';
import { bytesIn, numberIn, type Row, textIn, uuidIn } from './row.ts';
import type { ReadStatements } from './statements.ts';
import { uuidBytes } from './uuid.ts';

/** The queues that have a backlog in a shard. */
export function readBacklogQueues(statements: ReadStatements, shard: number): BacklogQueue[] {
  return statements.backlogQueues.all(shard).map((row) => ({
    queue: {
      namespaceId: uuidIn(row, 'namespace_id'),
      name: textIn(row, 'name'),
      kind: numberIn(row, 'kind') as QueueKind,
    },
    count: numberIn(row, 'count'),
    oldestAtMs: numberIn(row, 'oldest_at_ms'),
  }));
}

/** Backlog rows of one queue after an id, oldest first. */
export function readBacklog(
  statements: ReadStatements,
  shard: number,
  queue: QueueKey,
  afterId: number,
  limit: number,
): BacklogRow[] {
  const { namespaceId, kind, name } = queue;
  const rows: Row[] = statements.backlog.all(shard, uuidBytes(namespaceId), kind, name, afterId, limit);
  return rows.map((row) => ({
    id: numberIn(row, 'id'),
    queue: { namespaceId, kind, name },
    run: numberIn(row, 'run'),
    scheduledEventId: numberIn(row, 'scheduled_event_id'),
    stamp: numberIn(row, 'stamp'),
    createdAtMs: numberIn(row, 'created_at_ms'),
  }));
}

/** All entries of one registry. */
export function readRegistry(statements: ReadStatements, registry: string): RegistryEntry[] {
  return statements.registry.all(registry).map((row) => ({
    id: textIn(row, 'id'),
    version: numberIn(row, 'version'),
    body: bytesIn(row, 'body'),
  }));
}
