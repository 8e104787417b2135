import type { Payloads } from '@perdure/proto/types';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const JSON_ENCODING = { encoding: encoder.encode('json/plain') };

/** A value as the one JSON payload of a field. */
export function toPayloads(value: unknown): Payloads {
  return { payloads: [{ metadata: JSON_ENCODING, data: encoder.encode(JSON.stringify(value)) }] };
}

/** The value of the first payload; undefined where there is none. */
export function fromPayloads(payloads: Payloads | undefined): unknown {
  const data = payloads?.payloads?.[0]?.data;
  return data === undefined || data.length === 0 ? undefined : JSON.parse(decoder.decode(data));
}
