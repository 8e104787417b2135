import type { Attribute, ResolvedQuery } from '@perdure/core';
import type { SqlValue } from './statements.ts';
import { uuidBytes } from './uuid.ts';
import { DIVISION } from './visibility-row.ts';
import { conditionSql, type Sql } from './visibility-sql.ts';

/**
 * What a query may cost.
 * - `ordered`: a list that walks an index in its order and takes every row that it meets: as cheap as its page.
 * - `counted`: looks at no more rows than the statement counts (in an index, up to its last value).
 * - `unbounded`: may look at every row of the store.
 */
export type QueryCost =
  | { readonly kind: 'ordered' }
  | { readonly kind: 'counted'; readonly candidates: Sql }
  | { readonly kind: 'unbounded' };

/** Rows up to which a query runs on the event loop: they take about 2 ms. */
export const LOOP_ROWS_MAX = 1_000;

/** The cost of a list. */
export function listCost(namespaceId: string, query: ResolvedQuery): QueryCost {
  const parts = conjuncts(query);
  const filters = parts.filter((part) => !isDivisionRule(part));
  const [filter] = filters;
  if (parts.length === filters.length || filters.length > 1) return countCost(namespaceId, query);
  if (filter === undefined || isIndexedInOrder(filter)) return { kind: 'ordered' };
  return countCost(namespaceId, query);
}

/** The cost of a count, which looks at all that it selects. */
export function countCost(namespaceId: string, query: ResolvedQuery): QueryCost {
  const parts = conjuncts(query);
  const byRun = parts.find((part) => isOn(part, ['RunId'], ['oneOf'])) ?? parts.find(isOnWorkflowId);
  if (byRun !== undefined) return counted('run', 'run.namespace', namespaceId, [byRun]);
  const byDivision = parts.find((part) => isOn(part, [DIVISION], ['oneOf']));
  if (byDivision !== undefined) return counted('visibility AS v', 'v.namespace', namespaceId, [byDivision]);
  const rule = parts.find(isDivisionRule);
  if (rule === undefined) return { kind: 'unbounded' };
  const narrow = parts.find((part) => isOn(part, ['WorkflowType', 'ExecutionStatus'], ['oneOf']));
  return counted('visibility AS v', 'v.namespace', namespaceId, narrow === undefined ? [rule] : [rule, narrow]);
}

function counted(table: string, column: string, namespaceId: string, parts: readonly ResolvedQuery[]): QueryCost {
  const condition = conditionSql({ kind: 'all', queries: parts });
  const text = `SELECT count(*) AS count FROM (SELECT 1 FROM ${table}
    WHERE ${column} = (SELECT namespace FROM namespace WHERE id = ?) AND ${condition.text} LIMIT ?)`;
  const values: SqlValue[] = [uuidBytes(namespaceId), ...condition.values, LOOP_ROWS_MAX + 1];
  return { kind: 'counted', candidates: { text, values } };
}

function conjuncts(query: ResolvedQuery): readonly ResolvedQuery[] {
  return query.kind === 'all' ? query.queries.flatMap(conjuncts) : [query];
}

function isDivisionRule(query: ResolvedQuery): boolean {
  return query.kind === 'isNull' && query.attribute.name === DIVISION;
}

/** The indexes that go in the default order, after one type or one status. */
function isIndexedInOrder(query: ResolvedQuery): boolean {
  if (query.kind === 'compare') return isOn(query, ['CloseTime'], ['compare']);
  return (
    isOn(query, ['WorkflowType', 'ExecutionStatus'], ['oneOf']) && query.kind === 'oneOf' && query.values.length === 1
  );
}

function isOnWorkflowId(query: ResolvedQuery): boolean {
  return isOn(query, ['WorkflowId'], ['oneOf', 'startsWith']);
}

function isOn(
  query: ResolvedQuery,
  names: readonly Attribute['name'][],
  kinds: readonly ResolvedQuery['kind'][],
): boolean {
  return (
    'attribute' in query &&
    kinds.includes(query.kind) &&
    names.includes(query.attribute.name) &&
    isBuiltIn(query.attribute)
  );
}

/** A custom attribute may have the name of no other, but its type says that already. */
function isBuiltIn(attribute: Attribute): boolean {
  return attribute.origin !== 'custom';
}
