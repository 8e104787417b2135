import {
  AttributeType,
  isPredefinedAttribute,
  isRejection,
  isSystemAttribute,
  predefinedAttributes,
  reject,
  systemAttributes,
} from '@perdure/core';
import { IndexedValueType } from '@perdure/proto/enums';
import { allAttributeFields, isAttributeField, removeAttributes } from '../namespaces/custom-attributes.ts';
import { withAttributes } from '../namespaces/namespace.ts';
import type { Reply } from './handler.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { OperatorMethods, OperatorReplyOf, OperatorRequestOf, Scope, WorkflowMethods } from './served-method.ts';

/** Where OperatorService leaves a namespace out, its refusal reads a little differently. */
const MISSING = 'Namespace is not set on request.';

const NOT_SET = reject.invalidArgument('SearchAttributes are not set on request.');

/** The search attributes of a namespace, as operators see and change them. */
export const searchAttributeMethods: OperatorMethods = {
  ListSearchAttributes: within(NamespaceUse.Any, listSearchAttributes, MISSING),
  AddSearchAttributes: within(NamespaceUse.Any, addSearchAttributes, MISSING),
  RemoveSearchAttributes: within(NamespaceUse.Any, removeSearchAttributes, MISSING),
};

/** The older method, which knows nothing of namespaces: the names that are built in, and the fields that take the others. */
export const clusterSearchAttributes: WorkflowMethods = {
  GetSearchAttributes: () => ({ message: { keys: { ...builtInAttributes(), ...allAttributeFields() } } }),
};

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
  if (wanted.length === 0) return NOT_SET;
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

/** Names that are not known are passed over. Temporal: frontend/operator_handler.go, RemoveSearchAttributes. */
async function removeSearchAttributes(
  { namespace, namespaces }: Scope,
  { searchAttributes: names = [] }: OperatorRequestOf<'RemoveSearchAttributes'>,
): Promise<Reply<OperatorReplyOf<'RemoveSearchAttributes'>>> {
  if (names.length === 0) return NOT_SET;
  const changed = await namespaces.update(namespace.id, (current) => {
    const builtIn = names.find((name) => !current.customAttributes.has(name) && isBuiltIn(name));
    if (builtIn !== undefined) {
      return reject.invalidArgument(`Unable to remove non-custom search attributes: ${builtIn}.`);
    }
    const fields = removeAttributes(current.attributeFields, names);
    return fields === current.attributeFields ? current : withAttributes(current, fields);
  });
  return isRejection(changed) ? changed : { message: {} };
}

function isBuiltIn(name: string): boolean {
  return isSystemAttribute(name) || isPredefinedAttribute(name) || isAttributeField(name);
}

function isReserved(name: string): boolean {
  const isKnown = isSystemAttribute(name) || isPredefinedAttribute(name) || RESERVED_NAMES.has(name);
  return isKnown || name.startsWith(RESERVED_PREFIX);
}

/** The attributes that every namespace has, by name. */
function builtInAttributes(): Readonly<Record<string, IndexedValueType>> {
  const types = { ...systemAttributes, ...predefinedAttributes };
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, IndexedValueType[type]]));
}
