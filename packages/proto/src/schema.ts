import { shortEnumNames } from './enum-names.ts';
import schema from './generated/schema.json' with { type: 'json' };

/** Protobuf's scalar types. */
export type Scalar =
  | 'double'
  | 'float'
  | 'int32'
  | 'uint32'
  | 'sint32'
  | 'fixed32'
  | 'sfixed32'
  | 'int64'
  | 'uint64'
  | 'sint64'
  | 'fixed64'
  | 'sfixed64'
  | 'bool'
  | 'string'
  | 'bytes';

/** Scalars that are written alike. */
export type ScalarFamily = 'integer32' | 'integer64' | 'float' | 'bool' | 'string' | 'bytes';

/** The family of a scalar. */
export function scalarFamily(scalar: Scalar): ScalarFamily {
  if (scalar === 'bool' || scalar === 'string' || scalar === 'bytes') return scalar;
  if (scalar === 'float' || scalar === 'double') return 'float';
  return scalar.endsWith('64') ? 'integer64' : 'integer32';
}

/** The value that an absent field of a scalar type stands for. */
export function scalarDefault(scalar: Scalar): string | number | boolean | Uint8Array {
  if (scalar === 'string') return '';
  if (scalar === 'bytes') return EMPTY_BYTES;
  return scalar === 'bool' ? false : 0;
}

const EMPTY_BYTES = new Uint8Array(0);

/** What a field, an element or a map's value holds. */
export type ValueType =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'enum'; readonly name: string }
  | { readonly kind: 'message'; readonly name: string };

/** A field of a message. */
export interface FieldSchema {
  /** lowerCamelCase, as in our objects and in proto3 JSON. */
  readonly name: string;
  readonly id: number;
  readonly value: ValueType;
  readonly shape: 'single' | 'repeated' | 'map';
  /** The key's type, of a map only. */
  readonly key: Scalar | undefined;
  /** The oneof that the field belongs to. */
  readonly oneof: string | undefined;
  /** True where absent and default differ: messages, members of a oneof, `optional` scalars. */
  readonly presence: boolean;
}

/** A message type. */
export interface MessageSchema {
  readonly name: string;
  /** In the order of declaration. */
  readonly fields: readonly FieldSchema[];
  readonly fieldByName: ReadonlyMap<string, FieldSchema>;
}

/** An enum type; of aliases, the first name stands for the number. */
export interface EnumSchema {
  readonly name: string;
  /** By the protocol's own names and by the short ones: see enum-names.ts. */
  readonly numberByName: ReadonlyMap<string, number>;
  /** The protocol's own names. */
  readonly nameByNumber: ReadonlyMap<number, string>;
}

/** A method of a service. */
export interface MethodSchema {
  readonly name: string;
  readonly request: string;
  readonly reply: string;
  readonly requestStream: boolean;
  readonly replyStream: boolean;
}

const messageTexts: Readonly<Record<string, string>> = schema.messages;
const enumTexts: Readonly<Record<string, string>> = schema.enums;
const serviceTexts: Readonly<Record<string, Readonly<Record<string, string>>>> = schema.services;

const messageCache = new Map<string, MessageSchema>();
const enumCache = new Map<string, EnumSchema>();

function valueType(text: string): ValueType {
  if (Object.hasOwn(enumTexts, text)) return { kind: 'enum', name: text };
  if (Object.hasOwn(messageTexts, text)) return { kind: 'message', name: text };
  return { kind: 'scalar', scalar: text as Scalar };
}

const FIELD_PATTERN = /^(\w+):(\d+):(\[\]|\?|<(\w+)>)?([\w.]+)(?:@(\w+))?$/;

function parseField(text: string): FieldSchema {
  const match = FIELD_PATTERN.exec(text);
  if (match === null) throw new Error(`malformed field in schema.json: ${text}`);
  const [, name = '', id, mark = '', key, type = '', oneof] = match;
  const value = valueType(type);
  const shape = mark === '[]' ? 'repeated' : key === undefined ? 'single' : 'map';
  const presence = shape === 'single' && (value.kind === 'message' || oneof !== undefined || mark === '?');
  return { name, id: Number(id), value, shape, key: key as Scalar | undefined, oneof, presence };
}

/** The schema of a message type; undefined for a name that is none. Parsed on first use. */
export function findMessage(name: string): MessageSchema | undefined {
  const cached = messageCache.get(name);
  if (cached !== undefined) return cached;
  const text = Object.hasOwn(messageTexts, name) ? messageTexts[name] : undefined;
  if (text === undefined) return undefined;
  const fields = text === '' ? [] : text.split(' ').map(parseField);
  const message = { name, fields, fieldByName: new Map(fields.map((field) => [field.name, field])) };
  messageCache.set(name, message);
  return message;
}

/** The schema of a message type that is known to exist. */
export function messageSchema(name: string): MessageSchema {
  const message = findMessage(name);
  if (message === undefined) throw new Error(`no such message type: ${name}`);
  return message;
}

/** The schema of an enum type that is known to exist. */
export function enumSchema(name: string): EnumSchema {
  const cached = enumCache.get(name);
  if (cached !== undefined) return cached;
  const text = Object.hasOwn(enumTexts, name) ? enumTexts[name] : undefined;
  if (text === undefined) throw new Error(`no such enum type: ${name}`);
  const members = text.split(' ').map((member): [string, number] => {
    const separator = member.indexOf('=');
    return [member.slice(0, separator), Number(member.slice(separator + 1))];
  });
  const numbers = new Map(members);
  const shortNames = shortEnumNames(name, [...numbers.keys()]);
  const numberByName = new Map([
    ...members.map(([long, number]): [string, number] => [shortNames.get(long) ?? long, number]),
    ...members,
  ]);
  const nameByNumber = new Map<number, string>();
  for (const [long, number] of members) if (!nameByNumber.has(number)) nameByNumber.set(number, long);
  const parsed = { name, numberByName, nameByNumber };
  enumCache.set(name, parsed);
  return parsed;
}

function parseMethod(name: string, text: string): MethodSchema {
  const words = text.split(' ');
  const requestStream = words[0] === 'stream';
  if (requestStream) words.shift();
  const replyStream = words[1] === 'stream';
  const [request, reply] = [words[0], words.at(-1)];
  if (request === undefined || reply === undefined) throw new Error(`malformed method in schema.json: ${text}`);
  return { name, request, reply, requestStream, replyStream };
}

/** The methods of a service; undefined for a name that is none. */
export function findService(name: string): readonly MethodSchema[] | undefined {
  const methods = Object.hasOwn(serviceTexts, name) ? serviceTexts[name] : undefined;
  return methods && Object.entries(methods).map(([method, text]) => parseMethod(method, text));
}

/** Full names of all messages, enums and services. */
export function schemaNames(): { messages: string[]; enums: string[]; services: string[] } {
  return {
    messages: Object.keys(messageTexts),
    enums: Object.keys(enumTexts),
    services: Object.keys(serviceTexts),
  };
}
