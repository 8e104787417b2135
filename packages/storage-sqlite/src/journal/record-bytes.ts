/** The length of what is undefined. */
const NONE = 0xffffffff;

const INITIAL_BYTES = 16 * 1024;

/** A buffer larger than this is not kept for the next record. */
const KEPT_BYTES_MAX = 1024 * 1024;

/** Writes one record after the other into a buffer of its own. What is undefined is told from every value. */
export class RecordWriter {
  #buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #at = 0;

  /** The first byte tells the form of the rest. */
  begin(form: number): void {
    if (this.#buffer.length > KEPT_BYTES_MAX) this.#buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    this.#at = this.#buffer.writeUInt8(form, 0);
  }

  /** The bytes of the record, good until the next one begins. */
  end(): Uint8Array {
    return this.#buffer.subarray(0, this.#at);
  }

  /** Any number but NaN, which stands for undefined. */
  number(value: number | undefined): void {
    this.#reserve(8);
    this.#at = this.#buffer.writeDoubleLE(value ?? Number.NaN, this.#at);
  }

  flag(value: boolean): void {
    this.#reserve(1);
    this.#at = this.#buffer.writeUInt8(value ? 1 : 0, this.#at);
  }

  text(value: string | undefined): void {
    if (value === undefined) return this.#length(NONE);
    // A UTF-16 unit takes at most three bytes of UTF-8.
    this.#reserve(4 + value.length * 3);
    const length = this.#buffer.write(value, this.#at + 4);
    this.#at = this.#buffer.writeUInt32LE(length, this.#at) + length;
  }

  bytes(value: Uint8Array | undefined): void {
    if (value === undefined) return this.#length(NONE);
    this.#length(value.length);
    this.#reserve(value.length);
    this.#buffer.set(value, this.#at);
    this.#at += value.length;
  }

  list<Item>(items: readonly Item[], put: (out: RecordWriter, item: Item) => void): void {
    this.#length(items.length);
    for (let index = 0; index < items.length; index++) put(this, items[index] as Item);
  }

  #length(value: number): void {
    this.#reserve(4);
    this.#at = this.#buffer.writeUInt32LE(value, this.#at);
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
  }
}

/** Reads a record in the order in which it was written. Throws where it is not of the form. */
export class RecordReader {
  readonly #buffer: Buffer;
  #at = 1;

  constructor(record: Uint8Array, form: number) {
    this.#buffer = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
    if (this.#buffer.readUInt8(0) !== form) throw new RangeError(`a record of the journal is not of form ${form}`);
  }

  number(): number {
    return required(this.someNumber());
  }

  someNumber(): number | undefined {
    this.#at += 8;
    const value = this.#buffer.readDoubleLE(this.#at - 8);
    return Number.isNaN(value) ? undefined : value;
  }

  flag(): boolean {
    return this.#buffer.readUInt8(this.#at++) === 1;
  }

  text(): string {
    return required(this.someText());
  }

  someText(): string | undefined {
    const content = this.#content();
    return content && this.#buffer.toString('utf8', this.#at - content.length, this.#at);
  }

  someBytes(): Uint8Array | undefined {
    return this.#content();
  }

  list<Item>(take: (input: RecordReader) => Item): Item[] {
    return Array.from({ length: this.#length() }, () => take(this));
  }

  #content(): Uint8Array | undefined {
    const length = this.#length();
    if (length === NONE) return undefined;
    this.#at += length;
    if (this.#at > this.#buffer.length) throw new RangeError('a record of the journal is too short');
    return new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset + this.#at - length, length);
  }

  #length(): number {
    this.#at += 4;
    return this.#buffer.readUInt32LE(this.#at - 4);
  }
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new RangeError('a record of the journal lacks a value');
  return value;
}
