/**
 * `node tools/build-ui.ts`: builds the Web UI when its sources are newer than its build, and says so. `npm start` runs
 * it first; where nothing changed it costs milliseconds.
 */
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './check/run.ts';
import { repositoryRoot } from './workspaces.ts';

const inputs = [
  'apps/ui/{src,public}/**/*',
  'apps/ui/*.{html,ts,json}',
  'packages/proto/src/generated/json-types.ts',
  'package-lock.json',
];

function changedAtMs(file: string): number {
  return statSync(join(repositoryRoot, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function main(): Promise<void> {
  const builtAtMs = changedAtMs('apps/ui/dist/index.html');
  const isFresh = globSync(inputs, { cwd: repositoryRoot }).every((file) => changedAtMs(file) <= builtAtMs);
  if (isFresh) return;
  const startMs = performance.now();
  const { status, output } = await capture('npm', ['run', 'build', '--silent', '-w', '@perdure/ui']);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  if (status === 0) console.log(`Web UI: sources are newer than the build; built in ${seconds} s`);
  else console.error(`Web UI: the build failed, the server starts without it.\n${output}`);
}

await main();
