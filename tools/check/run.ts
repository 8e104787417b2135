import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { repositoryRoot } from '../workspaces.ts';

/** What a check found, as text for a person; undefined where all is well. */
export type Problems = string | undefined;

export interface Outcome {
  readonly name: string;
  readonly problems: Problems;
  readonly seconds: number;
}

/** Runs the checks, `width` at a time, and reports each as it ends. A check that throws has failed. */
export async function runPool(
  checks: readonly (readonly [name: string, check: () => Promise<Problems>])[],
  width: number,
  report: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const queue = [...checks];
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, check] = next;
      const startedAt = performance.now();
      const problems = await check().catch((error: unknown) => String(error instanceof Error ? error.stack : error));
      const outcome = { name, problems, seconds: (performance.now() - startedAt) / 1_000 };
      outcomes.push(outcome);
      report(outcome);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return outcomes;
}

export interface RunOptions {
  /** Each line once: several projects report what they share. */
  readonly uniqueLines?: boolean;
  /** Default: the root of the repository. */
  readonly cwd?: string;
}

/** Runs a program of the workspace; its output where it exits with anything but 0. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Problems> {
  const { status, output } = await capture(command, args, options.cwd);
  if (status === 0) return undefined;
  const text = options.uniqueLines === true ? [...new Set(output.split('\n'))].join('\n') : output;
  return text.trim() === '' ? `${command} ended with ${String(status)}` : text;
}

/** Runs a program of the workspace to its end; standard output and error come in the order of arrival. */
export function capture(
  command: string,
  args: readonly string[],
  cwd: string = repositoryRoot,
): Promise<{ status: number | null; output: string }> {
  const path = [join(repositoryRoot, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH: path } });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString() }));
  });
}

/** The files of the tree that git tracks or would track, from the root. */
export async function repositoryFiles(...patterns: string[]): Promise<string[]> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...patterns];
  const { status, output } = await capture('git', list);
  if (status !== 0) throw new Error(output);
  return output.split('\0').filter((file) => file !== '');
}
