import type { Attribute, ResolvedQuery } from '@perdure/core';
import type { Sql, SqlValue } from './sql.ts';
import { uuidBytes } from './uuid.ts';
import { DIVISION } from './visibility-row.ts';
import { conditionSql } from './visibility-sql.ts';

/**
 * What a query may cost, and the tables in the order and with the index that keep it to that.
 * - `ordered`: a list that walks an index in its order and takes every row that it meets: as cheap as its page.
 * - `counted`: looks at no more rows than the statement counts (in the index, up to its last value).
 * - `unbounded`: may look at every row of the store; SQLite chooses how.
 */
export type QueryCost =
  | { readonly kind: 'ordered'; readonly from: string }
  | { readonly kind: 'counted'; readonly from: string; readonly candidates: Sql }
  | { readonly kind: 'unbounded' };

/** Rows up to which a query runs on the event loop: they take about 2 ms. */
export const LOOP_ROWS_MAX = 1_000;

/** The cost of a list. */
export function listCost(namespaceId: string, query: ResolvedQuery): QueryCost {
  const parts = conjuncts(query);
  const filters = parts.filter((part) => !isDivisionRule(part));
  const [filter] = filters;
  if (parts.length > filters.length && filters.length <= 1) {
    const index = filter === undefined ? 'visibility_order' : indexInOrder(filter);
    if (index !== undefined) return { kind: 'ordered', from: throughVisibility(index) };
  }
  return countCost(namespaceId, query);
}

/** The cost of a count, which looks at all that it selects. */
export function countCost(namespaceId: string, query: ResolvedQuery): QueryCost {
  const parts = conjuncts(query);
  const runId = parts.find((part) => isOn(part, 'RunId', ['oneOf']));
  if (runId !== undefined) return countedInRun(namespaceId, 'run_run_id', runId);
  const workflowId = parts.find((part) => isOn(part, 'WorkflowId', ['oneOf', 'startsWith']));
  if (workflowId !== undefined) return countedInRun(namespaceId, 'run_id', workflowId);
  const division = parts.find((part) => isOn(part, DIVISION, ['oneOf']));
  if (division !== undefined) return countedInVisibility(namespaceId, 'visibility_division', [division]);
  const rule = parts.find(isDivisionRule);
  if (rule === undefined) return { kind: 'unbounded' };
  const type = parts.find((part) => isOn(part, 'WorkflowType', ['oneOf']));
  if (type !== undefined) return countedInVisibility(namespaceId, 'visibility_type', [rule, type]);
  const status = parts.find((part) => isOn(part, 'ExecutionStatus', ['oneOf']));
  if (status !== undefined) return countedInVisibility(namespaceId, 'visibility_status', [rule, status]);
  return countedInVisibility(namespaceId, 'visibility_order', [rule]);
}

function countedInRun(namespaceId: string, index: string, part: ResolvedQuery): QueryCost {
  const table = `run INDEXED BY ${index}`;
  const from = `${table} CROSS JOIN visibility AS v ON v.run = run.run`;
  return { kind: 'counted', from, candidates: candidates(table, 'run.namespace', namespaceId, [part]) };
}

function countedInVisibility(namespaceId: string, index: string, parts: readonly ResolvedQuery[]): QueryCost {
  const table = `visibility AS v INDEXED BY ${index}`;
  return {
    kind: 'counted',
    from: throughVisibility(index),
    candidates: candidates(table, 'v.namespace', namespaceId, parts),
  };
}

function throughVisibility(index: string): string {
  return `visibility AS v INDEXED BY ${index} CROSS JOIN run ON run.run = v.run`;
}

function candidates(table: string, namespace: string, namespaceId: string, parts: readonly ResolvedQuery[]): Sql {
  const condition = conditionSql({ kind: 'all', queries: parts });
  const text = `SELECT count(*) AS count FROM (SELECT 1 FROM ${table}
    WHERE ${namespace} = (SELECT namespace FROM namespace WHERE id = ?) AND ${condition.text} LIMIT ?)`;
  const values: SqlValue[] = [uuidBytes(namespaceId), ...condition.values, LOOP_ROWS_MAX + 1];
  return { text, values };
}

function conjuncts(query: ResolvedQuery): readonly ResolvedQuery[] {
  return query.kind === 'all' ? query.queries.flatMap(conjuncts) : [query];
}

function isDivisionRule(query: ResolvedQuery): boolean {
  return isOn(query, DIVISION, ['isNull']);
}

/** The index that goes in the default order through the rows of one type, of one status, or of a range of close times. */
function indexInOrder(query: ResolvedQuery): string | undefined {
  if (isOn(query, 'CloseTime', ['compare'])) return 'visibility_order';
  if (query.kind !== 'oneOf' || query.values.length !== 1) return undefined;
  if (isOn(query, 'WorkflowType', ['oneOf'])) return 'visibility_type';
  return isOn(query, 'ExecutionStatus', ['oneOf']) ? 'visibility_status' : undefined;
}

/** True for a test of such a kind on a built-in attribute. */
function isOn(query: ResolvedQuery, name: Attribute['name'], kinds: readonly ResolvedQuery['kind'][]): boolean {
  if (!('attribute' in query) || !kinds.includes(query.kind)) return false;
  return query.attribute.name === name && query.attribute.origin !== 'custom';
}
