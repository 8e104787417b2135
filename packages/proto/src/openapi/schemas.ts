import type { Json } from '../json/to-json.ts';
import { enumSchema, type FieldSchema, messageSchema, scalarFamily, type Scalar, type ValueType } from '../schema.ts';

/** An object of an OpenAPI document. */
export type JsonObject = { readonly [name: string]: Json };

/** Messages whose JSON is not an object of their fields. */
const OWN_JSON: Readonly<Record<string, JsonObject>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', description: 'Seconds, such as "1.5s".' },
  'google.protobuf.FieldMask': { type: 'string', description: 'Paths of fields, separated by commas.' },
  'google.protobuf.Empty': { type: 'object' },
  'google.protobuf.Struct': { type: 'object', additionalProperties: true },
  'google.protobuf.Value': { description: 'Any JSON value.' },
  'google.protobuf.ListValue': { type: 'array', items: {} },
  'google.protobuf.Any': {
    type: 'object',
    properties: { '@type': { type: 'string', description: 'The type of the message.' } },
    additionalProperties: true,
  },
  'temporal.api.common.v1.Payload': {
    description:
      'The value itself where it is JSON. Any other value, and each one where the request asks for "noPayloadShorthand", is an object with "metadata" and "data" in base64.',
  },
  'temporal.api.common.v1.Payloads': { type: 'array', items: {}, description: 'Values, each one as a Payload.' },
};

const WRAPPER = /^google\.protobuf\.(?:\w+)Value$/;

/** Those whose JSON is a text, as queries have it. */
export const TEXT_MESSAGES: ReadonlySet<string> = new Set([
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
  'google.protobuf.FieldMask',
]);

/** Describes types, and notes those that it has referred to. */
export class Schemas {
  /** Where a document has its schemas, such as `#/components/schemas/`. */
  readonly #place: string;
  readonly #known = new Map<string, JsonObject | undefined>();
  readonly #typeByName = new Map<string, string>([['Status', '']]);

  constructor(place: string) {
    this.#place = place;
  }

  /** All types that are referred to, by their names here. */
  all(): Record<string, JsonObject> {
    const sorted = [...this.#known].toSorted(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, schema]) => [this.#nameOf(name), schema ?? {}]));
  }

  /** A message type, by reference where its JSON is an object of its fields. */
  message(name: string): JsonObject {
    const own = OWN_JSON[name];
    if (own !== undefined) return own;
    const [wrapped] = messageSchema(name).fields;
    if (WRAPPER.test(name) && wrapped !== undefined) return this.value(wrapped.value);
    if (!this.#known.has(name)) {
      this.#known.set(name, undefined);
      const properties = messageSchema(name).fields.map((field) => [field.name, this.field(field)] as const);
      this.#known.set(name, { type: 'object', properties: Object.fromEntries(properties) });
    }
    return { $ref: this.#place + this.#nameOf(name) };
  }

  /** The type's name without its package, where no other type has that: `WorkflowExecution`. */
  #nameOf(type: string): string {
    const short = type.replace(/^[a-z0-9_.]+\./, '').replaceAll('.', '_');
    const taken = this.#typeByName.get(short) ?? type;
    if (taken !== type) return type.replace(/^temporal\.api\./, '').replaceAll('.', '_');
    this.#typeByName.set(short, type);
    return short;
  }

  field({ shape, value }: FieldSchema): JsonObject {
    if (shape === 'repeated') return { type: 'array', items: this.value(value) };
    if (shape === 'map') return { type: 'object', additionalProperties: this.value(value) };
    return this.value(value);
  }

  value(type: ValueType): JsonObject {
    switch (type.kind) {
      case 'scalar':
        return scalar(type.scalar);
      case 'enum':
        return { type: 'string', enum: [...enumSchema(type.name).nameByNumber.values()] };
      case 'message':
        return this.message(type.name);
    }
  }
}

function scalar(type: Scalar): JsonObject {
  switch (scalarFamily(type)) {
    case 'string':
      return { type: 'string' };
    case 'bool':
      return { type: 'boolean' };
    case 'bytes':
      return { type: 'string', format: 'byte' };
    case 'float':
      return { type: 'number', format: type };
    case 'integer32':
      return { type: 'integer', format: type };
    case 'integer64':
      return { type: 'string', format: type };
  }
}
