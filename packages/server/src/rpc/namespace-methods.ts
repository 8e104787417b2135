import {
  AttributeType,
  durationMsOrZero,
  durationProblem,
  isPredefinedAttribute,
  isRejection,
  isSystemAttribute,
  reject,
  toDuration,
  type Rejection,
} from '@perdure/core';
import { ArchivalState, IndexedValueType, NamespaceState, ReplicationState } from '@perdure/proto/enums';
import type { DescribeNamespaceResponse, Duration } from '@perdure/proto/types';
import type { Namespace } from '../namespaces/namespace.ts';
import type { Reply } from './handler.ts';
import { nameRefusal, NamespaceUse, within } from './namespace-gate.ts';
import type {
  OperatorMethods,
  OperatorReplyOf,
  OperatorRequestOf,
  ReplyOf,
  RequestOf,
  Scope,
  Services,
  WorkflowMethods,
} from './served-method.ts';
import { builtInAttributes } from './visibility.ts';

export const namespaceMethods: WorkflowMethods = {
  RegisterNamespace: registerNamespace,
  DescribeNamespace: describeNamespace,
  ListNamespaces: listNamespaces,
};

/** What a namespace has registered beside the built-in search attributes. */
export const searchAttributeMethods: OperatorMethods = {
  ListSearchAttributes: within(NamespaceUse.Any, listSearchAttributes),
  AddSearchAttributes: within(NamespaceUse.Any, addSearchAttributes),
};

/** Temporal: frontend/namespace_handler.go. */
async function registerNamespace(
  services: Services,
  request: RequestOf<'RegisterNamespace'>,
): Promise<Reply<ReplyOf<'RegisterNamespace'>>> {
  const { namespace: name = '', workflowExecutionRetentionPeriod: retention } = request;
  if (name === '') return reject.invalidArgument('Namespace not set on request.');
  const refusal = nameRefusal(services, name) ?? retentionRefusal(services, retention);
  if (refusal !== undefined) return refusal;
  if (request.isGlobalNamespace === true) {
    return reject.invalidArgument('Cannot register global namespace when not enabled');
  }
  const { description, ownerEmail, data } = request;
  const retentionMs = durationMsOrZero(retention);
  const made = await services.namespaces.register({ name, retentionMs, description, ownerEmail, data });
  return isRejection(made) ? made : { message: {} };
}

function retentionRefusal({ config }: Services, retention: Duration | undefined): Rejection | undefined {
  const minMs = config.get('system.namespaceMinRetentionLocal');
  if (durationProblem(retention) === undefined && durationMsOrZero(retention) >= minMs) return undefined;
  return reject.invalidArgument('A valid retention period is not set on request.');
}

function describeNamespace(
  services: Services,
  { namespace: name = '', id = '' }: RequestOf<'DescribeNamespace'>,
): Reply<DescribeNamespaceResponse> {
  if (name === '' && id === '') return reject.invalidArgument('Namespace not set on request.');
  const tooLong = nameRefusal(services, name);
  if (tooLong !== undefined) return tooLong;
  if (name !== '' && id !== '')
    return reject.invalidArgument('GetNamespace operation failed.  Both ID and Name specified in request.Namespace.');
  const namespace = name === '' ? services.namespaces.byId(id) : services.namespaces.byName(name);
  if (namespace === undefined) return reject.namespaceNotFound(name || id);
  return { message: description(services, namespace) };
}

/** Namespaces of one page by default. Temporal: frontend/namespace_handler.go. */
const PAGE_SIZE_DEFAULT = 100;

function listNamespaces(
  services: Services,
  { pageSize, nextPageToken, namespaceFilter }: RequestOf<'ListNamespaces'>,
): Reply<ReplyOf<'ListNamespaces'>> {
  const { namespaces, tokens } = services;
  const hasToken = nextPageToken !== undefined && nextPageToken.length > 0;
  const after = hasToken ? tokens.readNamespaces(nextPageToken) : { afterId: '' };
  if (after === undefined) return reject.invalidArgument('Invalid pagination token.');
  const size = pageSize !== undefined && pageSize > 0 ? pageSize : PAGE_SIZE_DEFAULT;
  const wanted = namespaces
    .all()
    .filter(({ id, state }) => id > after.afterId && (isLive(state) || namespaceFilter?.includeDeleted === true));
  const page = wanted.slice(0, size);
  const last = wanted.length > size ? page.at(-1) : undefined;
  return {
    message: {
      namespaces: page.map((namespace) => description(services, namespace)),
      nextPageToken: last && tokens.namespaces({ afterId: last.id }),
    },
  };
}

function isLive(state: NamespaceState): boolean {
  return state !== NamespaceState.Deleted;
}

/** A namespace as it is described. Only what is served is claimed. */
function description({ namespaces, cluster }: Services, namespace: Namespace): DescribeNamespaceResponse {
  const { id, name, state, description: text, ownerEmail, data } = namespace;
  const { blobSizeBytesMax, memoSizeBytesMax, eagerWorkflowStart } = namespaces.limits(id);
  return {
    namespaceInfo: {
      id,
      name,
      state,
      description: text,
      ownerEmail,
      data,
      capabilities: { eagerWorkflowStart, syncUpdate: true, asyncUpdate: true },
      limits: { blobSizeLimitError: blobSizeBytesMax, memoSizeLimitError: memoSizeBytesMax },
      supportsSchedules: false,
    },
    config: {
      workflowExecutionRetentionTtl: toDuration(namespace.retentionMs),
      badBinaries: {},
      historyArchivalState: ArchivalState.Disabled,
      visibilityArchivalState: ArchivalState.Disabled,
      customSearchAttributeAliases: namespace.attributeFields,
    },
    replicationConfig: {
      activeClusterName: cluster.clusterName,
      clusters: [{ clusterName: cluster.clusterName }],
      state: ReplicationState.Normal,
    },
  };
}

function listSearchAttributes(
  { namespace }: Scope,
  _request: OperatorRequestOf<'ListSearchAttributes'>,
): Reply<OperatorReplyOf<'ListSearchAttributes'>> {
  const custom = [...namespace.customAttributes].map(([name, type]) => [name, IndexedValueType[type]] as const);
  return { message: { customAttributes: Object.fromEntries(custom), systemAttributes: builtInAttributes() } };
}

/** Names that are the server's own, whatever follows. Temporal: common/searchattribute/sadefs, IsReserved. */
const RESERVED_PREFIX = 'Temporal';
const RESERVED_NAMES: ReadonlySet<string> = new Set(['NamespaceId', 'MemoEncoding', 'Memo', 'VisibilityTaskKey']);

/** Temporal: frontend/operator_handler.go, AddSearchAttributes. */
async function addSearchAttributes(
  { namespace, namespaces }: Scope,
  { searchAttributes }: OperatorRequestOf<'AddSearchAttributes'>,
): Promise<Reply<OperatorReplyOf<'AddSearchAttributes'>>> {
  const wanted = Object.entries(searchAttributes ?? {});
  if (wanted.length === 0) return reject.invalidArgument('SearchAttributes are not set on request.');
  const added = new Map<string, AttributeType>();
  for (const [name, value] of wanted) {
    if (isReserved(name)) return reject.invalidArgument(`Search attribute ${name} is reserved by system.`);
    const type = Object.values(AttributeType).find((known) => IndexedValueType[known] === value);
    if (type === undefined) return reject.invalidArgument(`Unknown search attribute type: ${value}.`);
    added.set(name, type);
  }
  const changed = await namespaces.addSearchAttributes(namespace.id, added);
  return isRejection(changed) ? changed : { message: {} };
}

function isReserved(name: string): boolean {
  const isKnown = isSystemAttribute(name) || isPredefinedAttribute(name) || RESERVED_NAMES.has(name);
  return isKnown || name.startsWith(RESERVED_PREFIX);
}
