import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Payload } from '@perdure/proto/types';
import { enumName } from '../kernel/enum-name.ts';
import { encodeAttribute, encodeNull } from './attribute-payload.ts';
import { AttributeType } from './attributes.ts';
import type { VisibilityRecord } from './record.ts';
import { compareTexts } from './text-order.ts';

/**
 * The attributes that a count may group by. Temporal: store/query/converter.go, groupByFieldAllowlist (its
 * TemporalLowCardinalityKeyword columns are of executions that are no workflows).
 */
export const GroupAttribute = {
  ExecutionStatus: 'ExecutionStatus',
  TemporalNamespaceDivision: 'TemporalNamespaceDivision',
} as const;
export type GroupAttribute = (typeof GroupAttribute)[keyof typeof GroupAttribute];

/** How many records have these values of the attributes that a count groups by. */
export interface CountGroup {
  /** One value for each attribute: none where the count does not group, else one. */
  readonly values: readonly GroupValue[];
  readonly count: number;
}

/** A status by its number, a division by its name; undefined where it is not set. */
export type GroupValue = WorkflowExecutionStatus | string | undefined;

export function isGroupAttribute(name: string): name is GroupAttribute {
  return Object.hasOwn(GroupAttribute, name);
}

/** Counts records: by group, in the order of their values (unset first), or as one group without values. */
export function countRecords(
  records: Iterable<VisibilityRecord>,
  groupBy: GroupAttribute | undefined,
): readonly CountGroup[] {
  if (groupBy === undefined) return [{ values: [], count: [...records].length }];
  const counts = new Map<GroupValue, number>();
  for (const record of records) {
    const value = groupValue(record, groupBy);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const groups = [...counts].sort(([a], [b]) => compareValues(a, b));
  return groups.map(([value, count]) => ({ values: [value], count }));
}

/** Unset, then numbers, then texts. */
function compareValues(a: GroupValue, b: GroupValue): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return rankOfKind(a) - rankOfKind(b);
}

function rankOfKind(value: GroupValue): number {
  return value === undefined ? 0 : typeof value === 'number' ? 1 : 2;
}

function groupValue(record: VisibilityRecord, groupBy: GroupAttribute): GroupValue {
  if (groupBy === GroupAttribute.ExecutionStatus) return record.status;
  const division = record.values.get(groupBy);
  return typeof division === 'string' ? division : undefined;
}

/** A group's value as the reply carries it: a Keyword, a status by its name. */
export function groupValuePayload(value: GroupValue): Payload {
  if (value === undefined) return encodeNull(AttributeType.Keyword);
  const text = typeof value === 'number' ? enumName(WorkflowExecutionStatus, value) : value;
  return encodeAttribute(text, AttributeType.Keyword);
}
