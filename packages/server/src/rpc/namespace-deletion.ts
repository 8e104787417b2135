import { durationMs, isRejection, reject } from '@perdure/core';
import { NamespaceState } from '@perdure/proto/enums';
import type { Namespace } from '../namespaces/namespace.ts';
import type { Namespaces } from '../namespaces/namespaces.ts';
import { SYSTEM_NAMESPACE } from '../namespaces/system-namespace.ts';
import type { Reply } from './handler.ts';
import { nameRefusal } from './namespace-gate.ts';
import type { OperatorMethods, OperatorReplyOf, OperatorRequestOf, Services } from './served-method.ts';

export const namespaceDeletion: OperatorMethods = { DeleteNamespace: deleteNamespace };

/** Characters of the namespace's id that a deleted one's name ends with, at first. */
const SUFFIX_LENGTH_MIN = 5;

/**
 * The namespace is gone for everybody when this is answered; what it holds is reclaimed later. One that has been deleted
 * may be deleted again. Temporal: worker/deletenamespace/workflow.go.
 */
async function deleteNamespace(
  services: Services,
  { namespace: name = '', namespaceId: id = '', namespaceDeleteDelay }: OperatorRequestOf<'DeleteNamespace'>,
): Promise<Reply<OperatorReplyOf<'DeleteNamespace'>>> {
  const { namespaces, config } = services;
  if (name === '' && id === '') return reject.invalidArgument('Namespace not set on request.');
  const tooLong = nameRefusal(services, name);
  if (tooLong !== undefined) return tooLong;
  if (name !== '' && id !== '') {
    return reject.invalidArgument('Only one of namespace name or Id should be set on request.');
  }
  if (name === SYSTEM_NAMESPACE.name || id === SYSTEM_NAMESPACE.id) {
    return reject.failedPrecondition('unable to delete system namespace');
  }
  const namespace = name === '' ? namespaces.byId(id) : namespaces.byName(name);
  if (namespace === undefined) return reject.namespaceNotFound(name || id);
  if (config.get('worker.protectedNamespaces').includes(namespace.name)) {
    return reject.failedPrecondition(`namespace ${namespace.name} is protected from deletion`);
  }
  const delayMs = durationMs(namespaceDeleteDelay) ?? config.get('frontend.deleteNamespaceNamespaceDeleteDelay');
  const deleted = await namespaces.delete(namespace.id, delayMs, (current) => deletedForm(namespaces, current));
  return isRejection(deleted) ? deleted : { message: { deletedNamespace: deleted.name } };
}

/** Its name is free again from now on. */
function deletedForm(namespaces: Namespaces, namespace: Namespace): Namespace {
  const { id, name } = namespace;
  for (let length = SUFFIX_LENGTH_MIN; ; length++) {
    const suffix = `-deleted-${id.slice(0, length)}`;
    if (name.endsWith(suffix)) return { ...namespace, state: NamespaceState.Deleted };
    const deletedName = name + suffix;
    if (length < id.length && namespaces.byName(deletedName) !== undefined) continue;
    return { ...namespace, name: deletedName, state: NamespaceState.Deleted };
  }
}
