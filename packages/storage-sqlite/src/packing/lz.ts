/**
 * Packs short values against a dictionary of what values of their kind have in common: names of workers and queues,
 * options, field names. Our own, because libraries set up their tables anew for each value, which costs several times
 * as much as packing it; here those of the dictionary are made once. Of the LZ77 family, in whole bytes:
 *
 *     the length of the value as a varint, then sequences of
 *       token      4 bits: number of literals; 4 bits: length of the match less MATCH_MIN (15: more follows, by 255s)
 *       literals
 *       distance   2 bytes: how far back, in the dictionary and the value after it, the match begins
 *
 * until the value is whole; the last sequence may end behind its literals.
 */

/** The shortest match that saves anything. */
const MATCH_MIN = 4;

/** Bytes that the index for long matches looks at: it finds the one that goes on, among many that begin alike. */
const LONG = 8;

const DISTANCE_MAX = 0xffff;
const NIBBLE_MAX = 15;
const BYTE_MAX = 255;

/** After 2^n misses the search begins to skip: bytes that have no matches shall cost little. */
const SKIP_AFTER_BITS = 5;

export const DICTIONARY_BYTES_MAX = 32_768;

/** A value and its dictionary fit into a distance. */
export const PACKED_BYTES_MAX = 32_768;

const DICTIONARY_SHIFT = 18;
const VALUE_SHIFT = 20;

/** Bytes that packed values point into. What is packed already needs them as they were: they are only added to in training. */
export class Dictionary {
  /** Where four (or eight) bytes are found, by their hash: the position, and one. */
  readonly short = new Uint16Array(2 ** (32 - DICTIONARY_SHIFT));
  readonly long = new Uint16Array(2 ** (32 - DICTIONARY_SHIFT));
  readonly #buffer: Uint8Array;
  bytes: Uint8Array;

  /** With room for at most `DICTIONARY_BYTES_MAX`. */
  constructor(bytes: Uint8Array, roomBytes = bytes.length) {
    if (roomBytes > DICTIONARY_BYTES_MAX) throw new Error('invariant broken: a dictionary is too long');
    this.#buffer = new Uint8Array(roomBytes);
    this.bytes = this.#buffer.subarray(0, 0);
    this.add(bytes);
  }

  /** Adds bytes; false where there is no room. */
  add(bytes: Uint8Array): boolean {
    const begin = this.bytes.length;
    const end = begin + bytes.length;
    if (end > this.#buffer.length) return false;
    this.#buffer.set(bytes, begin);
    this.bytes = this.#buffer.subarray(0, end);
    for (let at = begin; at + LONG <= end; at++) {
      this.short[hashShort(this.bytes, at) >>> DICTIONARY_SHIFT] = at + 1;
      this.long[hashLong(this.bytes, at) >>> DICTIONARY_SHIFT] = at + 1;
    }
    return true;
  }
}

/** A value in its packed form; undefined where that would not be shorter, or the value is too long for it. */
export function pack(value: Uint8Array, dictionary: Dictionary): Uint8Array | undefined {
  if (value.length > PACKED_BYTES_MAX) return undefined;
  search.begin(value.length);
  output.begin(value.length);
  let anchor = 0;
  let misses = 0;
  for (let at = 0; at + MATCH_MIN <= value.length;) {
    if (!search.find(value, at, dictionary)) {
      at += 1 + (misses++ >>> SKIP_AFTER_BITS);
      continue;
    }
    misses = 0;
    const back = search.extendBack(value, at, anchor, dictionary);
    if (!output.sequence(value, anchor, at - back, search.length, search.distance)) return undefined;
    at += search.length - back;
    anchor = at;
  }
  return output.end(value, anchor);
}

/** Finds what a value has in common with the dictionary and with itself. One for all: a value is packed at once. */
class Search {
  length = 0;
  distance = 0;
  /** Where the match begins: in the dictionary, or in the value. */
  #from = 0;
  #inDictionary = false;
  /** Where the value at hand has its sequences; entries below `#base` are of values before it. */
  readonly #short = new Int32Array(2 ** (32 - VALUE_SHIFT));
  readonly #long = new Int32Array(2 ** (32 - VALUE_SHIFT));
  #base = 1;
  #end = 1;

  begin(sizeBytes: number): void {
    this.#base = this.#end;
    if (this.#base > 2 ** 30) {
      this.#short.fill(0);
      this.#long.fill(0);
      this.#base = 1;
    }
    this.#end = this.#base + sizeBytes;
  }

  /** Whether there is a match at a place; then `length` and `distance` tell of the longest that was found. */
  find(value: Uint8Array, at: number, dictionary: Dictionary): boolean {
    this.length = 0;
    if (at + LONG <= value.length) {
      const hash = hashLong(value, at);
      this.#tryDictionary(value, at, dictionary, dictionary.long[hash >>> DICTIONARY_SHIFT] ?? 0);
      this.#tryValue(value, at, this.#long[hash >>> VALUE_SHIFT] ?? 0);
      this.#long[hash >>> VALUE_SHIFT] = this.#base + at;
    }
    const hash = hashShort(value, at);
    if (this.length < LONG) {
      this.#tryDictionary(value, at, dictionary, dictionary.short[hash >>> DICTIONARY_SHIFT] ?? 0);
      this.#tryValue(value, at, this.#short[hash >>> VALUE_SHIFT] ?? 0);
    }
    this.#short[hash >>> VALUE_SHIFT] = this.#base + at;
    return this.length >= MATCH_MIN;
  }

  /** Lets the match begin earlier, among bytes that were passed over. Returns by how many. */
  extendBack(value: Uint8Array, at: number, anchor: number, dictionary: Dictionary): number {
    const bytes = this.#inDictionary ? dictionary.bytes : value;
    let back = 0;
    while (at - back > anchor && this.#from > back && bytes[this.#from - back - 1] === value[at - back - 1]) back += 1;
    this.length += back;
    return back;
  }

  #tryDictionary(value: Uint8Array, at: number, { bytes }: Dictionary, entry: number): void {
    if (entry === 0) return;
    const length = commonLength(bytes, entry - 1, value, at);
    if (length > this.length) this.#take(length, entry - 1, true, bytes.length - (entry - 1) + at);
  }

  #tryValue(value: Uint8Array, at: number, entry: number): void {
    const from = entry - this.#base;
    if (from < 0) return;
    const length = commonLength(value, from, value, at);
    if (length > this.length) this.#take(length, from, false, at - from);
  }

  #take(length: number, from: number, inDictionary: boolean, distance: number): void {
    if (distance > DISTANCE_MAX) return;
    this.length = length;
    this.#from = from;
    this.#inDictionary = inDictionary;
    this.distance = distance;
  }
}

/** Puts a packed value together, as long as it is shorter than the value. One for all, as {@link Search}. */
class Output {
  readonly #bytes = new Uint8Array(PACKED_BYTES_MAX + 8);
  #at = 0;
  #max = 0;

  begin(valueBytes: number): void {
    this.#at = 0;
    this.#max = valueBytes;
    let left = valueBytes;
    for (; left >= 0x80; left >>>= 7) this.#put((left & 0x7f) | 0x80);
    this.#put(left);
  }

  /** False where the packed value is no shorter than the value. */
  sequence(value: Uint8Array, from: number, to: number, matchLength: number, distance: number): boolean {
    if (!this.#literals(value, from, to, matchLength - MATCH_MIN)) return false;
    this.#put(distance & 0xff);
    this.#put(distance >>> 8);
    if (matchLength - MATCH_MIN >= NIBBLE_MAX) this.#more(matchLength - MATCH_MIN - NIBBLE_MAX);
    return true;
  }

  end(value: Uint8Array, from: number): Uint8Array | undefined {
    if (from < value.length && !this.#literals(value, from, value.length, 0)) return undefined;
    return this.#at < this.#max ? this.#bytes.slice(0, this.#at) : undefined;
  }

  #literals(value: Uint8Array, from: number, to: number, match: number): boolean {
    const count = to - from;
    if (this.#at + count + (count + match) / BYTE_MAX + 6 > this.#max) return false;
    this.#put((Math.min(count, NIBBLE_MAX) << 4) | Math.min(match, NIBBLE_MAX));
    if (count >= NIBBLE_MAX) this.#more(count - NIBBLE_MAX);
    for (let at = from; at < to; at++) this.#put(value[at] ?? 0);
    return true;
  }

  #more(count: number): void {
    let left = count;
    for (; left >= BYTE_MAX; left -= BYTE_MAX) this.#put(BYTE_MAX);
    this.#put(left);
  }

  #put(byte: number): void {
    this.#bytes[this.#at++] = byte;
  }
}

const search = new Search();
const output = new Output();

/** One sequence of a packed value: literals, then a match (of no bytes in the last one, perhaps). */
interface Sequence {
  literalsFrom: number;
  literalsTo: number;
  matchLength: number;
  distance: number;
}

/** Reads a packed value, sequence after sequence. */
class Reader {
  readonly valueBytes: number;
  readonly sequence: Sequence = { literalsFrom: 0, literalsTo: 0, matchLength: 0, distance: 0 };
  readonly #packed: Uint8Array;
  #at = 0;
  #filled = 0;

  constructor(packed: Uint8Array) {
    this.#packed = packed;
    let length = 0;
    for (let shift = 0, byte = 0x80; byte >= 0x80; shift += 7) {
      byte = this.#next();
      length += (byte & 0x7f) * 2 ** shift;
    }
    if (length > PACKED_BYTES_MAX) throw damaged();
    this.valueBytes = length;
  }

  /** Goes on to the next sequence; false where the value is whole. */
  next(): boolean {
    if (this.#filled >= this.valueBytes) return false;
    const { sequence } = this;
    const token = this.#next();
    const literals = this.#count(token >>> 4);
    sequence.literalsFrom = this.#at;
    this.#at += literals;
    sequence.literalsTo = this.#at;
    this.#filled += literals;
    sequence.matchLength = 0;
    if (this.#filled < this.valueBytes) {
      sequence.distance = this.#next() | (this.#next() << 8);
      sequence.matchLength = this.#count(token & NIBBLE_MAX) + MATCH_MIN;
      this.#filled += sequence.matchLength;
    }
    if (this.#filled > this.valueBytes || this.#at > this.#packed.length) throw damaged();
    return true;
  }

  #count(nibble: number): number {
    let count = nibble;
    if (nibble < NIBBLE_MAX) return count;
    for (;;) {
      const byte = this.#next();
      count += byte;
      if (byte < BYTE_MAX) return count;
    }
  }

  #next(): number {
    const byte = this.#packed[this.#at++];
    if (byte === undefined) throw damaged();
    return byte;
  }
}

/** The value that a packed form was made of. Throws a {@link DamagedValue} where there is none. */
export function unpack(packed: Uint8Array, dictionary: Uint8Array): Uint8Array {
  const reader = new Reader(packed);
  const { sequence } = reader;
  const value = new Uint8Array(reader.valueBytes);
  let at = 0;
  while (reader.next()) {
    for (let from = sequence.literalsFrom; from < sequence.literalsTo; from++) value[at++] = packed[from] ?? 0;
    if (sequence.matchLength === 0) continue;
    let from = dictionary.length + at - sequence.distance;
    if (from < 0 || sequence.distance === 0) throw damaged();
    for (const end = at + sequence.matchLength; at < end; at++, from++) {
      value[at] = (from < dictionary.length ? dictionary[from] : value[from - dictionary.length]) ?? 0;
    }
  }
  return value;
}

/** The parts of a value that its packed form takes from a dictionary of that length. */
export function sharedParts(
  packed: Uint8Array,
  dictionaryBytes: number,
): { readonly from: number; readonly to: number }[] {
  const reader = new Reader(packed);
  const { sequence } = reader;
  const parts: { from: number; to: number }[] = [];
  let at = 0;
  while (reader.next()) {
    at += sequence.literalsTo - sequence.literalsFrom;
    const inDictionary = dictionaryBytes + at - sequence.distance;
    // What goes on behind the dictionary's end is the value itself.
    const length = Math.min(sequence.matchLength, dictionaryBytes - inDictionary);
    if (length > 0) parts.push({ from: at, to: at + length });
    at += sequence.matchLength;
  }
  return parts;
}

/** Bytes that `pack` has not made. */
export class DamagedValue extends Error {
  override readonly name = 'DamagedValue';
}

function damaged(): DamagedValue {
  return new DamagedValue('a packed value is damaged');
}

function commonLength(a: Uint8Array, fromA: number, b: Uint8Array, fromB: number): number {
  const max = Math.min(a.length - fromA, b.length - fromB);
  let length = 0;
  while (length < max && a[fromA + length] === b[fromB + length]) length += 1;
  return length;
}

function hashShort(bytes: Uint8Array, at: number): number {
  return Math.imul(wordAt(bytes, at), 0x9e3779b1) >>> 0;
}

function hashLong(bytes: Uint8Array, at: number): number {
  return (Math.imul(wordAt(bytes, at), 0x9e3779b1) ^ Math.imul(wordAt(bytes, at + 4), 0x85ebca77)) >>> 0;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}
