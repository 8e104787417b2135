import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { repositoryRoot } from '../workspaces.ts';
import { capture, type Problems, repositoryFiles } from './run.ts';

interface Solution {
  readonly references: readonly { readonly path: string }[];
}

/** `tsc -b` sees what the root's tsconfig.json lists: every project stands there, and every source file in a project. */
export async function checkProjects(): Promise<Problems> {
  const solution = JSON.parse(readFileSync(join(repositoryRoot, 'tsconfig.json'), 'utf8')) as Solution;
  const listed = new Set(
    solution.references.map(({ path }) => (path.endsWith('.json') ? path : `${path}/tsconfig.json`)),
  );
  const projects = (await repositoryFiles('**/tsconfig*.json')).filter((file) => dirname(file) !== '.');
  const problems = projects
    .filter((file) => !listed.has(file))
    .map((file) => `tsconfig.json lists no reference to ${file}`);
  const covered = new Set<string>();
  for (const project of listed) {
    const { status, output } = await capture('tsc', ['-p', project, '--listFilesOnly']);
    if (status !== 0) problems.push(output.trim());
    for (const file of output.split('\n')) covered.add(relative(repositoryRoot, file));
  }
  for (const file of await repositoryFiles('**/*.ts', '**/*.tsx')) {
    if (!covered.has(file)) problems.push(`${file} is in no project, so that nothing checks its types`);
  }
  return problems.length === 0 ? undefined : problems.join('\n');
}
