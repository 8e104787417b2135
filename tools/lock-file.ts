/**
 * `node tools/lock-file.ts`, after an `npm install` that changed the lock file: adds the packages for other platforms
 * that npm left out because the registry in use does not carry them. Without them `npm ci` refuses the lock file, and
 * other platforms install nothing in their place. Their hash stays open: only the registry that has them knows it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, repositoryRoot } from './workspaces.ts';

export interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly dev?: boolean;
  readonly inBundle?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface MissingPackage {
  readonly name: string;
  readonly version: string;
  /** Whether only development needs it. */
  readonly dev: boolean;
}

const lockFilePath = join(repositoryRoot, 'package-lock.json');

export function readLockFile(): LockFile {
  return readJson(lockFilePath) as LockFile;
}

/** Optional dependencies of locked packages that the lock file does not hold. */
export function findMissing({ packages }: LockFile): MissingPackage[] {
  const missing = new Map<string, MissingPackage>();
  for (const [path, { dev = false, optionalDependencies }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
      if (!lookUpPaths(path, name).some((place) => place in packages)) missing.set(name, { name, version, dev });
    }
  }
  return [...missing.values()];
}

/** Where Node.js looks for a dependency of the package at that path: its own node_modules and those above it. */
function lookUpPaths(path: string, name: string): string[] {
  const parents = path
    .split('/node_modules/')
    .map((_, index, parts) => parts.slice(0, index + 1).join('/node_modules/'));
  return [...parents.map((parent) => `${parent}/node_modules/${name}`), `node_modules/${name}`];
}

/** The platform that a package of native code is for, read from its name: `@oxlint/binding-linux-x64-musl`. */
function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu'> & { libc?: readonly string[] } {
  const platform = /(?:^|[-/])(android|darwin|freebsd|linux|openharmony|win32)(?:-([a-z0-9]+))?(?:-([a-z]+))?$/.exec(
    name,
  );
  if (platform?.[1] === undefined || platform[2] === undefined) throw new Error(`${name} names no platform`);
  const libc = platform[3]?.startsWith('musl') ? ['musl'] : platform[3]?.startsWith('gnu') ? ['glibc'] : undefined;
  return { cpu: [platform[2]], os: [platform[1]], ...(libc && { libc }) };
}

function complete(lock: LockFile): LockFile {
  const added = findMissing(lock).map(({ name, version, dev }): [string, LockedPackage] => {
    if (!/^\d/.test(version)) throw new Error(`${name} is wanted as ${version}, which is no exact version`);
    return [`node_modules/${name}`, { version, optional: true, ...(dev && { dev }), ...platformOf(name) }];
  });
  const packages = Object.entries(lock.packages).concat(added);
  packages.sort(([left], [right]) => left.localeCompare(right, 'en'));
  return { ...lock, packages: Object.fromEntries(packages) };
}

if (import.meta.main) {
  const lock = readLockFile();
  console.log(
    findMissing(lock)
      .map(({ name, version }) => `${name} ${version}\n`)
      .join('') || 'nothing is missing',
  );
  writeFileSync(lockFilePath, `${JSON.stringify(complete(lock), undefined, 2)}\n`);
}
