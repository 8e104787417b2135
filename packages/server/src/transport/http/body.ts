import type { IncomingMessage } from 'node:http';

/** What the body came to. */
export type Body =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too large' }
  | { readonly kind: 'broken' };

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the body of a request, up to the limit. Never rejects; a body that broke off never settles by itself. */
export function readBody(request: IncomingMessage, sizeBytesMax: number): Promise<Body> {
  const { promise, resolve } = Promise.withResolvers<Body>();
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= sizeBytesMax) chunks.push(chunk);
    else {
      chunks.length = 0;
      resolve({ kind: 'too large' });
    }
  });
  request.once('end', () => resolve(decode(Buffer.concat(chunks))));
  request.once('error', () => resolve({ kind: 'broken' }));
  request.once('close', () => resolve({ kind: 'broken' }));
  return promise;
}

function decode(bytes: Buffer): Body {
  try {
    return { kind: 'text', text: decoder.decode(bytes) };
  } catch {
    return { kind: 'broken' };
  }
}
