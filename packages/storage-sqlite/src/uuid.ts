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

/** Bytes after those of all UUIDs. */
const BEYOND = new Uint8Array(17).fill(0xff);

/** The bytes of the first UUID whose text does not come before `text`; where there is none, bytes after all of them. */
export function firstUuidFrom(text: string): Uint8Array {
  const digits: number[] = [];
  for (let at = 0; at < UUID_CHARACTERS && at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isHyphen = HYPHENS_AT.has(at);
    const digit = isHyphen ? 0 : (DIGITS[code] ?? 0xff);
    if (isHyphen ? code === HYPHEN : digit <= 0xf) {
      if (!isHyphen) digits.push(digit);
    } else if (code > (isHyphen ? HYPHEN : LAST_DIGIT)) return bytesOfDigits(increased(digits));
    else return bytesOfDigits(isHyphen ? digits : [...digits, code < FIRST_DIGIT ? 0 : FIRST_LETTER_DIGIT]);
  }
  return bytesOfDigits(text.length > UUID_CHARACTERS ? increased(digits) : digits);
}

const HYPHENS_AT: ReadonlySet<number> = new Set([8, 13, 18, 23]);
const FIRST_DIGIT = 0x30;
const FIRST_LETTER_DIGIT = 10;
const LAST_DIGIT = 0x66;

/** The next number of so many digits; undefined after the last. */
function increased(digits: readonly number[]): readonly number[] | undefined {
  const at = digits.findLastIndex((digit) => digit < 0xf);
  return at === -1 ? undefined : [...digits.slice(0, at), (digits[at] ?? 0) + 1];
}

function bytesOfDigits(digits: readonly number[] | undefined): Uint8Array {
  if (digits === undefined) return BEYOND;
  const bytes = new Uint8Array(16);
  digits.forEach((digit, at) => (bytes[at >> 1] = (bytes[at >> 1] ?? 0) | (at % 2 === 0 ? digit << 4 : digit)));
  return bytes;
}
