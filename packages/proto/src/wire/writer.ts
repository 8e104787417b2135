import { EncodeError } from './errors.ts';

/** Size of the block that messages are written into, one behind the other. */
const BLOCK_BYTES = 64 * 1024;

/** A larger message gets bytes of its own, so that whoever keeps it does not keep a block. */
const SHARED_BYTES_MAX = 4 * 1024;

/** A block that grew beyond this is given back after use. */
const BLOCK_KEPT_BYTES = 1024 * 1024;

const SHORT_STRING_CHARACTERS = 24;

const TWO_32 = 0x1_0000_0000;

function misfit(value: unknown, type: string): EncodeError {
  return new EncodeError(`${typeof value === 'number' ? value : typeof value} is no ${type}`);
}

/**
 * Writes protobuf's wire format. Lengths are written after their content, which moves only where one byte was too few.
 * Small messages are views of one block that they share: bytes of their own would cost more than writing them.
 */
export class Writer {
  #buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  /** Where the message begins that is being written. */
  #start = 0;
  #position = 0;

  /** Makes room for so many bytes more. */
  #reserve(sizeBytes: number): void {
    const needed = this.#position + sizeBytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(this.#start, this.#position), this.#start);
    this.#buffer = grown;
  }

  /** What was written; the writer is empty afterwards. Who keeps it for long should keep a copy. */
  finish(): Uint8Array {
    const length = this.#position - this.#start;
    const written = new Uint8Array(this.#buffer.buffer, this.#start, length);
    if (length > SHARED_BYTES_MAX) {
      this.reset();
      return written.slice();
    }
    this.#start = this.#position;
    if (this.#start > BLOCK_BYTES - SHARED_BYTES_MAX) {
      this.#buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.#start = 0;
      this.#position = 0;
    }
    return written;
  }

  /** Forgets what was written, as after an error midway. */
  reset(): void {
    this.#position = this.#start;
    if (this.#buffer.length <= BLOCK_KEPT_BYTES) return;
    this.#buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#start = 0;
    this.#position = 0;
  }

  /** Begins what its length will precede; `close` takes the returned position. */
  open(): number {
    this.#reserve(1);
    this.#position += 1;
    return this.#position;
  }

  close(start: number): void {
    const length = this.#position - start;
    if (length < 0x80) {
      this.#buffer[start - 1] = length;
      return;
    }
    const extra = varintSize(length) - 1;
    this.#reserve(extra);
    this.#buffer.copyWithin(start + extra, start, this.#position);
    this.#position = start - 1;
    this.#varint32(length);
    this.#position += length;
  }

  /** An unsigned number of at most 32 bits; room is already made. */
  #varint32(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#position++] = rest;
  }

  #varint64(low: number, high: number): void {
    let [lowRest, highRest] = [low >>> 0, high >>> 0];
    while (highRest !== 0) {
      this.#buffer[this.#position++] = (lowRest & 0x7f) | 0x80;
      lowRest = ((lowRest >>> 7) | (highRest << 25)) >>> 0;
      highRest >>>= 7;
    }
    this.#varint32(lowRest);
  }

  tag(tag: number): void {
    this.#reserve(5);
    this.#varint32(tag);
  }

  int32(value: number): void {
    if ((value | 0) !== value) throw misfit(value, '32-bit integer');
    this.#reserve(10);
    if (value < 0) this.#varint64(value, -1);
    else this.#varint32(value);
  }

  uint32(value: number): void {
    if (value >>> 0 !== value) throw misfit(value, 'unsigned 32-bit integer');
    this.#reserve(5);
    this.#varint32(value);
  }

  sint32(value: number): void {
    if ((value | 0) !== value) throw misfit(value, '32-bit integer');
    this.#reserve(5);
    this.#varint32(((value << 1) ^ (value >> 31)) >>> 0);
  }

  int64(value: number): void {
    if (!Number.isSafeInteger(value)) throw misfit(value, 'exact 64-bit integer');
    this.#reserve(10);
    this.#varint64(value, Math.floor(value / TWO_32));
  }

  uint64(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw misfit(value, 'exact unsigned 64-bit integer');
    this.int64(value);
  }

  sint64(value: number): void {
    if (!Number.isSafeInteger(value)) throw misfit(value, 'exact 64-bit integer');
    const zigzag = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
    this.#reserve(10);
    this.#varint64(Number(zigzag & 0xffff_ffffn), Number(zigzag >> 32n));
  }

  bool(value: boolean): void {
    if (typeof value !== 'boolean') throw misfit(value, 'boolean');
    this.#reserve(1);
    this.#buffer[this.#position++] = value ? 1 : 0;
  }

  fixed32(value: number): void {
    if (value >>> 0 !== value) throw misfit(value, 'unsigned 32-bit integer');
    this.#reserve(4);
    this.#position = this.#buffer.writeUInt32LE(value, this.#position);
  }

  sfixed32(value: number): void {
    if ((value | 0) !== value) throw misfit(value, '32-bit integer');
    this.#reserve(4);
    this.#position = this.#buffer.writeInt32LE(value, this.#position);
  }

  sfixed64(value: number): void {
    if (!Number.isSafeInteger(value)) throw misfit(value, 'exact 64-bit integer');
    this.#reserve(8);
    this.#position = this.#buffer.writeUInt32LE(value >>> 0, this.#position);
    this.#position = this.#buffer.writeInt32LE(Math.floor(value / TWO_32), this.#position);
  }

  fixed64(value: number): void {
    if (value < 0) throw misfit(value, 'exact unsigned 64-bit integer');
    this.sfixed64(value);
  }

  float(value: number): void {
    if (typeof value !== 'number') throw misfit(value, 'number');
    this.#reserve(4);
    this.#position = this.#buffer.writeFloatLE(value, this.#position);
  }

  double(value: number): void {
    if (typeof value !== 'number') throw misfit(value, 'number');
    this.#reserve(8);
    this.#position = this.#buffer.writeDoubleLE(value, this.#position);
  }

  bytes(value: Uint8Array): void {
    if (!(value instanceof Uint8Array)) throw misfit(value, 'Uint8Array');
    this.#reserve(5);
    this.#varint32(value.length);
    this.raw(value);
  }

  /** Bytes as they are, without a length. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buffer.set(value, this.#position);
    this.#position += value.length;
  }

  string(value: string): void {
    if (typeof value !== 'string') throw misfit(value, 'string');
    const start = this.open();
    this.#reserve(value.length * 3);
    if (value.length > SHORT_STRING_CHARACTERS || !this.#ascii(value)) {
      this.#position = start + this.#buffer.write(value, start, 'utf8');
    }
    this.close(start);
  }

  /** Writes a short string if it is plain ASCII; room is already made. */
  #ascii(value: string): boolean {
    const start = this.#position;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) return false;
      this.#buffer[start + index] = code;
    }
    this.#position = start + value.length;
    return true;
  }
}

function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}
