import type { SearchAttributes } from '@perdure/proto/types';
import type { NamespaceView } from '../../kernel/env.ts';
import type { Limits } from '../../kernel/limits.ts';
import { checkSearchAttributes, checkSearchAttributeSizes, type AttributeType } from '../../visibility/index.ts';

/** Why a command may not set these search attributes, their sizes aside; undefined where it may. */
export function searchAttributesProblem(
  attributes: SearchAttributes | undefined,
  namespace: NamespaceView,
  limits: Limits,
): string | undefined {
  const custom = namespace.customAttributes ?? new Map<string, AttributeType>();
  return checkSearchAttributes(attributes, { namespace: namespace.name, custom, limits })?.message;
}

/** Why search attributes are too large for a run; undefined where they are not. A command with too large ones ends it. */
export function searchAttributesOversize(attributes: SearchAttributes | undefined, limits: Limits): string | undefined {
  return checkSearchAttributeSizes(attributes, limits)?.message;
}
