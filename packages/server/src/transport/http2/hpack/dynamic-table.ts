import { type Field, sizeOfField } from './field.ts';

/** The fields that the peer has added, the latest first; the oldest go when there is no room. */
export class DynamicTable {
  readonly #sizeBytesMax: number;
  /** What the peer has chosen, up to the maximum. */
  #capacityBytes: number;
  #sizeBytes = 0;
  /** A ring, as long as a power of two: the oldest at `#oldest`. */
  #ring: (Field | undefined)[] = Array.from({ length: 16 });
  #oldest = 0;
  #count = 0;

  constructor(sizeBytesMax: number) {
    this.#sizeBytesMax = sizeBytesMax;
    this.#capacityBytes = sizeBytesMax;
  }

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The field of an index, of the latest 0; undefined beyond the oldest. */
  at(index: number): Field | undefined {
    if (index >= this.#count) return undefined;
    return this.#ring[(this.#oldest + this.#count - 1 - index) & (this.#ring.length - 1)];
  }

  /** A field that is larger than the table empties it. */
  add(field: Field): void {
    const size = sizeOfField(field);
    this.#makeRoom(this.#capacityBytes - size);
    if (size > this.#capacityBytes) return;
    if (this.#count === this.#ring.length) this.#grow();
    this.#ring[(this.#oldest + this.#count) & (this.#ring.length - 1)] = field;
    this.#count += 1;
    this.#sizeBytes += size;
  }

  /** False for more than the peer may choose. */
  resize(capacityBytes: number): boolean {
    if (capacityBytes > this.#sizeBytesMax) return false;
    this.#capacityBytes = capacityBytes;
    this.#makeRoom(capacityBytes);
    return true;
  }

  #makeRoom(sizeBytes: number): void {
    while (this.#sizeBytes > sizeBytes && this.#count > 0) {
      const field = this.#ring[this.#oldest];
      this.#ring[this.#oldest] = undefined;
      this.#oldest = (this.#oldest + 1) & (this.#ring.length - 1);
      this.#count -= 1;
      if (field !== undefined) this.#sizeBytes -= sizeOfField(field);
    }
  }

  #grow(): void {
    const fields = Array.from({ length: this.#count }, (_, index) => this.at(this.#count - 1 - index));
    this.#ring = [...fields, ...Array.from<undefined>({ length: this.#count })];
    this.#oldest = 0;
  }
}
