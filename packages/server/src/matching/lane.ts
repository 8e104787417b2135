import type { Priority } from '@perdure/proto/types';
import type { Backlog, WaitingTask } from './backlog.ts';

/** `matching.priorityLevels`: 1 is the most urgent. */
const PRIORITY_LEVELS = 5;

/** Of a task that names none. */
export const PRIORITY_DEFAULT = (PRIORITY_LEVELS + 1) / 2;

/** A smaller weight counts as this one. Temporal: matching/fairness_util.go. */
const WEIGHT_MIN = 0.001;

/** Where a task stands in its queue: before all of a lower priority, and with a share among those of its own. */
export interface Place {
  readonly priority: number;
  readonly fairnessKey: string;
  readonly fairnessWeight: number;
}

/** The place that a task asks for. Temporal: matching/config.go, setDefaultPriority. */
export function placeOf(wanted: Priority | undefined): Place {
  const { priorityKey = 0, fairnessKey = '', fairnessWeight = 0 } = wanted ?? {};
  const priority = priorityKey <= 0 ? PRIORITY_DEFAULT : Math.min(priorityKey, PRIORITY_LEVELS);
  return { priority, fairnessKey, fairnessWeight: fairnessWeight > 0 ? fairnessWeight : 1 };
}

/** The share that a task has: what a person has set for its key, else what it says itself. */
export function weightOf(task: Place, overrides: Readonly<Record<string, number>>): number {
  return Math.max(overrides[task.fairnessKey] ?? task.fairnessWeight, WEIGHT_MIN);
}

/** The tasks of one priority and one fairness key that wait in a queue, shard by shard. They leave oldest first. */
export class Lane {
  readonly priority: number;
  readonly fairnessKey: string;
  readonly #backlogs = new Map<number, Backlog>();
  /** How much of its share the lane has had; of two lanes the one that has had less is next. */
  pass = 0;
  /** It stands among the lanes that have a task at hand, by when the first of them began to wait. */
  readySinceMs: number | undefined;

  constructor(priority: number, fairnessKey: string) {
    this.priority = priority;
    this.fairnessKey = fairnessKey;
  }

  get size(): number {
    let size = 0;
    for (const backlog of this.#backlogs.values()) size += backlog.size;
    return size;
  }

  /** The oldest task at hand. */
  get first(): WaitingTask | undefined {
    return this.#oldest()?.first;
  }

  take(): WaitingTask | undefined {
    return this.#oldest()?.take();
  }

  backlog(shard: number, make: () => Backlog): Backlog {
    let backlog = this.#backlogs.get(shard);
    if (backlog === undefined) {
      backlog = make();
      this.#backlogs.set(shard, backlog);
    }
    return backlog;
  }

  find(shard: number): Backlog | undefined {
    return this.#backlogs.get(shard);
  }

  forgetShard(shard: number): void {
    this.#backlogs.delete(shard);
  }

  /** Tries again what has failed for want of a read. */
  retry(): void {
    for (const backlog of this.#backlogs.values()) backlog.retry();
  }

  #oldest(): Backlog | undefined {
    let oldest: Backlog | undefined;
    for (const backlog of this.#backlogs.values()) {
      const { first } = backlog;
      if (first !== undefined && first.createdAtMs < (oldest?.first?.createdAtMs ?? Infinity)) oldest = backlog;
    }
    return oldest;
  }
}
