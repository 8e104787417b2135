import {
  type Attribute,
  type AttributeScalar,
  GroupAttribute,
  OPEN_CLOSE_TIME_MS,
  type ResolvedQuery,
  type SystemAttributeName,
} from '@perdure/core';
import type { VisibilityCount, VisibilityQuery } from '@perdure/storage';
import { type Sql, type SqlValue, TIME_GUARD } from './sql.ts';
import { firstUuidFrom, parseUuid, uuidBytes } from './uuid.ts';
import { DIVISION, visibilityColumns } from './visibility-row.ts';

/** Asks the guard at one row of 256: often enough for milliseconds, and rarely enough to cost nothing. */
const GUARD = `iif(v.run & 255, 1, ${TIME_GUARD}())`;

/** The tables of a query in the order in which they are gone through. */
export interface Way extends Sql {
  /** Whose columns have the times of the default order: those of the index that is walked. */
  readonly order: 'v' | 'a';
  /** It goes from zone `z` to zone, and the rows of each have to be put in order. */
  readonly zoned?: boolean;
  /** Its rows come in no order: all of them have to be sorted. */
  readonly unordered?: boolean;
  /** Ways whose first rows make the page together, and whose rows all of them. */
  readonly together?: readonly Way[];
  /** A row may be found by several of those. They go through an index in its order. */
  readonly overlaps?: boolean;
}

/** SQLite chooses the way. */
const FREE: Way = { text: 'visibility AS v JOIN run ON run.run = v.run', values: [], order: 'v' };

/** A join with `run` that only gives columns, and goes where none is needed. */
const JOINED_RUN = /\s(CROSS )?JOIN run ON run\.run = v\.run$/;

const NAMESPACE = 'v.namespace = (SELECT namespace FROM namespace WHERE id = ?)';

/** One page of the list in the default order. */
export function listSql(query: VisibilityQuery, way: Way = FREE): Sql {
  if (way.together !== undefined) return (way.overlaps ? mergedSql : togetherSql)(query, way.together);
  return oneListSql(query, way);
}

function oneListSql(query: VisibilityQuery, way: Way): Sql {
  return way.zoned === true || way.unordered === true ? sortedListSql(query, way) : orderedListSql(query, way);
}

function togetherSql(query: VisibilityQuery, ways: readonly Way[]): Sql {
  const lists = ways.map((way) => oneListSql(query, way));
  const text = `${lists.map((list) => `SELECT * FROM (${list.text})`).join(' UNION ALL ')}
    ORDER BY close_time_ms DESC, start_time_ms DESC, run_id LIMIT ?`;
  return { text, values: [...lists.flatMap(({ values }) => values), query.pageSize] };
}

/** The first rows of each way, each row once, of which the first are read. */
function mergedSql(query: VisibilityQuery, ways: readonly Way[]): Sql {
  const keys = ways.map((way) => orderedListSql(query, way, placeColumns(way)));
  const text = `SELECT ${visibilityColumns} FROM (
      SELECT run FROM (${keys.map((key) => `SELECT * FROM (${key.text})`).join(' UNION ')})
      ORDER BY close_time_ms DESC, start_time_ms DESC, run_id LIMIT ?) AS page
    CROSS JOIN visibility AS v ON v.run = page.run CROSS JOIN run ON run.run = v.run
    ORDER BY v.close_time_ms DESC, v.start_time_ms DESC, run.run_id`;
  return { text, values: [...keys.flatMap(({ values }) => values), query.pageSize] };
}

function placeColumns({ order }: Way): string {
  return `v.run, ${order}.close_time_ms, ${order}.start_time_ms, run.run_id`;
}

function orderedListSql(
  { namespaceId, query, after, pageSize }: VisibilityQuery,
  way: Way,
  columns = visibilityColumns,
): Sql {
  const condition = conditionSql(query);
  const [close, start] = [`${way.order}.close_time_ms`, `${way.order}.start_time_ms`];
  const place = placeSql(after, close, start);
  const text = `SELECT ${columns} FROM ${way.text}
    WHERE ${NAMESPACE} AND ${GUARD} AND ${condition.text} AND ${place.text}
    ORDER BY ${close} DESC, ${start} DESC, run.run_id LIMIT ?`;
  return { text, values: [...way.values, uuidBytes(namespaceId), ...condition.values, ...place.values, pageSize] };
}

/** Finds which rows are on the page, zone by zone or among all of them, before it reads them. */
function sortedListSql({ namespaceId, query, after, pageSize }: VisibilityQuery, way: Way): Sql {
  const condition = conditionSql(query);
  const place = placeSql(after, 'v.close_time_ms', 'v.start_time_ms');
  const cut = way.zoned === true && after !== undefined;
  const zones = cut ? '(z.close_time_ms, z.start_time_ms) <= (?, ?)' : '1';
  const cursor = cut ? [after.closeTimeMs, after.startTimeMs] : [];
  const zoneOrder = way.zoned === true ? 'z.close_time_ms DESC, z.start_time_ms DESC, ' : '';
  const order = 'v.close_time_ms DESC, v.start_time_ms DESC, run.run_id';
  const text = `SELECT ${visibilityColumns} FROM (
      SELECT v.run FROM ${way.text}
      WHERE ${NAMESPACE} AND ${GUARD} AND ${condition.text} AND ${place.text} AND ${zones}
      ORDER BY ${zoneOrder}${order} LIMIT ?) AS page
    CROSS JOIN visibility AS v ON v.run = page.run CROSS JOIN run ON run.run = v.run ORDER BY ${order}`;
  const values = [...way.values, uuidBytes(namespaceId), ...condition.values, ...place.values, ...cursor, pageSize];
  return { text, values };
}

/** That a row comes after the end of the page before. */
function placeSql(after: VisibilityQuery['after'], close: string, start: string): Sql {
  if (after === undefined) return { text: '1', values: [] };
  const { closeTimeMs, startTimeMs, runId } = after;
  const text = `(${close}, ${start}) <= (?, ?) AND NOT (${close} = ? AND ${start} = ? AND run.run_id <= ?)`;
  return { text, values: [closeTimeMs, startTimeMs, closeTimeMs, startTimeMs, uuidOrNothing(runId)] };
}

/** Groups as rows of `value` and `count`; without a grouping one row, whose value is NULL. */
export function countSql({ namespaceId, query, groupBy }: VisibilityCount, way: Way = FREE): Sql {
  const condition = conditionSql(query);
  const column = groupBy === undefined ? 'NULL' : groupColumns[groupBy];
  const tables = condition.usesRun ? way.text : way.text.replace(JOINED_RUN, '');
  const text = `SELECT ${column} AS value, count(*) AS count FROM ${tables}
    WHERE ${NAMESPACE} AND ${GUARD} AND ${condition.text} ${groupBy === undefined ? '' : `GROUP BY ${column}`}`;
  return { text, values: [...way.values, uuidBytes(namespaceId), ...condition.values] };
}

const groupColumns: Readonly<Record<GroupAttribute, string>> = {
  [GroupAttribute.ExecutionStatus]: 'v.status',
  [GroupAttribute.TemporalNamespaceDivision]: 'v.division',
};

/** A condition, and whether it looks at columns that only `run` has. */
interface Condition extends Sql {
  readonly usesRun: boolean;
}

/** The condition of a query, with SQL's own three truth values. */
export function conditionSql(query: ResolvedQuery): Condition {
  switch (query.kind) {
    case 'all':
      return combine(query.queries, ' AND ', '1');
    case 'any':
      // Not a constant: SQLite would leave out what it makes void, and the index of a way with it.
      return combine(query.queries, ' OR ', 'v.run < 0');
    case 'not': {
      const inner = conditionSql(query.query);
      return { ...inner, text: `NOT ${inner.text}` };
    }
    case 'isNull':
      return isNull(query.attribute);
    case 'oneOf': {
      const values = query.values.map((value) => boundValue(query.attribute, value));
      return on(query.attribute, (column) => `${column} IN (${placeholders(values)})`, values);
    }
    case 'compare': {
      const { operator, value } = isUuidAttribute(query.attribute) ? uuidBound(query) : query;
      const bound = value instanceof Uint8Array ? value : scalarValue(value);
      return on(query.attribute, (column) => `${column} ${operator} ?`, [bound]);
    }
    case 'startsWith':
      return startsWith(query.attribute, query.prefix);
    case 'hasAny':
      return hasAny(query.attribute, query.values);
    case 'matches':
      return matches(query.attribute, query.phrases);
  }
}

function combine(queries: readonly ResolvedQuery[], operator: string, none: string): Condition {
  if (queries.length === 0) return { text: none, values: [], usesRun: false };
  const conditions = queries.map(conditionSql);
  return {
    text: `(${conditions.map(({ text }) => text).join(operator)})`,
    values: conditions.flatMap(({ values }) => values),
    usesRun: conditions.some(({ usesRun }) => usesRun),
  };
}

function isNull(attribute: Attribute): Condition {
  if (attribute.name === 'CloseTime') {
    return { text: `v.close_time_ms = ${OPEN_CLOSE_TIME_MS}`, values: [], usesRun: false };
  }
  return on(attribute, (column) => `${column} IS NULL`, []);
}

/** The texts with a prefix are those from it up to the next text that does not have it. */
function startsWith(attribute: Attribute, prefix: string): Condition {
  const end = afterPrefix(prefix);
  const bound = isUuidAttribute(attribute) ? firstUuidFrom : (text: string) => text;
  const lower = on(attribute, (column) => `${column} >= ?`, [bound(prefix)]);
  if (end === undefined) return lower;
  const upper = on(attribute, (column) => `${column} < ?`, [bound(end)]);
  const values = [...lower.values, ...upper.values];
  return { text: `(${lower.text} AND ${upper.text})`, values, usesRun: lower.usesRun };
}

function hasAny(attribute: Attribute, wanted: readonly string[]): Condition {
  const text = `EXISTS (SELECT 1 FROM json_each(v.attributes) AS a,
    json_each(iif(a.type = 'array', a.value, '[]')) AS item
    WHERE a.key = ? AND item.value IN (${placeholders(wanted)}))`;
  return { text, values: [attribute.name, ...wanted], usesRun: false };
}

function matches(attribute: Attribute, phrases: readonly string[]): Condition {
  const conditions = phrases.map((phrase) => on(attribute, (column) => `instr(${column}, ?) > 0`, [phrase]));
  const text = `coalesce(${conditions.map((condition) => condition.text).join(' OR ')}, 0)`;
  return { text, values: conditions.flatMap(({ values }) => values), usesRun: false };
}

/** A test of an attribute's column. */
function on(attribute: Attribute, test: (column: string) => string, values: readonly SqlValue[]): Condition {
  const column = columnOf(attribute);
  return {
    text: test(column.text),
    values: [...column.values, ...values],
    usesRun: column.text.includes('run.'),
  };
}

function columnOf({ origin, name }: Attribute): Sql {
  if (origin === 'system') return { text: systemColumns[name], values: [] };
  if (name === DIVISION) return { text: 'v.division', values: [] };
  // A path of several times the speed, for names that can stand in one.
  if (/^[\w .-]+$/.test(name)) return { text: 'json_extract(v.attributes, ?)', values: [`$."${name}"`] };
  return { text: '(SELECT value FROM json_each(v.attributes) WHERE key = ?)', values: [name] };
}

const systemColumns: Readonly<Record<SystemAttributeName, string>> = {
  WorkflowId: 'run.id',
  RunId: 'run.run_id',
  WorkflowType: 'v.type',
  StartTime: 'v.start_time_ms',
  ExecutionTime: '(v.start_time_ms + v.execution_delay_ms)',
  CloseTime: 'v.close_time_ms',
  ExecutionStatus: 'v.status',
  TaskQueue: 'v.task_queue',
  HistoryLength: 'v.history_length',
  ExecutionDuration: `iif(v.close_time_ms = ${OPEN_CLOSE_TIME_MS}, NULL,
    (v.close_time_ms - v.start_time_ms - v.execution_delay_ms) * 1000000)`,
  StateTransitionCount: 'v.state_transition_count',
  HistorySizeBytes: 'v.history_size_bytes',
  ParentWorkflowId: 'v.parent_workflow_id',
  ParentRunId: 'v.parent_run_id',
  RootWorkflowId: 'coalesce(v.root_workflow_id, run.id)',
  RootRunId: 'coalesce(v.root_run_id, run.run_id)',
};

function isUuidAttribute({ origin, name }: Attribute): boolean {
  return origin === 'system' && (name === 'RunId' || name === 'ParentRunId' || name === 'RootRunId');
}

/** The bound of a comparison of ids that are kept as bytes, which stand in the order of their texts. */
function uuidBound({ operator, value }: Extract<ResolvedQuery, { kind: 'compare' }>): {
  readonly operator: string;
  readonly value: Uint8Array;
} {
  const text = String(value);
  const exact = parseUuid(text);
  if (exact !== undefined) return { operator, value: exact };
  return { operator: operator.startsWith('<') ? '<' : '>=', value: firstUuidFrom(text) };
}

/** A value as its column keeps it. */
function boundValue(attribute: Attribute, value: AttributeScalar): SqlValue {
  if (isUuidAttribute(attribute)) return uuidOrNothing(String(value));
  return scalarValue(value);
}

/** A value as rows and the index of attributes have it. */
export function scalarValue(value: AttributeScalar): SqlValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** A text that is no UUID equals none. */
function uuidOrNothing(text: string): SqlValue {
  return parseUuid(text) ?? new Uint8Array();
}

function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

const LAST_CODE_POINT = 0x10ffff;
const SURROGATES = { first: 0xd800, last: 0xdfff } as const;

/** The first text, by code point, after all that have a prefix; undefined where there is none. */
export function afterPrefix(prefix: string): string | undefined {
  const codePoints = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (codePoints.at(-1) === LAST_CODE_POINT) codePoints.pop();
  const last = codePoints.pop();
  if (last === undefined) return undefined;
  const next = last + 1 === SURROGATES.first ? SURROGATES.last + 1 : last + 1;
  return String.fromCodePoint(...codePoints, next);
}
