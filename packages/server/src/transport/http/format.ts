import type { IncomingHttpHeaders } from 'node:http';
import type { PayloadStyle } from '@perdure/proto';

/** How a request is read and its answer written. */
export interface HttpFormat {
  readonly request: PayloadStyle;
  readonly reply: PayloadStyle;
  readonly isPretty: boolean;
  /** Of the answer. */
  readonly contentType: string;
}

interface MediaFormat {
  readonly payloads: PayloadStyle;
  readonly isPretty: boolean;
}

/** The media types that Temporal's HTTP API knows (frontend/http_api_server.go), and no other spelling of them. */
const formats: ReadonlyMap<string | undefined, MediaFormat> = new Map([
  ['application/json+pretty', { payloads: 'shorthand', isPretty: true }],
  ['application/json+no-payload-shorthand', { payloads: 'full', isPretty: false }],
  ['application/json+pretty+no-payload-shorthand', { payloads: 'full', isPretty: true }],
]);

/**
 * The format that a request asks for: with `?pretty` and `?noPayloadShorthand`, then Accept, then Content-Type. Where
 * `payloads` is full, nothing else is read or written.
 */
export function chooseFormat(headers: IncomingHttpHeaders, query: URLSearchParams, payloads: PayloadStyle): HttpFormat {
  const requestType = headers['content-type'];
  const replyType = typeInQuery(query) ?? (formats.has(headers.accept) ? headers.accept : requestType);
  const reply = formats.get(replyType);
  const styleOf = (type: string | undefined): PayloadStyle =>
    payloads === 'full' ? 'full' : (formats.get(type)?.payloads ?? payloads);
  return {
    request: styleOf(requestType),
    reply: styleOf(replyType),
    isPretty: reply?.isPretty ?? false,
    contentType: (reply && replyType) ?? 'application/json',
  };
}

function typeInQuery(query: URLSearchParams): string | undefined {
  const words = [query.has('pretty') ? '+pretty' : '', query.has('noPayloadShorthand') ? '+no-payload-shorthand' : ''];
  const suffix = words.join('');
  return suffix === '' ? undefined : `application/json${suffix}`;
}
