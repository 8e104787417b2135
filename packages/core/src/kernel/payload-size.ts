import type { Failure, Header, Memo, Payload, Payloads, SearchAttributes } from '@perdure/proto/types';
import { utf8Length } from './utf8.ts';

/** Bytes that one payload takes on the wire, to within the few of its field tags. */
export function payloadSize(payload: Payload | undefined): number {
  if (payload === undefined) return 0;
  let bytes = payload.data?.length ?? 0;
  for (const [key, value] of Object.entries(payload.metadata ?? {})) bytes += utf8Length(key) + value.length;
  return bytes;
}

export function payloadsSize(payloads: Payloads | undefined): number {
  let bytes = 0;
  for (const payload of payloads?.payloads ?? []) bytes += payloadSize(payload);
  return bytes;
}

/** Payloads by name: a header, a memo or search attributes. */
export function fieldsSize(fields: { readonly [name: string]: Payload } | undefined): number {
  if (fields === undefined) return 0;
  let bytes = 0;
  for (const [name, payload] of Object.entries(fields)) bytes += utf8Length(name) + payloadSize(payload);
  return bytes;
}

export function headerSize(header: Header | undefined): number {
  return fieldsSize(header?.fields);
}

export function memoSize(memo: Memo | undefined): number {
  return fieldsSize(memo?.fields);
}

export function searchAttributesSize(attributes: SearchAttributes | undefined): number {
  return fieldsSize(attributes?.indexedFields);
}

/** Bytes of a failure with all of its causes, texts and details. */
export function failureSize(failure: Failure | undefined): number {
  let bytes = 0;
  for (let level = failure; level !== undefined; level = level.cause) {
    bytes += utf8Length(level.message ?? '') + utf8Length(level.stackTrace ?? '') + utf8Length(level.source ?? '');
    bytes += payloadSize(level.encodedAttributes);
    bytes += utf8Length(level.applicationFailureInfo?.type ?? '');
    bytes += payloadsSize(level.applicationFailureInfo?.details);
    bytes += payloadsSize(level.canceledFailureInfo?.details);
    bytes += payloadsSize(level.timeoutFailureInfo?.lastHeartbeatDetails);
  }
  return bytes;
}
