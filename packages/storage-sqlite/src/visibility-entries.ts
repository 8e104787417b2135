import type { Attribute, AttributeScalar, ResolvedQuery } from '@perdure/core';
import { INDEXED_VALUE_BYTES_MAX } from './schema.ts';
import type { SqlValue } from './sql.ts';
import { DIVISION } from './visibility-row.ts';
import { afterPrefix, scalarValue } from './visibility-sql.ts';
import { DURATION_MS, EXECUTION_TIME_MS, IS_CLOSED, RANGED_TEXT_BYTES, rangedIds } from './zones.ts';

/** Parts of a query whose rows one index has, each of them at most once. */
export type Entry = {
  /** The attribute. */
  readonly name: string;
  readonly parts: readonly ResolvedQuery[];
  readonly condition: string;
  readonly values: readonly SqlValue[];
  /** A page is found without looking at all rows. */
  readonly inOrder: boolean;
} & (
  | { /** Texts, each in the default order. */ readonly kind: 'attribute' }
  | {
      /** A range of values in each zone, under a name. */ readonly kind: 'ranged';
      readonly under: string;
    }
  | { /** The same of a built-in attribute. */ readonly kind: 'zoned'; readonly index: string }
  | {
      /** One value of a built-in attribute, in the default order. */ readonly kind: 'visibility';
      readonly index: string;
    }
);

/** Values of one condition beyond which each zone is looked into too often. */
const VALUES_MAX = 4;

/** Texts of one condition beyond which the index of attributes is looked into too often. */
const TEXTS_MAX = 16;

/** A condition on texts of a search attribute: on one, on some of a list, or on more than zones are looked into for. */
export function attributeEntry(query: ResolvedQuery): Entry | undefined {
  if ((query.kind !== 'oneOf' && query.kind !== 'hasAny') || !isIndexed(query.attribute)) return undefined;
  const values = [...new Set<AttributeScalar>(query.values)];
  if (values.length === 0 || values.length > TEXTS_MAX || !values.every(isIndexedText)) return undefined;
  if (values.length > 1 && rangeSql(query, 'r.value') !== undefined) return undefined;
  const condition = `a.value IN (${values.map(() => '?').join(', ')})`;
  return { kind: 'attribute', name: query.attribute.name, parts: [query], condition, values, inOrder: true };
}

function isIndexedText(value: AttributeScalar): value is string {
  return typeof value === 'string' && Buffer.byteLength(value) <= INDEXED_VALUE_BYTES_MAX;
}

/** A condition on a range of values, or on a few. */
export function zonedEntry(query: ResolvedQuery): Entry | undefined {
  if (!('attribute' in query)) return undefined;
  const { origin, name } = query.attribute;
  if (origin !== 'system') {
    const range = isIndexed(query.attribute) ? rangeSql(query, 'r.value') : undefined;
    return range && { kind: 'ranged', under: name, name, parts: [query], ...range, inOrder: true };
  }
  if (name === 'WorkflowId' || name === 'ParentWorkflowId') return idEntry(query, name);
  const zoned = zonedColumns[name];
  const range = zoned && rangeSql(query, zoned.column, zoned.unit);
  if (zoned === undefined || range === undefined) return undefined;
  const { condition, values } = range;
  const more = zoned.condition === undefined ? '' : ` AND ${zoned.condition}`;
  return {
    kind: 'zoned',
    index: zoned.index,
    name,
    parts: [query],
    condition: `${condition}${more}`,
    values,
    inOrder: true,
  };
}

/** A range of ids, of those that stand among the values of zones. */
export function idEntry(query: ResolvedQuery, name: keyof typeof rangedIds): Entry | undefined {
  const range = rangeSql(query, 'r.value');
  return range && { kind: 'ranged', under: rangedIds[name], name, parts: [query], ...range, inOrder: true };
}

interface ZonedColumn {
  readonly index: string;
  readonly column: string;
  /** By which the value of a query is divided. */
  readonly unit?: number;
  /** What the index is limited to, in its words. */
  readonly condition?: string;
}

const zonedColumns: Readonly<Record<string, ZonedColumn>> = {
  StartTime: { index: 'visibility_start', column: 'v.start_time_ms' },
  TaskQueue: { index: 'visibility_queue', column: 'v.task_queue' },
  HistoryLength: { index: 'visibility_length', column: 'v.history_length' },
  HistorySizeBytes: { index: 'visibility_size', column: 'v.history_size_bytes' },
  StateTransitionCount: { index: 'visibility_transitions', column: 'v.state_transition_count' },
  ExecutionTime: { index: 'visibility_execution', column: `(${inRow(EXECUTION_TIME_MS)})` },
  ExecutionDuration: {
    index: 'visibility_duration',
    column: `(${inRow(DURATION_MS)})`,
    unit: 1_000_000,
    condition: inRow(IS_CLOSED),
  },
};

function inRow(columns: string): string {
  return columns.replaceAll(/\b[a-z]+_(time|delay)_ms/g, (column) => `v.${column}`);
}

interface Range {
  readonly condition: string;
  readonly values: readonly SqlValue[];
}

function rangeSql(query: ResolvedQuery, column: string, unit = 1): Range | undefined {
  const bound = (value: AttributeScalar): SqlValue => (typeof value === 'number' ? value / unit : scalarValue(value));
  if (query.kind === 'oneOf') {
    if (query.values.length > VALUES_MAX || !query.values.every(fits)) return undefined;
    const places = query.values.map(() => '?').join(', ');
    return { condition: `${column} IN (${places})`, values: query.values.map(bound) };
  }
  if (query.kind === 'startsWith') {
    const end = afterPrefix(query.prefix);
    if (!fits(query.prefix) || end === undefined) return undefined;
    return { condition: `${column} >= ? AND ${column} < ?`, values: [query.prefix, end] };
  }
  if (query.kind !== 'compare' || !fits(query.value)) return undefined;
  const end = query.attribute.origin === 'system' ? '' : endOfType(column, query);
  return { condition: `${column} ${query.operator} ?${end}`, values: [bound(query.value)] };
}

/** Texts come after all numbers: an attribute that has had another type may have both. */
function endOfType(column: string, { operator, value }: Extract<ResolvedQuery, { kind: 'compare' }>): string {
  const isText = typeof value === 'string';
  return isText === operator.startsWith('<') ? ` AND ${column} ${isText ? '>=' : '<'} ''` : '';
}

/** Texts that are cut compare as whole ones with those that are shorter. */
function fits(value: AttributeScalar): boolean {
  return typeof value !== 'string' || Buffer.byteLength(value) < RANGED_TEXT_BYTES;
}

function isIndexed({ origin, name, type }: Attribute): boolean {
  return origin !== 'system' && name !== DIVISION && type !== 'Text';
}

/** True for a test of such a kind on a built-in attribute. */
export function isOn(query: ResolvedQuery, name: Attribute['name'], kinds: readonly ResolvedQuery['kind'][]): boolean {
  if (!('attribute' in query) || !kinds.includes(query.kind)) return false;
  return query.attribute.name === name && query.attribute.origin !== 'custom';
}
