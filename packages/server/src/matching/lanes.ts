import { present } from '@perdure/core';
import type { WaitingTask } from './backlog.ts';
import { Lane, weightOf } from './lane.ts';

/**
 * The tasks that wait in a queue, in the order in which they leave: by priority, then so that each fairness key gets its
 * share, then by age. A key that was quiet does not catch up on what it has not asked for. Any number of keys costs only
 * its logarithm. Temporal: service/matching/fairness.md, which settles the order when tasks are written.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  /** A binary heap of the lanes that have a task at hand, and of some that have lost theirs. */
  readonly #ready: Lane[] = [];
  /** By priority, the pass of the lane that gave a task last: nobody begins with less. */
  readonly #passed = new Map<number, number>();
  #weights: Readonly<Record<string, number>> = {};

  /** The shares that a person has set, by fairness key. */
  configure(weights: Readonly<Record<string, number>>): void {
    this.#weights = weights;
  }

  /** How many tasks wait. */
  get size(): number {
    let size = 0;
    for (const lane of this.#lanes.values()) size += lane.size;
    return size;
  }

  [Symbol.iterator](): Iterator<Lane> {
    return this.#lanes.values();
  }

  lane(priority: number, fairnessKey: string): Lane {
    const name = `${priority}/${fairnessKey}`;
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new Lane(priority, fairnessKey);
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  find(priority: number, fairnessKey: string): Lane | undefined {
    return this.#lanes.get(`${priority}/${fairnessKey}`);
  }

  /** Whether a task is at hand. */
  get hasTask(): boolean {
    return this.#next() !== undefined;
  }

  /** The next task of a lane that `allows`. */
  take(allows?: (lane: Lane, weight: number) => boolean): WaitingTask | undefined {
    const passedOver: Lane[] = [];
    let task: WaitingTask | undefined;
    for (let lane = this.#next(); lane !== undefined; lane = this.#next()) {
      this.#pop();
      const weight = weightOf(present(lane.first, 'a lane at hand has a task'), this.#weights);
      if (allows !== undefined && !allows(lane, weight)) {
        passedOver.push(lane);
        continue;
      }
      task = lane.take();
      this.#passed.set(lane.priority, lane.pass);
      lane.pass += 1 / weight;
      this.note(lane);
      break;
    }
    for (const lane of passedOver) this.note(lane);
    return task;
  }

  /** The lane may have got its first task. */
  note(lane: Lane): void {
    const { first } = lane;
    if (lane.readySinceMs !== undefined || first === undefined) return;
    lane.readySinceMs = first.createdAtMs;
    lane.pass = Math.max(lane.pass, this.#passed.get(lane.priority) ?? 0);
    this.#ready.push(lane);
    this.#rise(this.#ready.length - 1);
  }

  forgetShard(shard: number): void {
    for (const lane of this.#lanes.values()) lane.forgetShard(shard);
  }

  /** Tries again what has failed, and forgets lanes that nobody uses. */
  retry(): void {
    for (const [name, lane] of this.#lanes) {
      lane.retry();
      const passed = this.#passed.get(lane.priority) ?? 0;
      if (lane.size === 0 && lane.readySinceMs === undefined && lane.pass <= passed + 1) this.#lanes.delete(name);
    }
  }

  /** The lane whose turn it is. */
  #next(): Lane | undefined {
    for (let [lane] = this.#ready; lane !== undefined; [lane] = this.#ready) {
      if (lane.first !== undefined) return lane;
      this.#pop();
    }
    return undefined;
  }

  #pop(): void {
    const top = this.#ready[0];
    const last = this.#ready.pop();
    if (top !== undefined) top.readySinceMs = undefined;
    if (last === undefined || last === top) return;
    this.#ready[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    for (let index = from; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(from: number): void {
    for (let index = from; ;) {
      let first = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < this.#ready.length && this.#isBefore(child, first)) first = child;
      }
      if (first === index) return;
      this.#swap(index, first);
      index = first;
    }
  }

  #isBefore(left: number, right: number): boolean {
    const [a, b] = [this.#at(left), this.#at(right)];
    if (a.priority !== b.priority) return a.priority < b.priority;
    if (a.pass !== b.pass) return a.pass < b.pass;
    return (a.readySinceMs ?? 0) < (b.readySinceMs ?? 0);
  }

  #swap(left: number, right: number): void {
    const lane = this.#at(left);
    this.#ready[left] = this.#at(right);
    this.#ready[right] = lane;
  }

  #at(index: number): Lane {
    return present(this.#ready[index], 'an index of the heap');
  }
}
