import type { WriteTiming } from './write-job.ts';

/** Where a commit runs. */
export type Route = 'loop' | 'thread';

/** The size of a commit, as far as it predicts its cost. */
export interface CommitSize {
  /** Rows that are written. */
  readonly rows: number;
  readonly bytes: number;
}

/** What was learnt of the disk and of the route; replaced with each commit. */
export interface RouteState {
  /** Expected time that the disk takes to sync a commit, in milliseconds. */
  readonly syncMs: number;
  /** Expected time of the statements of one row, in milliseconds. */
  readonly rowMs: number;
  /** Slow commits in a row, up to the last one. */
  readonly slowCommits: number;
  /** Whether the disk is too slow for the loop: decided with hysteresis. */
  readonly diskIsSlow: boolean;
}

export interface RouteChoice {
  readonly route: Route;
  /** Start the writer thread, for this commit or for those that will follow. */
  readonly startThread: boolean;
}

/**
 * A sync that takes longer than this should not hold the loop. Two thread wake-ups cost 0.3-0.4 ms of latency and
 * 0.15 ms of CPU for each commit, an inline commit costs the loop its whole time.
 */
const SLOW_SYNC_MS = 1;

/** The loop takes commits back when their syncs are expected to take no longer than this. */
const FAST_SYNC_MS = 0.5;

/** So many slow commits in a row make a slow disk: a single one is noise, and not worth starting a thread. */
const SLOW_COMMITS = 2;

/** Statements of a commit that would hold the loop longer than this go to the thread. */
const LOOP_STATEMENTS_MS_MAX = 2;

/** Bytes of a commit that count as one row more: each page that they fill is copied and summed. */
const BYTES_PER_ROW = 4_096;

/** The part of a COMMIT that is not waiting for the disk, per row: copying and summing its pages. */
const COPY_MS_PER_ROW = 0.002;

/** Weight of a new sample. */
const SAMPLE_WEIGHT = 0.1;

export const initialRouteState: RouteState = { syncMs: 0.2, rowMs: 0.005, slowCommits: 0, diskIsSlow: false };

/**
 * Chooses where a commit runs. On a slow disk it waits even for a thread that has yet to start, so that no slow fsync
 * holds the loop; a commit that is merely large stays on the loop until the thread is there.
 */
export function chooseRoute(state: RouteState, size: CommitSize, threadIsReady: boolean): RouteChoice {
  if (state.diskIsSlow) return { route: 'thread', startThread: true };
  const large = weight(size) * (state.rowMs + COPY_MS_PER_ROW) > LOOP_STATEMENTS_MS_MAX;
  return { route: large && threadIsReady ? 'thread' : 'loop', startThread: large };
}

/** Learns from a commit, whichever way it went. */
export function observeCommit(state: RouteState, size: CommitSize, timing: WriteTiming): RouteState {
  const sampleMs = Math.max(0, timing.commitMs - weight(size) * COPY_MS_PER_ROW);
  const slowCommits = sampleMs > SLOW_SYNC_MS ? state.slowCommits + 1 : 0;
  const turnsSlow = !state.diskIsSlow && slowCommits >= SLOW_COMMITS;
  const syncMs = turnsSlow ? sampleMs : blend(state.syncMs, sampleMs);
  return {
    syncMs,
    rowMs: blend(state.rowMs, timing.statementsMs / weight(size)),
    slowCommits,
    diskIsSlow: turnsSlow || (state.diskIsSlow && syncMs > FAST_SYNC_MS),
  };
}

function weight(size: CommitSize): number {
  return Math.max(1, size.rows + size.bytes / BYTES_PER_ROW);
}

function blend(expected: number, sample: number): number {
  return expected + (sample - expected) * SAMPLE_WEIGHT;
}
