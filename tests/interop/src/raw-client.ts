import { Buffer } from 'node:buffer';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import proto from '@temporalio/proto';

/** A reply as a plain object: enums by number, int64 as number, bytes as Buffer. */
export type Reply = Readonly<Record<string, unknown>>;

/** How a server refused: the status's name, its message, and the first error detail, if it sent one. */
export type Refusal = {
  readonly code: string;
  readonly message: string;
  readonly detail?: Readonly<Record<string, unknown>>;
};

/** A message type of protobufjs, as far as it is used here. */
type MessageType = {
  fromObject(object: object): object;
  toObject(message: object, options: object): Reply;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
};

// The package's declarations hide that its root can look up types by name.
const root = proto as unknown as { lookupType(name: string): MessageType };

const SERVICE = 'temporal.api.workflowservice.v1';
const DEADLINE_MS = 20_000;

/** Calls of the workflow service without any of an SDK's help, so that a request may hold anything. */
export class RawClient {
  readonly #client: Client;

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  }

  close(): void {
    this.#client.close();
  }

  /** Calls `rpc` (`StartWorkflowExecution`) and gives the reply; throws grpc-js's ServiceError. */
  async call(rpc: string, request: object): Promise<Reply> {
    return await this.callWithDeadline(rpc, request, DEADLINE_MS);
  }

  /** The same with a deadline of the caller's, or with none. */
  async callWithDeadline(rpc: string, request: object, deadlineMs: number | undefined): Promise<Reply> {
    const type = root.lookupType(`${SERVICE}.${rpc}Request`);
    const bytes = Buffer.from(type.encode(type.fromObject(request)).finish());
    const reply = root.lookupType(`${SERVICE}.${rpc}Response`);
    const answer = await this.#send(`/${SERVICE}.WorkflowService/${rpc}`, bytes, deadlineMs);
    return reply.toObject(reply.decode(answer), { longs: Number, bytes: Buffer, defaults: true });
  }

  /** Sends `bytes` as the request message of any method. */
  async callBytes(path: string, bytes: Buffer): Promise<Buffer> {
    return await this.#send(path, bytes, DEADLINE_MS);
  }

  async #send(path: string, bytes: Buffer, deadlineMs: number | undefined): Promise<Buffer> {
    const same = (buffer: Buffer): Buffer => buffer;
    const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
    return await new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(path, same, same, bytes, new Metadata(), options, (error, answer) => {
        if (error) reject(error);
        else resolve(answer ?? Buffer.alloc(0));
      });
    });
  }

  /** The refusal of a call that must not succeed. */
  async refusal(rpc: string, request: object): Promise<Refusal> {
    return await refusalOf(this.call(rpc, request));
  }
}

/** What `call` was refused with; fails when it was not. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  let reply: unknown;
  try {
    reply = await call;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return fromServiceError(error as ServiceError);
  }
  throw new Error(`expected a refusal, but the server answered ${JSON.stringify(reply)}`);
}

function fromServiceError(error: ServiceError): Refusal {
  const refusal = { code: status[error.code] ?? String(error.code), message: error.details };
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (!(bytes instanceof Buffer)) return refusal;
  const [detail] = proto.google.rpc.Status.decode(bytes).details;
  if (detail === undefined) return refusal;
  const name = (detail.type_url ?? '').split('/').at(-1) ?? '';
  const type = root.lookupType(name);
  const value = type.toObject(type.decode(detail.value ?? Buffer.alloc(0)), { longs: Number, enums: String });
  return { ...refusal, detail: { type: name.split('.').at(-1), ...value } };
}
