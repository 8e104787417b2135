/** Tasks are counted in parts of this length. Temporal: matching_engine.go, newTaskTracker. */
const PART_MS = 5_000;

/** The rate is that of the last 30 seconds and of the part under way. */
const PARTS = 7;
const INTERVAL_MS = 30_000;

/** How many tasks a second have come, or gone, of late. */
export class TaskRate {
  readonly #startedAtMs: number;
  readonly #counts = Array.from({ length: PARTS }, () => 0);
  #part: number;

  constructor(nowMs: number) {
    this.#startedAtMs = nowMs;
    this.#part = this.#partOf(nowMs);
  }

  note(nowMs: number): void {
    this.#advance(nowMs);
    const index = this.#part % PARTS;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  perSecond(nowMs: number): number {
    this.#advance(nowMs);
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    const sincePartMs = nowMs - this.#startedAtMs - this.#part * PART_MS;
    const elapsedMs = Math.min(sincePartMs + INTERVAL_MS, nowMs - this.#startedAtMs);
    return elapsedMs <= 0 ? 0 : (total * 1_000) / elapsedMs;
  }

  #partOf(nowMs: number): number {
    return Math.max(0, Math.floor((nowMs - this.#startedAtMs) / PART_MS));
  }

  #advance(nowMs: number): void {
    const part = this.#partOf(nowMs);
    for (let next = Math.max(this.#part + 1, part - PARTS + 1); next <= part; next++) this.#counts[next % PARTS] = 0;
    this.#part = Math.max(this.#part, part);
  }
}
