import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Loads a package that the user has installed in a folder outside of the repository. `T` is what is used of it. */
export function loadPeerPackage<T>(folder: string, name: string): T {
  return createRequire(join(folder, 'package.json'))(name) as T;
}
