import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packAll, type StagedPackage } from '../pack.ts';
import { readJson } from '../workspaces.ts';
import { capture, type Problems, run } from './run.ts';

/** Packs every public package and looks at the result as those who install it will: publint, attw, each program started. */
export async function checkPackages(): Promise<Problems> {
  const problems: string[] = [];
  for (const staged of await packAll()) {
    const found = [await lintPackage(staged), await checkTypes(staged), await startPrograms(staged)];
    problems.push(...found.filter((problem) => problem !== undefined).map((problem) => `${staged.name}: ${problem}`));
  }
  return problems.length === 0 ? undefined : problems.join('\n');
}

async function lintPackage({ directory }: StagedPackage): Promise<Problems> {
  const { messages } = await publint({ pkgDir: directory, strict: true });
  const manifest = readJson(join(directory, 'package.json')) as Record<string, unknown>;
  const lines = messages.map((message) => formatMessage(message, manifest, { color: false }));
  return lines.length === 0 ? undefined : `publint: ${lines.join('\n')}`;
}

/** A package without `exports` is a program: nobody imports it. */
async function checkTypes({ tarball, manifest }: StagedPackage): Promise<Problems> {
  if (manifest.exports === undefined) return undefined;
  return run('attw', [tarball, '--profile', 'esm-only', '--no-color', '--no-emoji']);
}

/** What a program is started with, and what it has to print: its version, and that it has served, for a moment. */
const trials = [
  { words: ['--version'], printed: ' version ' },
  { words: ['server', 'start-dev', '--port', '0', '--command-timeout', '1ms'], printed: 'Temporal Server:' },
];

async function startPrograms({ directory, manifest }: StagedPackage): Promise<Problems> {
  for (const [name, file] of Object.entries(manifest.bin ?? {})) {
    if (!existsSync(join(directory, file))) return `bin ${name}: ${file} is not there`;
    for (const { words, printed } of trials) {
      const { status, output } = await capture('node', [join(directory, file), ...words]);
      if (status !== 0 || !output.includes(printed)) return `${name} ${words.join(' ')} printed\n${output}`;
    }
  }
  return undefined;
}
