import { dirname, join, matchesGlob } from 'node:path';
import { readJson, repositoryRoot } from '../workspaces.ts';
import { type Problems, repositoryFiles } from './run.ts';

interface Solution {
  readonly references: readonly { readonly path: string }[];
}

/** `tsc -b` sees what the root's tsconfig.json lists: every project stands there, and every source file in a project. */
export async function checkProjects(): Promise<Problems> {
  const { references } = readJson(join(repositoryRoot, 'tsconfig.json')) as Solution;
  const listed = references.map(({ path }) => (path.endsWith('.json') ? path : `${path}/tsconfig.json`));
  const projects = (await repositoryFiles('**/tsconfig*.json')).filter((file) => dirname(file) !== '.');
  const problems = projects
    .filter((file) => !listed.includes(file))
    .map((file) => `tsconfig.json lists no reference to ${file}`);
  const covers = listed.map(coverageOf);
  for (const file of await repositoryFiles('**/*.ts', '**/*.tsx')) {
    if (!covers.some((covered) => covered(file))) problems.push(`${file} is in no project: nothing checks its types`);
  }
  return problems.length === 0 ? undefined : problems.join('\n');
}

/** Which files a project takes in, by its own `include` and `exclude`. */
function coverageOf(project: string): (file: string) => boolean {
  const folder = dirname(project);
  const { include = ['**/*'], exclude = [] } = readJson(join(repositoryRoot, project)) as Record<string, string[]>;
  const patterns = (list: readonly string[]): string[] =>
    list.map((entry) => join(folder, entry.includes('.') && entry !== '.' ? entry : `${entry}/**/*`));
  const included = patterns(include);
  const excluded = patterns(exclude);
  return (file) =>
    included.some((pattern) => matchesGlob(file, pattern)) && !excluded.some((pattern) => matchesGlob(file, pattern));
}
