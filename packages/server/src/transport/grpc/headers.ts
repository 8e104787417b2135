import { encodeHeaders } from '../http2/hpack/encoder.ts';
import type { Field } from '../http2/hpack/field.ts';
import type { StatusAnswer } from '../unary.ts';

type Fields = readonly (readonly [name: string, value: string])[];

/** What the protocol of gRPC and HTTP/2 let a header be called, and be. */
const NAME = /^[0-9a-z_.-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Content types that clients send, with the headers of a reply to each. Source: grpc-go, which names the same subtype. */
const usualHeads: ReadonlyMap<string, Buffer> = new Map(
  ['application/grpc', 'application/grpc+proto'].map((type) => [type, encodeHeaders(headFields(200, type, {}))]),
);

/** Headers of a reply. Throws for one of its own that cannot be sent. */
export function replyHead(contentType: string, own: Readonly<Record<string, string>> | undefined): Buffer {
  const usual = own === undefined ? usualHeads.get(contentType) : undefined;
  return usual ?? encodeHeaders(headFields(200, contentType, own ?? {}));
}

/** Trailers of a call that went well. */
export const okTrailers: Buffer = encodeHeaders([
  ['grpc-status', '0'],
  ['grpc-message', ''],
]);

/** Trailers of a call that did not. */
export function statusTrailers(answer: StatusAnswer): Buffer {
  return encodeHeaders(statusFields(answer));
}

/** All that is said to a call which gets no message. Throws for a header of its own that cannot be sent. */
export function refusalHead(
  httpStatus: number,
  contentType: string,
  answer: StatusAnswer,
  own: Readonly<Record<string, string>> = {},
): Buffer {
  return encodeHeaders([...headFields(httpStatus, contentType, own), ...statusFields(answer)]);
}

function headFields(httpStatus: number, contentType: string, own: Readonly<Record<string, string>>): Fields {
  const fields = Object.entries(own);
  for (const [name, value] of fields) {
    if (!NAME.test(name) || !VALUE.test(value)) throw new TypeError(`no header of a reply: ${JSON.stringify(name)}`);
  }
  return [[':status', String(httpStatus)], ['content-type', contentType], ...fields];
}

function statusFields({ status, message, details }: StatusAnswer): Fields {
  const fields: Fields = [
    ['grpc-status', String(status)],
    ['grpc-message', percentEncode(message)],
  ];
  if (details === undefined) return fields;
  return [...fields, ['grpc-status-details-bin', Buffer.from(details).toString('base64')]];
}

/** Percent-encodes all but printable ASCII, and the percent sign, as the gRPC protocol asks of `grpc-message`. */
function percentEncode(message: string): string {
  if (/^[ -$&-~]*$/.test(message)) return message;
  let encoded = '';
  for (const byte of Buffer.from(message)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

const TIMEOUT_UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** Milliseconds of a `grpc-timeout` header; undefined for one that is absent or malformed. */
export function parseTimeout(header: string | string[] | undefined): number | undefined {
  const match = typeof header !== 'string' ? null : /^(\d{1,8})([HMSmun])$/.exec(header);
  const unitMs = TIMEOUT_UNIT_MS[match?.[2] ?? ''];
  return unitMs === undefined ? undefined : Number(match?.[1]) * unitMs;
}

/** Request headers by name, of a repeated one the first. */
export function requestHeaders(fields: readonly Field[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const { name, value } of fields) if (!headers.has(name)) headers.set(name, value);
  return headers;
}
