/**
 * The deadlines of one run, earliest first. An entry is a hint: when it comes up, its owner says when the deadline
 * really is, so that moving one later (a heartbeat) or dropping it costs nothing.
 */
export class DeadlineQueue<Key> {
  readonly #heap: { key: Key; atMs: number }[] = [];
  readonly #armedAtMs = new Map<Key, number>();

  /** Makes sure that the key comes up at `atMs` or earlier. */
  arm(key: Key, atMs: number | undefined): void {
    if (atMs === undefined) return;
    const armed = this.#armedAtMs.get(key);
    if (armed !== undefined && armed <= atMs) return;
    this.#armedAtMs.set(key, atMs);
    this.#push({ key, atMs });
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
  #settle(top: { key: Key; atMs: number }, deadlineOf: (key: Key) => number | undefined): boolean {
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

  #push(entry: { key: Key; atMs: number }): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.atMs <= entry.atMs) break;
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
      const left = 2 * index + 1;
      const smaller = (heap[left + 1]?.atMs ?? Infinity) < (heap[left]?.atMs ?? Infinity) ? left + 1 : left;
      const child = heap[smaller];
      if (child === undefined || child.atMs >= last.atMs) break;
      heap[index] = child;
      index = smaller;
    }
    heap[index] = last;
  }
}
