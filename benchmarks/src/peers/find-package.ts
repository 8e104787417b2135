import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Whether a package is installed in a folder outside of the repository. */
export function hasPackage(folder: string, name: string): boolean {
  return resolve(folder, name) !== undefined;
}

/** Where the files of a package are that is installed in such a folder. */
export function packageFolder(folder: string, name: string): string | undefined {
  const manifest = resolve(folder, `${name}/package.json`);
  return manifest === undefined ? undefined : dirname(manifest);
}

function resolve(folder: string, request: string): string | undefined {
  try {
    return createRequire(join(folder, 'package.json')).resolve(request);
  } catch {
    return undefined;
  }
}
