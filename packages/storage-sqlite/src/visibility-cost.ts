import type { Attribute, AttributeScalar, ResolvedQuery } from '@perdure/core';
import { INDEXED_VALUE_BYTES_MAX } from './schema.ts';
import type { Sql, SqlValue } from './sql.ts';
import { uuidBytes } from './uuid.ts';
import { DIVISION } from './visibility-row.ts';
import { conditionSql, scalarValue, type Way } from './visibility-sql.ts';

/**
 * What a query may cost, and the way through the tables that keeps it to that.
 * - `ordered`: a list that walks an index in its order and takes every row that it meets: as cheap as its page.
 * - `counted`: looks at no more rows than the statement counts (in the index, up to its last value). If those are too
 *   many, `instead` is the way for a thread; undefined: SQLite chooses.
 * - `unbounded`: may look at every row of the store; SQLite chooses how.
 */
export type QueryCost =
  | { readonly kind: 'ordered'; readonly way: Way }
  | {
      readonly kind: 'counted';
      readonly way: Way;
      readonly candidates: Sql;
      readonly instead: Way | undefined;
      /** Of a list: the way for a thread while the candidates are no more than `NEAREST_ROWS_MAX`. */
      readonly nearest?: Way;
    }
  | { readonly kind: 'unbounded' };

/** Rows up to which a query runs on the event loop: they take about 2 ms. */
export const LOOP_ROWS_MAX = 1_000;

/** Rows of the index of attributes that are put in order for one page: they take about 5 ms, more than a long walk does. */
export const NEAREST_ROWS_MAX = 20_000;

/** The cost of a list. */
export function listCost(namespaceId: string, query: ResolvedQuery): QueryCost {
  const parts = conjuncts(query);
  const filters = parts.filter((part) => !isDivisionRule(part));
  const [filter] = filters;
  const isVisible = parts.length > filters.length;
  if (isVisible && filters.length <= 1) {
    const way = filter === undefined ? throughVisibility('visibility_order') : wayInOrder(namespaceId, filter);
    if (way !== undefined) return { kind: 'ordered', way };
  }
  const cost = countCost(namespaceId, query);
  // A page of what is common is soon full, in the default order: only what is rare makes the walk long.
  if (cost.kind !== 'counted' || !isVisible) return cost;
  const walk = { ...cost, instead: throughVisibility('visibility_order') };
  const [range] = filters.length === 1 && filter !== undefined ? [attributeRange(filter)] : [];
  if (range === undefined) return walk;
  return {
    ...walk,
    candidates: attributeCandidates(namespaceId, range, NEAREST_ROWS_MAX),
    nearest: nearest(namespaceId, range),
  };
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
  return attributeCost(namespaceId, parts) ?? countedInVisibility(namespaceId, ...bestIndex(parts, rule));
}

/** The index of `visibility` that leaves the fewest rows, as far as the query tells, and what it is entered with. */
function bestIndex(parts: readonly ResolvedQuery[], rule: ResolvedQuery): [string, ResolvedQuery[]] {
  const type = parts.find((part) => isOn(part, 'WorkflowType', ['oneOf']));
  if (type !== undefined) return ['visibility_type', [rule, type]];
  const status = parts.find((part) => isOn(part, 'ExecutionStatus', ['oneOf']));
  if (status !== undefined) return ['visibility_status', [rule, status]];
  const started = parts.filter((part) => isOn(part, 'StartTime', ['compare']));
  return started.length > 0 ? ['visibility_start', [rule, ...started]] : ['visibility_order', [rule]];
}

/** The cost of a query that names a value or a range of a search attribute, which the index of attributes holds. */
function attributeCost(namespaceId: string, parts: readonly ResolvedQuery[]): QueryCost | undefined {
  const exact = parts.flatMap((part) => attributeEntry(part) ?? []);
  const [entry] = exact.length > 0 ? exact : parts.flatMap((part) => attributeRange(part) ?? []);
  if (entry === undefined) return undefined;
  const way = throughAttribute(namespaceId, entry);
  const candidates = attributeCandidates(namespaceId, entry, LOOP_ROWS_MAX);
  return { kind: 'counted', way, candidates, instead: undefined };
}

/** Counts the rows of a condition in the index of attributes, up to one more than `rowsMax`. */
function attributeCandidates(namespaceId: string, entry: AttributeEntry, rowsMax: number): Sql {
  const text = `SELECT count(*) AS count FROM (SELECT 1 FROM attribute AS a WHERE ${inAttribute(entry)} LIMIT ?)`;
  return { text, values: [uuidBytes(namespaceId), entry.name, ...entry.values, rowsMax + 1] };
}

/** The rows of a range, put in order within the index before any of them is read. */
function nearest(namespaceId: string, entry: AttributeEntry): Way {
  const within = { text: inAttribute(entry), values: [uuidBytes(namespaceId), entry.name, ...entry.values] };
  return { ...throughAttribute(namespaceId, entry), within };
}

/** Where in the index of attributes a condition's rows stand: each of them at most once. */
interface AttributeEntry {
  readonly name: string;
  readonly condition: string;
  readonly values: readonly SqlValue[];
}

/** A condition on one value. */
function attributeEntry(query: ResolvedQuery): AttributeEntry | undefined {
  if ((query.kind !== 'oneOf' && query.kind !== 'hasAny') || !isIndexed(query.attribute)) return undefined;
  const [value, ...others] = query.values;
  if (value === undefined || others.length > 0 || !fits(value)) return undefined;
  return { name: query.attribute.name, condition: 'a.value = ?', values: [scalarValue(value)] };
}

/** A condition on a range of values; not one of texts, some of which may be too long for the index. */
function attributeRange(query: ResolvedQuery): AttributeEntry | undefined {
  if (query.kind !== 'compare' || !isIndexed(query.attribute) || typeof query.value !== 'number') return undefined;
  const { name } = query.attribute;
  // Texts come after all numbers: an attribute that has had another type may have both.
  const end = query.operator.startsWith('>') ? " AND a.value < ''" : '';
  return { name, condition: `a.value ${query.operator} ?${end}`, values: [query.value] };
}

function isIndexed({ origin, name, type }: Attribute): boolean {
  return origin !== 'system' && name !== DIVISION && type !== 'Text';
}

function fits(value: AttributeScalar): boolean {
  return typeof value !== 'string' || Buffer.byteLength(value) <= INDEXED_VALUE_BYTES_MAX;
}

function inAttribute({ condition }: AttributeEntry): string {
  return `a.namespace = (SELECT namespace FROM namespace WHERE id = ?) AND a.name = ? AND ${condition}`;
}

function throughAttribute(namespaceId: string, entry: AttributeEntry): Way {
  const text = `attribute AS a CROSS JOIN visibility AS v ON v.run = a.run AND ${inAttribute(entry)}
    CROSS JOIN run ON run.run = v.run`;
  return { text, values: [uuidBytes(namespaceId), entry.name, ...entry.values], order: 'a' };
}

function countedInRun(namespaceId: string, index: string, part: ResolvedQuery): QueryCost {
  const table = `run INDEXED BY ${index}`;
  const text = `${table} CROSS JOIN visibility AS v ON v.run = run.run`;
  const way: Way = { text, values: [], order: 'v' };
  return {
    kind: 'counted',
    way,
    candidates: candidates(table, 'run.namespace', namespaceId, [part]),
    instead: undefined,
  };
}

function countedInVisibility(namespaceId: string, index: string, parts: readonly ResolvedQuery[]): QueryCost {
  const table = `visibility AS v INDEXED BY ${index}`;
  return {
    kind: 'counted',
    way: throughVisibility(index),
    candidates: candidates(table, 'v.namespace', namespaceId, parts),
    instead: undefined,
  };
}

function throughVisibility(index: string): Way {
  return { text: `visibility AS v INDEXED BY ${index} CROSS JOIN run ON run.run = v.run`, values: [], order: 'v' };
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

/** The way in the default order through the rows of one type, status or attribute value, or of a range of close times. */
function wayInOrder(namespaceId: string, query: ResolvedQuery): Way | undefined {
  if (isOn(query, 'CloseTime', ['compare'])) return throughVisibility('visibility_order');
  const entry = attributeEntry(query);
  if (entry !== undefined) return throughAttribute(namespaceId, entry);
  if (query.kind !== 'oneOf' || query.values.length !== 1) return undefined;
  if (isOn(query, 'WorkflowType', ['oneOf'])) return throughVisibility('visibility_type');
  return isOn(query, 'ExecutionStatus', ['oneOf']) ? throughVisibility('visibility_status') : undefined;
}

/** True for a test of such a kind on a built-in attribute. */
function isOn(query: ResolvedQuery, name: Attribute['name'], kinds: readonly ResolvedQuery['kind'][]): boolean {
  if (!('attribute' in query) || !kinds.includes(query.kind)) return false;
  return query.attribute.name === name && query.attribute.origin !== 'custom';
}
