/** Size of the block that values are written into, one behind the other. */
const BLOCK_BYTES = 64 * 1024;

/** A larger value gets bytes of its own, so that whoever keeps it does not keep a block. */
const SHARED_BYTES_MAX = 4 * 1024;

/** How deep a value may nest: a failure with 100 causes takes some 300 levels. */
const DEPTH_MAX = 1_000;

/** Longer strings are left to the platform: calling it costs as much as writing so many characters. */
const SHORT_STRING_CHARACTERS = 40;

/** Extension types, for what MessagePack's own types lack: a map as an array of pairs, a set as an array. */
export const MAP = 0;
export const SET = 1;

const TWO_32 = 0x1_0000_0000;

let block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
/** Where the value begins that is being written. */
let start = 0;
let position = 0;

/**
 * A value of plain data, bytes, maps and sets as MessagePack. Properties that are undefined are left out. An encoder for
 * these alone takes a third of the time of one for anything, and each commit waits for it. Who keeps the bytes for long
 * should keep a copy: small values share a block.
 */
export function encode(value: unknown): Uint8Array {
  position = start;
  write(value, 0);
  const encoded = new Uint8Array(block.buffer, start, position - start);
  const isShared = encoded.length <= SHARED_BYTES_MAX;
  const bytes = isShared ? encoded : encoded.slice();
  if (isShared) start = position;
  if (start > BLOCK_BYTES - SHARED_BYTES_MAX || block.length > BLOCK_BYTES) {
    block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    start = 0;
  }
  return bytes;
}

/** Makes room for so many bytes more. */
function reserve(sizeBytes: number): void {
  const needed = position + sizeBytes;
  if (needed <= block.length) return;
  const grown = Buffer.allocUnsafeSlow(Math.max(needed, block.length * 2));
  grown.set(block.subarray(start, position), start);
  block = grown;
}

function write(value: unknown, depth: number): void {
  if (depth > DEPTH_MAX) throw new Error(`a value is nested deeper than ${DEPTH_MAX} levels`);
  reserve(9);
  if (typeof value === 'string') writeString(value);
  else if (typeof value === 'number') writeNumber(value);
  else if (typeof value === 'boolean') block[position++] = value ? 0xc3 : 0xc2;
  else if (value === undefined || value === null) block[position++] = 0xc0;
  else if (typeof value === 'object') writeObject(value, depth);
  else throw new TypeError(`a ${typeof value} cannot be stored`);
}

function writeObject(value: object, depth: number): void {
  if (Array.isArray(value)) writeArray(value, depth);
  else if (value instanceof Uint8Array) writeBytes(value);
  else if (value instanceof Map) writeExtension(MAP, [...value], depth);
  else if (value instanceof Set) writeExtension(SET, [...value], depth);
  else writeProperties(value as Readonly<Record<string, unknown>>, depth);
}

function writeNumber(value: number): void {
  if (!Number.isSafeInteger(value)) {
    block[position] = 0xcb;
    position = block.writeDoubleBE(value, position + 1);
  } else if (value >= 0) writeNatural(value);
  else writeNegative(value);
}

function writeNatural(value: number): void {
  if (value < 0x80) block[position++] = value;
  else if (value < 0x100) {
    block[position++] = 0xcc;
    block[position++] = value;
  } else if (value < 0x1_0000) {
    block[position++] = 0xcd;
    writeUint16(value);
  } else if (value < TWO_32) {
    block[position++] = 0xce;
    writeUint32(value);
  } else {
    block[position++] = 0xcf;
    writeUint32(Math.floor(value / TWO_32));
    writeUint32(value % TWO_32);
  }
}

function writeNegative(value: number): void {
  if (value >= -0x20) block[position++] = value & 0xff;
  else if (value >= -0x80) {
    block[position++] = 0xd0;
    block[position++] = value & 0xff;
  } else if (value >= -0x8000) {
    block[position++] = 0xd1;
    writeUint16(value & 0xffff);
  } else if (value >= -0x8000_0000) {
    block[position++] = 0xd2;
    writeUint32(value >>> 0);
  } else {
    block[position++] = 0xd3;
    writeUint32(Math.floor(value / TWO_32) >>> 0);
    writeUint32(value >>> 0);
  }
}

function writeUint16(value: number): void {
  block[position++] = value >>> 8;
  block[position++] = value & 0xff;
}

function writeUint32(value: number): void {
  block[position++] = value >>> 24;
  block[position++] = (value >>> 16) & 0xff;
  block[position++] = (value >>> 8) & 0xff;
  block[position++] = value & 0xff;
}

function writeString(value: string): void {
  const { length } = value;
  reserve(5 + 3 * length);
  const at = position;
  if (length > SHORT_STRING_CHARACTERS) writeLongString(value);
  else {
    writeStringHead(length);
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) {
        position = at;
        writeLongString(value);
        return;
      }
      block[position++] = code;
    }
  }
}

/** Most strings have as many bytes as characters; the others are moved to where their length leaves off. */
function writeLongString(value: string): void {
  const at = position;
  writeStringHead(value.length);
  const size = block.write(value, position, 'utf8');
  if (size !== value.length) {
    position = at;
    writeStringHead(size);
    block.write(value, position, 'utf8');
  }
  position += size;
}

function writeStringHead(size: number): void {
  if (size < 0x20) block[position++] = 0xa0 | size;
  else if (size < 0x100) {
    block[position++] = 0xd9;
    block[position++] = size;
  } else if (size < 0x1_0000) {
    block[position++] = 0xda;
    writeUint16(size);
  } else {
    block[position++] = 0xdb;
    writeUint32(size);
  }
}

function writeBytes(value: Uint8Array): void {
  const { length } = value;
  reserve(5 + length);
  if (length < 0x100) {
    block[position++] = 0xc4;
    block[position++] = length;
  } else if (length < 0x1_0000) {
    block[position++] = 0xc5;
    writeUint16(length);
  } else {
    block[position++] = 0xc6;
    writeUint32(length);
  }
  block.set(value, position);
  position += length;
}

function writeArray(value: readonly unknown[], depth: number): void {
  const { length } = value;
  if (length < 0x10) block[position++] = 0x90 | length;
  else if (length < 0x1_0000) {
    block[position++] = 0xdc;
    writeUint16(length);
  } else {
    block[position++] = 0xdd;
    writeUint32(length);
  }
  for (const element of value) write(element, depth + 1);
}

function writeProperties(value: Readonly<Record<string, unknown>>, depth: number): void {
  const keys = Object.keys(value);
  let count = 0;
  for (const key of keys) if (value[key] !== undefined) count += 1;
  if (count < 0x10) block[position++] = 0x80 | count;
  else if (count < 0x1_0000) {
    block[position++] = 0xde;
    writeUint16(count);
  } else {
    block[position++] = 0xdf;
    writeUint32(count);
  }
  for (const key of keys) {
    const property = value[key];
    if (property === undefined) continue;
    writeString(key);
    write(property, depth + 1);
  }
}

/** The head of an extension with so few bytes that one tells how many. */
const SHORT_HEAD_BYTES = 3;
const LONG_HEAD_BYTES = 6;

function writeExtension(type: number, entries: readonly unknown[], depth: number): void {
  const at = position;
  position += SHORT_HEAD_BYTES;
  const body = position;
  writeArray(entries, depth + 1);
  const size = position - body;
  if (size === 1) {
    block[at] = 0xd4;
    block[at + 1] = type;
    block[at + 2] = block[body] ?? 0;
    position = body;
  } else if (size < 0x100) {
    block[at] = 0xc7;
    block[at + 1] = size;
    block[at + 2] = type;
  } else {
    const more = LONG_HEAD_BYTES - SHORT_HEAD_BYTES;
    reserve(more);
    block.copyWithin(body + more, body, position);
    position = at;
    block[position++] = 0xc9;
    writeUint32(size);
    block[position++] = type;
    position += size;
  }
}
