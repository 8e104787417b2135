import {
  Client,
  credentials,
  Metadata,
  type ChannelOptions,
  type ClientUnaryCall,
  type ServiceError,
} from '@grpc/grpc-js';
import { findMethod, messageType, type MethodByPath } from '@perdure/proto';

/** What a call of the test client gave. */
export type Outcome =
  | { readonly kind: 'reply'; readonly bytes: Buffer; readonly headers: Metadata | undefined }
  | { readonly kind: 'error'; readonly code: number; readonly details: string; readonly trailers: Metadata };

/** A call of the test client: its outcome, and the way to cancel it. */
export interface RunningCall {
  readonly outcome: Promise<Outcome>;
  readonly call: ClientUnaryCall;
}

const identity = (bytes: Buffer): Buffer => bytes;

/** A client of @grpc/grpc-js that sends and takes bytes. */
export class TestClient {
  readonly client: Client;

  constructor(port: number, options: ChannelOptions = {}, channel = credentials.createInsecure()) {
    // Each client has a connection of its own.
    const separate = { 'grpc.use_local_subchannel_pool': 1, 'grpc.max_send_message_length': -1, ...options };
    this.client = new Client(`127.0.0.1:${port}`, channel, separate);
  }

  /** Starts a call with bytes for a request. */
  start(path: string, bytes: Uint8Array, options: { deadlineMs?: number; metadata?: Metadata } = {}): RunningCall {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    let headers: Metadata | undefined;
    const deadline = options.deadlineMs === undefined ? {} : { deadline: Date.now() + options.deadlineMs };
    const done = (error: ServiceError | null, reply?: Buffer): void => {
      if (error !== null)
        resolve({ kind: 'error', code: error.code, details: error.details, trailers: error.metadata });
      else resolve({ kind: 'reply', bytes: reply ?? Buffer.alloc(0), headers });
    };
    const metadata = options.metadata ?? new Metadata();
    const call = this.client.makeUnaryRequest(path, identity, identity, Buffer.from(bytes), metadata, deadline, done);
    call.on('metadata', (received) => {
      headers = received;
    });
    return { outcome: promise, call };
  }

  /** Calls a method with a message and decodes what comes. */
  async call<Path extends keyof MethodByPath>(
    path: Path,
    request: MethodByPath[Path]['request'],
  ): Promise<MethodByPath[Path]['reply']> {
    const method = findMethod(path);
    if (method === undefined) throw new Error(`no such method: ${path}`);
    const outcome = await this.start(path, messageType(method.requestType).encode(request)).outcome;
    if (outcome.kind === 'error') throw new Error(`${outcome.code} ${outcome.details}`);
    return messageType(method.replyType).decode(outcome.bytes);
  }

  close(): void {
    this.client.close();
  }
}
