const REPLACEMENT = 0xfffd;

/** The smallest code point that needs so many bytes: shorter ones in as many bytes are malformed. */
const SMALLEST: Readonly<Record<number, number>> = { 2: 0x80, 3: 0x800, 4: 0x1_0000 };

/** So many bytes are spelled at once where they are ASCII: names, encodings, most values. */
const SHORT = 512;

function isAscii(byte: number): boolean {
  return byte < 0x80;
}

/** The text that UTF-8 bytes spell; each byte that is not UTF-8 gives U+FFFD. (The core has no TextDecoder.) */
export function decodeUtf8(bytes: Uint8Array): string {
  if (bytes.length <= SHORT && bytes.every(isAscii))
    return String.fromCharCode.apply(undefined, bytes as unknown as number[]);
  let text = '';
  let index = 0;
  while (index < bytes.length) {
    const { codePoint, length } = decodeAt(bytes, index);
    text += String.fromCodePoint(codePoint);
    index += length;
  }
  return text;
}

function decodeAt(bytes: Uint8Array, index: number): { codePoint: number; length: number } {
  const lead = bytes[index] ?? 0;
  if (lead < 0x80) return { codePoint: lead, length: 1 };
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  let codePoint = lead & (0x7f >> length);
  for (let offset = 1; offset < length; offset++) {
    const next = bytes[index + offset] ?? 0;
    if ((next & 0xc0) !== 0x80) return { codePoint: REPLACEMENT, length: 1 };
    codePoint = (codePoint << 6) | (next & 0x3f);
  }
  const isSurrogate = codePoint >= 0xd800 && codePoint < 0xe000;
  const isMalformed = lead < 0xc2 || lead > 0xf4 || codePoint < (SMALLEST[length] ?? 0) || codePoint > 0x10_ffff;
  return isMalformed || isSurrogate ? { codePoint: REPLACEMENT, length: 1 } : { codePoint, length };
}
