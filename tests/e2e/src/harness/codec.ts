import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Payload, PayloadCodec } from '@temporalio/common';

interface JsonPayload {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data?: string;
}

/** What a codec made carries this encoding. */
const ENCODING = 'binary/reversed';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'base64');

function toJson({ metadata, data }: Payload): JsonPayload {
  const names = Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)] as const);
  return { metadata: Object.fromEntries(names), ...(data && { data: base64(data) }) };
}

function fromJson({ metadata, data = '' }: JsonPayload): Payload {
  const names = Object.entries(metadata).map(([name, value]) => [name, bytesOf(value)] as const);
  return { metadata: Object.fromEntries(names), data: bytesOf(data) };
}

/** Writes payloads backwards: nobody reads them by accident, and everything is there to be read again. */
export const reversingCodec: PayloadCodec = {
  encode: (payloads) =>
    Promise.resolve(
      payloads.map((payload) => ({
        metadata: { encoding: Buffer.from(ENCODING) },
        data: Buffer.from(JSON.stringify(toJson(payload))).reverse(),
      })),
    ),
  decode: (payloads) =>
    Promise.resolve(
      payloads.map((payload) => {
        if (Buffer.from(payload.metadata?.['encoding'] ?? []).toString() !== ENCODING) return payload;
        return fromJson(
          JSON.parse(
            Buffer.from(payload.data ?? [])
              .reverse()
              .toString(),
          ) as JsonPayload,
        );
      }),
    ),
};

/** A codec server of `reversingCodec`, as the official samples have one; it remembers what it was asked with. */
export class CodecServer {
  readonly asked: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      response.writeHead(200, {
        'access-control-allow-origin': request.headers.origin ?? '',
        'access-control-allow-headers': 'content-type,x-namespace,authorization',
        'content-type': 'application/json',
      });
      if (request.method !== 'POST') return void response.end();
      this.#answer(request).then(
        (text) => response.end(text),
        () => response.destroy(),
      );
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage): Promise<string> {
    const { url: path = '', headers } = request;
    this.asked.push({ path, headers });
    const { payloads } = (await json(request)) as { readonly payloads: readonly JsonPayload[] };
    const work = path === '/encode' ? reversingCodec.encode : reversingCodec.decode;
    return JSON.stringify({ payloads: (await work(payloads.map(fromJson))).map(toJson) });
  }
}
