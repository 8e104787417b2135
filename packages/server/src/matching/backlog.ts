import type { BacklogRow } from '@perdure/storage';
import type { Place } from './lane.ts';

/** How many tasks of one lane and shard are kept in memory; the others wait in the store. */
const WINDOW_MAX = 1_000;

/** The same of a lane with a fairness key, of which there may be many. */
const KEYED_WINDOW_MAX = 100;

/** A task that waits for a poller. Its run refuses it when the stamp is no longer the current one. */
export interface WaitingTask extends Place {
  readonly shard: number;
  readonly run: number;
  readonly scheduledEventId: number;
  readonly stamp: number;
  readonly createdAtMs: number;
  /** The row in the store; 0 for a task that only memory knows, such as one on a sticky queue. */
  readonly backlogId: number;
}

function isSameTask(one: WaitingTask, other: WaitingTask): boolean {
  return one.scheduledEventId === other.scheduledEventId && one.stamp === other.stamp;
}

/** Reads rows that are durable, oldest first. */
export type BacklogReader = (afterId: number, limit: number) => Promise<readonly BacklogRow[]>;

/**
 * The tasks of one lane in one shard, oldest first: a window in memory, the rest in the store. Losing it costs nothing
 * but a read.
 */
export class Backlog {
  readonly shard: number;
  readonly #read: BacklogReader;
  readonly #onRefilled: () => void;
  readonly #windowMax: number;
  #window: WaitingTask[] = [];
  #head = 0;
  /** Rows in the store behind the window: those after `#readThroughId`, up to `#spilledThroughId`. */
  #readThroughId = 0;
  #spilledThroughId = 0;
  #spilledCount = 0;
  /** Rows up to here are durable: a read that ends short of the limit has seen them all. */
  #durableThroughId = 0;
  #reading = false;
  /** Tasks that could not be started for want of a read; offered again with the next `retry`. */
  #givenBack: WaitingTask[] = [];
  /** Rows behind the window that are no tasks any more, though a read may still find them. */
  readonly #withdrawn = new Set<number>();

  constructor(shard: number, read: BacklogReader, onRefilled: () => void, keyed = false) {
    this.shard = shard;
    this.#read = read;
    this.#onRefilled = onRefilled;
    this.#windowMax = keyed ? KEYED_WINDOW_MAX : WINDOW_MAX;
  }

  /** How many tasks wait, in memory and in the store. */
  get size(): number {
    return this.#window.length - this.#head + this.#spilledCount + this.#givenBack.length;
  }

  /** The oldest task at hand. */
  get first(): WaitingTask | undefined {
    return this.#window[this.#head];
  }

  /** Rows that an earlier owner left in the store. */
  adopt(count: number, throughId: number): void {
    this.#spilledCount = count;
    this.#spilledThroughId = throughId;
    this.refill(throughId);
  }

  push(task: WaitingTask): void {
    const spills = task.backlogId > 0 && (this.#hasSpilled || this.#window.length - this.#head >= this.#windowMax);
    if (spills) {
      if (!this.#hasSpilled) this.#readThroughId = this.#lastWindowId();
      this.#spilledThroughId = task.backlogId;
      this.#spilledCount += 1;
    } else this.#window.push(task);
  }

  take(): WaitingTask | undefined {
    const task = this.#window[this.#head];
    if (task === undefined) return undefined;
    this.#head += 1;
    if (this.#head > this.#windowMax) {
      this.#window = this.#window.slice(this.#head);
      this.#head = 0;
    }
    this.refill();
    return task;
  }

  /** Takes a task back whose run could not be read. */
  giveBack(task: WaitingTask): void {
    this.#givenBack.push(task);
  }

  /** Takes out a task that nobody wants done any more; nothing where it has been taken. */
  withdraw(task: WaitingTask): void {
    const { backlogId } = task;
    if (backlogId > this.#readThroughId && backlogId <= this.#spilledThroughId) {
      this.#withdrawn.add(backlogId);
      this.#spilledCount = Math.max(0, this.#spilledCount - 1);
      return;
    }
    const isIt = (each: WaitingTask): boolean =>
      each.run === task.run && each.backlogId === backlogId && isSameTask(each, task);
    const index = this.#window.findIndex((each, at) => at >= this.#head && isIt(each));
    if (index >= 0) this.#window.splice(index, 1);
    else this.#givenBack = this.#givenBack.filter((each) => !isIt(each));
    this.refill();
  }

  /** Offers again what was given back, and makes a read again that has failed. Called every second or so. */
  retry(): void {
    const tasks = this.#givenBack.splice(0);
    this.#window.push(...tasks);
    if (tasks.length > 0) this.#onRefilled();
    this.refill();
  }

  /**
   * Reads more rows when there are any and few are left in memory; `durableThroughId` tells that rows up to that id can be
   * read by now. A read that fails is made again with the next call.
   */
  refill(durableThroughId = 0): void {
    this.#durableThroughId = Math.max(this.#durableThroughId, durableThroughId);
    if (this.#reading || !this.#hasSpilled || this.#window.length - this.#head >= this.#windowMax / 4) return;
    this.#reading = true;
    this.#fill().catch(() => (this.#reading = false));
  }

  get #hasSpilled(): boolean {
    return this.#readThroughId < this.#spilledThroughId;
  }

  async #fill(): Promise<void> {
    const durableThroughId = this.#durableThroughId;
    const rows = await this.#read(this.#readThroughId, this.#windowMax);
    let found = 0;
    for (const row of rows) {
      this.#readThroughId = row.id;
      if (this.#withdrawn.delete(row.id)) continue;
      this.#window.push({ ...row, shard: this.shard, backlogId: row.id });
      found += 1;
    }
    if (rows.length < this.#windowMax) {
      this.#readThroughId = Math.max(this.#readThroughId, Math.min(durableThroughId, this.#spilledThroughId));
    }
    this.#spilledCount = this.#hasSpilled ? Math.max(0, this.#spilledCount - found) : 0;
    if (!this.#hasSpilled) this.#withdrawn.clear();
    this.#reading = false;
    if (found > 0) this.#onRefilled();
    // What was read may have been taken at once, and rows may have become durable behind the read.
    if (rows.length === this.#windowMax || this.#durableThroughId > durableThroughId) this.refill();
  }

  #lastWindowId(): number {
    for (let index = this.#window.length - 1; index >= this.#head; index--) {
      const id = this.#window[index]?.backlogId ?? 0;
      if (id > 0) return id;
    }
    return this.#spilledThroughId;
  }
}
