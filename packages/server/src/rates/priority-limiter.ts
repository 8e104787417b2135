/** How fast tokens come, and how many may lie in store. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** How long a rate holds before it is asked for again: it is dynamic configuration. */
const RATE_KEPT_MS = 1_000;

/** How many priorities there are; the lowest number is the highest. */
const PRIORITIES = 6;

/** The share of the rate that calls of the highest priority get. Temporal: `system.operatorRPSRatio`. */
const HIGHEST_SHARE = 0.2;

/**
 * A rate that several kinds of calls share, the important ones first: a call takes a token of its own priority, and from
 * all lower ones whether they have any or not. So what is unimportant is refused first, and what is important not until it
 * alone exceeds the rate. Temporal: common/quotas/priority_rate_limiter_impl.go.
 */
export class PriorityLimiter {
  readonly #rateNow: () => Rate;
  readonly #tokens = new Float64Array(PRIORITIES);
  #rate: Rate;
  #rateAtMs: number;
  #filledAtMs: number;

  constructor(rateNow: () => Rate, nowMs: number) {
    this.#rateNow = rateNow;
    this.#rate = rateNow();
    this.#rateAtMs = nowMs;
    this.#filledAtMs = nowMs;
    for (let priority = 0; priority < PRIORITIES; priority++) this.#tokens[priority] = this.#rate.burst;
  }

  /** Takes a token, or says that there is none. */
  take(priority: number, nowMs: number): boolean {
    this.#fill(nowMs);
    if ((this.#tokens[priority] ?? 0) < 1) return false;
    for (let each = priority; each < PRIORITIES; each++) this.#tokens[each] = (this.#tokens[each] ?? 0) - 1;
    return true;
  }

  #fill(nowMs: number): void {
    // The clock may jump: what it goes back is no time that has passed.
    const seconds = Math.max(0, nowMs - this.#filledAtMs) / 1_000;
    this.#filledAtMs = nowMs;
    if (Math.abs(nowMs - this.#rateAtMs) >= RATE_KEPT_MS) {
      this.#rate = this.#rateNow();
      this.#rateAtMs = nowMs;
    }
    const { perSecond, burst } = this.#rate;
    for (let priority = 0; priority < PRIORITIES; priority++) {
      const share = priority === 0 ? HIGHEST_SHARE : 1;
      this.#tokens[priority] = Math.min(burst, (this.#tokens[priority] ?? 0) + seconds * perSecond * share);
    }
  }
}
