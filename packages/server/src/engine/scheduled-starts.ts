const SECOND_MS = 1_000;

/** A rate of 0 lets nothing go; whether there is another one is asked after this time. */
const RETRY_MS = 1_000;

/**
 * How many workflows a second the schedules of a namespace start: each start has a place of its own in time, so that any
 * number of them may wait. What a second brings may go at once. Temporal: worker/scheduler/activities.go, StartWorkflow.
 */
export class ScheduledStarts {
  readonly #perSecond: (namespaceId: string) => number;
  /** Of each namespace the place after the last one that was given, before which the burst is over. */
  readonly #nextMs = new Map<string, number>();

  constructor(perSecond: (namespaceId: string) => number) {
    this.#perSecond = perSecond;
  }

  /** Reserves the next place. */
  reserve(namespaceId: string, nowMs: number): { readonly kind: 'go' | 'ask again'; readonly atMs: number } {
    const perSecond = this.#perSecond(namespaceId);
    if (perSecond <= 0) return { kind: 'ask again', atMs: nowMs + RETRY_MS };
    const apartMs = SECOND_MS / perSecond;
    const burst = Math.max(1, Math.ceil(perSecond));
    const placeMs = Math.max(this.#nextMs.get(namespaceId) ?? -Infinity, nowMs - (burst - 1) * apartMs);
    this.#nextMs.set(namespaceId, placeMs + apartMs);
    return { kind: 'go', atMs: Math.max(nowMs, Math.ceil(placeMs)) };
  }
}
