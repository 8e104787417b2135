import { type FieldSchema, type MessageSchema, scalarDefault } from '../schema.ts';
import type { Fields } from './generated-code.ts';

const EMPTY_LIST: readonly never[] = Object.freeze([]);
const EMPTY_MAP = Object.freeze({});

function fieldDefault(field: FieldSchema): unknown {
  if (field.shape === 'repeated') return EMPTY_LIST;
  if (field.shape === 'map') return EMPTY_MAP;
  if (field.presence) return undefined;
  return field.value.kind === 'scalar' ? scalarDefault(field.value.scalar) : 0;
}

type MessageClass = new () => Fields;

const cache = new Map<MessageSchema, MessageClass>();

/** The class of a type's messages: instances own what is present; what is not reads as its default, from the prototype. */
export function messageClass(schema: MessageSchema): MessageClass {
  let Message = cache.get(schema);
  if (Message === undefined) {
    Message = class {} as MessageClass;
    for (const field of schema.fields) {
      const value = fieldDefault(field);
      Object.defineProperty(Message.prototype, field.name, { value, writable: true });
    }
    cache.set(schema, Message);
  }
  return Message;
}
