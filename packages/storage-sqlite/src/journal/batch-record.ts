import type { AttributeValue, VisibilityRecord } from '@perdure/core';
import { messageType } from '@perdure/proto';
import type { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type {
  BacklogRow,
  LaneKey,
  LogRow,
  QueueKind,
  RunIdentity,
  RunKind,
  RunWrite,
  ShardBatch,
} from '@perdure/storage';
import { DamagedValue } from '../packing/lz.ts';
import { RecordReader, type RecordWriter } from './record-bytes.ts';

const memoType = messageType('temporal.api.common.v1.Memo');
const searchAttributesType = messageType('temporal.api.common.v1.SearchAttributes');

/** The first byte of each record: a later version that writes another form still reads this one. */
const FORM = 1;

/** Batches as one row of the journal. The bytes are good until the writer's next record. */
export function encodeBatches(batches: readonly ShardBatch[], out: RecordWriter): Uint8Array {
  out.begin(FORM);
  out.list(batches, putBatch);
  return out.end();
}

/** The batches of a record. Bytes in them are views of the record. Throws a {@link DamagedValue} where it is none. */
export function decodeBatches(record: Uint8Array): ShardBatch[] {
  try {
    return new RecordReader(record, FORM).list(takeBatch);
  } catch (error) {
    throw new DamagedValue(`a record of the journal: ${String(error)}`);
  }
}

function putBatch(out: RecordWriter, batch: ShardBatch): void {
  out.number(batch.shard);
  out.number(batch.epoch);
  out.number(batch.expectedSequence);
  out.number(batch.timeMs);
  out.list(batch.runs, putRun);
  out.list(batch.log, putLogRow);
  out.list(batch.backlogPut, putBacklogRow);
  out.list(batch.backlogRemove, putBacklogRef);
  out.list(batch.visibilityPut, putVisibility);
  out.list(batch.runsRemove, putNumber);
}

function takeBatch(input: RecordReader): ShardBatch {
  return {
    shard: input.number(),
    epoch: input.number(),
    expectedSequence: input.number(),
    timeMs: input.number(),
    runs: input.list(takeRun),
    log: input.list(takeLogRow),
    backlogPut: input.list(takeBacklogRow),
    backlogRemove: input.list(takeBacklogRef),
    visibilityPut: input.list(takeVisibility),
    runsRemove: input.list(takeNumber),
  };
}

function putNumber(out: RecordWriter, number: number): void {
  out.number(number);
}

function takeNumber(input: RecordReader): number {
  return input.number();
}

function putRun(out: RecordWriter, write: RunWrite): void {
  const { kind, namespaceId, id, runId } = write.identity;
  out.number(write.run);
  out.number(kind);
  out.text(namespaceId);
  out.text(id);
  out.text(runId);
  out.flag(write.active);
  out.flag(write.closed);
  out.number(write.wakeAtMs);
  out.number(write.removeAtMs);
  out.number(write.snapshot?.sequence);
  out.bytes(write.snapshot?.body);
}

function takeRun(input: RecordReader): RunWrite {
  const run = input.number();
  const identity: RunIdentity = {
    kind: input.number() as RunKind,
    namespaceId: input.text(),
    id: input.text(),
    runId: input.text(),
  };
  const [active, closed] = [input.flag(), input.flag()];
  const [wakeAtMs, removeAtMs, sequence] = [input.someNumber(), input.someNumber(), input.someNumber()];
  const body = input.someBytes();
  const snapshot = sequence === undefined || body === undefined ? undefined : { body, sequence };
  return { run, identity, active, closed, wakeAtMs, removeAtMs, snapshot };
}

function putLogRow(out: RecordWriter, { run, sequence, firstEventId, events, delta }: LogRow): void {
  out.number(run);
  out.number(sequence);
  out.number(firstEventId);
  out.bytes(events);
  out.bytes(delta);
}

function takeLogRow(input: RecordReader): LogRow {
  return {
    run: input.number(),
    sequence: input.number(),
    firstEventId: input.number(),
    events: input.someBytes(),
    delta: input.someBytes(),
  };
}

function putBacklogRow(out: RecordWriter, row: BacklogRow): void {
  const { namespaceId, name, kind } = row.queue;
  out.text(namespaceId);
  out.text(name);
  out.number(kind);
  out.number(row.priority);
  out.text(row.fairnessKey);
  for (const number of [row.id, row.run, row.fairnessWeight, row.scheduledEventId, row.stamp, row.createdAtMs]) {
    out.number(number);
  }
}

function takeBacklogRow(input: RecordReader): BacklogRow {
  const lane: LaneKey = {
    queue: { namespaceId: input.text(), name: input.text(), kind: input.number() as QueueKind },
    priority: input.number(),
    fairnessKey: input.text(),
  };
  return {
    ...lane,
    id: input.number(),
    run: input.number(),
    fairnessWeight: input.number(),
    scheduledEventId: input.number(),
    stamp: input.number(),
    createdAtMs: input.number(),
  };
}

function putBacklogRef(out: RecordWriter, { id, run }: ShardBatch['backlogRemove'][number]): void {
  out.number(id);
  out.number(run);
}

function takeBacklogRef(input: RecordReader): ShardBatch['backlogRemove'][number] {
  return { id: input.number(), run: input.number() };
}

function putVisibility(out: RecordWriter, record: VisibilityRecord): void {
  out.text(record.namespaceId);
  out.text(record.workflowId);
  out.text(record.runId);
  out.text(record.workflowType);
  out.text(record.taskQueue);
  out.number(record.status);
  out.number(record.startTimeMs);
  out.number(record.executionTimeMs);
  out.number(record.closeTimeMs);
  out.number(record.historyLength);
  out.number(record.historySizeBytes);
  out.number(record.stateTransitionCount);
  out.text(record.parentWorkflowId);
  out.text(record.parentRunId);
  out.text(record.rootWorkflowId);
  out.text(record.rootRunId);
  out.bytes(record.memo && memoType.encode(record.memo));
  out.bytes(record.searchAttributes && searchAttributesType.encode(record.searchAttributes));
  out.text(record.values.size === 0 ? undefined : JSON.stringify([...record.values]));
}

function takeVisibility(input: RecordReader): VisibilityRecord {
  const record = {
    namespaceId: input.text(),
    workflowId: input.text(),
    runId: input.text(),
    workflowType: input.text(),
    taskQueue: input.text(),
    status: input.number() as WorkflowExecutionStatus,
    startTimeMs: input.number(),
    executionTimeMs: input.number(),
    closeTimeMs: input.someNumber(),
    historyLength: input.someNumber(),
    historySizeBytes: input.someNumber(),
    stateTransitionCount: input.someNumber(),
    parentWorkflowId: input.someText(),
    parentRunId: input.someText(),
    rootWorkflowId: input.text(),
    rootRunId: input.text(),
  };
  const [memo, searchAttributes, values] = [input.someBytes(), input.someBytes(), input.someText()];
  return {
    ...record,
    memo: memo && memoType.decode(memo),
    searchAttributes: searchAttributes && searchAttributesType.decode(searchAttributes),
    values: new Map(values === undefined ? [] : (JSON.parse(values) as [string, AttributeValue][])),
  };
}
