import { OPEN_CLOSE_TIME_MS, type VisibilityRecord } from '@perdure/core';
import type { LogRow, RunWrite, ShardBatch } from '@perdure/storage';
import { runKey } from './run-key.ts';
import { blob, type SqlValue } from './sql.ts';
import type { WriteStatement } from './statements.ts';
import { uuidBytes } from './uuid.ts';
import { isZoned, placeOf, visibilityValues } from './visibility-row.ts';
import { beginsZone, looksAtZone, looksAtZoneWhenRemoved } from './zones.ts';

/** One row written: a statement and its values. */
export interface Write {
  readonly statement: WriteStatement;
  readonly values: readonly SqlValue[];
}

/** A batch as the statements that it takes, the same inline and on the writer thread. */
export interface PlannedBatch {
  /** Values of the statement `fence`, which must change a row for the writes to follow. */
  readonly fence: readonly SqlValue[];
  readonly writes: readonly Write[];
}

/** The dictionary of what is not packed yet: that is done where it is written. */
const RAW = null;

/** Turns a checked batch into statements. */
export function planBatch(batch: ShardBatch): PlannedBatch {
  const { shard } = batch;
  const writes: Write[] = [];
  const put: Put = (statement, ...values) => void writes.push({ statement, values });
  for (const id of namespaceIds(batch)) put('putNamespace', uuidBytes(id));
  for (const write of batch.runs) put('putRun', ...runValues(shard, write));
  for (const row of batch.log) putLogRow(put, runKey(shard, row.run), row);
  for (const { run, snapshot } of batch.runs) {
    if (snapshot === undefined) continue;
    put('putSnapshot', runKey(shard, run), snapshot.sequence, blob(snapshot.body), RAW);
    put('dropDeltas', runKey(shard, run), snapshot.sequence);
  }
  for (const row of batch.backlogPut) {
    const { namespaceId, kind, name } = row.queue;
    const { id, priority, fairnessKey, fairnessWeight, run, scheduledEventId, stamp, createdAtMs } = row;
    const lane = [uuidBytes(namespaceId), shard, kind, name, priority, fairnessKey];
    put('putBacklog', ...lane, id, fairnessWeight, run, scheduledEventId, stamp, createdAtMs);
  }
  for (const { run, id } of batch.backlogRemove) put('removeBacklog', shard, run, id);
  for (const run of batch.runsRemove) planRemoval(put, runKey(shard, run));
  for (const record of batch.visibilityPut) putVisibility(put, record);
  return { fence: fenceValues(batch), writes };
}

type Put = (statement: WriteStatement, ...values: SqlValue[]) => void;

/** Some rows begin a zone before they are put, and some that close look at the zone that they have left. */
function putVisibility(put: Put, record: VisibilityRecord): void {
  const namespace = uuidBytes(record.namespaceId);
  const place = placeOf(record);
  if (beginsZone(record.runId) && isZoned(record)) {
    put('beginZone', namespace, ...place);
    put('splitZone', namespace, ...place, namespace, ...place, ...place);
  }
  put('putVisibility', ...visibilityValues(record));
  if (record.closeTimeMs === undefined || !looksAtZone(record.runId)) return;
  const left = [namespace, OPEN_CLOSE_TIME_MS, record.startTimeMs];
  put('joinZone', ...left);
  put('dropZone', ...left);
}

/** What makes a run gone for every reader, at the same cost for any run. */
function planRemoval(put: Put, run: number): void {
  if (looksAtZoneWhenRemoved(run)) {
    put('joinZoneOfRun', run);
    put('dropZoneOfRun', run);
  }
  put('removeVisibility', run);
  put('supersede', run);
  put('noteRemoved', run);
  put('removeRun', run);
}

function fenceValues(batch: ShardBatch): SqlValue[] {
  const lastRun = batch.runs.reduce((last, { run }) => Math.max(last, run), 0);
  const lastBacklogId = batch.backlogPut.reduce((last, { id }) => Math.max(last, id), 0);
  return [batch.timeMs, lastRun, lastBacklogId, batch.shard, batch.epoch, batch.expectedSequence];
}

function namespaceIds(batch: ShardBatch): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { identity } of batch.runs) ids.add(identity.namespaceId);
  for (const { queue } of batch.backlogPut) ids.add(queue.namespaceId);
  return ids;
}

function runValues(shard: number, { run, identity, active, closed, wakeAtMs, removeAtMs }: RunWrite): SqlValue[] {
  const { kind, namespaceId, id, runId } = identity;
  const flags = [active ? 1 : 0, closed ? 1 : 0];
  return [
    runKey(shard, run),
    kind,
    uuidBytes(namespaceId),
    id,
    uuidBytes(runId),
    ...flags,
    wakeAtMs ?? null,
    removeAtMs ?? null,
  ];
}

/** A row that has neither events nor a delta still counts: its number is part of the tail. */
function putLogRow(put: Put, run: number, row: LogRow): void {
  const { sequence, firstEventId, events, delta } = row;
  if (events !== undefined) put('putHistory', run, sequence, firstEventId, blob(events), RAW);
  if (delta !== undefined || events === undefined)
    put('putDelta', run, sequence, firstEventId, delta === undefined ? null : blob(delta));
}
