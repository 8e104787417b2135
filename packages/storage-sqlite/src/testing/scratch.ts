import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** Gives names of new files, in a folder that goes when the tests of the file have run. */
export function scratchFiles(): () => string {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-sqlite-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;
  return () => join(folder, `store-${(files += 1)}.db`);
}
