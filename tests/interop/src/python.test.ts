import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startServer } from './server-under-test.ts';

const run = promisify(execFile);
const FOLDER = fileURLToPath(new URL('../python/', import.meta.url));
const ENVIRONMENT = join(FOLDER, '.venv');
const BIN = join(ENVIRONMENT, process.platform === 'win32' ? 'Scripts' : 'bin');
const INSTALLED = join(ENVIRONMENT, 'installed.txt');
const OLDEST_PYTHON = [3, 10] as const;

type Interpreter = { readonly command: string } | { readonly unusable: string };

/** What one line of programs.py says. */
type ProgramResult = { readonly name: string; readonly error: string | null; readonly seconds: number };

/** A Python that the official SDK installs on, or why there is none. */
async function findPython(): Promise<Interpreter> {
  const report = 'import sys, venv, ensurepip; print(*sys.version_info[:2])';
  let unusable = 'there is no Python 3 here';
  for (const command of ['python3', 'python']) {
    try {
      const { stdout } = await run(command, ['-c', report]);
      const [major = 0, minor = 0] = stdout.trim().split(' ').map(Number);
      if (major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1])) return { command };
      unusable = `${command} is ${String(major)}.${String(minor)}, and the SDK needs ${OLDEST_PYTHON.join('.')}`;
    } catch (error) {
      if (String(error).includes('ModuleNotFoundError')) unusable = `${command} lacks the module venv or ensurepip`;
    }
  }
  return { unusable };
}

/** Makes the virtual environment, unless it stands there with what requirements.txt asks for. */
async function prepareEnvironment(python: string): Promise<void> {
  const requirements = join(FOLDER, 'requirements.txt');
  const wanted = await readFile(requirements, 'utf8');
  if (existsSync(INSTALLED) && (await readFile(INSTALLED, 'utf8')) === wanted) return;
  await run(python, ['-m', 'venv', '--clear', ENVIRONMENT]);
  const quiet = ['--quiet', '--disable-pip-version-check'];
  await run(join(BIN, 'python'), ['-m', 'pip', 'install', ...quiet, '--requirement', requirements]);
  await writeFile(INSTALLED, wanted);
}

/** Makes what the programs need; false where they cannot run, which skips the test. */
async function isReady(t: TestContext): Promise<boolean> {
  const python = await findPython();
  if ('unusable' in python) {
    assert.notEqual(process.env['CI'], 'true', `CI must have Python: ${python.unusable}`);
    t.skip(python.unusable);
    return false;
  }
  await prepareEnvironment(python.command);
  return true;
}

test('the time-skipping environment of the official Python SDK', { timeout: 300_000 }, async (t) => {
  if (!(await isReady(t))) return;
  const server = fileURLToPath(new URL('../../../packages/cli/bin/temporal-test-server.js', import.meta.url));
  // The program runs on the `node` of the PATH: it has to be the one that runs this.
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(join(BIN, 'python'), ['-B', 'time_skipping.py', server], {
    cwd: FOLDER,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  const logs = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  assert.equal(child.exitCode, 0, logs.join(''));
});

test('programs written with the official Python SDK', { timeout: 300_000 }, async (t) => {
  if (!(await isReady(t))) return;
  const server = await startServer();
  try {
    // The SDK logs to standard output: the results come by a pipe of their own.
    const child = spawn(join(BIN, 'python'), ['-B', 'programs.py', server.address], {
      cwd: FOLDER,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close');
    const streams = [child.stdio[3], child.stdout, child.stderr] as readonly Readable[];
    const [output = '', ...logs] = await Promise.all(streams.map((stream) => text(stream)));
    await ended;
    const [first = '', ...lines] = output.split('\n').filter((line) => line !== '');
    assert.match(first, /^\{"programs": \d+\}$/, logs.join(''));
    const results = lines.map((line) => JSON.parse(line) as ProgramResult);
    for (const { name, error, seconds } of results) {
      await t.test(`${name} (${String(seconds)} s)`, () => {
        assert.equal(error, null, error ?? '');
      });
    }
    assert.equal(results.length, Number((JSON.parse(first) as { programs: number }).programs), logs.join(''));
    assert.equal(child.exitCode, 0, logs.join(''));
  } finally {
    await server.stop();
  }
});
