import type { CountGroup, GroupValue, VisibilityRecord } from '@perdure/core';
import type { VisibilityCount, VisibilityQuery } from '@perdure/storage';
import type { Unpacker } from './packing/unpacker.ts';
import type { QueryConnection } from './query-connection.ts';
import { numberIn, type Row } from './row.ts';
import type { ThreadOnDemand } from './thread-on-demand.ts';
import { countCost, listCost, LOOP_ROWS_MAX, type QueryCost } from './visibility-cost.ts';
import { visibilityRecord } from './visibility-row.ts';
import type { Sql } from './sql.ts';
import { countSql, listSql, type Way } from './visibility-sql.ts';

/** Answers visibility queries: cheap ones at once, the others on the background thread, none longer than it may. */
export class VisibilityReads {
  readonly #connection: QueryConnection;
  /** Undefined in memory, where no other connection sees the data. */
  readonly #thread: ThreadOnDemand | undefined;
  readonly #unpacker: Unpacker;
  readonly #limitMs: number;

  constructor(options: {
    readonly connection: QueryConnection;
    readonly thread: ThreadOnDemand | undefined;
    readonly unpacker: Unpacker;
    readonly limitMs: number;
  }) {
    this.#connection = options.connection;
    this.#thread = options.thread;
    this.#unpacker = options.unpacker;
    this.#limitMs = options.limitMs;
  }

  async list(query: VisibilityQuery): Promise<VisibilityRecord[]> {
    const cost = listCost(query.namespaceId, query.query);
    const rows = await this.#rows(cost, (way) => listSql(query, way), this.#limitOf(query));
    return rows.map((row) => visibilityRecord(query.namespaceId, row, this.#unpacker));
  }

  async count(query: VisibilityCount): Promise<CountGroup[]> {
    const cost = countCost(query.namespaceId, query.query, query.groupBy);
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
    const { way, onLoop } = this.#choose(cost);
    const sql = sqlThrough(way);
    if (onLoop || this.#thread === undefined) return this.#connection.all(sql, limitMs);
    return this.#thread.request({ kind: 'query', sql, limitMs });
  }

  #choose(cost: QueryCost): { readonly way: Way | undefined; readonly onLoop: boolean } {
    if (cost.kind === 'unbounded') return { way: undefined, onLoop: false };
    if (cost.kind === 'ordered') return { way: cost.way, onLoop: true };
    let best: { readonly way: Way; readonly count: number } | undefined;
    for (const { way, candidates, threadMax } of cost.choices) {
      const count = this.#count(candidates);
      if (count <= LOOP_ROWS_MAX) return { way, onLoop: true };
      if (count <= threadMax && count < (best?.count ?? Infinity)) best = { way, count };
    }
    return { way: best?.way ?? cost.instead, onLoop: false };
  }

  #count(candidates: Sql): number {
    const [row] = this.#connection.all(candidates, this.#limitMs);
    return numberIn(row ?? {}, 'count');
  }
}
