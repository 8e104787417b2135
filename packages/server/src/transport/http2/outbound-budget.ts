/** Who has something that waits. */
export interface Hoarder {
  readonly waitingBytes: number;
  /** Closes the connection: too much waits for it. */
  overflow(): void;
}

/**
 * Bytes of replies that wait until their readers take them, of all connections together. Where it is too much, the one
 * that most waits for is closed: it reads too slowly for what it asks for.
 */
export class OutboundBudget {
  readonly #sizeBytesMax: number;
  readonly #hoarders = new Set<Hoarder>();
  #sizeBytes = 0;

  constructor(sizeBytesMax: number) {
    this.#sizeBytesMax = sizeBytesMax;
  }

  take(hoarder: Hoarder, sizeBytes: number): void {
    this.#hoarders.add(hoarder);
    this.#sizeBytes += sizeBytes;
    while (this.#sizeBytes > this.#sizeBytesMax && this.#hoarders.size > 0) this.#closeLargest();
  }

  giveBack(hoarder: Hoarder, sizeBytes: number): void {
    this.#sizeBytes -= sizeBytes;
    if (hoarder.waitingBytes === 0) this.#hoarders.delete(hoarder);
  }

  #closeLargest(): void {
    const [first, ...others] = this.#hoarders;
    if (first === undefined) return;
    const largest = others.reduce((most, each) => (each.waitingBytes > most.waitingBytes ? each : most), first);
    largest.overflow();
    this.#hoarders.delete(largest);
  }
}
