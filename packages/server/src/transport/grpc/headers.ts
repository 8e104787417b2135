import type { OutgoingHttpHeaders } from 'node:http2';
import type { StatusAnswer } from '../unary.ts';

/** Headers of every reply. Source: grpc-go, which names the content type's subtype as the request does. */
export function replyHeaders(contentType: string, own: Readonly<Record<string, string>>): OutgoingHttpHeaders {
  return { ':status': 200, 'content-type': contentType, ...own };
}

/** Trailers of a call that went well. */
export const okTrailers: OutgoingHttpHeaders = { 'grpc-status': '0', 'grpc-message': '' };

/** Trailers of a call that did not. */
export function statusTrailers({ status, message, details }: StatusAnswer): OutgoingHttpHeaders {
  const trailers: OutgoingHttpHeaders = { 'grpc-status': String(status), 'grpc-message': percentEncode(message) };
  if (details !== undefined) trailers['grpc-status-details-bin'] = Buffer.from(details).toString('base64');
  return trailers;
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
  const match = typeof header === 'string' ? /^(\d{1,8})([HMSmun])$/.exec(header) : null;
  const unitMs = TIMEOUT_UNIT_MS[match?.[2] ?? ''];
  return unitMs === undefined ? undefined : Number(match?.[1]) * unitMs;
}

/** Request headers by name, of a repeated one the first, without HTTP/2's own. `raw` alternates names and values. */
export function requestHeaders(raw: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    if (!name.startsWith(':') && !headers.has(name)) headers.set(name, raw[index + 1] ?? '');
  }
  return headers;
}
