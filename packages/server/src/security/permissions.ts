/** What a caller may do, the higher the more. Temporal: common/authorization/roles.go, whose `worker` alone allows nothing. */
export const Role = { None: 0, Read: 2, Write: 4, Admin: 8 } as const;
export type Role = (typeof Role)[keyof typeof Role];

/** The namespace whose roles hold in all namespaces and for the server itself. */
const SYSTEM = 'temporal-system';

const roleNames: ReadonlyMap<string, Role> = new Map([
  ['worker', Role.None],
  ['read', Role.Read],
  ['write', Role.Write],
  ['admin', Role.Admin],
]);

/** The roles that permissions give: the highest for each namespace. */
export interface Permissions {
  /** Holds everywhere. */
  readonly system: Role;
  /** By the name of the namespace. */
  readonly namespaces: ReadonlyMap<string, Role>;
}

/** Permissions, and the texts that are none. */
export interface ReadPermissions {
  readonly permissions: Permissions;
  readonly ignored: readonly string[];
}

/**
 * Reads `NAMESPACE:ROLE` texts, with the roles `read`, `write` and `admin`; `temporal-system:ROLE` holds everywhere.
 * Temporal: common/authorization/default_jwt_claim_mapper.go.
 */
export function readPermissions(texts: readonly string[]): ReadPermissions {
  let system: Role = Role.None;
  const namespaces = new Map<string, Role>();
  const ignored: string[] = [];
  for (const text of texts) {
    const at = text.indexOf(':');
    const namespace = text.slice(0, at);
    const role = roleNames.get(text.slice(at + 1).toLowerCase());
    if (at <= 0 || role === undefined) ignored.push(text);
    else if (namespace === SYSTEM) system = higher(system, role);
    else namespaces.set(namespace, higher(namespaces.get(namespace) ?? Role.None, role));
  }
  return { permissions: { system, namespaces }, ignored };
}

/** The role that they give in a namespace. */
export function roleIn({ system, namespaces }: Permissions, namespace: string): Role {
  return higher(system, namespaces.get(namespace) ?? Role.None);
}

function higher(a: Role, b: Role): Role {
  return a > b ? a : b;
}
