import { StoreError, StoreFailure } from '@perdure/storage/error';
import type { DatabaseSync } from 'node:sqlite';
import type { Row } from './row.ts';
import { toStoreError } from './sqlite-error.ts';
import { type Sql, TIME_GUARD } from './sql.ts';

/** Runs visibility queries on one connection, none longer than it may. */
export class QueryConnection {
  readonly #database: DatabaseSync;
  readonly #file: string;
  #endsAt = 0;

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
    database.function(TIME_GUARD, () => this.#guard());
  }

  /** The rows of a statement. Throws a {@link StoreError} of kind `too-costly` when the time is up. */
  all({ text, values }: Sql, limitMs: number): Row[] {
    this.#endsAt = performance.now() + limitMs;
    try {
      return this.#database.prepare(text).all(...values);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      throw toStoreError(error, 'read', this.#file);
    }
  }

  #guard(): number {
    if (performance.now() < this.#endsAt) return 1;
    throw new StoreError(
      StoreFailure.TooCostly,
      'The visibility query took too long: narrow it by WorkflowId, WorkflowType, ExecutionStatus or a time.',
    );
  }
}
