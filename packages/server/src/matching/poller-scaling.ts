import { earliest } from '@perdure/core';
import { RateLimit } from './rate-limit.ts';
import type { QueueStats } from './task-queue.ts';

/** From so many more tasks that come than go on, workers are asked for more polls. Temporal: physical_task_queue_manager.go. */
const GROWTH_MIN = 1.2;

/** What workers may be told of how much they poll. Temporal: `matching.pollerScaling…`. */
export interface ScalingRules {
  /** A poll that waited for so long was one too many. */
  readonly idleMs: number;
  /** A backlog that is older calls for more polls. */
  readonly backlogAgeMs: number;
  /** Each poller hears of it about so often, all the others included. */
  readonly decisionsPerSecond: number;
}

/** What a queue tells the workers that let it decide how much they poll. */
export class PollerScaling {
  readonly #limit = new RateLimit();

  /** How many polls more, or fewer; undefined: as they are. `statsOf` is asked only where it matters. */
  decide(
    poll: { readonly waitedMs: number; readonly nowMs: number; readonly pollers: number },
    rules: ScalingRules,
    statsOf: () => Iterable<QueueStats>,
  ): 1 | -1 | undefined {
    const { waitedMs, nowMs, pollers } = poll;
    if (waitedMs >= rules.idleMs) return -1;
    this.#limit.set(rules.decisionsPerSecond * Math.max(pollers, 1), nowMs);
    return this.#limit.take(nowMs) && needsMore(statsOf(), nowMs, rules) ? 1 : undefined;
  }
}

function needsMore(stats: Iterable<QueueStats>, nowMs: number, { backlogAgeMs }: ScalingRules): boolean {
  let [oldestAtMs, added, dispatched]: [number | undefined, number, number] = [undefined, 0, 0];
  for (const each of stats) {
    oldestAtMs = earliest(oldestAtMs, each.oldestAtMs);
    added += each.addedPerSecond;
    dispatched += each.dispatchedPerSecond;
  }
  return (oldestAtMs !== undefined && nowMs - oldestAtMs > backlogAgeMs) || added > dispatched * GROWTH_MIN;
}
