/** At this rate and above nothing is held back. Temporal: `matching.adminNamespaceToPartitionDispatchRate` and its like. */
export const RATE_PER_SECOND_MAX = 100_000;

/** Tokens are fractions: a token that is short of one by less than this is one. */
const TOKEN_ERROR = 1e-9;

/**
 * How many tasks a second leave a queue: a bucket that fills at that rate and holds what a second brings, so that a
 * queue which was quiet gives at once as much as in a second. At a rate of 0 nothing leaves.
 */
export class RateLimit {
  #perSecond = RATE_PER_SECOND_MAX;
  #tokens = 0;
  #filledAtMs = 0;

  get perSecond(): number {
    return this.#perSecond;
  }

  get isLimited(): boolean {
    return this.#perSecond < RATE_PER_SECOND_MAX;
  }

  /** Another rate; a queue that was not limited begins with a full bucket. */
  set(perSecond: number, nowMs: number): void {
    const next = Math.min(Math.max(perSecond, 0), RATE_PER_SECOND_MAX);
    if (next === this.#perSecond) return;
    if (this.isLimited) this.#fill(nowMs);
    else this.#tokens = Infinity;
    this.#perSecond = next;
    this.#tokens = Math.min(this.#tokens, this.#capacity);
    this.#filledAtMs = nowMs;
  }

  /** Takes the token that a task needs; false where there is none yet. */
  take(nowMs: number): boolean {
    if (!this.isLimited) return true;
    this.#fill(nowMs);
    if (this.#tokens < 1 - TOKEN_ERROR) return false;
    this.#tokens -= 1;
    return true;
  }

  /** The task that a token was taken for was none any more. */
  giveBack(): void {
    if (this.isLimited) this.#tokens = Math.min(this.#tokens + 1, this.#capacity);
  }

  /** When there will be a token; undefined: not at this rate. */
  readyAtMs(nowMs: number): number | undefined {
    if (!this.isLimited) return nowMs;
    this.#fill(nowMs);
    if (this.#perSecond === 0) return undefined;
    return nowMs + Math.ceil((Math.max(0, 1 - this.#tokens) * 1_000) / this.#perSecond);
  }

  get #capacity(): number {
    return this.#perSecond === 0 ? 0 : Math.max(1, Math.ceil(this.#perSecond));
  }

  #fill(nowMs: number): void {
    const seconds = Math.max(0, nowMs - this.#filledAtMs) / 1_000;
    this.#tokens = Math.min(this.#capacity, this.#tokens + seconds * this.#perSecond);
    this.#filledAtMs = nowMs;
  }
}
