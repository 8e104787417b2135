/** The least distance between two timers, and the part of its time by which a call may end late. */
const GRAIN_MS_MIN = 8;
const LATE_PART = 64;

/** The longest delay that a timer of Node.js takes; a deadline beyond it (24 days) needs no timer. */
const TIMER_DELAY_MAX_MS = 2 ** 31 - 1;

/** What has a deadline. */
export interface Expiring {
  expire(): void;
}

/** Those that expire together. */
export type Deadline = Set<Expiring>;

/**
 * Ends calls at their deadlines. Those that are close together share a timer: nearly all calls end long before, and a timer
 * for each would be made for nothing.
 */
export class Deadlines {
  readonly #byInstant = new Map<number, Deadline>();

  /** Gives what `delete` takes the call from when it ends. `nowMs` is of `performance.now`. */
  add(expiring: Expiring, nowMs: number, timeoutMs: number): Deadline | undefined {
    if (timeoutMs > TIMER_DELAY_MAX_MS / 2) return undefined;
    const grainMs = 2 ** Math.ceil(Math.log2(Math.max(GRAIN_MS_MIN, timeoutMs / LATE_PART)));
    const instantMs = Math.ceil((nowMs + timeoutMs) / grainMs) * grainMs;
    const deadline = this.#byInstant.get(instantMs) ?? this.#make(instantMs, nowMs);
    deadline.add(expiring);
    return deadline;
  }

  #make(instantMs: number, nowMs: number): Deadline {
    const deadline: Deadline = new Set();
    this.#byInstant.set(instantMs, deadline);
    setTimeout(() => {
      this.#byInstant.delete(instantMs);
      for (const expiring of deadline) expiring.expire();
    }, instantMs - nowMs).unref();
    return deadline;
  }
}
