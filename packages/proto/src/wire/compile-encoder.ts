import { type FieldSchema, type MessageSchema, scalarFamily } from '../schema.ts';
import {
  elementTag,
  generate,
  isPackable,
  References,
  WIRE_TYPES,
  type WireType,
  type WireTypeLookup,
  wireScalar,
} from './generated-code.ts';

/** The one message that may come as bytes: `{ slices }` in place of events. */
const HISTORY = 'temporal.api.history.v1.History';

function encodeValue(field: FieldSchema, references: References, value: string): string {
  const scalar = wireScalar(field);
  if (scalar !== undefined) return `w.${scalar}(${value});`;
  const type = references.codeFor(field);
  return `{ const start = w.open(); ${type}.encode(${value}, w); w.close(start); }`;
}

function encodeMap(field: FieldSchema, references: References): string {
  const scalar = wireScalar(field);
  const key = field.key === 'string' ? 'k' : 'Number(k)';
  const keyTag = 8 + WIRE_TYPES[field.key ?? 'string'];
  const valueTag = 16 + (scalar === undefined ? 2 : WIRE_TYPES[scalar]);
  return `for (const k of Object.keys(v)) {
    w.tag(${elementTag(field)});
    const entry = w.open();
    w.tag(${keyTag}); w.${field.key}(${key});
    w.tag(${valueTag}); ${encodeValue(field, references, 'v[k]')}
    w.close(entry);
  }`;
}

function encodeRepeated(field: FieldSchema, references: References): string {
  if (!isPackable(field)) {
    return `for (const e of v) { w.tag(${elementTag(field)}); ${encodeValue(field, references, 'e')} }`;
  }
  return `if (v.length > 0) {
    w.tag(${field.id * 8 + 2});
    const start = w.open();
    for (const e of v) w.${wireScalar(field)}(e);
    w.close(start);
  }`;
}

/** What tells an absent value from one to write. */
function presenceTest(field: FieldSchema): string {
  if (field.presence || field.shape !== 'single') return 'v !== undefined && v !== null';
  const scalar = wireScalar(field);
  switch (scalarFamily(scalar ?? 'int32')) {
    case 'string':
      return "v !== undefined && v !== '' && v !== null";
    case 'bytes':
      return 'v !== undefined && v !== null && v.length !== 0';
    case 'bool':
      return 'v !== undefined && v !== false && v !== null';
    case 'float':
      return 'v !== undefined && v !== null && !Object.is(v, 0)';
    case 'integer32':
    case 'integer64':
      return 'v !== undefined && v !== 0 && v !== null';
  }
}

function encodeField(field: FieldSchema, references: References): string {
  const code =
    field.shape === 'map'
      ? encodeMap(field, references)
      : field.shape === 'repeated'
        ? encodeRepeated(field, references)
        : `w.tag(${elementTag(field)}); ${encodeValue(field, references, 'v')}`;
  return `v = m.${field.name}; if (${presenceTest(field)}) { ${code} }`;
}

/** Generates the function that encodes messages of one type. */
export function compileEncoder(schema: MessageSchema, lookup: WireTypeLookup): WireType['encode'] {
  const references = new References(lookup);
  const byNumber = schema.fields.toSorted((left, right) => left.id - right.id);
  const body = `return function encode(m, w) {
    ${schema.name === HISTORY ? 'if (m.slices !== undefined) { for (const s of m.slices) w.raw(s); return; }' : ''}
    let v;
    ${byNumber.map((field) => encodeField(field, references)).join('\n')}
  };`;
  const make = generate('types', body) as (types: readonly WireType[]) => WireType['encode'];
  return make(references.types);
}
