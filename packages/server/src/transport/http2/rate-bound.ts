const SECOND_MS = 1_000;

/** Counts what a peer does that costs it little: so much at once, and so much more each second. */
export class RateBound {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #filledAtMs = performance.now();

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
  }

  /** False for one too many. */
  take(): boolean {
    // The clock is only looked at when what was saved is used up.
    if (this.#left < 1) this.#fill();
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  /** Allows one more, for something that the peer was given. */
  giveBack(): void {
    if (this.#left < this.#burst) this.#left += 1;
  }

  #fill(): void {
    const nowMs = performance.now();
    const gainedMs = nowMs - this.#filledAtMs;
    this.#filledAtMs = nowMs;
    this.#left = Math.min(this.#burst, this.#left + (gainedMs / SECOND_MS) * this.#perSecond);
  }
}
