import type { Payload, Payloads } from '@perdure/proto/json-types';
import { isStoredElsewhere, readStoredElsewhere, type StoredElsewhere } from './stored-elsewhere.ts';

/** What a payload shows as. `text` is never markup: it is rendered as text alone. */
export type ReadPayload =
  | { readonly kind: 'json'; readonly value: unknown; readonly encoding: string }
  | { readonly kind: 'null' }
  | ({ readonly kind: 'stored' } & StoredElsewhere)
  | { readonly kind: 'binary'; readonly bytes: Uint8Array<ArrayBuffer>; readonly encoding: string }
  | {
      readonly kind: 'undecodable';
      readonly reason: string;
      readonly encoding: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
    };

function bytesOf(base64: string | undefined): Uint8Array<ArrayBuffer> {
  const binary = atob(base64 ?? '');
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(binary);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

/** The encoding by the payload's metadata: `json/plain`, `binary/null`, `binary/encrypted`… */
export function encodingOf(payload: Payload): string {
  return metadataText(payload, 'encoding');
}

export function metadataText(payload: Payload, name: string): string {
  const value = payload.metadata?.[name];
  if (value === undefined) return '';
  try {
    return textOf(bytesOf(value));
  } catch {
    return '';
  }
}

/** Whether a payload only says where a worker has put the value. */
export function isStored(payload: Payload, encoding = encodingOf(payload)): boolean {
  return isStoredElsewhere(encoding, () => metadataText(payload, 'messageType'));
}

/** Reads a payload for display. Never throws: what cannot be read says why. */
export function readPayload(payload: Payload): ReadPayload {
  const encoding = encodingOf(payload);
  let bytes: Uint8Array<ArrayBuffer> = new Uint8Array();
  try {
    bytes = bytesOf(payload.data);
    if (encoding === 'binary/null') return { kind: 'null' };
    if (isStored(payload, encoding)) {
      return { kind: 'stored', ...readStoredElsewhere(payload, JSON.parse(textOf(bytes))) };
    }
    if (encoding === 'json/plain' || encoding === 'json/protobuf') {
      return { kind: 'json', value: JSON.parse(textOf(bytes)) as unknown, encoding };
    }
    return { kind: 'binary', bytes, encoding };
  } catch (error) {
    return { kind: 'undecodable', reason: error instanceof Error ? error.message : 'unreadable', encoding, bytes };
  }
}

/** One line for a table or a label. */
export function summarize(payload: Payload, lengthMax = 120): string {
  const read = readPayload(payload);
  switch (read.kind) {
    case 'null':
      return 'null';
    case 'json':
      return shorten(JSON.stringify(read.value) ?? 'null', lengthMax);
    case 'stored':
      return storedText(read);
    case 'binary':
      return `${read.encoding || 'unknown encoding'}, ${formatBytes(read.bytes.length)}`;
    case 'undecodable':
      return `not decodable, ${formatBytes(read.bytes.length)}`;
  }
}

/** Where a value is, and how large. */
export function storedText({ store, sizeBytes }: StoredElsewhere): string {
  const size = sizeBytes === undefined ? [] : [formatBytes(sizeBytes)];
  return ['stored elsewhere', ...(store === '' ? [] : [store]), ...size].join(', ');
}

export function shorten(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax - 1)}…` : text;
}

export function formatBytes(count: number): string {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KB`;
  return `${(count / 1024 / 1024).toFixed(1)} MB`;
}

/** A payload of `json/plain`. */
export function jsonPayload(value: unknown, metadata: Readonly<Record<string, string>> = {}): Payload {
  const encode = (text: string): string => base64Of(new TextEncoder().encode(text));
  const named = Object.entries({ encoding: 'json/plain', ...metadata });
  return {
    metadata: Object.fromEntries(named.map(([name, text]) => [name, encode(text)])),
    data: encode(JSON.stringify(value)),
  };
}

/** One argument as an editor gives it: JSON text, empty for none. Throws where it is no JSON. */
export function payloadsFromText(text: string): Payloads | undefined {
  return text.trim() === '' ? undefined : { payloads: [jsonPayload(JSON.parse(text))] };
}
