import { DAY_MS, durationMs, toDuration, type CustomAttributes, type NamespaceView } from '@perdure/core';
import { messageType } from '@perdure/proto';
import { NamespaceState } from '@perdure/proto/enums';
import type { BadBinaryInfo } from '@perdure/proto/types';
import type { RegistryEntry } from '@perdure/storage';
import { customAttributesOf, type AttributeFields } from './custom-attributes.ts';

/** A namespace as the registry keeps it. Never changed: a change makes another one. */
export interface Namespace extends NamespaceView {
  readonly state: NamespaceState;
  readonly description: string;
  readonly ownerEmail: string;
  readonly data: Readonly<Record<string, string>>;
  /** How long closed runs are kept. */
  readonly retentionMs: number;
  readonly badBinaries: BadBinaries;
  readonly attributeFields: AttributeFields;
  readonly customAttributes: CustomAttributes;
  /** Of the registry entry; 0 before it is written. */
  readonly version: number;
}

export type BadBinaries = Readonly<Record<string, BadBinaryInfo>>;

/** What a new namespace is made from. */
export interface NamespaceDraft {
  /** A new one where it is not given. */
  readonly id?: string;
  readonly name: string;
  readonly retentionMs: number;
  readonly description?: string | undefined;
  readonly ownerEmail?: string | undefined;
  readonly data?: Readonly<Record<string, string>> | undefined;
  readonly badBinaries?: BadBinaries;
  readonly attributeFields?: AttributeFields;
}

export function newNamespace(id: string, draft: NamespaceDraft): Namespace {
  const attributeFields = draft.attributeFields ?? {};
  return {
    id,
    name: draft.name,
    state: NamespaceState.Registered,
    description: draft.description ?? '',
    ownerEmail: draft.ownerEmail ?? '',
    data: { ...draft.data },
    retentionMs: draft.retentionMs,
    badBinaries: { ...draft.badBinaries },
    attributeFields,
    customAttributes: customAttributesOf(attributeFields),
    version: 0,
  };
}

/** The namespace with these search attributes and no others. */
export function withAttributes(namespace: Namespace, attributeFields: AttributeFields): Namespace {
  return { ...namespace, attributeFields, customAttributes: customAttributesOf(attributeFields) };
}

/** The protocol's own message is the stored form, so that its rules for later fields hold here too. */
const stored = messageType('temporal.api.workflowservice.v1.DescribeNamespaceResponse');

export function encodeNamespace(namespace: Namespace): Uint8Array {
  const { id, name, state, description, ownerEmail, data } = namespace;
  return stored.encode({
    namespaceInfo: { id, name, state, description, ownerEmail, data },
    config: {
      workflowExecutionRetentionTtl: toDuration(namespace.retentionMs),
      badBinaries: { binaries: namespace.badBinaries },
      customSearchAttributeAliases: namespace.attributeFields,
    },
  });
}

export function decodeNamespace({ id, version, body }: RegistryEntry): Namespace {
  const { namespaceInfo, config } = stored.decode(body);
  const draft = {
    name: namespaceInfo?.name ?? '',
    retentionMs: durationMs(config?.workflowExecutionRetentionTtl) ?? DAY_MS,
    description: namespaceInfo?.description,
    ownerEmail: namespaceInfo?.ownerEmail,
    data: namespaceInfo?.data,
    badBinaries: { ...config?.badBinaries?.binaries },
    attributeFields: { ...config?.customSearchAttributeAliases },
  };
  return { ...newNamespace(id, draft), state: namespaceInfo?.state ?? NamespaceState.Registered, version };
}
