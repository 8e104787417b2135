import { Buffer } from 'node:buffer';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import proto from '@temporalio/proto';
import type { google } from '@temporalio/proto';

/** A reply as a plain object: enums by number, int64 as number, bytes as Buffer. */
export type Reply = Readonly<Record<string, unknown>>;

/** How a server refused: the status's name, its message, and the first error detail, if it sent one. */
export type Refusal = {
  readonly code: string;
  readonly message: string;
  readonly detail?: Readonly<Record<string, unknown>>;
};

/** A message type of protobufjs, as far as it is used here. */
export type MessageType = {
  readonly fullName: string;
  readonly fieldsArray: readonly MessageField[];
  fromObject(object: object): object;
  toObject(message: object, options: object): Reply;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
};

/** A field of such a type; `resolve` fills in `resolvedType`, a message or enum, null for scalars. */
export type MessageField = {
  readonly name: string;
  readonly type: string;
  readonly repeated: boolean;
  readonly map: boolean;
  readonly resolvedType: MessageType | { readonly valuesById: Readonly<Record<number, string>> } | null;
  resolve(): MessageField;
};

/** A message as it came, next to its type, which tells what was on the wire and what is a default. */
export type TypedMessage = { readonly type: MessageType; readonly message: object };

// The package's declarations hide that its root can look up types by name.
const root = proto as unknown as { lookupType(name: string): MessageType };

const WORKFLOW_SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
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
    const { type, message } = await this.exchange(rpc, request, deadlineMs ?? null);
    return type.toObject(message, { longs: Number, bytes: Buffer, defaults: true });
  }

  /** The same with the reply as it was decoded; `service` by its full name. */
  async exchange(
    rpc: string,
    request: object,
    deadlineMs: number | null = DEADLINE_MS,
    service = WORKFLOW_SERVICE,
  ): Promise<TypedMessage> {
    const scope = service.slice(0, service.lastIndexOf('.'));
    const requestType = messageType(`${scope}.${rpc}Request`);
    const bytes = Buffer.from(requestType.encode(requestType.fromObject(request)).finish());
    const type = messageType(`${scope}.${rpc}Response`);
    return { type, message: type.decode(await this.#send(`/${service}/${rpc}`, bytes, deadlineMs)) };
  }

  /** Sends `bytes` as the request message of any method. */
  async callBytes(path: string, bytes: Buffer): Promise<Buffer> {
    return await this.#send(path, bytes, DEADLINE_MS);
  }

  async #send(path: string, bytes: Buffer, deadlineMs: number | null): Promise<Buffer> {
    const same = (buffer: Buffer): Buffer => buffer;
    const options = deadlineMs === null ? {} : { deadline: Date.now() + deadlineMs };
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
  const [detail] = errorDetails(error);
  if (detail === undefined) return refusal;
  const value = detail.type.toObject(detail.message, { longs: Number, enums: String });
  return { ...refusal, detail: { type: detail.type.fullName.split('.').at(-1), ...value } };
}

/** All details that an error of gRPC carries. */
export function errorDetails(error: ServiceError): readonly TypedMessage[] {
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (!(bytes instanceof Buffer)) return [];
  return proto.google.rpc.Status.decode(bytes).details.map(unpack);
}

/** The message inside of an `Any`. */
export function unpack(any: google.protobuf.IAny): TypedMessage {
  const type = messageType((any.type_url ?? '').split('/').at(-1) ?? '');
  return { type, message: type.decode(any.value ?? Buffer.alloc(0)) };
}

/** The type of a full name: `temporal.api.update.v1.Request`. */
export function messageType(name: string): MessageType {
  return root.lookupType(name);
}
