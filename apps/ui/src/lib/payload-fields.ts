import type { IndexedValueType, Payload, SearchAttributes } from '@perdure/proto/json-types';
import { pascalCase } from './history/events.ts';
import { jsonPayload, readPayload } from './payload.ts';
import { parseDuration } from './time.ts';

/** What forms hold as text and requests as payloads. */

/** Types of registered search attributes by name, as the server lists them. */
export type AttributeTypes = Readonly<Record<string, IndexedValueType>>;

/** A duration as it is typed; undefined for none. Throws where it is none. */
export function optionalDuration(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const duration = parseDuration(text);
  if (duration === undefined) throw new Error(`${text} is no duration, such as 30s, 5m, 1h`);
  return duration;
}

/** An object's fields as payloads, each with the metadata that its name asks for; undefined for empty text. */
export function fieldsFromText(
  text: string,
  metadataOf: (name: string) => Readonly<Record<string, string>> = () => ({}),
): { fields: Record<string, Payload> } | undefined {
  if (text.trim() === '') return undefined;
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('A JSON object is needed');
  const fields = Object.entries(value).map(([name, field]) => [name, jsonPayload(field, metadataOf(name))] as const);
  return { fields: Object.fromEntries(fields) };
}

export function attributesFromText(text: string, types: AttributeTypes): SearchAttributes | undefined {
  const read = fieldsFromText(text, (name) => {
    const type = types[name];
    return type === undefined ? {} : { type: pascalCase(type.replace('INDEXED_VALUE_TYPE_', '')) };
  });
  return read && { indexedFields: read.fields };
}

/** Payloads by name as the text of a JSON object; undefined where one is no JSON. */
export function fieldsText(fields: { readonly [name: string]: Payload } | undefined): string | undefined {
  const entries = Object.entries(fields ?? {}).map(([name, payload]) => [name, readPayload(payload)] as const);
  if (entries.length === 0) return '';
  if (entries.some(([, { kind }]) => kind !== 'json' && kind !== 'null')) return undefined;
  const values = entries.map(([name, read]) => [name, read.kind === 'json' ? read.value : null]);
  return JSON.stringify(Object.fromEntries(values), undefined, 2);
}
