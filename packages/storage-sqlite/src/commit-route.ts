/** Where the statements of a commit run. The disk is never waited for on the loop: see `log-sync.ts`. */
export type Route = 'loop' | 'thread';

/** The size of a commit, as far as it predicts its cost. */
export interface CommitSize {
  /** Rows that are written. */
  readonly rows: number;
  readonly bytes: number;
}

/** What was learnt of the cost of commits; replaced with each. */
export interface RouteState {
  /** Expected time that one row takes, in milliseconds. */
  readonly rowMs: number;
  /** Whether the loop has no time for commits: decided with hysteresis. */
  readonly loopIsBusy: boolean;
}

export interface RouteChoice {
  readonly route: Route;
  /** Start the writer thread, for this commit or for those that will follow. */
  readonly startThread: boolean;
}

/**
 * Commits that would hold the loop longer than this go to the thread. Below it the thread costs more than it gives: two
 * wake-ups are 0.3-0.4 ms of latency and 0.15 ms of CPU, and a thread has 50 MB of its own.
 */
const LOOP_MS_MAX = 5;

/** Shares of its time that the loop works. Above the first all commits leave it, below the second it takes them back. */
const BUSY_LOOP = 0.85;
const RELIEVED_LOOP = 0.6;

/** Bytes of a commit that count as one row more: each page that they fill is copied and summed. */
const BYTES_PER_ROW = 4_096;

/** Weight of a new sample. */
const SAMPLE_WEIGHT = 0.1;

export const initialRouteState: RouteState = { rowMs: 0.01, loopIsBusy: false };

/**
 * Chooses where a commit runs: on the loop, which costs least, unless it is large or the loop is what everything waits
 * for. Until the thread is there, all stay on the loop.
 */
export function chooseRoute(state: RouteState, size: CommitSize, threadIsReady: boolean): RouteChoice {
  const leaves = state.loopIsBusy || weight(size) * state.rowMs > LOOP_MS_MAX;
  return { route: leaves && threadIsReady ? 'thread' : 'loop', startThread: leaves };
}

/** Learns from a commit on either route: what its statements took, in milliseconds, without waiting for the disk. */
export function observeCommit(state: RouteState, size: CommitSize, tookMs: number): RouteState {
  return { ...state, rowMs: state.rowMs + (tookMs / weight(size) - state.rowMs) * SAMPLE_WEIGHT };
}

/** Learns how busy the loop is: the share of its time that it worked since it was last asked. */
export function observeLoop(state: RouteState, utilization: number): RouteState {
  return { ...state, loopIsBusy: utilization > (state.loopIsBusy ? RELIEVED_LOOP : BUSY_LOOP) };
}

function weight(size: CommitSize): number {
  return Math.max(1, size.rows + size.bytes / BYTES_PER_ROW);
}
