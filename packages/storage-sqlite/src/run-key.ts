import { RUN_KEY_MAX } from '@perdure/storage';

/** Runs that a shard has room for. */
const RUNS_PER_SHARD = RUN_KEY_MAX + 1;

/**
 * Shard and run in one integer, the shard first: the rowid of each table that has a row for a run. Such a key takes as
 * many bytes as the run alone in shard 0, and rows of rowid tables do not spill into overflow pages before they fill one.
 */
export function runKey(shard: number, run: number): number {
  return shard * RUNS_PER_SHARD + run;
}

/** The run of a key, within its shard. */
export function runOfKey(key: number): number {
  return key % RUNS_PER_SHARD;
}

/** The largest key of a shard. */
export function lastRunKey(shard: number): number {
  return runKey(shard, RUN_KEY_MAX);
}
