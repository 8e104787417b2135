import { present } from '../../kernel/assert.ts';
import type { Env, NamespaceView } from '../../kernel/env.ts';

/**
 * Why a command may not speak to that namespace; undefined where it may. A name that nobody has is the command's fault
 * like any other (Temporal refuses the worker's request and leaves the task to time out).
 * Temporal: command_attr_validator.go, validateCrossNamespaceCall.
 */
export function namespaceProblem(env: Env, name: string): string | undefined {
  const target = env.namespaceByName(name);
  if (target === undefined) return `Namespace ${name} is not found.`;
  if (target.id === env.namespace.id || env.limits.crossNamespaceCommands) return undefined;
  return 'cross namespace commands are not allowed';
}

/** The namespace that a command speaks to, once it has been found good. */
export function targetNamespace(env: Env, name: string): NamespaceView {
  return present(env.namespaceByName(name), 'the namespace of a command was checked');
}
