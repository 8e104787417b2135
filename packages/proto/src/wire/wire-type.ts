import { messageSchema } from '../schema.ts';
import { compileDecoder } from './compile-decoder.ts';
import { compileEncoder } from './compile-encoder.ts';
import type { WireType } from './generated-code.ts';

const cache = new Map<string, WireType>();

/**
 * The functions of a message type. Each is generated from the schema on first use, as straight code for its fields:
 * several times faster than a loop over a table, and about 0.1 ms to make.
 */
export function wireType(name: string): WireType {
  const cached = cache.get(name);
  if (cached !== undefined) return cached;
  const schema = messageSchema(name);
  const type: WireType = {
    decode(reader, end, depth, target) {
      type.decode = compileDecoder(schema, wireType);
      return type.decode(reader, end, depth, target);
    },
    encode(message, writer) {
      type.encode = compileEncoder(schema, wireType);
      type.encode(message, writer);
    },
  };
  cache.set(name, type);
  return type;
}
