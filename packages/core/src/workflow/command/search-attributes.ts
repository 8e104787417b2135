import type { Payload, SearchAttributes } from '@perdure/proto/types';
import type { NamespaceView } from '../../kernel/env.ts';
import type { Limits } from '../../kernel/limits.ts';
import { searchAttributesSize } from '../../kernel/payload-size.ts';
import { payloadType } from '../../visibility/attribute-payload.ts';
import {
  checkSearchAttributes,
  isPredefinedAttribute,
  isSystemAttribute,
  type AttributeType,
} from '../../visibility/index.ts';

/**
 * Why a command may not set these search attributes, their sizes aside; undefined where it may. What the namespace has
 * registered is not known here: a custom attribute is taken for what its payload says it is, and one that says nothing
 * is let through. Temporal: common/searchattribute/validator.go, Validate.
 */
export function searchAttributesProblem(
  attributes: SearchAttributes | undefined,
  namespace: NamespaceView,
  limits: Limits,
): string | undefined {
  const custom = new Map<string, AttributeType>();
  const checked: Record<string, Payload> = {};
  for (const [name, payload] of Object.entries(attributes?.indexedFields ?? {})) {
    const type = payloadType(payload);
    if (type !== undefined) custom.set(name, type);
    if (type !== undefined || isSystemAttribute(name) || isPredefinedAttribute(name)) checked[name] = payload;
  }
  const anySize = { searchAttributeValueSizeBytesMax: Infinity, searchAttributesSizeBytesMax: Infinity };
  const rules = { namespace: namespace.name, custom, limits: { ...limits, ...anySize } };
  return checkSearchAttributes({ indexedFields: checked }, rules)?.message;
}

/**
 * Why search attributes are too large for a run; undefined where they are not. A command with too large ones ends the
 * run. Temporal: common/searchattribute/validator.go, ValidateSize.
 */
export function searchAttributesOversize(attributes: SearchAttributes | undefined, limits: Limits): string | undefined {
  const valueMax = limits.searchAttributeValueSizeBytesMax;
  for (const [name, payload] of Object.entries(attributes?.indexedFields ?? {})) {
    const size = payload.data?.length ?? 0;
    if (size > valueMax) return `search attribute ${name} value size ${size} exceeds size limit ${valueMax}`;
  }
  const max = limits.searchAttributesSizeBytesMax;
  const size = searchAttributesSize(attributes);
  return size > max ? `total size of search attributes ${size} exceeds size limit ${max}` : undefined;
}
