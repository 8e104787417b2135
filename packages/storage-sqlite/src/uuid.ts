const UUID_CHARACTERS = 36;
const HYPHEN = 0x2d;

/** The value of each character that is a lower-case hexadecimal digit; 0xff for all others. */
const DIGITS = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code));
  return digit === -1 ? 0xff : digit;
});

/** A UUID as its 16 bytes, which sort as its text does; undefined where the text is none in lower case with hyphens. */
export function parseUuid(text: string): Uint8Array | undefined {
  if (text.length !== UUID_CHARACTERS) return undefined;
  const bytes = new Uint8Array(16);
  let at = 0;
  for (let index = 0; index < bytes.length; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) {
      if (text.charCodeAt(at++) !== HYPHEN) return undefined;
    }
    const high = DIGITS[text.charCodeAt(at++)] ?? 0xff;
    const low = DIGITS[text.charCodeAt(at++)] ?? 0xff;
    if (high > 0xf || low > 0xf) return undefined;
    bytes[index] = (high << 4) | low;
  }
  return bytes;
}

/** The bytes of a text that is a UUID by the Store's contract. */
export function uuidBytes(text: string): Uint8Array {
  const bytes = parseUuid(text);
  if (bytes === undefined) throw new Error(`invariant broken: ${JSON.stringify(text)} is not a UUID`);
  return bytes;
}

/** The text of a UUID's bytes. */
export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
