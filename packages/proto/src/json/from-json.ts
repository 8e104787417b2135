import { isMessageType, messageType } from '../codec.ts';
import { enumSchema, type FieldSchema, type MessageSchema, messageSchema, type ValueType } from '../schema.ts';
import type { Fields } from '../wire/generated-code.ts';
import { nestingDepthMax } from '../wire/reader.ts';
import { JsonError } from './errors.ts';
import { isExactNumber } from './exact-json.ts';
import { isMeantAsPayload, PAYLOAD, payloadFromShorthand, PAYLOADS, type PayloadStyle } from './payload-shorthand.ts';
import { scalarFromJson } from './scalar-from-json.ts';
import { parseDuration, parseTimestamp } from './time.ts';
import { hasOwnJson } from './to-json.ts';

/** How strictly to read. */
export interface FromJsonOptions {
  /** `refuse` (the default, as protojson) or `ignore`: fields that the message type does not have. */
  readonly unknownFields?: 'refuse' | 'ignore';
  /** `full` (the default, as protojson) or `shorthand`, which is taken beside the full form. */
  readonly payloads?: PayloadStyle;
}

/** Where the reading is: for errors and for the depth limit. */
interface Place {
  readonly path: string;
  readonly depth: number;
  readonly options: FromJsonOptions;
}

function inside(place: Place, step: string): Place {
  const path = place.path === '' || step.startsWith('[') ? place.path + step : `${place.path}.${step}`;
  return { path, depth: place.depth + 1, options: place.options };
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && !isExactNumber(json);
}

/** Well-known types that are not objects of their fields. */
const readers: Readonly<Record<string, (json: unknown, place: Place) => object>> = {
  'google.protobuf.Timestamp': (json, { path }) => parsed(json, path, 'timestamp', parseTimestamp),
  'google.protobuf.Duration': (json, { path }) => parsed(json, path, 'duration', parseDuration),
  'google.protobuf.FieldMask': (json, { path }) => parsed(json, path, 'field mask', parseFieldMask),
  'google.protobuf.Any': anyFromJson,
  'google.protobuf.Struct': structFromJson,
  'google.protobuf.ListValue': listFromJson,
  'google.protobuf.Value': dynamicFromJson,
};

function parsed(json: unknown, path: string, what: string, parse: (text: string) => object | undefined): object {
  const value = typeof json === 'string' ? parse(json) : undefined;
  if (value === undefined) throw new JsonError(path, `invalid ${what}`);
  return value;
}

function parseFieldMask(text: string): object | undefined {
  if (text.includes('_')) return undefined;
  const paths = text === '' ? [] : text.split(',');
  return { paths: paths.map((path) => path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)) };
}

function structFromJson(json: unknown, place: Place): object {
  if (!isObject(json)) throw new JsonError(place.path, 'expected an object');
  const entries = Object.entries(json).map(
    ([key, value]) => [key, dynamicFromJson(value, inside(place, key))] as const,
  );
  return { fields: Object.fromEntries(entries) };
}

function listFromJson(json: unknown, place: Place): object {
  if (!Array.isArray(json)) throw new JsonError(place.path, 'expected a list');
  return { values: json.map((value, index) => dynamicFromJson(value, inside(place, `[${index}]`))) };
}

function dynamicFromJson(json: unknown, place: Place): object {
  assertDepth(place);
  if (json === null) return { nullValue: 0 };
  if (typeof json === 'number') return { numberValue: json };
  if (typeof json === 'string') return { stringValue: json };
  if (typeof json === 'boolean') return { boolValue: json };
  if (Array.isArray(json)) return { listValue: listFromJson(json, place) };
  return { structValue: structFromJson(json, place) };
}

function anyFromJson(json: unknown, place: Place): object {
  if (!isObject(json)) throw new JsonError(place.path, 'expected an object');
  const { '@type': typeUrl, ...rest } = json;
  if (typeUrl === undefined && Object.keys(rest).length === 0) return {};
  if (typeof typeUrl !== 'string') throw new JsonError(place.path, 'missing "@type"');
  const typeName = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
  if (!isMessageType(typeName)) throw new JsonError(place.path, `unknown type ${typeUrl}`);
  const inner = messageFromJson(typeName, hasOwnJson(typeName) ? rest['value'] : rest, inside(place, 'value'));
  return { typeUrl, value: messageType(typeName).encode(inner) };
}

function assertDepth({ path, depth }: Place): void {
  if (depth > nestingDepthMax) throw new JsonError(path.slice(0, 100), 'exceeded maximum recursion depth');
}

function enumFromJson(name: string, json: unknown, { path, options }: Place): number | undefined {
  if (name === 'google.protobuf.NullValue' && json === null) return 0;
  if (typeof json === 'number' && (json | 0) === json) return json;
  const number = typeof json === 'string' ? enumSchema(name).numberByName.get(json) : undefined;
  if (number === undefined && !(typeof json === 'string' && options.unknownFields === 'ignore')) {
    throw new JsonError(path, `invalid value for ${name}: ${JSON.stringify(json)}`);
  }
  return number;
}

function valueFromJson(type: ValueType, json: unknown, place: Place): unknown {
  switch (type.kind) {
    case 'scalar':
      return scalarFromJson(type.scalar, json, place.path);
    case 'enum':
      return enumFromJson(type.name, json, place);
    case 'message':
      return messageFromJson(type.name, json, place);
  }
}

/** A value inside a list or map, where protojson allows no null but that of Value. */
function elementFromJson(type: ValueType, json: unknown, place: Place): unknown {
  const isDynamic = type.kind !== 'scalar' && /^google\.protobuf\.(?:Null)?Value$/.test(type.name);
  const isNullPayload = type.kind === 'message' && type.name === PAYLOAD && place.options.payloads === 'shorthand';
  if (json === null && !isDynamic && !isNullPayload) throw new JsonError(place.path, 'unexpected null');
  return valueFromJson(type, json, place);
}

function fieldFromJson(field: FieldSchema, json: unknown, place: Place): unknown {
  if (field.shape === 'repeated') {
    if (!Array.isArray(json)) throw new JsonError(place.path, 'expected a list');
    const items = json.map((item, index) => elementFromJson(field.value, item, inside(place, `[${index}]`)));
    return items.filter((item) => item !== undefined);
  }
  if (field.shape === 'map') return mapFromJson(field, json, place);
  return valueFromJson(field.value, json, place);
}

function mapFromJson(field: FieldSchema, json: unknown, place: Place): unknown {
  if (!isObject(json)) throw new JsonError(place.path, 'expected an object');
  const entries = Object.entries(json).map(([key, item]) => {
    const inner = inside(place, key);
    if (field.key !== undefined) scalarFromJson(field.key, key, inner.path);
    return [key, elementFromJson(field.value, item, inner)] as const;
  });
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

const fieldsByJsonName = new Map<string, ReadonlyMap<string, FieldSchema>>();

/** Fields by lowerCamelCase and by the protocol's snake_case name: protojson reads both. */
export function jsonFields(schema: MessageSchema): ReadonlyMap<string, FieldSchema> {
  let fields = fieldsByJsonName.get(schema.name);
  if (fields === undefined) {
    const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    fields = new Map(
      schema.fields.flatMap(
        (field) =>
          [
            [field.name, field],
            [snake(field.name), field],
          ] as const,
      ),
    );
    fieldsByJsonName.set(schema.name, fields);
  }
  return fields;
}

function isNullMeant(field: FieldSchema): boolean {
  return (
    field.shape === 'single' &&
    field.value.kind !== 'scalar' &&
    /^google\.protobuf\.(?:Null)?Value$/.test(field.value.name)
  );
}

function objectFromJson(schema: MessageSchema, json: Record<string, unknown>, place: Place): object {
  const known = jsonFields(schema);
  const message: Fields = {};
  const oneofs = new Set<string>();
  for (const [name, item] of Object.entries(json)) {
    const field = known.get(name);
    if (field === undefined) {
      if (place.options.unknownFields === 'ignore') continue;
      throw new JsonError(place.path, `unknown field ${JSON.stringify(name)}`);
    }
    if (item === null && !isNullMeant(field)) continue;
    if (Object.hasOwn(message, field.name)) throw new JsonError(place.path, `duplicate field ${JSON.stringify(name)}`);
    if (field.oneof !== undefined) {
      if (oneofs.has(field.oneof)) throw new JsonError(place.path, `oneof ${field.oneof} is already set`);
      oneofs.add(field.oneof);
    }
    const value = fieldFromJson(field, item, inside(place, name));
    if (value !== undefined) message[field.name] = value;
  }
  return message;
}

function messageFromJson(typeName: string, json: unknown, place: Place): object {
  assertDepth(place);
  const reader = readers[typeName];
  if (reader !== undefined) return reader(json, place);
  if (place.options.payloads === 'shorthand') {
    if (typeName === PAYLOAD) return payloadFromJson(json, place);
    if (typeName === PAYLOADS && Array.isArray(json)) {
      return { payloads: json.map((item, index) => payloadFromJson(item, inside(place, `[${index}]`))) };
    }
  }
  const schema = messageSchema(typeName);
  const [wrapped] = schema.fields;
  if (hasOwnJson(typeName) && wrapped !== undefined) return { value: fieldFromJson(wrapped, json, place) };
  if (!isObject(json)) throw new JsonError(place.path, 'expected an object');
  return objectFromJson(schema, json, place);
}

/** A payload in full, if that is how the object reads and what it can only mean; else the payload of a value. */
function payloadFromJson(json: unknown, place: Place): object {
  if (isObject(json) && json['metadata'] !== undefined) {
    try {
      const payload = objectFromJson(messageSchema(PAYLOAD), json, { ...place, options: {} });
      if (isMeantAsPayload(payload)) return payload;
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
    }
  }
  return payloadFromShorthand(json);
}

/** Reads proto3 JSON as a message of a type: plain objects with the fields that the JSON has. Throws `JsonError`. */
export function readMessage(typeName: string, json: unknown, options: FromJsonOptions): object {
  return messageFromJson(typeName, json, { path: '', depth: 0, options });
}
