import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of the repository. */
export const repositoryRoot = join(import.meta.dirname, '..');

/** What the tools read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly imports?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
}

export interface Workspace {
  /** From the root, such as `packages/core`. */
  readonly path: string;
  readonly manifest: Manifest;
}

/** Every npm workspace that has a manifest, sorted by path. */
export function readWorkspaces(): Workspace[] {
  const root = readJson(join(repositoryRoot, 'package.json')) as { workspaces: string[] };
  return root.workspaces
    .flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: repositoryRoot }))
    .sort()
    .map((file) => ({ path: dirname(file), manifest: readJson(join(repositoryRoot, file)) as Manifest }));
}

/** The packages that are published. */
export function publicWorkspaces(): Workspace[] {
  return readWorkspaces().filter(({ manifest }) => manifest.private !== true);
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
