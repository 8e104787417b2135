import { StoreError, StoreFailure } from '@perdure/storage/error';
import { realpathSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { checkpoint } from './checkpoint.ts';
import { Checkpointer } from './checkpointer.ts';
import { type ConnectionSettings, fileName, openConnection, prepareEmptyFile } from './connection.ts';
import { createPrivate, type FileLock, lockFile } from './file-lock.ts';
import { inspectFile, markFile, migrate } from './migrate.ts';
import { choosePragmas } from './pragmas.ts';
import { QueryConnection } from './query-connection.ts';
import { Journal } from './journal/journal.ts';
import { LogSync } from './log-sync.ts';
import { Unpacker } from './packing/unpacker.ts';
import { shorten } from './reclaim.ts';
import { RunReads } from './run-reads.ts';
import { syncFailure, toStoreError } from './sqlite-error.ts';
import { SqliteStore } from './sqlite-store.ts';
import { prepareReads } from './statements.ts';
import { StoreThread } from './store-thread.ts';
import { ThreadOnDemand } from './thread-on-demand.ts';
import { VisibilityReads } from './visibility-reads.ts';
import { WriteConnection } from './write-job.ts';
import { type RoutePolicy, Writer } from './writer.ts';

/** How long a visibility query may take in milliseconds, whatever else is said. */
export const QUERY_TIME_MAX_MS = 60_000;

export interface SqliteStoreOptions {
  /** Undefined or `:memory:`: a temporary database, which ends with the process. */
  readonly file?: string | undefined;
  /** Pragmas that the user names (`--sqlite-pragma`); see {@link choosePragmas}. */
  readonly pragmas?: ReadonlyMap<string, string> | undefined;
  /** Told what a person should know although the store goes on. Default: nobody. */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Milliseconds; default {@link QUERY_TIME_MAX_MS}. */
  readonly queryTimeMaxMs?: number | undefined;
  /** Where commits run; default `adaptive`. */
  readonly commits?: RoutePolicy | undefined;
  /** How long what is committed waits in the journal, in milliseconds; default 1,000. */
  readonly waitMs?: number | undefined;
  /** About how many rows of it are brought into the tables in one transaction; default 256. */
  readonly rowsAtATime?: number | undefined;
}

/**
 * Opens the store in a file, or creates it. At most one server holds a file. Throws a {@link StoreError}: `locked`
 * where another server runs on it, `corrupt` where it is no store of ours or damaged, `newer`, `setting`, `unavailable`.
 */
export function openSqliteStore(options: SqliteStoreOptions = {}): SqliteStore {
  const pragmas = choosePragmas(options.pragmas ?? new Map());
  for (const warning of pragmas.warnings) options.onWarning?.(warning);
  const given = options.file === ':memory:' ? undefined : options.file;
  const file = given === undefined ? undefined : place(given);
  const settings: ConnectionSettings = { file, pragmaStatements: pragmas.statements };
  const lock = file === undefined ? undefined : lockFile(file);
  let database: DatabaseSync | undefined;
  try {
    database = openConnection(settings, 'main');
    prepare(database, settings);
    return assemble(database, settings, lock, options);
  } catch (error) {
    database?.close();
    lock?.release();
    throw toStoreError(error, 'open', fileName(file));
  }
}

/** The file itself, which two names must not open twice. */
function place(file: string): string {
  createPrivate(file);
  return realpathSync(file);
}

function prepare(database: DatabaseSync, { file }: ConnectionSettings): void {
  const { empty } = inspectFile(database, fileName(file));
  if (empty) prepareEmptyFile(database);
  if (file !== undefined) {
    const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
    if (mode !== 'wal') {
      throw new StoreError(
        StoreFailure.Unavailable,
        `The disk of ${file} has no shared memory for SQLite's log: use a local disk.`,
      );
    }
  }
  if (empty) markFile(database);
  migrate(database);
}

function assemble(
  database: DatabaseSync,
  settings: ConnectionSettings,
  lock: FileLock | undefined,
  options: SqliteStoreOptions,
): SqliteStore {
  const file = fileName(settings.file);
  const inMemory = settings.file === undefined;
  const threadFor = (role: 'writer' | 'background'): ThreadOnDemand =>
    new ThreadOnDemand(() => new StoreThread({ connection: settings, role }));
  const background = threadFor('background');
  const logSync = inMemory ? undefined : new LogSync(`${file}-wal`);
  const writer: Writer = new Writer({
    connection: new WriteConnection(database, file),
    policy: inMemory ? 'loop' : (options.commits ?? 'adaptive'),
    sync:
      logSync &&
      (() =>
        logSync.run().catch((error: unknown) => {
          throw syncFailure(error, file);
        })),
    thread: threadFor('writer'),
    afterWrite: (size) => checkpointer?.noteCommit(size),
  });
  const checkpointer = inMemory
    ? undefined
    : new Checkpointer({
        thread: background,
        pause: (task) => writer.pauseFor(task),
        logSizeBytes: sizeBytes(`${file}-wal`),
        onFailure: (message) => options.onWarning?.(message),
      });
  const statements = prepareReads(database);
  const unpacker = new Unpacker(statements, file);
  const runs = new RunReads(statements, unpacker);
  const journal = new Journal({
    writer,
    runs,
    rows: statements.journal.all(),
    waitMs: options.waitMs,
    rowsAtATime: options.rowsAtATime,
  });
  return new SqliteStore({
    file,
    writer,
    journal,
    statements,
    runs,
    visibility: new VisibilityReads({
      connection: new QueryConnection(database, file),
      thread: inMemory ? undefined : background,
      unpacker,
      limitMs: options.queryTimeMaxMs ?? QUERY_TIME_MAX_MS,
    }),
    close: async () => {
      await journal.close();
      await writer.close();
      await checkpointer?.settle();
      await background.close();
      logSync?.close();
      if (!inMemory && writer.stopped === undefined) endFile(database, file, options.onWarning);
      database.close();
      lock?.release();
    },
  });
}

/** Where this fails nothing is lost: the next server reads the log. */
function endFile(database: DatabaseSync, file: string, onWarning: SqliteStoreOptions['onWarning']): void {
  try {
    shorten(database);
    checkpoint(database, 'TRUNCATE', file);
  } catch (error) {
    onWarning?.(`the log was not copied into ${file} at the end: ${String(error)}`);
  }
}

function sizeBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
