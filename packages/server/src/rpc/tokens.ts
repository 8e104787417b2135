import type { VisibilityCursor } from '@perdure/core';
import type { Store } from '@perdure/storage';
import type { Host } from '../host/host.ts';
import { decode } from '../message-pack/decode.ts';
import { encode } from '../message-pack/encode.ts';
import { Signer, SIGNATURE_BYTES } from './signer.ts';

/** Raised when tokens of an older version can no longer be read. */
const VERSION = 1;

/** Version and kind. */
const HEAD_BYTES = 2;

/** Bytes of the key. */
const KEY_BYTES = 32;

/** Where the store keeps the key. */
const REGISTRY = 'secrets';
const KEY_ID = 'token-key';

/** What a token is for; the byte on the wire. */
const TokenKind = {
  WorkflowTask: 1,
  ActivityTask: 2,
  Query: 3,
  History: 4,
  Visibility: 5,
  Namespaces: 6,
  Workers: 7,
} as const;
type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

/** Tokens that mostly come back once, and soon. */
const RETURNED_SOON: ReadonlySet<TokenKind> = new Set([TokenKind.WorkflowTask, TokenKind.ActivityTask]);

/** So many of them are recognised by their bytes, without a signature to compute. */
const RECENT_MAX = 4_096;

interface KnownToken {
  readonly token: Uint8Array;
  readonly fields: unknown;
}

/** Names a started workflow task. */
export interface WorkflowTaskToken {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly scheduledEventId: number;
  readonly startedEventId: number;
  readonly attempt: number;
  readonly stamp: number;
  /** Of a task that was handed out before it was on record; else empty. */
  readonly ticket: string;
}

/** Names an attempt of an activity. */
export interface ActivityTaskToken {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly scheduledEventId: number;
  readonly attempt: number;
  readonly stamp: number;
}

/** Names a query that a worker was asked by itself. */
export interface QueryToken {
  readonly namespaceId: string;
  readonly queryId: string;
}

/** Where the next page of a history begins. */
export interface HistoryToken {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** The run's key within its shard. */
  readonly run: number;
  /** The first event of the next page (in reverse: the one that it comes down from). */
  readonly eventId: number;
  /** No log row before (in reverse: after) this one holds it. */
  readonly sequence: number;
  /** Pages end before this event. */
  readonly endEventId: number;
  /** Whether the run was open when `endEventId` was read. */
  readonly open: boolean;
  readonly reverse: boolean;
}

/** Where the next page of a visibility list begins. */
export interface VisibilityToken extends VisibilityCursor {
  readonly namespaceId: string;
}

/** Where the next page of namespaces begins: after this id. */
export interface NamespacesToken {
  readonly afterId: string;
}

/** Where the next page of workers begins: after this instance key. */
export interface WorkersToken {
  readonly namespaceId: string;
  readonly afterKey: string;
}

/**
 * Makes and reads opaque tokens: version, kind, signature, fields. Nobody else can make one, and each is bound to what it
 * names, so a caller gains nothing by changing bytes. Those of durable things stay good across restarts: the key is in
 * the store. Readers give undefined for what is malformed, forged or of another kind.
 */
export class Tokens {
  readonly #signer: Signer;
  readonly #recent = new Map<string, KnownToken>();
  /** The token that was found genuine last: the same request is asked about it more than once. */
  #lastVerified: KnownToken | undefined;

  constructor(key: Uint8Array) {
    this.#signer = new Signer(key);
  }

  /** The tokens of a store: its key, made at the first start. */
  static async open(store: Store, host: Host): Promise<Tokens> {
    const body = host.randomBytes(KEY_BYTES);
    const made = await store.writeRegistry({ registry: REGISTRY, id: KEY_ID, expectedVersion: 0, body });
    if (made) return new Tokens(body);
    const kept = (await store.readRegistry(REGISTRY)).find(({ id }) => id === KEY_ID);
    if (kept === undefined) throw new Error('the store has lost the key of its tokens');
    return new Tokens(kept.body);
  }

  workflowTask(token: WorkflowTaskToken): Uint8Array {
    const { namespaceId, workflowId, runId, scheduledEventId, startedEventId, attempt, stamp, ticket } = token;
    const fields = [namespaceId, workflowId, runId, scheduledEventId, startedEventId, attempt, stamp, ticket];
    return this.#sign(TokenKind.WorkflowTask, fields);
  }

  readWorkflowTask(bytes: Uint8Array): WorkflowTaskToken | undefined {
    const fields = this.#verify(TokenKind.WorkflowTask, bytes);
    if (fields === undefined) return undefined;
    const [namespaceId, workflowId, runId, scheduledEventId, startedEventId, attempt, stamp, ticket] = fields as Eight;
    return { namespaceId, workflowId, runId, scheduledEventId, startedEventId, attempt, stamp, ticket };
  }

  activityTask(token: ActivityTaskToken): Uint8Array {
    const { namespaceId, workflowId, runId, scheduledEventId, attempt, stamp } = token;
    return this.#sign(TokenKind.ActivityTask, [namespaceId, workflowId, runId, scheduledEventId, attempt, stamp]);
  }

  readActivityTask(bytes: Uint8Array): ActivityTaskToken | undefined {
    const fields = this.#verify(TokenKind.ActivityTask, bytes);
    if (fields === undefined) return undefined;
    const [namespaceId, workflowId, runId, scheduledEventId, attempt, stamp] = fields as Six;
    return { namespaceId, workflowId, runId, scheduledEventId, attempt, stamp };
  }

  query({ namespaceId, queryId }: QueryToken): Uint8Array {
    return this.#sign(TokenKind.Query, [namespaceId, queryId]);
  }

  readQuery(bytes: Uint8Array): QueryToken | undefined {
    const fields = this.#verify(TokenKind.Query, bytes);
    if (fields === undefined) return undefined;
    const [namespaceId, queryId] = fields as [string, string];
    return { namespaceId, queryId };
  }

  history(token: HistoryToken): Uint8Array {
    return this.#sign(TokenKind.History, token);
  }

  readHistory(bytes: Uint8Array): HistoryToken | undefined {
    return this.#verify(TokenKind.History, bytes) as HistoryToken | undefined;
  }

  visibility(token: VisibilityToken): Uint8Array {
    return this.#sign(TokenKind.Visibility, token);
  }

  readVisibility(bytes: Uint8Array): VisibilityToken | undefined {
    return this.#verify(TokenKind.Visibility, bytes) as VisibilityToken | undefined;
  }

  namespaces(token: NamespacesToken): Uint8Array {
    return this.#sign(TokenKind.Namespaces, token);
  }

  readNamespaces(bytes: Uint8Array): NamespacesToken | undefined {
    return this.#verify(TokenKind.Namespaces, bytes) as NamespacesToken | undefined;
  }

  workers(token: WorkersToken): Uint8Array {
    return this.#sign(TokenKind.Workers, token);
  }

  readWorkers(bytes: Uint8Array): WorkersToken | undefined {
    return this.#verify(TokenKind.Workers, bytes) as WorkersToken | undefined;
  }

  /** Whether it is a genuine token of any kind of task. */
  isTask(bytes: Uint8Array): boolean {
    const kinds = [TokenKind.WorkflowTask, TokenKind.ActivityTask, TokenKind.Query];
    return kinds.some((kind) => this.#verify(kind, bytes) !== undefined);
  }

  #sign(kind: TokenKind, fields: unknown): Uint8Array {
    const payload = encode(fields);
    const signature = this.#signer.sign([VERSION, kind], payload);
    const token = new Uint8Array(HEAD_BYTES + SIGNATURE_BYTES + payload.length);
    token[0] = VERSION;
    token[1] = kind;
    for (let index = 0; index < SIGNATURE_BYTES; index++) token[HEAD_BYTES + index] = signature.charCodeAt(index);
    token.set(payload, HEAD_BYTES + SIGNATURE_BYTES);
    if (RETURNED_SOON.has(kind)) this.#remember(signature, { token, fields });
    return token;
  }

  #remember(name: string, known: KnownToken): void {
    if (this.#recent.size >= RECENT_MAX) {
      const [oldest = ''] = this.#recent.keys();
      this.#recent.delete(oldest);
    }
    this.#recent.set(name, known);
  }

  /** What was signed may be trusted to have the shape that its kind was signed with. */
  #verify(kind: TokenKind, token: Uint8Array): unknown {
    if (token.length <= HEAD_BYTES + SIGNATURE_BYTES || token[0] !== VERSION || token[1] !== kind) return undefined;
    // The gate has looked at the token of this very request.
    if (this.#lastVerified?.token === token) return this.#lastVerified.fields;
    const bytes = Buffer.from(token.buffer, token.byteOffset, token.length);
    const name = bytes.toString('latin1', HEAD_BYTES, HEAD_BYTES + SIGNATURE_BYTES);
    const made = this.#recent.get(name);
    if (made !== undefined && bytes.equals(made.token)) {
      this.#recent.delete(name);
      this.#lastVerified = { token, fields: made.fields };
      return made.fields;
    }
    const payload = token.subarray(HEAD_BYTES + SIGNATURE_BYTES);
    if (!this.#signer.isSignature(name, [VERSION, kind], payload)) return undefined;
    const fields = decode(payload);
    this.#lastVerified = { token, fields };
    return fields;
  }
}

type Six = [string, string, string, number, number, number];
type Eight = [string, string, string, number, number, number, number, string];
