import type { MessageByName } from './generated/messages.ts';
import { type FieldSchema, findMessage, messageSchema } from './schema.ts';
import type { Fields } from './wire/generated-code.ts';

import { EncodeError } from './wire/errors.ts';
import { messageClass } from './wire/message-class.ts';
import { Reader } from './wire/reader.ts';
import { wireType } from './wire/wire-type.ts';
import { Writer } from './wire/writer.ts';

/** The message type of a full name; of a name that is only known when the program runs, any object. */
export type MessageOf<Name extends string> = Name extends keyof MessageByName ? MessageByName[Name] : object;

/** Turns messages of one type into bytes and back. */
export interface MessageType<Message = object> {
  readonly name: string;
  /**
   * The message's bytes, fields by number. Absent, null and (without explicit presence) default values are not written.
   * Throws `EncodeError` for a value that does not fit its field.
   */
  encode(message: Message): Uint8Array;
  /**
   * The message in the bytes. Own properties are only what was on the wire; what was not reads as its proto3 default,
   * a message, a member of a oneof or an `optional` field as undefined. 64-bit integers are numbers, bytes are copies
   * as Uint8Array, unknown fields are dropped. Throws `DecodeError`.
   */
  decode(bytes: Uint8Array): Message;
}

const writer = new Writer();
const cache = new Map<string, MessageType>();

/** Writes a message with the shared writer, which is left empty whatever happens. Errors name the type. */
export function write(typeName: string, message: object): Uint8Array {
  try {
    wireType(typeName).encode(message as Fields, writer);
    return writer.finish();
  } catch (error) {
    writer.reset();
    throw error instanceof EncodeError ? new EncodeError(`${typeName}: ${error.message}`) : error;
  }
}

function makeType(name: string): MessageType {
  const type = wireType(name);
  return {
    name,
    encode: (message) => write(name, message),
    decode(bytes) {
      const reader = new Reader(bytes);
      return type.decode(reader, reader.size, 0);
    },
  };
}

/** The codec of a message type by its full name, such as `temporal.api.history.v1.HistoryEvent`. */
export function messageType<Name extends string>(name: Name): MessageType<MessageOf<Name>> {
  let type = cache.get(name);
  if (type === undefined) {
    type = makeType(name);
    cache.set(name, type);
  }
  return type as MessageType<MessageOf<Name>>;
}

/**
 * A message as if it had come over the wire: a literal gets the defaults behind it that a decoded message has, nested
 * messages included. What is absent or null stays absent; what is a decoded message already stays as it is.
 */
export function withDefaults<Name extends string>(name: Name, message: MessageOf<NoInfer<Name>>): MessageOf<Name> {
  const schema = messageSchema(name);
  const Message = messageClass(schema);
  if (message instanceof Message) return message;
  const filled = new Message();
  // Of the many fields that some types have, most are not set.
  for (const key of Object.keys(message)) {
    const field = schema.fieldByName.get(key);
    const value = (message as Fields)[key];
    if (field !== undefined && value !== undefined && value !== null) filled[key] = fieldWithDefaults(field, value);
  }
  return filled as MessageOf<Name>;
}

function fieldWithDefaults({ value: type, shape }: FieldSchema, value: unknown): unknown {
  if (type.kind !== 'message') return value;
  if (shape === 'single') return withDefaults(type.name, value as object);
  if (shape === 'repeated') return (value as object[]).map((item) => withDefaults(type.name, item));
  const entries = Object.entries(value as Record<string, object>);
  return Object.fromEntries(entries.map(([key, item]) => [key, withDefaults(type.name, item)]));
}

/** True for the full name of a message type that the schema has. */
export function isMessageType(name: string): boolean {
  return findMessage(name) !== undefined;
}

/**
 * A decoded message as plain objects without defaults behind them: what a literal of the same content would be.
 * For comparison in tests and for logs.
 */
export function plain<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(plain) as Value;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner as unknown)])) as Value;
}
