import {
  DURATION_MS_MAX,
  durationMsOrZero,
  durationProblem,
  isRejection,
  reject,
  toDuration,
  type Rejection,
} from '@perdure/core';
import { ArchivalState, NamespaceState, ReplicationState } from '@perdure/proto/enums';
import type { DescribeNamespaceResponse, Duration } from '@perdure/proto/types';
import type { Namespace } from '../namespaces/namespace.ts';
import type { Reply } from './handler.ts';
import { nameRefusal } from './namespace-gate.ts';
import type { ReplyOf, RequestOf, Services, WorkflowMethods } from './served-method.ts';

export const namespaceMethods: WorkflowMethods = {
  RegisterNamespace: registerNamespace,
  DescribeNamespace: describeNamespace,
  ListNamespaces: listNamespaces,
};

/** Temporal: frontend/namespace_handler.go. */
async function registerNamespace(
  services: Services,
  request: RequestOf<'RegisterNamespace'>,
): Promise<Reply<ReplyOf<'RegisterNamespace'>>> {
  const { namespace: name = '', workflowExecutionRetentionPeriod: retention } = request;
  if (name === '') return reject.invalidArgument('Namespace not set on request.');
  const tooLong = nameRefusal(services, name);
  if (tooLong !== undefined) return tooLong;
  if (request.isGlobalNamespace === true) {
    return reject.invalidArgument('Cannot register global namespace when not enabled');
  }
  const retentionMs = retentionMsOf(services, retention);
  if (isRejection(retentionMs)) return retentionMs;
  const { activeClusterName, clusters = [], description, ownerEmail, data } = request;
  const unknown = clusterRefusal(services, [activeClusterName, ...clusters.map((each) => each.clusterName)]);
  if (unknown !== undefined) return unknown;
  const made = await services.namespaces.register({ name, retentionMs, description, ownerEmail, data });
  return isRejection(made) ? made : { message: {} };
}

/** A namespace's retention in milliseconds, not longer than durations may be. */
export function retentionMsOf({ config }: Services, retention: Duration | undefined): number | Rejection {
  const retentionMs = Math.min(durationMsOrZero(retention), DURATION_MS_MAX);
  const isLongEnough = retentionMs >= config.get('system.namespaceMinRetentionLocal');
  if (durationProblem(retention) === undefined && isLongEnough) return retentionMs;
  return reject.invalidArgument('A valid retention period is not set on request.');
}

/** Refuses names of clusters other than the one that there is; a name that is not set is passed over. */
export function clusterRefusal({ cluster }: Services, names: readonly (string | undefined)[]): Rejection | undefined {
  const unknown = names.find((name) => name !== undefined && name !== '' && name !== cluster.clusterName);
  return unknown === undefined ? undefined : reject.invalidArgument(`Invalid cluster name: ${unknown}`);
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
  return { message: namespaceDescription(services, namespace) };
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
      namespaces: page.map((namespace) => namespaceDescription(services, namespace)),
      nextPageToken: last && tokens.namespaces({ afterId: last.id }),
    },
  };
}

function isLive(state: NamespaceState): boolean {
  return state !== NamespaceState.Deleted;
}

/** A namespace as it is described. Only what is served is claimed. */
export function namespaceDescription(
  { namespaces, cluster, config }: Services,
  namespace: Namespace,
): DescribeNamespaceResponse {
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
      capabilities: {
        eagerWorkflowStart,
        syncUpdate: true,
        asyncUpdate: true,
        workerHeartbeats: config.get('frontend.WorkerHeartbeatsEnabled', { namespace: name }),
        workflowPause: config.get('frontend.WorkflowPauseEnabled', { namespace: name }),
        pollerAutoscaling: true,
        workerPollCompleteOnShutdown: config.get('frontend.enableCancelWorkerPollsOnShutdown', { namespace: name }),
      },
      limits: { blobSizeLimitError: blobSizeBytesMax, memoSizeLimitError: memoSizeBytesMax },
      supportsSchedules: true,
    },
    config: {
      workflowExecutionRetentionTtl: toDuration(namespace.retentionMs),
      badBinaries: { binaries: namespace.badBinaries },
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
