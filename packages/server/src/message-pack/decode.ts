import { Decoder, ExtensionCodec } from '@msgpack/msgpack';
import { MAP, SET } from './encode.ts';

const extensions = new ExtensionCodec();

/** One for each level of maps and sets within each other: one at work would copy itself for the next level. */
const decoders: Decoder[] = [];
let level = 0;

/** The value that `encode` has written. Properties that were undefined are absent. */
export function decode(bytes: Uint8Array): unknown {
  const decoder = (decoders[level] ??= new Decoder({ extensionCodec: extensions }));
  level += 1;
  try {
    return decoder.decode(bytes);
  } finally {
    level -= 1;
  }
}

extensions.register({
  type: MAP,
  encode: () => null,
  decode: (bytes) => new Map(decode(bytes) as [unknown, unknown][]),
});
extensions.register({
  type: SET,
  encode: () => null,
  decode: (bytes) => new Set(decode(bytes) as unknown[]),
});
