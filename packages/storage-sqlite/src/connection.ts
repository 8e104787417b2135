import { DatabaseSync } from 'node:sqlite';

/** What a connection is for. */
export type ConnectionRole = 'main' | 'writer' | 'background';

/** How to open one more connection to a store. Crosses to threads as it is. */
export interface ConnectionSettings {
  /** Undefined: a database in memory, of which there is only the main connection. */
  readonly file: string | undefined;
  /** Checked statements of the user's pragmas, run last. */
  readonly pragmaStatements: readonly string[];
}

/** Page cache in KiB. The system's own cache stands behind it: a miss costs about 2 microseconds. */
const cacheSizeKib: Readonly<Record<ConnectionRole, number>> = { main: 8_192, writer: 8_192, background: 4_096 };

/**
 * How long a statement waits for a lock. Only a program from outside can hold one, since all writes of a server go one
 * after the other; the event loop waits no longer than this for it.
 */
const BUSY_TIMEOUT_MS = 250;

/** The name of a store in messages. */
export function fileName(file: string | undefined): string {
  return file ?? 'the database in memory';
}

/**
 * Opens a connection. On the writer thread commits are synced before they return (WAL with synchronous=FULL), on the event
 * loop afterwards, by `log-sync.ts`; checkpoints, which sync the log first, are never made by a commit but asked for
 * (`checkpoint.ts`), so that no commit stalls behind one. Pages are read, not mapped: a mapped
 * read from a failing disk kills the process where a plain one gives an error.
 */
export function openConnection(settings: ConnectionSettings, role: ConnectionRole): DatabaseSync {
  const database = new DatabaseSync(settings.file ?? ':memory:');
  try {
    database.exec(`
      PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};
      PRAGMA cache_size = -${cacheSizeKib[role]};
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 0;
      PRAGMA journal_size_limit = 67108864;
      PRAGMA trusted_schema = OFF;
      PRAGMA mmap_size = 0;
      PRAGMA temp_store = MEMORY;
    `);
    for (const statement of settings.pragmaStatements) database.exec(statement);
    if (role === 'main') database.exec('PRAGMA synchronous = NORMAL');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Choices that only an empty file takes: the page size that fits small rows, and room for giving space back later. */
export function prepareEmptyFile(database: DatabaseSync): void {
  database.exec('PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL');
}

/** Ends a transaction that failed; SQLite may have ended it already. False where the connection is stuck in it. */
export function rollBack(database: DatabaseSync): boolean {
  try {
    database.exec('ROLLBACK');
    return true;
  } catch {
    return !database.isTransaction;
  }
}
