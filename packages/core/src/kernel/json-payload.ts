import type { Payloads } from '@perdure/proto/types';

/** `json/plain` as bytes. */
const JSON_PLAIN = ascii('json/plain');

/** One payload that holds an ASCII text as JSON: what the server itself writes into details. */
export function jsonText(text: string): Payloads {
  return { payloads: [{ metadata: { encoding: JSON_PLAIN }, data: ascii(JSON.stringify(text)) }] };
}

/** Escapes what is not ASCII, so that the core needs no text encoder. */
function ascii(text: string): Uint8Array {
  const escaped = text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Uint8Array.from(escaped, (character) => character.charCodeAt(0));
}
