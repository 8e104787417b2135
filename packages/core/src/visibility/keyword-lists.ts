import type { Payload, SearchAttributes } from '@perdure/proto/types';
import { decodeAttribute, encodeAttribute } from './attribute-payload.ts';
import { AttributeType, type PredefinedAttributeName } from './attributes.ts';

/** So many lists are remembered as payloads: runs of the same worker have the same. */
const REMEMBERED_MAX = 64;
const encodedBefore = new Map<string, Payload>();

/** A list as an attribute's value. Nobody changes a payload, so that runs share it, and what it decodes to. */
function encodeList(items: readonly string[]): Payload {
  const text = items.join('\0');
  const before = encodedBefore.get(text);
  if (before !== undefined) return before;
  const payload = encodeAttribute(items, AttributeType.KeywordList);
  const [oldest] = encodedBefore.keys();
  if (oldest !== undefined && encodedBefore.size >= REMEMBERED_MAX) encodedBefore.delete(oldest);
  encodedBefore.set(text, payload);
  return payload;
}

/** The items of a list that the server keeps among the search attributes; none where it is not set. */
export function listOf(attributes: SearchAttributes | undefined, name: PredefinedAttributeName): readonly string[] {
  const payload = attributes?.indexedFields?.[name];
  if (payload === undefined) return [];
  const decoded = decodeAttribute(payload, AttributeType.KeywordList);
  return decoded.kind === 'value' && Array.isArray(decoded.value) ? (decoded.value as readonly string[]) : [];
}

/**
 * The attributes with a list of the server's own set to these items; without it where there are none. The very same
 * object where nothing changes, so that a caller can tell.
 */
export function withList(
  attributes: SearchAttributes | undefined,
  name: PredefinedAttributeName,
  items: readonly string[],
): SearchAttributes | undefined {
  const before = listOf(attributes, name);
  if (items.length === before.length && items.every((item, index) => item === before[index])) return attributes;
  return withField(attributes, name, items.length === 0 ? undefined : encodeList(items));
}

/** Bytes of a list as an attribute's value. */
export function listSize(items: readonly string[]): number {
  return encodeList(items).data?.length ?? 0;
}

/** The attributes with a text of the server's own set to this value; without it where that is undefined. */
export function withKeyword(
  attributes: SearchAttributes | undefined,
  name: PredefinedAttributeName,
  value: string | undefined,
): SearchAttributes | undefined {
  const before = attributes?.indexedFields?.[name];
  if (value === undefined && before === undefined) return attributes;
  const payload = value === undefined ? undefined : encodeAttribute(value, AttributeType.Keyword);
  if (String(before?.data) === String(payload?.data)) return attributes;
  return withField(attributes, name, payload);
}

function withField(
  attributes: SearchAttributes | undefined,
  name: PredefinedAttributeName,
  payload: Payload | undefined,
): SearchAttributes | undefined {
  const { [name]: _, ...others } = attributes?.indexedFields ?? {};
  const fields = payload === undefined ? others : { ...others, [name]: payload };
  return Object.keys(fields).length === 0 ? undefined : { indexedFields: fields };
}
