import { jsonFields, readMessage } from '../json/from-json.ts';
import { JsonError } from '../json/errors.ts';
import { enumSchema, type FieldSchema, messageSchema, type Scalar, scalarFamily, type ValueType } from '../schema.ts';
import type { Fields } from '../wire/generated-code.ts';

/** What a path or a query says of one field. */
export interface HttpField {
  /** Names of fields from the outside inwards, in lowerCamelCase or snake_case. */
  readonly path: readonly string[];
  /** Percent-decoded. */
  readonly value: string;
}

/**
 * Sets a field that the path names, whatever the message has there. Throws `JsonError`. Texts of refusals are those of
 * grpc-gateway (runtime/query.go), which Temporal's HTTP API is made with.
 */
export function setPathField(typeName: string, message: object, field: HttpField): void {
  const target = locate(typeName, field.path);
  if (target === undefined) throw new Error(`${typeName} has no ${field.path.join('.')}`);
  holderOf(message as Fields, target)[target.schema.name] = parseValue(target.schema, field.value);
}

/**
 * Sets the fields that a query names, and leaves alone those that it does not know, as grpc-gateway does. `bound` has the
 * fields that the path has set, in the notation of its template. Throws `JsonError`.
 */
export function setQueryFields(
  typeName: string,
  message: object,
  query: Iterable<readonly [name: string, value: string]>,
  bound: ReadonlySet<string>,
): void {
  const given = new Map<string, Located & { readonly values: string[] }>();
  for (const [name, value] of query) {
    const target = locate(typeName, name.split('.'));
    if (target === undefined || bound.has(target.path)) continue;
    const known = given.get(target.path);
    if (known === undefined) given.set(target.path, { ...target, values: [value] });
    else known.values.push(value);
  }
  for (const { values, ...target } of given.values()) {
    const { schema } = target;
    const fields = holderOf(message as Fields, target);
    if (schema.shape === 'map') throw new JsonError('', `invalid map field: ${snakeCase(schema.name)}`);
    if (schema.shape === 'repeated') fields[schema.name] = values.map((value) => parseValue(schema, value));
    else if (values.length > 1) {
      throw new JsonError(
        '',
        `too many values for field ${JSON.stringify(snakeCase(schema.name))}: ${values.join(', ')}`,
      );
    } else fields[schema.name] = parseValue(schema, values[0] ?? '');
  }
}

interface Located {
  /** Of the field, in snake_case. */
  readonly path: string;
  readonly schema: FieldSchema;
  /** Names of the messages on the way to it. */
  readonly parents: readonly string[];
}

/** Finds a field. Undefined for a name that the type does not know. */
function locate(typeName: string, names: readonly string[]): Located | undefined {
  const schemas: FieldSchema[] = [];
  let type = typeName;
  for (const [index, name] of names.entries()) {
    const schema = jsonFields(messageSchema(type)).get(name);
    if (schema === undefined) return undefined;
    schemas.push(schema);
    if (index === names.length - 1) break;
    if (schema.value.kind !== 'message' || schema.shape !== 'single') {
      throw new JsonError('', `invalid path: ${JSON.stringify(name)} is not a message`);
    }
    type = schema.value.name;
  }
  const last = schemas.pop();
  if (last === undefined) return undefined;
  const path = [...schemas, last].map(({ name }) => snakeCase(name)).join('.');
  return { path, schema: last, parents: schemas.map(({ name }) => name) };
}

/** The message that holds the field; those on the way to it are made. */
function holderOf(message: Fields, { parents }: Located): Fields {
  return parents.reduce((fields, name) => (fields[name] ??= {}) as Fields, message);
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function parseValue(field: FieldSchema, text: string): unknown {
  const parsed = valueFromText(field.value, text);
  if ('value' in parsed) return parsed.value;
  throw new JsonError('', `parsing field ${JSON.stringify(snakeCase(field.name))}: ${parsed.problem}`);
}

type Parsed = { readonly value: unknown } | { readonly problem: string };

function valueFromText(type: ValueType, text: string): Parsed {
  switch (type.kind) {
    case 'scalar':
      return scalarFromText(type.scalar, text);
    case 'enum':
      return enumFromText(type.name, text);
    case 'message':
      return messageFromText(type.name, text);
  }
}

/** By number or the protocol's own name; the short names are not taken here. */
function enumFromText(name: string, text: string): Parsed {
  const { numberByName, nameByNumber } = enumSchema(name);
  const isNumber = /^-?\d+$/.test(text);
  const number = isNumber ? Number(text) : numberByName.get(text);
  const ownName = number === undefined ? undefined : nameByNumber.get(number);
  const isValid = isNumber ? ownName !== undefined : ownName === text;
  return isValid ? { value: number } : { problem: `"${text}" is not a valid value` };
}

/** Types whose JSON is a text. */
const TEXT_MESSAGES: ReadonlySet<string> = new Set([
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
  'google.protobuf.FieldMask',
]);

function messageFromText(name: string, text: string): Parsed {
  if (!TEXT_MESSAGES.has(name)) return { problem: `unsupported message type: ${JSON.stringify(name)}` };
  try {
    return { value: readMessage(name, text, {}) };
  } catch (error) {
    if (error instanceof JsonError) return { problem: `${error.message} ${JSON.stringify(text)}` };
    throw error;
  }
}

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);
const BASE64 = /^(?:[A-Za-z0-9+/]*={0,2}|[A-Za-z0-9_-]*={0,2})$/;

function scalarFromText(scalar: Scalar, text: string): Parsed {
  switch (scalarFamily(scalar)) {
    case 'string':
      return { value: text };
    case 'bool':
      if (TRUE.has(text)) return { value: true };
      return FALSE.has(text) ? { value: false } : syntaxProblem('ParseBool', text);
    case 'bytes':
      return BASE64.test(text) && text.replace(/=+$/, '').length % 4 !== 1
        ? { value: new Uint8Array(Buffer.from(text, 'base64')) }
        : { problem: 'illegal base64 data' };
    case 'float':
      return text !== '' && Number.isFinite(Number(text)) ? { value: Number(text) } : syntaxProblem('ParseFloat', text);
    case 'integer32':
    case 'integer64':
      return integerFromText(scalar, text);
  }
}

function integerFromText(scalar: Scalar, text: string): Parsed {
  const isUnsigned = scalar.startsWith('u') || scalar.startsWith('fixed');
  const parser = isUnsigned ? 'ParseUint' : 'ParseInt';
  if (!(isUnsigned ? /^\d+$/ : /^[+-]?\d+$/).test(text)) return syntaxProblem(parser, text);
  const value = Number(text);
  const bits = scalarFamily(scalar) === 'integer32' ? 32 : 53;
  const max = bits === 53 ? Number.MAX_SAFE_INTEGER : 2 ** (isUnsigned ? 32 : 31) - 1;
  const min = isUnsigned ? 0 : bits === 53 ? -max : -max - 1;
  if (value < min || value > max)
    return { problem: `strconv.${parser}: parsing ${JSON.stringify(text)}: value out of range` };
  return { value };
}

function syntaxProblem(parser: string, text: string): Parsed {
  return { problem: `strconv.${parser}: parsing ${JSON.stringify(text)}: invalid syntax` };
}
