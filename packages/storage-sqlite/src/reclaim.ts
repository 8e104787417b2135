import type { ReclaimResult } from '@perdure/storage';
import type { DatabaseSync } from 'node:sqlite';
import { numberIn } from './row.ts';
import type { WriteStatements } from './statements.ts';

/** Free pages that a file keeps for what comes next: a twentieth, at least 1 MB. */
const FREE_SHARE = 20;
const FREE_PAGES_MIN = 256;

/** Pages given back to the file system at a time: each takes the place of one from the file's end, so costs two writes. */
const PAGES_GIVEN_BACK = 256;

/** The same where nobody waits. */
const PAGES_GIVEN_BACK_AT_END = 8_192;

/** Takes away about `rowsMax` rows of removed runs, then shortens the file. Runs within the caller's transaction. */
export function reclaim(database: DatabaseSync, statements: WriteStatements, rowsMax: number): ReclaimResult {
  const rows = reclaimRows(statements, rowsMax);
  const spare = sparePages(database);
  if (spare > 0) database.exec(`PRAGMA incremental_vacuum(${Math.min(spare, PAGES_GIVEN_BACK)})`);
  return { rows, more: rows >= rowsMax || spare > PAGES_GIVEN_BACK };
}

/** A run is forgotten once nothing of it is left, so that what is interrupted goes on. */
function reclaimRows(statements: WriteStatements, rowsMax: number): number {
  let rows = 0;
  for (const row of statements.removedRuns.all(rowsMax)) {
    const run = numberIn(row, 'run');
    rows += Number(statements.reclaimHistory.run(run, rowsMax - rows).changes);
    if (rows >= rowsMax) return rows;
    rows += Number(statements.reclaimDelta.run(run).changes);
    rows += Number(statements.reclaimSnapshot.run(run).changes);
    rows += Number(statements.forgetRemoved.run(run).changes);
    if (rows >= rowsMax) return rows;
  }
  return rows;
}

/** Gives back what the journal has left free, once nothing more comes. Runs in a transaction of its own. */
export function shorten(database: DatabaseSync): void {
  const spare = sparePages(database, 0);
  if (spare > 0) database.exec(`PRAGMA incremental_vacuum(${Math.min(spare, PAGES_GIVEN_BACK_AT_END)})`);
}

/** Free pages beyond those that the file keeps. */
function sparePages(database: DatabaseSync, keptMin = FREE_PAGES_MIN): number {
  const free = numberIn(database.prepare('PRAGMA freelist_count').get() ?? {}, 'freelist_count');
  const pages = numberIn(database.prepare('PRAGMA page_count').get() ?? {}, 'page_count');
  return free - Math.max(keptMin, Math.floor(pages / FREE_SHARE));
}
