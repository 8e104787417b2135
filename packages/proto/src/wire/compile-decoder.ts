import { type FieldSchema, type MessageSchema, scalarDefault } from '../schema.ts';
import { DecodeError, malformed } from './errors.ts';
import {
  elementTag,
  type Fields,
  generate,
  isPackable,
  References,
  WIRE_TYPES,
  type WireType,
  type WireTypeLookup,
  wireScalar,
} from './generated-code.ts';
import { messageClass } from './message-class.ts';
import { nestingDepthMax } from './reader.ts';

/** Helpers that generated code calls. */
const runtime = {
  list(message: Fields, name: string): unknown {
    return Object.hasOwn(message, name) ? message[name] : (message[name] = []);
  },
  map(message: Fields, name: string): unknown {
    return Object.hasOwn(message, name) ? message[name] : (message[name] = {});
  },
  put(map: Fields, key: string, value: unknown): void {
    if (key === '__proto__')
      Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
    else map[key] = value;
  },
  tooDeep(): never {
    throw new DecodeError('proto: exceeded maximum recursion depth');
  },
  overrun(): never {
    throw malformed('unexpected EOF');
  },
};

type Runtime = typeof runtime;

function decodeValue(field: FieldSchema, references: References, target: string): string {
  const scalar = wireScalar(field);
  if (scalar !== undefined) return `r.${scalar}()`;
  const type = references.codeFor(field);
  return `${type}.decode(r, r.end(), depth + 1${target})`;
}

function decodeMapEntry(field: FieldSchema, references: References): string {
  const scalar = wireScalar(field);
  const initial =
    scalar === undefined ? 'undefined' : scalar === 'bytes' ? 'empty' : JSON.stringify(scalarDefault(scalar));
  const absent = scalar === undefined ? `if (v === undefined) v = ${emptyMessage(field, references)};` : '';
  const keyTag = 8 + WIRE_TYPES[field.key ?? 'string'];
  const valueTag = 16 + (scalar === undefined ? 2 : WIRE_TYPES[scalar]);
  return `{
    const stop = r.end();
    let k = ${JSON.stringify(scalarDefault(field.key ?? 'string'))}, v = ${initial};
    while (r.position < stop) {
      const inner = r.tag();
      if (inner === ${keyTag}) k = r.${field.key}();
      else if (inner === ${valueTag}) v = ${decodeValue(field, references, '')};
      else r.skip(inner, depth);
    }
    if (r.position !== stop) runtime.overrun();
    ${absent}
    runtime.put(runtime.map(m, '${field.name}'), String(k), v);
    break;
  }`;
}

function emptyMessage(field: FieldSchema, references: References): string {
  const type = references.codeFor(field);
  return `${type}.decode(r, r.position, depth + 1)`;
}

function decodePacked(field: FieldSchema): string {
  return `case ${field.id * 8 + 2}: {
    const stop = r.end(), list = runtime.list(m, '${field.name}');
    while (r.position < stop) list.push(r.${wireScalar(field)}());
    if (r.position !== stop) runtime.overrun();
    break;
  }`;
}

/** Code that removes the member of a field's oneof that was set before: the last one on the wire wins. */
function clearPrevious(field: FieldSchema): string {
  if (field.oneof === undefined) return '';
  const previous = oneofVariable(field.oneof);
  return `if (${previous} !== '${field.name}') {
    if (${previous} !== undefined) delete m[${previous}];
    ${previous} = '${field.name}';
  }`;
}

function oneofVariable(oneof: string): string {
  return `oneof_${oneof}`;
}

/** Declares which member of each oneof is set: none, unless fields are added to a message that exists. */
function oneofDeclarations(schema: MessageSchema): string {
  const oneofs = new Map<string, string[]>();
  for (const { oneof, name } of schema.fields)
    if (oneof !== undefined) oneofs.set(oneof, [...(oneofs.get(oneof) ?? []), name]);
  return [...oneofs]
    .map(([oneof, names]) => {
      const find = `${JSON.stringify(names)}.find((n) => Object.hasOwn(m, n))`;
      return `let ${oneofVariable(oneof)} = target === undefined ? undefined : ${find};`;
    })
    .join('\n');
}

function decodeCase(field: FieldSchema, references: References): string {
  const start = `case ${elementTag(field)}:`;
  if (field.shape === 'map') return `${start} ${decodeMapEntry(field, references)}`;
  if (field.shape === 'repeated') {
    const code = `${start} runtime.list(m, '${field.name}').push(${decodeValue(field, references, '')}); break;`;
    return isPackable(field) ? `${code}\n${decodePacked(field)}` : code;
  }
  return `${start} ${clearPrevious(field)} m.${field.name} = ${decodeValue(field, references, `, m.${field.name}`)}; break;`;
}

/** Generates the function that decodes messages of one type. */
export function compileDecoder(schema: MessageSchema, lookup: WireTypeLookup): WireType['decode'] {
  const references = new References(lookup);
  const cases = schema.fields.map((field) => decodeCase(field, references)).join('\n');
  const body = `return function decode(r, end, depth, target) {
    if (depth > ${nestingDepthMax}) runtime.tooDeep();
    const m = target === undefined ? new Message() : target;
    ${oneofDeclarations(schema)}
    while (r.position < end) {
      const tag = r.tag();
      switch (tag) {
        ${cases}
        default: r.skip(tag, depth);
      }
    }
    if (r.position !== end) runtime.overrun();
    return m;
  };`;
  const make = generate('Message', 'types', 'runtime', 'empty', body) as (
    message: new () => Fields,
    types: readonly WireType[],
    helpers: Runtime,
    empty: unknown,
  ) => WireType['decode'];
  return make(messageClass(schema), references.types, runtime, scalarDefault('bytes'));
}
