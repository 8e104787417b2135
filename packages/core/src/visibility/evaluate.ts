import { unreachable } from '../kernel/assert.ts';
import type { Attribute, SystemAttributeName } from './attributes.ts';
import {
  type AttributeScalar,
  type AttributeValue,
  OPEN_CLOSE_TIME_MS,
  type VisibilityRecord,
  executionDurationNanos,
} from './record.ts';
import type { OrderOperator, ResolvedQuery } from './resolved-query.ts';
import { compareTexts } from './text-order.ts';

/** True where the query selects the record. The namespace is not looked at. */
export function selects(query: ResolvedQuery, record: VisibilityRecord): boolean {
  return evaluate(query, record) === true;
}

/** True, false or (undefined) unknown. */
type Truth = boolean | undefined;

function evaluate(query: ResolvedQuery, record: VisibilityRecord): Truth {
  switch (query.kind) {
    case 'all':
      return combine(query.queries, record, false);
    case 'any':
      return combine(query.queries, record, true);
    case 'not': {
      const truth = evaluate(query.query, record);
      return truth === undefined ? undefined : !truth;
    }
    case 'isNull':
      return attributeValue(record, query.attribute) === undefined;
    case 'oneOf': {
      const value = comparedValue(record, query.attribute);
      return value === undefined ? undefined : query.values.some((each) => each === value);
    }
    case 'compare': {
      const value = comparedValue(record, query.attribute);
      return value === undefined ? undefined : isInOrder(value, query.operator, query.value);
    }
    case 'startsWith': {
      const value = comparedValue(record, query.attribute);
      return typeof value === 'string' ? value.startsWith(query.prefix) : undefined;
    }
    case 'hasAny': {
      const value = attributeValue(record, query.attribute);
      return Array.isArray(value) && query.values.some((each) => value.includes(each));
    }
    case 'matches': {
      const value = attributeValue(record, query.attribute);
      return typeof value === 'string' && query.phrases.some((phrase) => value.includes(phrase));
    }
    default:
      return unreachable(query);
  }
}

/** The first operand that decides (false for `all`, true for `any`) wins, else an unknown one, else the opposite. */
function combine(queries: readonly ResolvedQuery[], record: VisibilityRecord, decisive: boolean): Truth {
  let truth: Truth = !decisive;
  for (const query of queries) {
    const each = evaluate(query, record);
    if (each === decisive) return decisive;
    if (each === undefined) truth = undefined;
  }
  return truth;
}

/** The attribute's value; undefined where it is not set. */
export function attributeValue(record: VisibilityRecord, attribute: Attribute): AttributeValue | undefined {
  return attribute.origin === 'system' ? systemValues[attribute.name](record) : record.values.get(attribute.name);
}

/** The value that a comparison sees: an open run closes at the end of time. */
function comparedValue(record: VisibilityRecord, attribute: Attribute): AttributeScalar | undefined {
  if (attribute.name === 'CloseTime') return record.closeTimeMs ?? OPEN_CLOSE_TIME_MS;
  const value = attributeValue(record, attribute);
  return typeof value === 'object' ? undefined : value;
}

const systemValues: Readonly<Record<SystemAttributeName, (record: VisibilityRecord) => AttributeScalar | undefined>> = {
  WorkflowId: (record) => record.workflowId,
  RunId: (record) => record.runId,
  WorkflowType: (record) => record.workflowType,
  StartTime: (record) => record.startTimeMs,
  ExecutionTime: (record) => record.executionTimeMs,
  CloseTime: (record) => record.closeTimeMs,
  ExecutionStatus: (record) => record.status,
  TaskQueue: (record) => record.taskQueue,
  HistoryLength: (record) => record.historyLength,
  ExecutionDuration: executionDurationNanos,
  StateTransitionCount: (record) => record.stateTransitionCount,
  HistorySizeBytes: (record) => record.historySizeBytes,
  ParentWorkflowId: (record) => record.parentWorkflowId,
  ParentRunId: (record) => record.parentRunId,
  RootWorkflowId: (record) => record.rootWorkflowId,
  RootRunId: (record) => record.rootRunId,
};

function isInOrder(value: AttributeScalar, operator: OrderOperator, bound: AttributeScalar): boolean {
  const order = compareScalars(value, bound);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return unreachable(operator);
  }
}

function compareScalars(a: AttributeScalar, b: AttributeScalar): number {
  return typeof a === 'string' && typeof b === 'string' ? compareTexts(a, b) : Number(a) - Number(b);
}
