import { DeadlineQueue, earliest } from '@perdure/core';
import type { RunIdentity } from '@perdure/storage';
import type { Host, HostTimer } from '../host/host.ts';
import type { ShardContext } from './context.ts';

/** Wake-ups of idle runs are read from the store this far ahead. */
const HORIZON_MS = 10 * 60_000;

/** How many of them at a time. */
const SCAN_LIMIT = 1_000;

/** A failed read is tried again after this time. */
const RETRY_MS = 1_000;

/** Calls each run of one shard when its earliest deadline is due. A call too many does no harm; one too few would. */
export class Wakeups {
  readonly #context: Pick<ShardContext, 'host' | 'store' | 'onStoreError'>;
  readonly #host: Host;
  readonly #shard: number;
  readonly #wake: (run: number, identity: RunIdentity) => void;
  readonly #due = new Map<number, { identity: RunIdentity; atMs: number }>();
  readonly #queue = new DeadlineQueue<number>();
  #timer: { handle: HostTimer; atMs: number } | undefined;
  /** All wake-ups of idle runs up to here are in `#due`. */
  #scannedThroughMs = Number.NEGATIVE_INFINITY;
  /** Up to here they are, or a scan that may not see what is written meanwhile is under way. */
  #scansThroughMs = Number.NEGATIVE_INFINITY;
  #nextScanAtMs = Infinity;
  #stopped = false;

  constructor(
    context: Pick<ShardContext, 'host' | 'store' | 'onStoreError'>,
    shard: number,
    wake: (run: number, identity: RunIdentity) => void,
  ) {
    this.#context = context;
    this.#host = context.host;
    this.#shard = shard;
    this.#wake = wake;
  }

  /** Reads the first wake-ups of idle runs. */
  async start(): Promise<void> {
    await this.#scan();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.handle.cancel();
  }

  /** When a run in memory wants to be called; undefined: not at all. */
  set(run: number, identity: RunIdentity, atMs: number | undefined): void {
    if (atMs === undefined) {
      this.#due.delete(run);
      return;
    }
    this.#due.set(run, { identity, atMs });
    this.#queue.arm(run, atMs);
    this.#rearm();
  }

  /** The run leaves memory: from now on the store knows when to call it, unless that is soon. */
  release(run: number, identity: RunIdentity, atMs: number | undefined): void {
    if (atMs !== undefined && atMs <= this.#scansThroughMs) this.set(run, identity, atMs);
    else this.#due.delete(run);
  }

  clear(run: number): void {
    this.#due.delete(run);
  }

  /** The earliest deadline of any run, in memory or not; undefined where none waits for time. */
  async nextAtMs(): Promise<number | undefined> {
    const dueAtMs = this.#queue.next((run) => this.#due.get(run)?.atMs);
    if (dueAtMs !== undefined && dueAtMs <= this.#scannedThroughMs) return dueAtMs;
    const [stored] = await this.#context.store.scanWakeups(this.#shard, Number.MAX_SAFE_INTEGER, 1);
    return earliest(dueAtMs, stored?.wakeAtMs);
  }

  /** The clock has jumped: what is due by now is called at once. */
  review(): void {
    if (this.#stopped) return;
    this.#timer?.handle.cancel();
    this.#ring();
  }

  #rearm(): void {
    if (this.#stopped) return;
    const dueAtMs = this.#queue.next((run) => this.#due.get(run)?.atMs) ?? Infinity;
    const atMs = Math.min(dueAtMs, this.#nextScanAtMs);
    if (this.#timer !== undefined && this.#timer.atMs === atMs) return;
    this.#timer?.handle.cancel();
    this.#timer = atMs === Infinity ? undefined : { atMs, handle: this.#host.setTimer(atMs, () => this.#ring()) };
  }

  #ring(): void {
    this.#timer = undefined;
    const nowMs = this.#host.now();
    for (;;) {
      const run = this.#queue.takeDue(nowMs, (candidate) => this.#due.get(candidate)?.atMs);
      if (run === undefined) break;
      const due = this.#due.get(run);
      this.#due.delete(run);
      if (due !== undefined) this.#wake(run, due.identity);
    }
    if (nowMs >= this.#nextScanAtMs) void this.#scan();
    this.#rearm();
  }

  async #scan(): Promise<void> {
    const throughMs = this.#host.now() + HORIZON_MS;
    this.#scansThroughMs = throughMs;
    this.#nextScanAtMs = Infinity;
    try {
      const page = await this.#context.store.scanWakeups(this.#shard, throughMs, SCAN_LIMIT);
      if (this.#stopped) return;
      for (const { run, identity, wakeAtMs } of page) if (!this.#due.has(run)) this.set(run, identity, wakeAtMs);
      const last = page.at(-1);
      const complete = last === undefined || page.length < SCAN_LIMIT;
      this.#scannedThroughMs = complete ? throughMs : last.wakeAtMs;
      // With more rows than fit, the next read comes when the last of these is due and has left the scan's way.
      this.#nextScanAtMs = complete ? throughMs - HORIZON_MS / 2 : last.wakeAtMs;
    } catch (error) {
      if (this.#stopped) return;
      this.#context.onStoreError(error);
      this.#nextScanAtMs = this.#host.now() + RETRY_MS;
    }
    this.#scansThroughMs = this.#scannedThroughMs;
    this.#rearm();
  }
}
