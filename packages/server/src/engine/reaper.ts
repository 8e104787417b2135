import { earliest } from '@perdure/core';
import type { Removal } from '@perdure/storage';
import type { HostTimer } from '../host/host.ts';
import type { ShardContext } from './context.ts';

/** Runs that are removed at a time. */
const RUNS_AT_A_TIME = 100;

/** Rows of removed runs that are taken away at a time: as fast as they come, with about ten rows a run. */
const ROWS_AT_A_TIME = 1_000;

/**
 * The pause between two rounds: twice as long as the round took, which is more while others keep the machine busy. Removal
 * is never in a hurry, and leaves the machine to those who are.
 */
const PAUSE_FACTOR = 2;
const PAUSE_MIN_MS = 10;
const PAUSE_MAX_MS = 1_000;

/** A round that failed is tried again after this time. */
const RETRY_MS = 1_000;

interface NextRound {
  /** Undefined: not before something more is closed. */
  readonly atMs: number | undefined;
  /** There may be something due right now; what was noted meanwhile is found then. */
  readonly looksAgain: boolean;
}

/**
 * Removes the closed runs of one shard that are due, in small rounds: first from every reader's sight, then their rows.
 * While nothing is due it does nothing.
 */
export class Reaper {
  readonly #context: Pick<ShardContext, 'host' | 'store' | 'onStoreError'>;
  readonly #shard: number;
  readonly #remove: (due: readonly Removal[]) => Promise<void>;
  #timer: { readonly handle: HostTimer; readonly atMs: number } | undefined;
  #working = false;
  /** What was noted while a round was under way: that may not have seen it any more. */
  #notedAtMs: number | undefined;
  #stopped = false;

  /** `remove` settles when the runs are durably gone, or the shard is lost. */
  constructor(
    context: Pick<ShardContext, 'host' | 'store' | 'onStoreError'>,
    shard: number,
    remove: (due: readonly Removal[]) => Promise<void>,
  ) {
    this.#context = context;
    this.#shard = shard;
    this.#remove = remove;
  }

  /** Begins with what an earlier process has left. */
  start(): void {
    this.#arm(this.#context.host.now());
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.handle.cancel();
  }

  /** A run that has just been written is due to be removed then. */
  note(atMs: number): void {
    if (this.#working) this.#notedAtMs = earliest(this.#notedAtMs, atMs);
    else this.#arm(atMs);
  }

  #arm(atMs: number): void {
    if (this.#stopped || (this.#timer !== undefined && this.#timer.atMs <= atMs)) return;
    this.#timer?.handle.cancel();
    this.#timer = { atMs, handle: this.#context.host.setTimer(atMs, () => void this.#ring()) };
  }

  async #ring(): Promise<void> {
    this.#timer = undefined;
    this.#working = true;
    this.#notedAtMs = undefined;
    let next: NextRound;
    try {
      next = await this.#round();
    } catch (error) {
      if (!this.#stopped) this.#context.onStoreError(error);
      next = { atMs: this.#context.host.now() + RETRY_MS, looksAgain: true };
    }
    this.#working = false;
    const atMs = next.looksAgain ? next.atMs : earliest(next.atMs, this.#notedAtMs);
    if (atMs !== undefined) this.#arm(atMs);
  }

  async #round(): Promise<NextRound> {
    const { host, store } = this.#context;
    const begunAtMs = host.now();
    const due = await store.scanRemovals(this.#shard, begunAtMs, RUNS_AT_A_TIME);
    if (due.length > 0 && !this.#stopped) await this.#remove(due);
    if (this.#stopped) return { atMs: undefined, looksAgain: true };
    const { more } = await store.reclaim(ROWS_AT_A_TIME);
    if (due.length > 0 || more) {
      return { atMs: host.now() + pauseAfter(host.now() - begunAtMs), looksAgain: true };
    }
    const [next] = await store.scanRemovals(this.#shard, Infinity, 1);
    return { atMs: next?.removeAtMs, looksAgain: false };
  }
}

function pauseAfter(roundMs: number): number {
  return Math.min(Math.max(PAUSE_FACTOR * roundMs, PAUSE_MIN_MS), PAUSE_MAX_MS);
}
