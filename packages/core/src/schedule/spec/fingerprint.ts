const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;
const MIX = 0xe6546b64;

/**
 * FarmHash's 32-bit fingerprint (farmhashmk) of more than 24 bytes, as an unsigned integer: fixed for good, whatever the
 * machine. Temporal spreads the times of schedules by it.
 */
export function fingerprint32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (offset: number): number => view.getUint32(offset, true);
  const { length } = bytes;
  const tail = (back: number): number => mul(rotate(mul(word(length - back), C1), 17), C2);
  let h = length;
  let g = mul(C1, length);
  let f = g;
  h = mixed(mixed(h ^ tail(4)) ^ tail(16));
  g = mixed(mixed(g ^ tail(8)) ^ tail(12));
  f = (rotate(f + tail(20), 19) + 113) | 0;
  for (let offset = 0, left = Math.floor((length - 1) / 20); left > 0; left--, offset += 20) {
    const [a, b, c, d, e] = [word(offset), word(offset + 4), word(offset + 8), word(offset + 12), word(offset + 16)];
    h = (h + a) | 0;
    g = (g + b) | 0;
    f = (f + c) | 0;
    h = (murmur(d, h) + e) | 0;
    g = (murmur(c, g) + a) | 0;
    f = (murmur(b + mul(e, C1), f) + d) | 0;
    f = (f + g) | 0;
    g = (g + f) | 0;
  }
  g = mul(rotate(mul(rotate(g, 11), C1), 17), C1);
  f = mul(rotate(mul(rotate(f, 11), C1), 17), C1);
  h = mul(rotate(mixed(h + g), 17), C1);
  h = mul(rotate(mixed(h + f), 17), C1);
  return h >>> 0;
}

function mul(a: number, b: number): number {
  return Math.imul(a, b);
}

/** To the right. */
function rotate(value: number, shift: number): number {
  return (value >>> shift) | (value << (32 - shift));
}

function mixed(value: number): number {
  return (mul(rotate(value, 19), 5) + MIX) | 0;
}

function murmur(a: number, h: number): number {
  return mixed(h ^ mul(rotate(mul(a, C1), 17), C2));
}
