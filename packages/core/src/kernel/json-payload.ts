import type { Payload, Payloads } from '@perdure/proto/types';

/** The encodings of the server's own payloads, as bytes. */
const JSON_PLAIN = ascii('json/plain');
const BINARY_PLAIN = ascii('binary/plain');

/** One payload that holds a text as JSON: what the server itself writes into details. */
export function jsonText(text: string): Payloads {
  return { payloads: [jsonPayload(text)] };
}

/** A value as JSON. */
export function jsonPayload(value: string | number | boolean | Readonly<Record<string, number>>): Payload {
  return { metadata: { encoding: JSON_PLAIN }, data: ascii(JSON.stringify(value)) };
}

/** Bytes as they are. */
export function plainBytes(data: Uint8Array): Payload {
  return { metadata: { encoding: BINARY_PLAIN }, data };
}

/** Bytes of a text of which all that is not ASCII is inside JSON strings and can be escaped. */
export function ascii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) return ascii(escapeUnits(text));
    bytes[index] = unit;
  }
  return bytes;
}

function escapeUnits(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
