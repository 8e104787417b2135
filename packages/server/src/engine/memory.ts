import type { Aggregate } from './aggregate.ts';
import { forgetRecent } from './loaded-run.ts';

/** What one shard keeps in memory at most, beside what is being worked on. */
export interface MemoryBounds {
  readonly aggregates: number;
  /** Those of them that are closed: somebody asks for the result, then nobody any more. */
  readonly closed: number;
  /** Bytes of the latest history of all of them. */
  readonly recentBytes: number;
}

/** One in so many that may be in memory may be closed. */
const CLOSED_SHARE = 20;

/** On average for each that may be in memory: one may have ten times as much, as long as others have less. */
const RECENT_BYTES_EACH = 6 * 1024;

/** The bounds of each of several shards. */
export function boundsOf(shards: number, workflowsMax: number): MemoryBounds {
  const each = (whole: number): number => Math.ceil(whole / Math.max(1, shards));
  return {
    aggregates: each(workflowsMax),
    closed: each(workflowsMax / CLOSED_SHARE),
    recentBytes: each(workflowsMax * RECENT_BYTES_EACH),
  };
}

/**
 * What has to leave memory, until the rest is within the bounds: the map is gone through in turn, and what was asked for
 * since the last time waits for its next turn. The latest history of the others is left to the store, where there is too
 * much of it.
 */
export function* leaving(
  aggregates: Map<string, Aggregate>,
  bounds: MemoryBounds,
  mayLeave: (aggregate: Aggregate) => boolean,
): Generator<Aggregate> {
  const left = inMemory(aggregates.values());
  for (const [name, aggregate] of aggregates) {
    const tooMany = left.aggregates > bounds.aggregates;
    const tooManyClosed = left.closed > bounds.closed;
    const tooLong = left.recentBytes > bounds.recentBytes;
    if (!tooMany && !tooManyClosed && !tooLong) return;
    if (aggregate.isInUse) {
      aggregate.isInUse = false;
      aggregates.delete(name);
      aggregates.set(name, aggregate);
      continue;
    }
    if (!mayLeave(aggregate)) continue;
    if (tooLong) for (const loaded of aggregate.runs) left.recentBytes -= forgetRecent(loaded);
    const { isClosed } = aggregate;
    if (!tooMany && !(tooManyClosed && isClosed)) continue;
    // What has to be written first stays until that is durable, and leaves in the next turn.
    left.aggregates -= 1;
    if (isClosed) left.closed -= 1;
    yield aggregate;
  }
}

function inMemory(aggregates: Iterable<Aggregate>): { aggregates: number; closed: number; recentBytes: number } {
  const sum = { aggregates: 0, closed: 0, recentBytes: 0 };
  for (const aggregate of aggregates) {
    sum.aggregates += 1;
    if (aggregate.isClosed) sum.closed += 1;
    for (const loaded of aggregate.runs) sum.recentBytes += loaded.recentBytes;
  }
  return sum;
}
