import { type AttributeValue, OPEN_CLOSE_TIME_MS, type VisibilityRecord } from '@perdure/core';
import { messageType } from '@perdure/proto';
import type { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Unpacker } from './packing/unpacker.ts';
import { numberIn, optionalIn, type Row, textIn, uuidIn } from './row.ts';
import { blob, type SqlValue } from './sql.ts';
import { textColumn } from './text-column.ts';
import { uuidBytes } from './uuid.ts';

const memoType = messageType('temporal.api.common.v1.Memo');
const searchAttributesType = messageType('temporal.api.common.v1.SearchAttributes');

/** The attribute that sets runs of the server's own kinds apart from users' workflows. */
export const DIVISION = 'TemporalNamespaceDivision';

/** The columns of a list, in which {@link visibilityRecord} finds what a record needs. */
export const visibilityColumns = [
  ...['run.id', 'v.type', 'v.task_queue', 'v.parent_workflow_id', 'v.root_workflow_id'].map(textColumn),
  'run.run_id, v.status, v.start_time_ms, v.execution_delay_ms, v.close_time_ms, v.history_length',
  'v.history_size_bytes, v.state_transition_count, v.parent_run_id, v.root_run_id',
  'v.attributes, v.search_attributes, v.memo, v.dictionary',
].join(', ');

/** The values of the statement `putVisibility`. */
export function visibilityValues(record: VisibilityRecord): SqlValue[] {
  const isRoot = record.rootRunId === record.runId && record.rootWorkflowId === record.workflowId;
  const { memo, searchAttributes } = record;
  return [
    division(record),
    record.workflowType,
    record.taskQueue,
    record.status,
    record.startTimeMs,
    record.executionTimeMs - record.startTimeMs,
    record.closeTimeMs ?? OPEN_CLOSE_TIME_MS,
    record.historyLength ?? null,
    record.historySizeBytes ?? null,
    record.stateTransitionCount ?? null,
    record.parentWorkflowId ?? null,
    record.parentRunId === undefined ? null : uuidBytes(record.parentRunId),
    isRoot ? null : record.rootWorkflowId,
    isRoot ? null : uuidBytes(record.rootRunId),
    record.values.size === 0 ? null : JSON.stringify(Object.fromEntries(record.values)),
    searchAttributes === undefined ? null : blob(searchAttributesType.encode(searchAttributes)),
    memo === undefined ? null : blob(memoType.encode(memo)),
    // No dictionary: it is packed where it is written.
    null,
    hasScalars(record) ? 1 : 0,
    ...(isZoned(record) ? placeOf(record) : [null, null]),
    uuidBytes(record.runId),
  ];
}

/** The record of a row. */
export function visibilityRecord(namespaceId: string, row: Row, unpacker: Unpacker): VisibilityRecord {
  const workflowId = textIn(row, 'id');
  const runId = uuidIn(row, 'run_id');
  const startTimeMs = numberIn(row, 'start_time_ms');
  const closeTimeMs = numberIn(row, 'close_time_ms');
  const unpacked = (_: Row, column: string): Uint8Array => unpacker.bytesIn(row, column);
  const memo = optionalIn(row, 'memo', unpacked);
  const searchAttributes = optionalIn(row, 'search_attributes', unpacked);
  return {
    namespaceId,
    workflowId,
    runId,
    workflowType: textIn(row, 'type'),
    taskQueue: textIn(row, 'task_queue'),
    status: numberIn(row, 'status') as WorkflowExecutionStatus,
    startTimeMs,
    executionTimeMs: startTimeMs + numberIn(row, 'execution_delay_ms'),
    closeTimeMs: closeTimeMs === OPEN_CLOSE_TIME_MS ? undefined : closeTimeMs,
    historyLength: optionalIn(row, 'history_length', numberIn),
    historySizeBytes: optionalIn(row, 'history_size_bytes', numberIn),
    stateTransitionCount: optionalIn(row, 'state_transition_count', numberIn),
    parentWorkflowId: optionalIn(row, 'parent_workflow_id', textIn),
    parentRunId: optionalIn(row, 'parent_run_id', uuidIn),
    rootWorkflowId: optionalIn(row, 'root_workflow_id', textIn) ?? workflowId,
    rootRunId: optionalIn(row, 'root_run_id', uuidIn) ?? runId,
    memo: memo && memoType.decode(memo),
    searchAttributes: searchAttributes && searchAttributesType.decode(searchAttributes),
    values: parseValues(optionalIn(row, 'attributes', textIn)),
  };
}

/** Whether a row is in a zone: not one of the server's own kinds. */
export function isZoned(record: VisibilityRecord): boolean {
  return division(record) === null;
}

/** Where a row stands in the default order, but for the run id. */
export function placeOf({ closeTimeMs = OPEN_CLOSE_TIME_MS, startTimeMs }: VisibilityRecord): [number, number] {
  return [closeTimeMs, startTimeMs];
}

function hasScalars(record: VisibilityRecord): boolean {
  if (!isZoned(record)) return false;
  for (const value of record.values.values()) if (typeof value !== 'object') return true;
  return false;
}

function division(record: VisibilityRecord): string | null {
  const value = record.values.get(DIVISION);
  return typeof value === 'string' ? value : null;
}

/** Our own JSON, written by {@link visibilityValues}. */
function parseValues(json: string | undefined): ReadonlyMap<string, AttributeValue> {
  if (json === undefined) return new Map();
  return new Map(Object.entries(JSON.parse(json) as Readonly<Record<string, AttributeValue>>));
}
