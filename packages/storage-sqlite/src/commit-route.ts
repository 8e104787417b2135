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
  /** Expected time of a COMMIT in milliseconds. */
  readonly commitMs: number;
  /** Expected time of the statements of one row in milliseconds. */
  readonly rowMs: number;
  /** Whether the disk is too slow for the loop: decided with hysteresis. */
  readonly diskIsSlow: boolean;
}

export interface RouteChoice {
  readonly route: Route;
  /** Start the writer thread, for this commit or for those that will follow. */
  readonly startThread: boolean;
}

/**
 * A COMMIT that takes longer than this leaves the loop. Two thread wake-ups cost 0.3-0.4 ms of latency and 0.15 ms of
 * CPU for each commit, an inline commit costs the loop its whole time.
 */
const SLOW_COMMIT_MS = 1;

/** The loop takes commits back when they are expected to take no longer than this. */
const FAST_COMMIT_MS = 0.5;

/** Statements of a commit that would hold the loop longer than this go to the thread. */
const LOOP_STATEMENTS_MS_MAX = 2;

/** Bytes of a commit that count as one row more: each page that they fill is copied and summed. */
const BYTES_PER_ROW = 4_096;

/** Weight of a new sample: a slow one counts at once, fast ones have to repeat. */
const RISING_WEIGHT = 0.5;
const FALLING_WEIGHT = 0.1;

export const initialRouteState: RouteState = { commitMs: 0.2, rowMs: 0.01, diskIsSlow: false };

/**
 * Chooses where a commit runs. On a slow disk it waits even for a thread that has yet to start, so that no slow fsync
 * holds the loop; a commit that is merely large stays on the loop until the thread is there.
 */
export function chooseRoute(state: RouteState, size: CommitSize, threadIsReady: boolean): RouteChoice {
  if (state.diskIsSlow) return { route: 'thread', startThread: true };
  const large = weight(size) * state.rowMs > LOOP_STATEMENTS_MS_MAX;
  return { route: large && threadIsReady ? 'thread' : 'loop', startThread: large };
}

/** Learns from a commit, whichever way it went. */
export function observeCommit(state: RouteState, size: CommitSize, timing: WriteTiming): RouteState {
  const commitMs = blend(state.commitMs, timing.commitMs);
  const rowMs = blend(state.rowMs, timing.statementsMs / weight(size));
  const diskIsSlow = commitMs > (state.diskIsSlow ? FAST_COMMIT_MS : SLOW_COMMIT_MS);
  return { commitMs, rowMs, diskIsSlow };
}

function weight(size: CommitSize): number {
  return Math.max(1, size.rows + size.bytes / BYTES_PER_ROW);
}

function blend(expected: number, sample: number): number {
  const share = sample > expected ? RISING_WEIGHT : FALLING_WEIGHT;
  return expected + (sample - expected) * share;
}
