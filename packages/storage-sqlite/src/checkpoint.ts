import type { DatabaseSync } from 'node:sqlite';
import { numberIn } from './row.ts';
import { toStoreError } from './sqlite-error.ts';
import type { CheckpointResult } from './thread-protocol.ts';

/**
 * Copies pages from the log into the database file. `PASSIVE` waits for nobody; after one that copied all, the next
 * commit begins the log anew. `TRUNCATE`, for the last connection, leaves the log empty.
 */
export function checkpoint(database: DatabaseSync, mode: 'PASSIVE' | 'TRUNCATE', file: string): CheckpointResult {
  try {
    const row = database.prepare(`PRAGMA wal_checkpoint(${mode})`).get() ?? {};
    return { logPages: numberIn(row, 'log'), checkpointedPages: numberIn(row, 'checkpointed') };
  } catch (error) {
    throw toStoreError(error, 'read', file);
  }
}
