import type { Limits } from '@perdure/core';
import type { MethodByPath, ServiceName } from '@perdure/proto';
import type { Store } from '@perdure/storage';
import type { BatchWalker } from '../batches/batch-walker.ts';
import type { DynamicConfig } from '../config/dynamic-config.ts';
import type { Engine } from '../engine/engine.ts';
import type { HistoryReader } from '../engine/history-reader.ts';
import type { Host } from '../host/host.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import type { Namespaces } from '../namespaces/namespaces.ts';
import type { WorkerRegistry } from '../workers/worker-registry.ts';
import type { CallContext, Reply } from './handler.ts';
import type { OutstandingPolls } from './outstanding-polls.ts';
import type { Tokens } from './tokens.ts';

/** How the server presents itself. */
export interface ClusterInfo {
  /** A UUID; the same for as long as the store is. */
  readonly clusterId: string;
  readonly clusterName: string;
  readonly shardCount: number;
}

/** What the handlers of all methods share. */
export interface Services {
  readonly engine: Engine;
  readonly store: Store;
  readonly host: Host;
  readonly namespaces: Namespaces;
  readonly config: DynamicConfig;
  readonly tokens: Tokens;
  readonly history: HistoryReader;
  readonly polls: OutstandingPolls;
  readonly workers: WorkerRegistry;
  readonly batches: BatchWalker;
  readonly cluster: ClusterInfo;
}

/** What a handler within a namespace gets: the namespace has been resolved and may be used. */
export interface Scope extends Services {
  readonly namespace: Namespace;
  readonly limits: Limits;
}

type WorkflowPath = `/${typeof ServiceName.Workflow}/`;
type OperatorPath = `/${typeof ServiceName.Operator}/`;

type NameIn<Prefix extends string> = keyof MethodByPath extends infer Path
  ? Path extends `${Prefix}${infer Name}`
    ? Name
    : never
  : never;

export type WorkflowMethodName = NameIn<WorkflowPath>;
export type OperatorMethodName = NameIn<OperatorPath>;

export type RequestOf<Name extends WorkflowMethodName> = MethodByPath[`${WorkflowPath}${Name}`]['request'];
export type ReplyOf<Name extends WorkflowMethodName> = MethodByPath[`${WorkflowPath}${Name}`]['reply'];
export type OperatorRequestOf<Name extends OperatorMethodName> = MethodByPath[`${OperatorPath}${Name}`]['request'];
export type OperatorReplyOf<Name extends OperatorMethodName> = MethodByPath[`${OperatorPath}${Name}`]['reply'];

/** Serves one method. */
export type ServedMethod<Request, Message> = (
  services: Services,
  request: Request,
  context: CallContext,
) => Promise<Reply<Message>> | Reply<Message>;

/** Methods of WorkflowService that belong together, by name. */
export type WorkflowMethods = {
  readonly [Name in WorkflowMethodName]?: ServedMethod<RequestOf<Name>, ReplyOf<Name>>;
};

/** The same of OperatorService. */
export type OperatorMethods = {
  readonly [Name in OperatorMethodName]?: ServedMethod<OperatorRequestOf<Name>, OperatorReplyOf<Name>>;
};
