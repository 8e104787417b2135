import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

/** The full path of a program on PATH. Programs of this repository do not count: our own command is installed as `temporal` too. */
export function findOnPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isForeignProgram);
}

/** The same in the folder that `go install` fills. */
export function findInGoFolder(name: string): string | undefined {
  const { GOBIN, GOPATH, HOME } = process.env;
  const path = join(GOBIN ?? join(GOPATH?.split(delimiter)[0] ?? join(HOME ?? '', 'go'), 'bin'), name);
  return isForeignProgram(path) ? path : undefined;
}

/** Whether a path is a program, and none of this repository. */
export function isForeignProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return !realpathSync(path).startsWith(REPOSITORY);
  } catch {
    return false;
  }
}
