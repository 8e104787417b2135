/**
 * `npm test [-- path… --name pattern]`: every test of the repository, through Node's own runner and with
 * its closing lines. A path keeps the test files whose path contains it.
 *
 * Test files run in processes of their own, as many at a time as there are cores; those below `tests/` (official
 * programs, faults) measure time and start servers, so they run after the others, one at a time.
 */
import { availableParallelism } from 'node:os';
import { globSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { mergeRuns } from './test/merge-runs.ts';
import { buildUi } from './ui-build.ts';
import { repositoryRoot } from './workspaces.ts';

const patterns = [
  'packages/*/{src,scripts}/**/*.test.ts',
  'apps/*/src/**/*.test.ts',
  'tools/**/*.test.ts',
  'benchmarks/src/**/*.test.ts',
];
const slowPatterns = ['tests/**/*.test.ts'];

/** No test file takes longer, on a machine that is very busy; one that hangs fails. */
const fileTimeoutMs = 10 * 60 * 1_000;
const slowFileTimeoutMs = 30 * 60 * 1_000;

function findTests(globs: readonly string[], filters: readonly string[]): string[] {
  const exclude = ['**/node_modules/**', '**/dist/**'];
  return globSync(globs, { cwd: repositoryRoot, exclude })
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort();
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { name: { type: 'string' } }, allowPositionals: true });
  const filters = positionals.map((path) => path.replace(/^\.\//, ''));
  const phases = [
    { files: findTests(patterns, filters), concurrency: availableParallelism(), timeout: fileTimeoutMs },
    { files: findTests(slowPatterns, filters), concurrency: 1, timeout: slowFileTimeoutMs },
  ].filter(({ files }) => files.length > 0);
  if (phases.length === 0) {
    console.error(`no test file matches ${positionals.join(' ')}`);
    process.exitCode = 1;
    return;
  }
  // A browser is shown what is built, so that is made first.
  if (phases.some(({ files }) => files.some((file) => file.startsWith('tests/e2e/'))) && !(await buildUi())) {
    process.exitCode = 1;
    return;
  }
  const only = values.name === undefined ? {} : { testNamePatterns: values.name };
  const runs = phases.map((phase) => () => run({ cwd: repositoryRoot, ...phase, ...only }));
  process.exitCode = 1;
  const events = mergeRuns(runs, () => {
    process.exitCode = 0;
  });
  events.pipe(new spec()).pipe(process.stdout);
}

await main();
