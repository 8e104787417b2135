import { isRejection, reject, toTimestamp, type Rejection } from '@perdure/core';
import { NamespaceState, ReplicationState } from '@perdure/proto/enums';
import type { NamespaceConfig, NamespaceReplicationConfig, UpdateNamespaceInfo } from '@perdure/proto/types';
import { assignFields } from '../namespaces/custom-attributes.ts';
import { withAttributes, type BadBinaries, type Namespace } from '../namespaces/namespace.ts';
import type { Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import { clusterRefusal, namespaceDescription, retentionMsOf } from './namespace-methods.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';

export const namespaceChanges: WorkflowMethods = {
  UpdateNamespace: within(NamespaceUse.Any, updateNamespace),
  DeprecateNamespace: within(NamespaceUse.Any, deprecateNamespace),
};

type UpdateRequest = RequestOf<'UpdateNamespace'>;

/** Temporal: frontend/namespace_handler.go, UpdateNamespace. */
async function updateNamespace(scope: Scope, request: UpdateRequest): Promise<Reply<ReplyOf<'UpdateNamespace'>>> {
  const changed = await scope.namespaces.update(scope.namespace.id, (current) => applyUpdate(scope, current, request));
  if (isRejection(changed)) return changed;
  const { namespaceInfo, config, replicationConfig } = namespaceDescription(scope, changed);
  return { message: { namespaceInfo, config, replicationConfig } };
}

function applyUpdate(scope: Scope, current: Namespace, request: UpdateRequest): Namespace | Rejection {
  const { updateInfo, config, deleteBadBinary = '', replicationConfig } = request;
  let namespace: Namespace | Rejection = current;
  if (updateInfo !== undefined) namespace = withInfo(namespace, updateInfo);
  if (!isRejection(namespace) && config !== undefined) namespace = withConfig(scope, namespace, config);
  if (!isRejection(namespace) && deleteBadBinary !== '') namespace = withoutBadBinary(namespace, deleteBadBinary);
  if (isRejection(namespace)) return namespace;
  return replicationRefusal(scope, request, replicationConfig) ?? namespace;
}

function withInfo(namespace: Namespace, info: UpdateNamespaceInfo): Namespace | Rejection {
  const { description, ownerEmail, data, state = NamespaceState.Unspecified } = info;
  if (!mayBecome(namespace.state, state)) return reject.invalidArgument('Invalid namespace state update.');
  return {
    ...namespace,
    description: description || namespace.description,
    ownerEmail: ownerEmail || namespace.ownerEmail,
    data: { ...namespace.data, ...data },
    state: state === NamespaceState.Unspecified ? namespace.state : state,
  };
}

/** A namespace's state goes one way only. */
function mayBecome(state: NamespaceState, wanted: NamespaceState): boolean {
  if (wanted === NamespaceState.Unspecified || wanted === state) return true;
  if (wanted === NamespaceState.Deleted) return true;
  return state === NamespaceState.Registered && wanted === NamespaceState.Deprecated;
}

function withConfig(scope: Scope, namespace: Namespace, config: NamespaceConfig): Namespace | Rejection {
  const { workflowExecutionRetentionTtl: retention, badBinaries, customSearchAttributeAliases: aliases } = config;
  let changed: Namespace = namespace;
  if (retention !== undefined) {
    const retentionMs = retentionMsOf(scope, retention);
    if (isRejection(retentionMs)) return retentionMs;
    changed = { ...changed, retentionMs };
  }
  if (badBinaries !== undefined) {
    const merged = mergeBadBinaries(scope, changed, badBinaries.binaries ?? {});
    if (isRejection(merged)) return merged;
    changed = { ...changed, badBinaries: merged };
  }
  if (aliases === undefined || Object.keys(aliases).length === 0) return changed;
  const fields = assignFields(changed.attributeFields, aliases);
  if (fields === undefined) return reject.invalidArgument('Custom search attribute field name already allocated.');
  return withAttributes(changed, fields);
}

/** Temporal forgets an update of nothing but bad binaries (it takes it for no change); here it holds. */
function mergeBadBinaries({ config, host }: Scope, namespace: Namespace, added: BadBinaries): BadBinaries | Rejection {
  const createTime = toTimestamp(host.now());
  const timed = Object.entries(added).map(([checksum, info]) => [checksum, { ...info, createTime }] as const);
  const merged = { ...namespace.badBinaries, ...Object.fromEntries(timed) };
  const countMax = config.get('frontend.maxBadBinaries', { namespace: namespace.name });
  if (Object.keys(merged).length <= countMax) return merged;
  return reject.invalidArgument(`Total resetBinaries cannot exceed the max limit: ${countMax}`);
}

function withoutBadBinary(namespace: Namespace, checksum: string): Namespace | Rejection {
  const { [checksum]: removed, ...kept } = namespace.badBinaries;
  if (removed === undefined) return reject.invalidArgument(`Bad binary checksum ${checksum} doesn't exists.`);
  return { ...namespace, badBinaries: kept };
}

/** There is one cluster, and all namespaces are local to it. */
function replicationRefusal(
  scope: Scope,
  request: UpdateRequest,
  replication: NamespaceReplicationConfig | undefined,
): Rejection | undefined {
  if (replication?.state === ReplicationState.Handover) {
    return reject.invalidArgument('Handover can only be set for global namespace');
  }
  const { activeClusterName, clusters = [] } = replication ?? {};
  const unknown = clusterRefusal(scope, [activeClusterName, ...clusters.map(({ clusterName }) => clusterName)]);
  if (unknown !== undefined || request.promoteNamespace !== true) return unknown;
  return reject.invalidArgument(
    `global namespace is not enabled on this cluster, cannot update global namespace or promote local namespace: ${request.namespace}`,
  );
}

async function deprecateNamespace(
  { namespaces, namespace }: Scope,
  _request: RequestOf<'DeprecateNamespace'>,
): Promise<Reply<ReplyOf<'DeprecateNamespace'>>> {
  const changed = await namespaces.update(namespace.id, (current) => ({
    ...current,
    state: current.state === NamespaceState.Registered ? NamespaceState.Deprecated : current.state,
  }));
  return isRejection(changed) ? changed : { message: {} };
}
