import type { CountGroup, GroupValue, VisibilityRecord } from '@perdure/core';
import type { VisibilityCount, VisibilityQuery } from '@perdure/storage';
import type { QueryConnection } from './query-connection.ts';
import { numberIn, type Row } from './row.ts';
import type { StoreThread } from './store-thread.ts';
import { countCost, listCost, LOOP_ROWS_MAX, NEAREST_ROWS_MAX, type QueryCost } from './visibility-cost.ts';
import { visibilityRecord } from './visibility-row.ts';
import type { Sql } from './sql.ts';
import { countSql, listSql, type Way } from './visibility-sql.ts';

/** Answers visibility queries: cheap ones at once, the others on the background thread, none longer than it may. */
export class VisibilityReads {
  readonly #connection: QueryConnection;
  /** Undefined in memory, where no other connection sees the data. */
  readonly #thread: (() => StoreThread) | undefined;
  readonly #limitMs: number;

  constructor(options: {
    readonly connection: QueryConnection;
    readonly thread: (() => StoreThread) | undefined;
    readonly limitMs: number;
  }) {
    this.#connection = options.connection;
    this.#thread = options.thread;
    this.#limitMs = options.limitMs;
  }

  async list(query: VisibilityQuery): Promise<VisibilityRecord[]> {
    const cost = listCost(query.namespaceId, query.query);
    const rows = await this.#rows(cost, (way) => listSql(query, way), this.#limitOf(query));
    return rows.map((row) => visibilityRecord(query.namespaceId, row));
  }

  async count(query: VisibilityCount): Promise<CountGroup[]> {
    const cost = countCost(query.namespaceId, query.query);
    const rows = await this.#rows(cost, (way) => countSql(query, way), this.#limitOf(query));
    return rows.map((row) => ({
      values: query.groupBy === undefined ? [] : [(row['value'] ?? undefined) as GroupValue],
      count: numberIn(row, 'count'),
    }));
  }

  #limitOf({ limitMs = Infinity }: Pick<VisibilityQuery, 'limitMs'>): number {
    return Math.min(limitMs, this.#limitMs);
  }

  async #rows(cost: QueryCost, sqlThrough: (way?: Way) => Sql, limitMs: number): Promise<readonly Row[]> {
    const candidates = this.#candidates(cost);
    if (cost.kind !== 'unbounded' && candidates <= LOOP_ROWS_MAX) {
      return this.#connection.all(sqlThrough(cost.way), limitMs);
    }
    const sql = sqlThrough(cost.kind === 'counted' ? wayForThread(cost, candidates) : undefined);
    if (this.#thread === undefined) return this.#connection.all(sql, limitMs);
    return this.#thread().request({ kind: 'query', sql, limitMs });
  }

  /** How many rows the query may look at, as far as it can be told. */
  #candidates(cost: QueryCost): number {
    if (cost.kind !== 'counted') return cost.kind === 'ordered' ? 0 : Infinity;
    const [row] = this.#connection.all(cost.candidates, this.#limitMs);
    return numberIn(row ?? {}, 'count');
  }
}

function wayForThread(cost: Extract<QueryCost, { kind: 'counted' }>, candidates: number): Way | undefined {
  return candidates <= NEAREST_ROWS_MAX ? (cost.nearest ?? cost.instead) : cost.instead;
}
