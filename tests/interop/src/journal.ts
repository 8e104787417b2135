/** What the activities of a test did, in order. A test waits for an entry instead of sleeping. */
export class Journal {
  readonly entries: string[] = [];
  /** Task tokens of activities that are completed from outside, by the name they were given. */
  readonly tokens = new Map<string, Uint8Array>();
  readonly #waiting: { readonly holds: () => boolean; readonly release: () => void }[] = [];

  add(entry: string): void {
    this.entries.push(entry);
    for (const waiter of this.#waiting.filter(({ holds }) => holds())) {
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      waiter.release();
    }
  }

  count(entry: string): number {
    return this.entries.filter((candidate) => candidate === entry).length;
  }

  /** Resolves once `entry` stands in the journal `times` times; at once if it does already. */
  async until(entry: string, times = 1): Promise<void> {
    const holds = (): boolean => this.count(entry) >= times;
    if (holds()) return;
    await new Promise<void>((release) => this.#waiting.push({ holds, release }));
  }
}
