import type { Entry } from './descriptor.ts';

/** Packages whose short names say too little or collide; their types get this prefix. */
const PREFIX_BY_PACKAGE: Readonly<Record<string, string>> = {
  'temporal.api.update.v1': 'Update',
  'temporal.api.nexus.v1': 'Nexus',
  'temporal.api.protocol.v1': 'Protocol',
  'google.rpc': 'Rpc',
  'grpc.reflection.v1': 'Reflection',
  'grpc.reflection.v1alpha': 'ReflectionV1alpha',
};

/** Single names that collide although their packages are told apart otherwise. */
const NAME_BY_FULL_NAME: Readonly<Record<string, string>> = {
  'temporal.api.activity.v1.CallbackInfo': 'ActivityCallbackInfo',
  'temporal.api.workflow.v1.CallbackInfo': 'WorkflowCallbackInfo',
  'temporal.api.workflow.v1.OnConflictOptions': 'WorkflowOnConflictOptions',
};

function typeName(entry: Entry): string {
  const renamed = Object.entries(NAME_BY_FULL_NAME).find(
    ([fullName]) => entry.fullName === fullName || entry.fullName.startsWith(`${fullName}.`),
  );
  if (renamed !== undefined) return renamed[1] + entry.fullName.slice(renamed[0].length).replaceAll('.', '');
  const prefix = PREFIX_BY_PACKAGE[entry.packageName] ?? '';
  return entry.joinedName.startsWith(prefix) ? entry.joinedName : prefix + entry.joinedName;
}

/** TypeScript names by full protocol name; throws where two types would share one. */
export function typeNames(all: readonly Entry[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const entry of all) {
    const name = typeName(entry);
    const owner = owners.get(name);
    if (owner !== undefined) throw new Error(`${entry.fullName} and ${owner} are both named ${name}`);
    owners.set(name, entry.fullName);
    names.set(entry.fullName, name);
  }
  return names;
}
