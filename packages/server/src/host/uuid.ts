/** Random bytes are drawn in blocks: one call for this many ids. */
const POOL_IDS = 128;
const RANDOM_BYTES_PER_ID = 10;

const SEQUENCE_MAX = 0xfff;
/** New milliseconds start in the lower half, so that there is room to count on. */
const SEQUENCE_START_MASK = 0x7ff;

const VERSION_7 = 0x7000;
const VARIANT = 0x80;
const VARIANT_MASK = 0x3f;

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

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
  const byte = (index: number): number => pool[offset + index] ?? 0;

  return () => {
    draw();
    const nowMs = Math.floor(now());
    if (nowMs > lastMs || sequence === SEQUENCE_MAX) {
      lastMs = Math.max(nowMs, lastMs + 1);
      sequence = ((byte(8) << 8) | byte(9)) & SEQUENCE_START_MASK;
    } else {
      sequence += 1;
    }
    const time = lastMs.toString(16).padStart(12, '0');
    const count = (VERSION_7 | sequence).toString(16);
    const random = (index: number): string => hex[byte(index)] ?? '';
    const variant = hex[(byte(0) & VARIANT_MASK) | VARIANT] ?? '';
    const tail = random(2) + random(3) + random(4) + random(5) + random(6) + random(7);
    return `${time.slice(0, 8)}-${time.slice(8)}-${count}-${variant}${random(1)}-${tail}`;
  };
}
