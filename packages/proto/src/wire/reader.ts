import { isUtf8 } from 'node:buffer';
import { DecodeError, malformed } from './errors.ts';

/** Strings up to this many bytes are read byte by byte, which is faster than a call into native code. */
const SHORT_STRING_BYTES = 32;

/** Deepest nesting of messages and groups that is followed, so that hostile bytes cannot exhaust the stack. */
export const nestingDepthMax = 1000;

const TWO_32 = 0x1_0000_0000;

function truncated(): DecodeError {
  return malformed('unexpected EOF');
}

/** Short strings are mostly the same few, names and encodings: so many are at hand, each where its bytes lead to. */
const KNOWN_STRINGS = 1_024;
const known = Array.from({ length: KNOWN_STRINGS }, () => '');

/** A string of plain ASCII, which costs least where it was read before; undefined where a byte is none. */
function shortString(buffer: Buffer, start: number, end: number): string | undefined {
  let hash = 0;
  for (let index = start; index < end; index += 1) {
    const byte = buffer[index] as number;
    if (byte >= 0x80) return undefined;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  const place = (hash ^ (hash >>> 10)) & (KNOWN_STRINGS - 1);
  const before = known[place] as string;
  if (isText(before, buffer, start, end)) return before;
  const text = buffer.toString('latin1', start, end);
  known[place] = text;
  return text;
}

function isText(text: string, buffer: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let index = start; index < end; index += 1) {
    if (text.charCodeAt(index - start) !== buffer[index]) return false;
  }
  return true;
}

/** Reads protobuf's wire format. Every method throws `DecodeError` where the bytes end early or mean nothing. */
export class Reader {
  readonly buffer: Buffer;
  readonly size: number;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.size = bytes.byteLength;
  }

  #byte(): number {
    if (this.position >= this.size) throw truncated();
    return this.buffer[this.position++] as number;
  }

  /** A varint's low 32 bits, unsigned; the rest is dropped, as protobuf demands for 32-bit fields. */
  uint32(): number {
    let byte = this.#byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 70; shift += 7) {
      byte = this.#byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw malformed('variable length integer overflow');
  }

  /** A field's number and wire type. */
  tag(): number {
    const byte = this.buffer[this.position] as number;
    if (this.position < this.size && byte < 0x80 && byte > 7) {
      this.position += 1;
      return byte;
    }
    const tag = this.#varint(false);
    if (tag < 8 || tag >= TWO_32) throw malformed('invalid field number');
    return tag;
  }

  #varint(signed: boolean): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) return join(low, high, signed);
    }
    throw malformed('variable length integer overflow');
  }

  int32(): number {
    return this.uint32() | 0;
  }

  sint32(): number {
    const value = this.uint32();
    return (value >>> 1) ^ -(value & 1);
  }

  int64(): number {
    const byte = this.buffer[this.position] as number;
    if (this.position < this.size && byte < 0x80) {
      this.position += 1;
      return byte;
    }
    return this.#varint(true);
  }

  uint64(): number {
    return this.#varint(false);
  }

  sint64(): number {
    const value = this.#varint(false);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  bool(): boolean {
    let isTrue = false;
    for (let index = 0; index < 10; index += 1) {
      const byte = this.#byte();
      if ((byte & 0x7f) !== 0) isTrue = true;
      if (byte < 0x80) return isTrue;
    }
    throw malformed('variable length integer overflow');
  }

  #advance(sizeBytes: number): number {
    const start = this.position;
    if (start + sizeBytes > this.size) throw truncated();
    this.position = start + sizeBytes;
    return start;
  }

  fixed32(): number {
    return this.buffer.readUInt32LE(this.#advance(4));
  }

  sfixed32(): number {
    return this.buffer.readInt32LE(this.#advance(4));
  }

  fixed64(): number {
    const start = this.#advance(8);
    return join(this.buffer.readInt32LE(start), this.buffer.readInt32LE(start + 4), false);
  }

  sfixed64(): number {
    const start = this.#advance(8);
    return join(this.buffer.readInt32LE(start), this.buffer.readInt32LE(start + 4), true);
  }

  float(): number {
    return this.buffer.readFloatLE(this.#advance(4));
  }

  double(): number {
    return this.buffer.readDoubleLE(this.#advance(8));
  }

  /** Reads a length and returns the position where what it measures ends. */
  end(): number {
    let length = this.#byte();
    if (length >= 0x80) {
      this.position -= 1;
      length = this.#varint(false);
    }
    const end = this.position + length;
    if (end > this.size) throw truncated();
    return end;
  }

  string(): string {
    const end = this.end();
    const start = this.position;
    this.position = end;
    if (end - start <= SHORT_STRING_BYTES) {
      const short = shortString(this.buffer, start, end);
      if (short !== undefined) return short;
    }
    const text = this.buffer.toString('utf8', start, end);
    if (text.includes('\uFFFD') && !isUtf8(this.buffer.subarray(start, end))) {
      throw new DecodeError('string field contains invalid UTF-8');
    }
    return text;
  }

  /** A copy, so that a small value that is kept does not keep the large buffer that it came in. */
  bytes(): Uint8Array {
    const end = this.end();
    const start = this.position;
    this.position = end;
    return new Uint8Array(this.buffer.subarray(start, end));
  }

  /** Skips a field whose tag was just read. */
  skip(tag: number, depth: number): void {
    switch (tag & 7) {
      case 0:
        this.bool();
        return;
      case 1:
        this.#advance(8);
        return;
      case 2:
        this.position = this.end();
        return;
      case 3:
        this.#skipGroup(tag, depth + 1);
        return;
      case 5:
        this.#advance(4);
        return;
      default:
        throw malformed('unknown wire type');
    }
  }

  #skipGroup(tag: number, depth: number): void {
    if (depth > nestingDepthMax) throw new DecodeError('proto: exceeded maximum recursion depth');
    for (;;) {
      const inner = this.tag();
      if (inner === tag + 1) return;
      this.skip(inner, depth);
    }
  }
}

/** A 64-bit integer as a number; throws where it is beyond the exact range. */
function join(low: number, high: number, signed: boolean): number {
  const value = (signed ? high | 0 : high >>> 0) * TWO_32 + (low >>> 0);
  if (!Number.isSafeInteger(value)) throw new DecodeError('proto: 64-bit integer is beyond 2^53');
  return value;
}
