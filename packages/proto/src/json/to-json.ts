import { isMessageType, messageType } from '../codec.ts';
import {
  enumSchema,
  type FieldSchema,
  messageSchema,
  type Scalar,
  scalarDefault,
  scalarFamily,
  type ValueType,
} from '../schema.ts';
import type { Fields } from '../wire/generated-code.ts';
import { JsonError } from './errors.ts';
import { PAYLOAD, PAYLOADS, type PayloadFields, payloadToShorthand, type PayloadStyle } from './payload-shorthand.ts';
import { formatDuration, formatTimestamp } from './time.ts';

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Well-known types that are not objects of their fields. */
const writers: Readonly<Record<string, (message: Fields, path: string, payloads: PayloadStyle) => Json>> = {
  'google.protobuf.Timestamp': (message, path) => formatTimestamp(message) ?? outOfRange(path, 'timestamp'),
  'google.protobuf.Duration': (message, path) => formatDuration(message) ?? outOfRange(path, 'duration'),
  'google.protobuf.FieldMask': (message) => ((message['paths'] ?? []) as string[]).map(camelPath).join(','),
  'google.protobuf.Any': anyToJson,
  'google.protobuf.Struct': (message, path) => structToJson((message['fields'] ?? {}) as Fields, path),
  'google.protobuf.ListValue': (message, path) =>
    ((message['values'] ?? []) as Fields[]).map((value) => dynamicToJson(value, path)),
  'google.protobuf.Value': dynamicToJson,
};

const WRAPPER = /^google\.protobuf\.(?:Double|Float|U?Int64|U?Int32|Bool|String|Bytes)Value$/;

/** True for types whose JSON is no object of their fields, so that an Any holds it under `value`. */
export function hasOwnJson(typeName: string): boolean {
  return typeName in writers || WRAPPER.test(typeName);
}

function outOfRange(path: string, what: string): never {
  throw new JsonError(path, `${what} out of range`);
}

function camelPath(path: string): string {
  return path.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function structToJson(fields: Fields, path: string): Json {
  const entries = Object.entries(fields).map(([key, value]) => [key, dynamicToJson(value as Fields, path)] as const);
  return Object.fromEntries(entries);
}

function dynamicToJson(value: Fields, path: string): Json {
  if (value['numberValue'] !== undefined) return value['numberValue'] as number;
  if (value['stringValue'] !== undefined) return value['stringValue'] as string;
  if (value['boolValue'] !== undefined) return value['boolValue'] as boolean;
  if (value['structValue'] !== undefined)
    return messageToJson('google.protobuf.Struct', value['structValue'], path, 'full');
  if (value['listValue'] !== undefined)
    return messageToJson('google.protobuf.ListValue', value['listValue'], path, 'full');
  return null;
}

function anyToJson(message: Fields, path: string, payloads: PayloadStyle): Json {
  const typeUrl = (message['typeUrl'] ?? '') as string;
  if (typeUrl === '') return {};
  const typeName = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
  if (!isMessageType(typeName)) throw new JsonError(path, `unknown type ${typeUrl}`);
  const inner = messageType(typeName).decode((message['value'] ?? new Uint8Array(0)) as Uint8Array);
  const json = messageToJson(typeName, inner, path, payloads);
  return hasOwnJson(typeName) ? { '@type': typeUrl, value: json } : { '@type': typeUrl, ...(json as object) };
}

/** A float in as few digits as tell it from its neighbours among 32-bit floats. */
function shortestFloat(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function scalarToJson(scalar: Scalar, value: unknown): Json {
  switch (scalarFamily(scalar)) {
    case 'integer64':
      return (value as number).toString();
    case 'bytes':
      return Buffer.from(value as Uint8Array).toString('base64');
    case 'float':
      if (!Number.isFinite(value)) return (value as number).toString();
      return scalar === 'float' ? shortestFloat(value as number) : (value as number);
    case 'integer32':
    case 'bool':
    case 'string':
      return value as Json;
  }
}

function valueToJson(type: ValueType, value: unknown, path: string, payloads: PayloadStyle): Json {
  switch (type.kind) {
    case 'scalar':
      return scalarToJson(type.scalar, value);
    case 'enum':
      if (type.name === 'google.protobuf.NullValue') return null;
      return enumSchema(type.name).nameByNumber.get(value as number) ?? (value as number);
    case 'message':
      return messageToJson(type.name, value, path, payloads);
  }
}

/** True where a field says no more than its absence would. */
function isAbsent(field: FieldSchema, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (field.presence) return false;
  if (field.shape === 'map') return Object.keys(value).length === 0;
  if (value instanceof Uint8Array || Array.isArray(value)) return value.length === 0;
  return value === '' || value === false || Object.is(value, 0);
}

function fieldToJson(field: FieldSchema, value: unknown, path: string, payloads: PayloadStyle): Json {
  if (field.shape === 'repeated') {
    return (value as unknown[]).map((item, index) => valueToJson(field.value, item, `${path}[${index}]`, payloads));
  }
  if (field.shape === 'map') {
    const entries = Object.entries(value as Fields);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, valueToJson(field.value, item, `${path}.${key}`, payloads)]),
    );
  }
  return valueToJson(field.value, value, path, payloads);
}

/** A message of any type as proto3 JSON. `path` names the place in errors. */
export function messageToJson(typeName: string, message: unknown, path: string, payloads: PayloadStyle): Json {
  const fields = message as Fields;
  const writer = writers[typeName];
  if (writer !== undefined) return writer(fields, path, payloads);
  if (WRAPPER.test(typeName)) return wrapperToJson(typeName, fields);
  const short = payloads === 'shorthand' ? toShorthand(typeName, fields) : undefined;
  if (short !== undefined) return short;
  const json: Record<string, Json> = {};
  for (const field of messageSchema(typeName).fields) {
    const value = fields[field.name];
    if (!isAbsent(field, value))
      json[field.name] = fieldToJson(field, value, path === '' ? field.name : `${path}.${field.name}`, payloads);
  }
  return json;
}

function wrapperToJson(typeName: string, message: Fields): Json {
  const type = messageSchema(typeName).fields[0]?.value;
  if (type?.kind !== 'scalar') throw new Error(`${typeName} is no wrapper`);
  return scalarToJson(type.scalar, message['value'] ?? scalarDefault(type.scalar));
}

/** Payloads by their values: a list only where each of them has one. */
function toShorthand(typeName: string, fields: Fields): Json | undefined {
  if (typeName === PAYLOAD) return payloadToShorthand(fields as PayloadFields);
  if (typeName !== PAYLOADS) return undefined;
  const list: Json[] = [];
  for (const payload of (fields['payloads'] ?? []) as PayloadFields[]) {
    const value = payloadToShorthand(payload);
    if (value === undefined) return undefined;
    list.push(value);
  }
  return list;
}
