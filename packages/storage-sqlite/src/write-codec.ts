import type { Write } from './plan-batch.ts';
import type { SqlValue } from './sql.ts';
import { writeStatementNames, type WriteStatement } from './statements.ts';

/** The place of each statement among the names. */
const STATEMENT_NUMBERS = Object.fromEntries(writeStatementNames.map((name, number) => [name, number])) as Readonly<
  Record<WriteStatement, number>
>;

/** How a value stands in the buffer: one byte for its type, then its content. */
const Tag = { Null: 0, Number: 1, Text: 2, Bytes: 3 } as const;

/** The most bytes that a value's tag and length take. */
const VALUE_OVERHEAD_BYTES = 9;

/**
 * Writes in one buffer, which crosses to the writer thread by transfer: an object graph of the same content costs several
 * times as much (structured clone).
 */
export function encodeWrites(writes: readonly Write[]): Uint8Array<ArrayBuffer> {
  const out = new WriteEncoder(sizeBytesMax(writes));
  out.count(writes.length);
  for (const { statement, values } of writes) {
    out.count(STATEMENT_NUMBERS[statement]);
    out.values(values);
  }
  return out.finish();
}

/** The writes in a buffer of {@link encodeWrites}; bytes in them are views of it. */
export function decodeWrites(buffer: Uint8Array): Write[] {
  const input = new WriteDecoder(buffer);
  return Array.from({ length: input.count() }, () => decodeWrite(input));
}

function decodeWrite(input: WriteDecoder): Write {
  const statement = writeStatementNames[input.count()];
  if (statement === undefined) throw new Error('invariant broken: a write names no statement');
  return { statement, values: input.values() };
}

/** Room that surely suffices: a UTF-16 unit takes at most three bytes of UTF-8. */
function sizeBytesMax(writes: readonly Write[]): number {
  let size = 4;
  for (const { values } of writes) size += 8 + valuesSizeBytesMax(values);
  return size;
}

function valuesSizeBytesMax(values: readonly SqlValue[]): number {
  let size = values.length * VALUE_OVERHEAD_BYTES;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (typeof value === 'string') size += value.length * 3;
    else if (value instanceof Uint8Array) size += value.length;
  }
  return size;
}

class WriteEncoder {
  readonly #buffer: Buffer<ArrayBuffer>;
  #at = 0;

  constructor(sizeBytes: number) {
    this.#buffer = Buffer.allocUnsafeSlow(sizeBytes);
  }

  count(value: number): void {
    this.#at = this.#buffer.writeUInt32LE(value, this.#at);
  }

  values(values: readonly SqlValue[]): void {
    this.count(values.length);
    for (let index = 0; index < values.length; index++) this.#value(values[index] ?? null);
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#at);
  }

  #value(value: SqlValue): void {
    if (value === null) this.#tag(Tag.Null);
    else if (typeof value === 'number') {
      this.#tag(Tag.Number);
      this.#at = this.#buffer.writeDoubleLE(value, this.#at);
    } else if (typeof value === 'string') {
      this.#tag(Tag.Text);
      const length = this.#buffer.write(value, this.#at + 4);
      this.count(length);
      this.#at += length;
    } else {
      this.#tag(Tag.Bytes);
      this.count(value.length);
      this.#buffer.set(value, this.#at);
      this.#at += value.length;
    }
  }

  #tag(tag: number): void {
    this.#at = this.#buffer.writeUInt8(tag, this.#at);
  }
}

class WriteDecoder {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  count(): number {
    const value = this.#buffer.readUInt32LE(this.#at);
    this.#at += 4;
    return value;
  }

  values(): SqlValue[] {
    const values: SqlValue[] = [];
    for (let left = this.count(); left > 0; left--) values.push(this.#value());
    return values;
  }

  #value(): SqlValue {
    const tag = this.#buffer.readUInt8(this.#at++);
    switch (tag) {
      case Tag.Null:
        return null;
      case Tag.Number:
        this.#at += 8;
        return this.#buffer.readDoubleLE(this.#at - 8);
      case Tag.Text:
        return this.#content().toString('utf8');
      case Tag.Bytes:
        return this.#content();
      default:
        throw new Error(`invariant broken: no value has the tag ${tag}`);
    }
  }

  #content(): Buffer {
    const length = this.count();
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }
}
