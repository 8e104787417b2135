/** `order` counts what was armed, so that of deadlines at the same instant the one armed first comes up first. */
interface Entry<Key> {
  readonly key: Key;
  readonly atMs: number;
  readonly order: number;
}

function isBefore(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return a.atMs === b.atMs ? a.order < b.order : a.atMs < b.atMs;
}

/**
 * The deadlines of one run, earliest first. An entry is a hint: when it comes up, its owner says when the deadline
 * really is, so that moving one later (a heartbeat) or dropping it costs nothing.
 */
export class DeadlineQueue<Key> {
  readonly #heap: Entry<Key>[] = [];
  readonly #armedAtMs = new Map<Key, number>();
  #armed = 0;

  /** Makes sure that the key comes up at `atMs` or earlier. */
  arm(key: Key, atMs: number | undefined): void {
    if (atMs === undefined) return;
    const armed = this.#armedAtMs.get(key);
    if (armed !== undefined && armed <= atMs) return;
    this.#armedAtMs.set(key, atMs);
    this.#armed += 1;
    this.#push({ key, atMs, order: this.#armed });
  }

  /** Forgets all of them. */
  clear(): void {
    this.#heap.length = 0;
    this.#armedAtMs.clear();
  }

  /** The earliest deadline that really stands, by the owners' word; undefined where none does. */
  next(deadlineOf: (key: Key) => number | undefined): number | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#settle(top, deadlineOf)) return top.atMs;
    }
    return undefined;
  }

  /** Takes the earliest key whose deadline stands and is due; undefined where none is. */
  takeDue(nowMs: number, deadlineOf: (key: Key) => number | undefined): Key | undefined {
    for (let top = this.#heap[0]; top !== undefined && top.atMs <= nowMs; top = this.#heap[0]) {
      if (!this.#settle(top, deadlineOf)) continue;
      this.#pop();
      this.#armedAtMs.delete(top.key);
      return top.key;
    }
    return undefined;
  }

  /** True if the entry at the top stands; else it is dropped or moved to where it belongs. */
  #settle(top: Entry<Key>, deadlineOf: (key: Key) => number | undefined): boolean {
    const armed = this.#armedAtMs.get(top.key) === top.atMs;
    const actual = armed ? deadlineOf(top.key) : undefined;
    if (actual === top.atMs) return true;
    this.#pop();
    if (armed) {
      this.#armedAtMs.delete(top.key);
      this.arm(top.key, actual);
    }
    return false;
  }

  #push(entry: Entry<Key>): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, entry)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let place = 2 * index + 1;
      let child = heap[place];
      if (child === undefined) break;
      const right = heap[place + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        place += 1;
      }
      if (isBefore(last, child)) break;
      heap[index] = child;
      index = place;
    }
    heap[index] = last;
  }
}
