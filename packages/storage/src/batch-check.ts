import type { VisibilityRecord } from '@perdure/core';
import type { RunIdentity, ShardBatch } from './store.ts';

/** The largest run key of a shard: a store may pack shard and run into one number that JavaScript holds exactly. */
export const RUN_KEY_MAX = 2 ** 40 - 1;

/** The largest number of a shard. */
export const SHARD_MAX = 2 ** 13 - 1;

const PRIORITY_MAX = 255;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is a UUID in the one form that stores keep: lower case, with hyphens. */
function isUuid(text: string): boolean {
  return text.length === 36 && UUID.test(text);
}

/** Throws where a batch breaks the interface's rules: a bug of the caller, found before anything is written. */
export function assertBatch(batch: ShardBatch): void {
  hold(isWithin(batch.shard, 0, SHARD_MAX), 'the shard is out of range');
  const runs = new Set<number>();
  for (const write of batch.runs) {
    hold(isWithin(write.run, 1, RUN_KEY_MAX), 'a run key is out of range');
    hold(!runs.has(write.run), 'a run is written twice in a batch');
    runs.add(write.run);
    assertIdentity(write.identity);
    hold(write.removeAtMs === undefined || write.closed, 'an open run is due to be removed');
  }
  for (const run of batch.runsRemove) {
    hold(isWithin(run, 1, RUN_KEY_MAX), 'the key of a removed run is out of range');
    hold(!runs.has(run), 'a run is written and removed in a batch');
  }
  for (const row of batch.log) {
    hold(isWithin(row.run, 1, RUN_KEY_MAX), 'the run of a log row is out of range');
    hold(isWithin(row.sequence, 1, Number.MAX_SAFE_INTEGER), 'the sequence of a log row is out of range');
  }
  for (const row of batch.backlogPut) {
    hold(isWithin(row.id, 1, Number.MAX_SAFE_INTEGER), 'a backlog id is out of range');
    hold(isWithin(row.priority, 1, PRIORITY_MAX), 'a priority is out of range');
    hold(Number.isFinite(row.fairnessWeight), 'a weight is no number');
    hold(isUuid(row.queue.namespaceId), 'the namespace id of a task queue is not a UUID');
  }
  for (const record of batch.visibilityPut) assertRecord(record);
}

function assertIdentity(identity: RunIdentity): void {
  hold(isUuid(identity.namespaceId), 'a namespace id is not a UUID');
  hold(isUuid(identity.runId), 'a run id is not a UUID');
}

function assertRecord({ namespaceId, runId, parentRunId, rootRunId }: VisibilityRecord): void {
  hold(isUuid(namespaceId) && isUuid(runId) && isUuid(rootRunId), 'an id of a visibility record is not a UUID');
  hold(parentRunId === undefined || isUuid(parentRunId), 'the run id of a parent is not a UUID');
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max;
}

function hold(condition: boolean, invariant: string): void {
  if (!condition) throw new Error(`invariant broken: ${invariant}`);
}
