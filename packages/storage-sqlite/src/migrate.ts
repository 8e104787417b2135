import { StoreError, StoreFailure } from '@perdure/storage/error';
import type { DatabaseSync } from 'node:sqlite';
import { APPLICATION_ID, migrations } from './schema.ts';
import { rollBack } from './connection.ts';

/**
 * Refuses a file that is not ours or that a newer version wrote. Returns whether the file is still empty, so that what
 * can only be chosen at its creation is.
 */
export function inspectFile(database: DatabaseSync, file: string): { readonly empty: boolean } {
  const tables = readNumber(database, 'SELECT count(*) AS value FROM sqlite_schema');
  if (tables === 0) return { empty: true };
  if (readNumber(database, 'SELECT application_id AS value FROM pragma_application_id') !== APPLICATION_ID) {
    throw new StoreError(
      StoreFailure.Corrupt,
      `${file} is a database of another program (files of Temporal's development server cannot be read): name another file.`,
    );
  }
  const version = readVersion(database);
  if (version <= migrations.length) return { empty: false };
  throw new StoreError(
    StoreFailure.Newer,
    `${file} was written by a newer version of Perdure (schema ${version}; this one knows ${migrations.length}): run that version, or name another file.`,
  );
}

/** Makes an empty file ours. */
export function markFile(database: DatabaseSync): void {
  inTransaction(database, () => {
    database.exec('CREATE TABLE schema_version (version INTEGER PRIMARY KEY) STRICT');
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  });
}

/**
 * Brings the schema to the newest version, each step in one transaction that begins by taking its number: whoever comes
 * second fails on the number and changes nothing.
 */
export function migrate(database: DatabaseSync, steps: readonly string[] = migrations): void {
  const current = readVersion(database);
  for (const [index, step] of steps.entries()) {
    if (index < current) continue;
    inTransaction(database, () => {
      database.prepare('INSERT INTO schema_version (version) VALUES (?)').run(index + 1);
      database.exec(step);
    });
  }
}

function inTransaction(database: DatabaseSync, change: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    change();
    database.exec('COMMIT');
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function readVersion(database: DatabaseSync): number {
  return readNumber(database, 'SELECT coalesce(max(version), 0) AS value FROM schema_version');
}

function readNumber(database: DatabaseSync, sql: string): number {
  const value = database.prepare(sql).get()?.['value'];
  if (typeof value !== 'number') throw new Error(`invariant broken: ${sql} gave no number`);
  return value;
}
