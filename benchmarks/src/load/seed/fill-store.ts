/** Fills a store of ours without a server: so many workflows that starting them one by one would take hours. */
import { join } from 'node:path';
import type { VisibilityRecord } from '@perdure/core';
import type { LogRow, RunIdentity, RunWrite, Store } from '@perdure/storage';
import { openSqliteStore } from '@perdure/storage-sqlite';

const SHARD = 0;

/** Many rows share a page of each index, and its pages stay in memory: else each row would write pages of its own. */
const BATCH = 20_000;
const CACHE_KIB = 512 * 1024;

/** A run as a server would have written it. */
export interface Seed {
  readonly run: RunWrite;
  readonly log: readonly LogRow[];
  readonly record: VisibilityRecord;
}

/** Opens the store in a folder on which no server runs. */
export function openToFill(folder: string): Store {
  const pragmas = new Map([['cache_size', String(-CACHE_KIB)]]);
  return openSqliteStore({ file: join(folder, 'perdure.db'), commits: 'loop', pragmas });
}

/** Adds so many runs; `seedOf` is given the key of each. */
export async function fillStore(
  store: Store,
  count: number,
  seedOf: (index: number, run: number) => Seed,
): Promise<void> {
  const { epoch, sequence, lastRun, timeMs } = await store.acquireShard(SHARD, 'seed');
  for (let from = 0; from < count; from += BATCH) {
    const indexes = Array.from({ length: Math.min(BATCH, count - from) }, (_, offset) => from + offset);
    const seeds = indexes.map((index) => seedOf(index, lastRun + 1 + index));
    const batch = {
      shard: SHARD,
      epoch,
      expectedSequence: sequence + from / BATCH,
      timeMs: Math.max(timeMs, Date.now()),
      runs: seeds.map(({ run }) => run),
      log: seeds.flatMap(({ log }) => log),
      visibilityPut: seeds.map(({ record }) => record),
      backlogPut: [],
      backlogRemove: [],
      runsRemove: [],
    };
    const [outcome] = await store.commit([batch]);
    if (outcome !== 'committed') throw new Error(`a batch of seeds was ${String(outcome)}`);
  }
}

type Given = 'workflowType' | 'taskQueue' | 'status' | 'startTimeMs';

/** A record with nothing in it that is not given. */
export function seedRecord(
  { namespaceId, id, runId }: RunIdentity,
  given: Pick<VisibilityRecord, Given> & Partial<VisibilityRecord>,
): VisibilityRecord {
  return {
    namespaceId,
    workflowId: id,
    runId,
    executionTimeMs: given.startTimeMs,
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
    ...given,
  };
}
