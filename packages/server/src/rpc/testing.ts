import assert from 'node:assert/strict';
import { isRejection, type AttributeType, type Rejection } from '@perdure/core';
import { plain, type MethodByPath } from '@perdure/proto';
import type { Payloads } from '@perdure/proto/types';
import { MemoryStore, type Store } from '@perdure/storage';
import { createDynamicConfig, type ConfiguredValue } from '../config/dynamic-config.ts';
import { startBackend } from '../backend.ts';
import type { Engine } from '../engine/engine.ts';
import type { Namespaces } from '../namespaces/namespaces.ts';
import { TestHost } from '../testing/test-host.ts';
import { InProcessCaller, type InProcessCallOptions, type InProcessReply } from '../transport/in-process.ts';
import type {
  OperatorMethodName,
  OperatorReplyOf,
  OperatorRequestOf,
  ReplyOf,
  RequestOf,
  WorkflowMethodName,
} from './served-method.ts';

const WORKFLOW = '/temporal.api.workflowservice.v1.WorkflowService';
const OPERATOR = '/temporal.api.operatorservice.v1.OperatorService';

const RETENTION_MS = 24 * 3_600_000;

/** A poll's deadline: as long as SDKs give. */
const POLL_TIMEOUT_MS = 70_000;

/** The whole server but its transport, on a store in memory and a clock that a test moves. */
export class TestServer {
  readonly host: TestHost;
  readonly store: Store;
  readonly engine: Engine;
  readonly namespaces: Namespaces;
  readonly errors: string[];
  /** What the log warns of. */
  readonly warnings: object[];
  readonly #caller: InProcessCaller;

  private constructor(
    parts: Pick<TestServer, 'host' | 'store' | 'engine' | 'namespaces' | 'errors' | 'warnings'>,
    caller: InProcessCaller,
  ) {
    this.host = parts.host;
    this.store = parts.store;
    this.engine = parts.engine;
    this.namespaces = parts.namespaces;
    this.errors = parts.errors;
    this.warnings = parts.warnings;
    this.#caller = caller;
  }

  static async start(
    options: {
      readonly store?: Store;
      readonly searchAttributes?: ReadonlyMap<string, AttributeType>;
      readonly nowMs?: number;
      readonly config?: Readonly<Record<string, readonly ConfiguredValue[]>>;
    } = {},
  ): Promise<TestServer> {
    const host = new TestHost(options.nowMs);
    const { store = new MemoryStore() } = options;
    const created = createDynamicConfig(options.config ?? {});
    assert.equal(created.kind, 'config');
    const errors: string[] = [];
    const warnings: object[] = [];
    const { engine, namespaces, handlers } = await startBackend({
      store,
      host,
      config: created.config,
      shardCount: 1,
      clusterName: 'active',
      workflowsInMemoryMax: 1_000,
      prepare: async (made) => {
        const { id } = await made.ensure({ name: 'default', retentionMs: RETENTION_MS });
        await made.addSearchAttributes(id, options.searchAttributes ?? new Map());
      },
      onError: (message, error) => errors.push(`${message}: ${String(error)}`),
      onWarning: (message, fields) => warnings.push({ message, ...fields }),
      onFatal: (error) => errors.push(error.message),
    });
    return new TestServer({ host, store, engine, namespaces, errors, warnings }, new InProcessCaller(handlers));
  }

  /** Calls a method and lets the server work until nothing is left to do at this instant. */
  async call<Name extends WorkflowMethodName>(
    name: Name,
    request: RequestOf<Name>,
    options?: InProcessCallOptions,
  ): Promise<ReplyOf<Name> | Rejection> {
    let reply: { readonly value: ReplyOf<Name> | Rejection } | undefined;
    const answered = this.begin(name, request, options).then((value) => (reply = { value }));
    await this.host.settle();
    // What waits for something that a test has to bring about would wait for ever.
    if (reply === undefined) throw new Error(`${name} waits`);
    return (await answered).value;
  }

  /** The reply of a method that must not refuse. */
  async ok<Name extends WorkflowMethodName>(
    name: Name,
    request: RequestOf<Name>,
    options?: InProcessCallOptions,
  ): Promise<ReplyOf<Name>> {
    const reply = await this.call(name, request, options);
    if (isRejection(reply)) throw new Error(`${name}: ${reply.message}`);
    return reply;
  }

  /** Begins a call that waits; requests are within the namespace `default` unless they say otherwise. */
  async begin<Name extends WorkflowMethodName>(
    name: Name,
    request: RequestOf<Name>,
    options: InProcessCallOptions = { deadlineMs: this.host.now() + POLL_TIMEOUT_MS },
  ): Promise<ReplyOf<Name> | Rejection> {
    const path = `${WORKFLOW}/${name}` as keyof MethodByPath;
    const reply = await this.#caller.call(path, { namespace: 'default', ...request } as never, options);
    return unwrap<ReplyOf<Name>>(reply as InProcessReply<ReplyOf<Name>>);
  }

  async operate<Name extends OperatorMethodName>(
    name: Name,
    request: OperatorRequestOf<Name>,
  ): Promise<OperatorReplyOf<Name> | Rejection> {
    const path = `${OPERATOR}/${name}` as keyof MethodByPath;
    const reply = await this.#caller.call(path, { namespace: 'default', ...request } as never);
    return unwrap<OperatorReplyOf<Name>>(reply as InProcessReply<OperatorReplyOf<Name>>);
  }
}

function unwrap<Message>(reply: InProcessReply<Message>): Message | Rejection {
  return reply.kind === 'reply' ? plain(reply.message) : reply;
}

/** One payload that holds a text. */
export function text(value: string): Payloads {
  return {
    payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(value)) }],
  };
}

/** The text in a payload. */
export function textOf(payloads: Payloads | undefined): unknown {
  const data = payloads?.payloads?.[0]?.data;
  return data === undefined ? undefined : JSON.parse(Buffer.from(data).toString());
}

/** What a refusal says; fails for a reply. */
export function refusalOf(reply: unknown): { readonly status: number; readonly message: string } {
  if (!isRejection(reply)) throw new Error('not refused');
  const { status, message } = reply;
  return { status, message };
}
