import type { SearchAttributes } from '@perdure/proto/types';
import type { NamespaceView } from '../../kernel/env.ts';
import type { Limits } from '../../kernel/limits.ts';
import {
  checkSearchAttributeNames,
  checkSearchAttributes,
  checkSearchAttributeSizes,
  type AttributeType,
} from '../../visibility/index.ts';

/**
 * Why a command may not set these search attributes, their sizes aside; undefined where it may. `inCommand` says of
 * which command that is true; of names that nobody knows Temporal tells before it looks at the command.
 */
export function searchAttributesProblem(
  attributes: SearchAttributes | undefined,
  namespace: NamespaceView,
  limits: Limits,
  inCommand: (problem: string) => string = (problem) => problem,
): string | undefined {
  const custom = namespace.customAttributes ?? new Map<string, AttributeType>();
  const rules = { namespace: namespace.name, custom, limits };
  const unknown = checkSearchAttributeNames(attributes, rules);
  if (unknown !== undefined) return unknown.message;
  const refusal = checkSearchAttributes(attributes, rules);
  return refusal === undefined ? undefined : inCommand(refusal.message);
}

/** Why search attributes are too large for a run; undefined where they are not. A command with too large ones ends it. */
export function searchAttributesOversize(attributes: SearchAttributes | undefined, limits: Limits): string | undefined {
  return checkSearchAttributeSizes(attributes, limits)?.message;
}
