import { StoreError, StoreFailure } from '@perdure/storage/error';
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { sqliteCode, toStoreError } from './sqlite-error.ts';

/** Owner only: histories hold what users' programs say. */
const FILE_MODE = 0o600;

/** SQLITE_BUSY. */
const BUSY = 5;

/** Holds a store's file for this process. */
export interface FileLock {
  release(): void;
}

/**
 * Makes this process the only server on a file, at once or with a {@link StoreError}: takes an exclusive transaction on
 * an empty database beside it, which the operating system gives back however the process ends. The store's own file
 * stays open to readers such as a backup.
 */
export function lockFile(file: string): FileLock {
  const lockPath = `${file}.lock`;
  let database: DatabaseSync | undefined;
  try {
    createPrivate(lockPath);
    database = new DatabaseSync(lockPath);
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (((sqliteCode(error) ?? 0) & 0xff) !== BUSY) throw toStoreError(error, 'open', lockPath);
    throw new StoreError(
      StoreFailure.Locked,
      `Another server already runs on ${file}: stop it or name another file (${lockPath} is held).`,
      { cause: error },
    );
  }
  const held = database;
  return { release: () => held.close() };
}

/**
 * Creates a file that only its owner may read, unless it is there. A file that is there is never opened here: to close
 * any descriptor of it would drop the locks that this process holds on it (POSIX).
 */
export function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'ax', FILE_MODE));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(StoreFailure.Unavailable, `${path} cannot be created: ${reason}`, { cause: error });
  }
}
