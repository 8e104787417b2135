import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Payload, PayloadCodec, StorageDriver } from '@temporalio/common';
import { StorageDriverClaim } from '@temporalio/common';

interface JsonPayload {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data?: string;
  readonly externalPayloads?: readonly { readonly sizeBytes?: string }[];
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

/**
 * A store of a worker's, in memory. Without it a payload of a worker that has one only says where it is.
 */
export class MemoryStore implements StorageDriver {
  readonly name = 'shelf';
  readonly type = 'memory';
  readonly kept = new Map<string, Payload>();

  store(_context: unknown, payloads: readonly Payload[]): Promise<StorageDriverClaim[]> {
    const claims = payloads.map((payload) => {
      const key = `place-${String(this.kept.size + 1)}`;
      this.kept.set(key, payload);
      return new StorageDriverClaim({ key });
    });
    return Promise.resolve(claims);
  }

  async retrieve(_context: unknown, claims: readonly StorageDriverClaim[]): Promise<Payload[]> {
    return Promise.all(claims.map(({ claimData }) => this.#find(claimData['key'] ?? '')));
  }

  #find(key: string): Promise<Payload> {
    const found = this.kept.get(key);
    return found === undefined ? Promise.reject(new Error(`the shelf has no ${key}`)) : Promise.resolve(found);
  }
}

/** A codec server of `reversingCodec`, as the official samples have one; it remembers what it was asked with. */
export class CodecServer {
  readonly asked: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  readonly #server: Server;
  readonly #store: MemoryStore | undefined;

  /** With a store of the workers', it fetches from it what payloads say is there. */
  constructor(store?: MemoryStore) {
    this.#store = store;
    this.#server = createServer((request, response) => {
      const headers = {
        'access-control-allow-origin': request.headers.origin ?? '',
        'access-control-allow-headers': 'content-type,x-namespace,authorization',
        'content-type': 'application/json',
      };
      if (request.method !== 'POST') return void response.writeHead(200, headers).end();
      this.#answer(request).then(
        (text) => response.writeHead(text === undefined ? 404 : 200, headers).end(text),
        (error: unknown) => response.writeHead(400, headers).end(String(error)),
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

  /** Undefined where it has nothing at that path. */
  async #answer(request: IncomingMessage): Promise<string | undefined> {
    const { url: path = '', headers } = request;
    this.asked.push({ path, headers });
    const { payloads } = (await json(request)) as { readonly payloads: readonly JsonPayload[] };
    const work = this.#workOf(path.replace(/\?.*/, ''));
    return work && JSON.stringify({ payloads: (await work(payloads.map(fromJson))).map(toJson) });
  }

  #workOf(path: string): PayloadCodec['decode'] | undefined {
    if (path === '/encode') return (payloads) => reversingCodec.encode(payloads);
    if (path === '/decode') return (payloads) => reversingCodec.decode(payloads);
    const store = this.#store;
    if (path !== '/download' || store === undefined) return undefined;
    return async (payloads) => reversingCodec.decode(await store.retrieve({}, payloads.map(claimOf)));
  }
}

/** Where a payload says that the value is. */
function claimOf({ data }: Payload): StorageDriverClaim {
  const { claimData } = JSON.parse(Buffer.from(data ?? []).toString()) as { claimData: Record<string, string> };
  return new StorageDriverClaim(claimData);
}
