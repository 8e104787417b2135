/**
 * Copies a sleeping workflow in a store of ours, without a server: to put a million of them to sleep by calls takes an
 * hour.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { VisibilityRecord } from '@perdure/core';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { LogRow, RunIdentity, RunWrite, StoredRun } from '@perdure/storage';
import { openSqliteStore } from '@perdure/storage-sqlite';

const BATCH = 10_000;
const SHARD = 0;

/** Adds so many copies of a workflow that has left memory, each with ids of its own. */
export async function copySleepers(folder: string, count: number): Promise<void> {
  const store = openSqliteStore({ file: join(folder, 'perdure.db') });
  try {
    const [wakeup] = await store.scanWakeups(SHARD, Number.MAX_SAFE_INTEGER, 1);
    const original = wakeup && (await store.loadRun(SHARD, { run: wakeup.run }));
    if (original === undefined) throw new Error('no workflow sleeps outside of memory');
    const all = { fromSequence: 1, throughSequence: Number.MAX_SAFE_INTEGER, descending: false };
    const history = await store.readHistory({
      shard: SHARD,
      run: original.run,
      ...all,
      rowsMax: 100,
      bytesMax: 2 ** 20,
    });
    const grant = await store.acquireShard(SHARD, 'copies');
    for (let from = 0; from < count; from += BATCH) {
      const runs: RunWrite[] = [];
      const log: LogRow[] = [];
      const visibilityPut: VisibilityRecord[] = [];
      for (let index = from; index < Math.min(count, from + BATCH); index++) {
        const run = grant.lastRun + 1 + index;
        const identity = { ...original.identity, id: randomUUID(), runId: randomUUID() };
        const renamed = renaming(original.identity, identity);
        runs.push(runOf(original, run, identity, renamed));
        for (const row of history) log.push({ ...row, run, events: renamed(row.events), delta: undefined });
        visibilityPut.push(recordOf(identity, grant.timeMs));
      }
      const expectedSequence = grant.sequence + from / BATCH;
      const nothing = { backlogPut: [], backlogRemove: [], runsRemove: [] };
      const head = { shard: SHARD, epoch: grant.epoch, expectedSequence, timeMs: grant.timeMs };
      const [outcome] = await store.commit([{ ...head, runs, log, visibilityPut, ...nothing }]);
      if (outcome !== 'committed') throw new Error(`a batch of copies was ${String(outcome)}`);
    }
  } finally {
    await store.close();
  }
}

/** The same bytes with other ids in them: UUIDs are of one length. */
function renaming(from: RunIdentity, to: RunIdentity): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const text = Buffer.from(bytes).toString('latin1');
    return Buffer.from(text.replaceAll(from.id, to.id).replaceAll(from.runId, to.runId), 'latin1');
  };
}

function runOf(
  { active, closed, wakeAtMs, removeAtMs, snapshot }: StoredRun,
  run: number,
  identity: RunIdentity,
  renamed: (bytes: Uint8Array) => Uint8Array,
): RunWrite {
  const copied = snapshot && { ...snapshot, body: renamed(snapshot.body) };
  return { run, identity, active, closed, wakeAtMs, removeAtMs, snapshot: copied };
}

function recordOf({ namespaceId, id, runId }: RunIdentity, startTimeMs: number): VisibilityRecord {
  return {
    namespaceId,
    workflowId: id,
    runId,
    workflowType: 'sleeper',
    taskQueue: 'sleepers',
    status: WorkflowExecutionStatus.Running,
    startTimeMs,
    executionTimeMs: startTimeMs,
    closeTimeMs: undefined,
    historyLength: undefined,
    historySizeBytes: undefined,
    stateTransitionCount: undefined,
    parentWorkflowId: undefined,
    parentRunId: undefined,
    rootWorkflowId: id,
    rootRunId: runId,
    memo: undefined,
    searchAttributes: undefined,
    values: new Map(),
  };
}
