import type { Payload } from '@perdure/proto/json-types';
import { call } from '../api/client.ts';
import { type CodecTarget, exchangeWithCodec, isEncoded, useCodec } from './codec.ts';

/** Calls the server with what programs will read, arguments and memos, encoded as their workers expect it. */
export function useEncodedCall(): typeof call {
  const target = useCodec();
  return async (name, request, options) =>
    call(name, target?.encodes === true ? await encodeRequest(request, target) : request, options);
}

/** A copy of a request with its payloads encoded, all in one exchange; itself where there are none. */
async function encodeRequest<Request>(request: Request, target: CodecTarget): Promise<Request> {
  const plain = payloadsIn(request);
  if (plain.length === 0) return request;
  const encoded = await exchangeWithCodec('encode', plain, target);
  const place = new Map(plain.map((payload, index) => [payload, encoded[index] ?? payload]));
  return replaced(request, place) as Request;
}

/** What the server itself reads stays as it is. */
const readByServer = 'searchAttributes';

function payloadsIn(value: unknown): readonly Payload[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isPayload(value)) return isEncoded(value) ? [] : [value];
  return Object.entries(value).flatMap(([name, field]) => (name === readByServer ? [] : payloadsIn(field)));
}

function replaced(value: unknown, place: ReadonlyMap<unknown, Payload>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isPayload(value)) return place.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => replaced(item, place));
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, replaced(field, place)]));
}

function isPayload(value: object): value is Payload {
  return typeof (value as Payload).metadata?.encoding === 'string';
}
