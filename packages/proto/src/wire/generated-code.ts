import { type FieldSchema, type Scalar } from '../schema.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** A decoded message or one to encode, as the generated functions see it. */
export type Fields = Record<string, unknown>;

/** A message type's functions, which generated code calls for nested messages. */
export interface WireType {
  /** Reads to the position `end`; fields are added to `target` where one is given, as protobuf merges messages. */
  decode: (reader: Reader, end: number, depth: number, target?: Fields) => Fields;
  encode: (message: Fields, writer: Writer) => void;
}

/** Finds the functions of a message type by its full name. */
export type WireTypeLookup = (name: string) => WireType;

/** The wire type that each scalar travels as. */
export const WIRE_TYPES: Readonly<Record<Scalar, 0 | 1 | 2 | 5>> = {
  double: 1,
  float: 5,
  int32: 0,
  uint32: 0,
  sint32: 0,
  fixed32: 5,
  sfixed32: 5,
  int64: 0,
  uint64: 0,
  sint64: 0,
  fixed64: 1,
  sfixed64: 1,
  bool: 0,
  string: 2,
  bytes: 2,
};

/** The scalar that an enum or scalar travels as; undefined for a message. */
export function wireScalar(field: FieldSchema): Scalar | undefined {
  if (field.value.kind === 'message') return undefined;
  return field.value.kind === 'enum' ? 'int32' : field.value.scalar;
}

/** True for lists that travel as one run of bytes. */
export function isPackable(field: FieldSchema): boolean {
  const scalar = wireScalar(field);
  return field.shape === 'repeated' && scalar !== undefined && WIRE_TYPES[scalar] !== 2;
}

/** The tag of a field, or of each element of a list or map. */
export function elementTag(field: FieldSchema): number {
  const scalar = wireScalar(field);
  return field.id * 8 + (field.shape === 'map' || scalar === undefined ? 2 : WIRE_TYPES[scalar]);
}

/** Types of the messages that a message refers to, and the names by which the generated code calls them. */
export class References {
  readonly types: WireType[] = [];
  readonly #lookup: WireTypeLookup;
  readonly #indexByName = new Map<string, number>();

  constructor(lookup: WireTypeLookup) {
    this.#lookup = lookup;
  }

  /** The expression for the type of a field that holds messages. */
  codeFor(field: FieldSchema): string {
    if (field.value.kind !== 'message') throw new Error(`${field.name} holds no messages`);
    const { name } = field.value;
    let index = this.#indexByName.get(name);
    if (index === undefined) {
      index = this.types.push(this.#lookup(name)) - 1;
      this.#indexByName.set(name, index);
    }
    return `types[${index}]`;
  }
}

/** Makes a function from source text; the last argument is its body. */
export function generate(...parametersAndBody: string[]): (...values: never[]) => unknown {
  // oxlint-disable-next-line no-implied-eval, no-new-func -- the text comes from schema.json, never from a message
  return new Function(...parametersAndBody) as (...values: never[]) => unknown;
}
