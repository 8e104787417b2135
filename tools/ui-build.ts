import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './check/run.ts';
import { repositoryRoot } from './workspaces.ts';

const inputs = [
  'apps/ui/{build,public,src}/**/*',
  'apps/ui/*.{html,ts,json}',
  'packages/proto/src/generated/json-types.ts',
  'package-lock.json',
];

/** Builds the Web UI where its sources are newer than its build, and says so. False where the build fails. */
export async function buildUi(): Promise<boolean> {
  const builtAtMs = changedAtMs('apps/ui/dist/index.html');
  const isFresh = globSync(inputs, { cwd: repositoryRoot }).every((file) => changedAtMs(file) <= builtAtMs);
  if (isFresh) return true;
  const startMs = performance.now();
  const { status, output } = await capture('npm', ['run', 'build', '--silent', '-w', '@perdure/ui']);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  if (status === 0) console.log(`Web UI: sources are newer than the build; built in ${seconds} s`);
  else console.error(`Web UI: the build failed.\n${output}`);
  return status === 0;
}

function changedAtMs(file: string): number {
  return statSync(join(repositoryRoot, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
