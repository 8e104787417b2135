import type { Payload } from '@perdure/proto/types';
import { unreachable } from '../kernel/assert.ts';
import { ascii } from '../kernel/json-payload.ts';
import { AttributeType } from './attributes.ts';
import { formatDatetime, parseDatetime } from './datetime.ts';
import { printJson } from './go-print.ts';
import type { AttributeValue } from './record.ts';
import { textTokens } from './text-tokens.ts';
import { decodeUtf8 } from './utf8-text.ts';

/** What a payload holds as a value of a given type. */
export type DecodedAttribute =
  | { readonly kind: 'value'; readonly value: AttributeValue }
  /** Null or an empty list: the attribute is not set, or is removed by an upsert. */
  | { readonly kind: 'unset' }
  /** Not of the type; `shown` is what error texts show of it. */
  | { readonly kind: 'invalid'; readonly shown: string };

const UNSET: DecodedAttribute = { kind: 'unset' };

/** What was decoded last from a payload: nobody changes one, and each is asked for again with every row of its run. */
const decodedBefore = new WeakMap<Payload, { readonly type: AttributeType; readonly decoded: DecodedAttribute }>();

/**
 * Decodes one value, into the form in which it is compared. A list of one stands for its item, whatever the type.
 * Temporal: sadefs/encode_value.go, DecodeValue, as SQL stores use it (longer lists only for KeywordList).
 */
export function decodeAttribute(payload: Payload, type: AttributeType): DecodedAttribute {
  const before = decodedBefore.get(payload);
  if (before?.type === type) return before.decoded;
  const decoded = decodeAnew(payload, type);
  decodedBefore.set(payload, { type, decoded });
  return decoded;
}

function decodeAnew(payload: Payload, type: AttributeType): DecodedAttribute {
  const encoding = metadataText(payload, 'encoding');
  if (encoding === 'binary/null') return UNSET;
  const text = decodeUtf8(payload.data ?? new Uint8Array());
  const json = encoding === 'json/plain' ? parseJson(text) : undefined;
  if (json === undefined) return { kind: 'invalid', shown: `value from <${printPayload(payload, text)}>` };
  const value = soleItem(json, type);
  if (value === null) return UNSET;
  // The fraction and the exponent are gone once the number is parsed, and other SDKs could not read it as an integer.
  const isNoInteger = type === AttributeType.Int && /[.eE]/.test(text);
  const compared = isNoInteger ? undefined : comparedForm(value, type);
  return compared === undefined ? { kind: 'invalid', shown: printJson(json) } : { kind: 'value', value: compared };
}

/** A list of one is its item and an empty list is null, except that a KeywordList stays a list. */
function soleItem(json: unknown, type: AttributeType): unknown {
  if (!Array.isArray(json)) return json;
  const items: readonly unknown[] = json;
  if (items.length === 0) return null;
  return type === AttributeType.KeywordList || items.length > 1 ? items : items[0];
}

/** Undefined where the value is not of the type. */
function comparedForm(value: unknown, type: AttributeType): AttributeValue | undefined {
  switch (type) {
    case AttributeType.Keyword:
      return typeof value === 'string' ? value : undefined;
    case AttributeType.Text:
      return typeof value === 'string' ? textTokens(value) : undefined;
    case AttributeType.Int:
      return typeof value === 'number' && value >= -(2 ** 63) && value < 2 ** 63 ? value : undefined;
    case AttributeType.Double:
      return typeof value === 'number' ? value : undefined;
    case AttributeType.Bool:
      return typeof value === 'boolean' ? value : undefined;
    case AttributeType.Datetime:
      return typeof value === 'string' ? parseDatetime(value) : undefined;
    case AttributeType.KeywordList:
      return Array.isArray(value) ? keywords(value) : undefined;
    default:
      return unreachable(type);
  }
}

/** Null items count as empty, as Go decodes them. */
function keywords(items: readonly unknown[]): readonly string[] | undefined {
  const texts = items.map((item) => item ?? '');
  return texts.every((text) => typeof text === 'string') ? texts : undefined;
}

/** A value as a payload that names its type: strings as they are, a Datetime from its milliseconds. */
export function encodeAttribute(value: AttributeValue, type: AttributeType): Payload {
  const isInstant = type === AttributeType.Datetime && typeof value === 'number';
  const json = JSON.stringify(isInstant ? formatDatetime(value) : value);
  return { metadata: JSON_OF[type], data: ascii(json) };
}

const JSON_PLAIN = ascii('json/plain');

/** The metadata of a value of each type, for all of its payloads. */
const JSON_OF: Readonly<Record<AttributeType, NonNullable<Payload['metadata']>>> = {
  [AttributeType.Bool]: jsonOf(AttributeType.Bool),
  [AttributeType.Datetime]: jsonOf(AttributeType.Datetime),
  [AttributeType.Double]: jsonOf(AttributeType.Double),
  [AttributeType.Int]: jsonOf(AttributeType.Int),
  [AttributeType.Keyword]: jsonOf(AttributeType.Keyword),
  [AttributeType.KeywordList]: jsonOf(AttributeType.KeywordList),
  [AttributeType.Text]: jsonOf(AttributeType.Text),
};

function jsonOf(type: AttributeType) {
  return { encoding: JSON_PLAIN, type: ascii(type) };
}

/** Null as a payload that names its type. */
export function encodeNull(type: AttributeType): Payload {
  return { metadata: { encoding: ascii('binary/null'), type: ascii(type) } };
}

/** A payload of a value of this type as lists show it: with its type, and without the list around a sole item. */
export function listedForm(payload: Payload, type: AttributeType): Payload {
  // Made by the server itself: it shows as it is.
  if (payload.metadata === JSON_OF[type]) return payload;
  const text = decodeUtf8(payload.data ?? new Uint8Array()).trim();
  const isListOfOne = type !== AttributeType.KeywordList && text.startsWith('[');
  const data = isListOfOne ? { data: ascii(text.slice(1, -1).trim()) } : {};
  return { ...withType(payload, type), ...data };
}

export function withType(payload: Payload, type: AttributeType): Payload {
  return { ...payload, metadata: { ...payload.metadata, type: ascii(type) } };
}

/** True for a payload that names a type, known or not. */
export function namesType(payload: Payload): boolean {
  return payload.metadata?.['type'] !== undefined;
}

/** The type that the payload itself names; undefined where it names none. */
export function payloadType(payload: Payload): AttributeType | undefined {
  const name = metadataText(payload, 'type');
  return Object.values(AttributeType).find((type) => type === name);
}

/** True for a value that removes its key in a merge: null, or an empty list. Temporal: common/payload/payload.go. */
export function isRemoval(payload: Payload): boolean {
  const encoding = metadataText(payload, 'encoding');
  const data = decodeUtf8(payload.data ?? new Uint8Array());
  return (encoding === 'binary/null' && data === '') || (encoding === 'json/plain' && data === '[]');
}

function metadataText(payload: Payload, key: string): string | undefined {
  const bytes = payload.metadata?.[key];
  return bytes === undefined ? undefined : decodeUtf8(bytes);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function printPayload(payload: Payload, text: string): string {
  const metadata = Object.entries(payload.metadata ?? {}).map(
    ([key, value]) => `metadata:{key:${JSON.stringify(key)} value:${JSON.stringify(decodeUtf8(value))}}`,
  );
  return [...metadata, ...(text === '' ? [] : [`data:${JSON.stringify(text)}`])].join(' ');
}
