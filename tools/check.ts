/**
 * `npm run check [-- name…]`: everything that a change must pass besides the tests. One line for each check with its
 * time; the output only of what fails.
 */
import { availableParallelism } from 'node:os';
import { checkLockFile } from './check/lock-file.ts';
import { checkPackages } from './check/packages.ts';
import { checkProjects } from './check/projects.ts';
import { type Outcome, type Problems, run, runPool } from './check/run.ts';

/** Each writes files that are checked in; with `--check` it fails where they are not what it would write. */
const generators = [
  'packages/proto/scripts/generate.ts',
  'packages/server/scripts/served-rpcs.ts',
  'packages/server/scripts/limits.ts',
];

const checks: Readonly<Record<string, () => Promise<Problems>>> = {
  types: () => run('tsc', ['-b', '--noEmit', '--pretty', 'false'], { uniqueLines: true }),
  projects: checkProjects,
  lint: () => run('oxlint', ['--type-aware', '--report-unused-disable-directives', '--deny-warnings', '-f', 'unix']),
  format: () => run('oxfmt', ['--check']),
  'dead-code': () => run('knip', ['--no-progress', '--no-config-hints']),
  packages: checkPackages,
  'lock-file': checkLockFile,
  generated: async () => {
    const problems = await Promise.all(generators.map((generator) => run('node', [generator, '--check'])));
    return problems.find((problem) => problem !== undefined);
  },
};

function report({ name, problems, seconds }: Outcome): void {
  console.log(`${problems === undefined ? '✔' : '✖'} ${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s`);
  if (problems !== undefined) console.log(problems.trimEnd().replaceAll(/^/gm, '    '));
}

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in checks));
  if (unknown.length > 0) {
    console.error(`unknown check: ${unknown.join(', ')}; known: ${Object.keys(checks).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const chosen = Object.entries(checks).filter(([name]) => names.length === 0 || names.includes(name));
  const outcomes = await runPool(chosen, Math.min(2, availableParallelism()), report);
  const failed = outcomes.filter(({ problems }) => problems !== undefined);
  console.log(
    failed.length === 0
      ? `✔ all ${outcomes.length} checks pass`
      : `✖ ${failed.length} of ${outcomes.length} checks fail`,
  );
  if (failed.length > 0) process.exitCode = 1;
}

await main(process.argv.slice(2));
