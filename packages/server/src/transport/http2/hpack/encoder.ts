import { staticNames } from './static-table.ts';

/** Field 8 of the static table. */
const STATUS_200 = Buffer.of(0x88);

/**
 * Encodes a block of headers. Its fields are literals that are not added to the peer's table: what the server sends is
 * short and made once for all calls, and a table would have to be kept in step.
 */
export function encodeHeaders(fields: Iterable<readonly [name: string, value: string]>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of fields) {
    if (name === ':status' && value === '200') {
      parts.push(STATUS_200);
      continue;
    }
    const index = staticNames.get(name) ?? 0;
    parts.push(integer(index, 0x0f, 0));
    if (index === 0) parts.push(text(name));
    parts.push(text(value));
  }
  return Buffer.concat(parts);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([integer(bytes.length, 0x7f, 0), bytes]);
}

/** An integer whose first bits, as many as the mask has, share a byte with `flags`. */
function integer(value: number, mask: number, flags: number): Buffer {
  if (value < mask) return Buffer.of(flags | value);
  const bytes = [flags | mask];
  let rest = value - mask;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.of(...bytes, rest);
}
