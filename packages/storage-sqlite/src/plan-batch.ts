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

/** What batches that follow each other change in the tables, without what later ones write anew. */
export interface Changes extends Omit<ShardBatch, 'epoch' | 'expectedSequence' | 'runs'> {
  /** Of the last batch. */
  readonly sequence: number;
  /** The largest ever used, as far as these batches tell. */
  readonly lastRun: number;
  readonly lastBacklogId: number;
  /** Rows of runs, without their snapshots. */
  readonly runs: Iterable<RunWrite>;
  /** Runs whose snapshots are written. */
  readonly snapshots: readonly RunWrite[];
}

/** The dictionary of what is not packed yet: that is done where it is written. */
const RAW = null;

/** Turns changes into the statements that they take, the same on the event loop and on the writer thread. */
export function planChanges(changes: Changes): Write[] {
  const { shard } = changes;
  const writes: Write[] = [];
  const put: Put = (statement, ...values) => void writes.push({ statement, values });
  put('putShard', changes.sequence, changes.timeMs, changes.lastRun, changes.lastBacklogId, shard);
  for (const id of namespaceIds(changes)) put('putNamespace', uuidBytes(id));
  for (const write of changes.runs) put('putRun', ...runValues(shard, write));
  for (const row of changes.log) putLogRow(put, runKey(shard, row.run), row);
  for (const { run, snapshot } of changes.snapshots) {
    if (snapshot === undefined) continue;
    put('putSnapshot', runKey(shard, run), snapshot.sequence, blob(snapshot.body), RAW);
    put('dropDeltas', runKey(shard, run), snapshot.sequence);
  }
  for (const { run, id } of changes.backlogRemove) put('removeBacklog', shard, run, id);
  for (const row of changes.backlogPut) {
    const { namespaceId, kind, name } = row.queue;
    const { id, priority, fairnessKey, fairnessWeight, run, scheduledEventId, stamp, createdAtMs } = row;
    const lane = [uuidBytes(namespaceId), shard, kind, name, priority, fairnessKey];
    put('putBacklog', ...lane, id, fairnessWeight, run, scheduledEventId, stamp, createdAtMs);
  }
  for (const record of changes.visibilityPut) putVisibility(put, record);
  for (const run of changes.runsRemove) planRemoval(put, runKey(shard, run));
  return writes;
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

function namespaceIds({ runs, backlogPut }: Changes): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { identity } of runs) ids.add(identity.namespaceId);
  for (const { queue } of backlogPut) ids.add(queue.namespaceId);
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
