/** Random bytes are drawn in blocks: one call for this many ids. */
const POOL_IDS = 128;
const RANDOM_BYTES_PER_ID = 10;

const SEQUENCE_MAX = 0xfff;
/** New milliseconds start in the lower half, so that there is room to count on. */
const SEQUENCE_START_MASK = 0x7ff;

const VERSION_7 = 0x70;
const VARIANT = 0x80;
const VARIANT_MASK = 0x3f;

const HEX_DIGITS = Buffer.from('0123456789abcdef');
const TEXT_LENGTH = 36;
const HYPHEN = 0x2d;
/** Where each byte stands in the text. */
const PLACES = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

const TWO_32 = 0x1_0000_0000;

/**
 * A source of UUIDs of version 7 (RFC 9562), each greater than the one before: the 12 bits after the time count within a
 * millisecond (method 1 of section 6.2), 62 are random. If the clock stands, goes back or the count is used up, the ids
 * go on from the last time.
 */
export function createUuidSource(now: () => number, randomBytes: (length: number) => Uint8Array): () => string {
  let pool = new Uint8Array(0);
  let offset = 0;
  let lastMs = 0;
  let sequence = 0;

  const draw = (): void => {
    offset += RANDOM_BYTES_PER_ID;
    if (offset + RANDOM_BYTES_PER_ID <= pool.length) return;
    pool = new Uint8Array(randomBytes(POOL_IDS * RANDOM_BYTES_PER_ID));
    offset = 0;
  };
  const random = (index: number): number => pool[offset + index] ?? 0;

  const bytes = new Uint8Array(PLACES.length);
  const text = Buffer.alloc(TEXT_LENGTH, HYPHEN);
  /** Digits are written where they stand: a text that is put together of pieces is put together anew by its first reader. */
  const write = (): string => {
    for (let index = 0; index < PLACES.length; index += 1) {
      const [byte, place] = [bytes[index] ?? 0, PLACES[index] ?? 0];
      text[place] = HEX_DIGITS[byte >> 4] ?? 0;
      text[place + 1] = HEX_DIGITS[byte & 0xf] ?? 0;
    }
    return text.toString('latin1');
  };

  return () => {
    draw();
    const nowMs = Math.floor(now());
    if (nowMs > lastMs || sequence === SEQUENCE_MAX) {
      lastMs = Math.max(nowMs, lastMs + 1);
      sequence = ((random(8) << 8) | random(9)) & SEQUENCE_START_MASK;
    } else {
      sequence += 1;
    }
    const high = Math.floor(lastMs / TWO_32);
    bytes[0] = high >>> 8;
    bytes[1] = high;
    for (let index = 0; index < 4; index += 1) bytes[index + 2] = lastMs >>> (24 - 8 * index);
    bytes[6] = VERSION_7 | (sequence >>> 8);
    bytes[7] = sequence;
    bytes[8] = (random(0) & VARIANT_MASK) | VARIANT;
    for (let index = 1; index < 8; index += 1) bytes[index + 8] = random(index);
    return write();
  };
}
