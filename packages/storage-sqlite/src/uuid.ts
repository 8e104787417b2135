/** A UUID as its 16 bytes, which sort as its text does; undefined where the text is none in lower case with hyphens. */
export function parseUuid(text: string): Uint8Array | undefined {
  if (text.length !== 36) return undefined;
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  return bytes.length === 16 && uuidText(bytes) === text ? bytes : undefined;
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
