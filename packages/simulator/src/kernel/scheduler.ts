import { setImmediate as macrotask } from 'node:timers';

/** Something that will happen; cancelled, it will not. */
export interface Scheduled {
  cancel(): void;
}

interface Entry {
  readonly atMs: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

/**
 * Virtual time: callbacks by the instant at which they are due, those of one instant in the order in which they were
 * asked for. After each, every promise that can settle does, so that the clock moves only when nothing else can.
 */
export class Scheduler {
  readonly #heap: Entry[] = [];
  #nowMs: number;
  #orders = 0;
  #steps = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many callbacks have run. */
  get steps(): number {
    return this.#steps;
  }

  /** Runs the callback after that delay. */
  after(delayMs: number, callback: () => void): Scheduled {
    const entry: Entry = { atMs: this.#nowMs + Math.max(0, Math.ceil(delayMs)), order: this.#orders++, callback };
    this.#push(entry);
    return {
      cancel: () => {
        entry.callback = undefined;
      },
    };
  }

  /** Settles after that delay. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Ends the run with this error. Only the first counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Runs until the condition holds, checked before each step; false if nothing was left to run before that. */
  async run(until: () => boolean): Promise<boolean> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (until()) return true;
      const entry = this.#pop();
      if (entry === undefined) return false;
      const { callback } = entry;
      if (callback === undefined) continue;
      this.#nowMs = Math.max(this.#nowMs, entry.atMs);
      this.#steps += 1;
      callback();
      await drained();
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const below = left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
      if (below === undefined || !isBefore(below, last)) break;
      heap[index] = below;
      index = below === left ? 2 * index + 1 : 2 * index + 2;
    }
    heap[index] = last;
    return top;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Settles when no promise has anything left to do. */
function drained(): Promise<void> {
  return new Promise((resolve) => macrotask(resolve));
}
