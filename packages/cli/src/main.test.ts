import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { test, type TestContext } from 'node:test';

const main = new URL('../bin/perdure.js', import.meta.url).pathname;

/** Prints the address of each module that is loaded. */
const tracer = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });
`)}`;

interface Program {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Resolves with what was printed once it contains the text. */
  printed(text: string): Promise<string>;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function start(context: TestContext, words: readonly string[], nodeOptions: readonly string[] = []): Program {
  const child = spawn(process.execPath, [...nodeOptions, main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  context.after(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  const printed = async (text: string): Promise<string> => {
    while (!stdout.includes(text)) await Promise.race([once(child.stdout, 'data'), ended.then(fail)]);
    return stdout;
  };
  const fail = ({ stderr: told }: { stderr: string }): never => assert.fail(`ended early: ${told}`);
  return { child, printed, ended };
}

test('a server starts, tells where, serves, and ends when it is asked to', async (context) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const { child, printed, ended } = start(context, ['server', 'start-dev', '--port', '0', '--headless']);
    const banner = await printed('/metrics\n');
    assert.match(banner, /^Temporal CLI .*\n\nTemporal Server: {6}localhost:\d+\nTemporal Persistence: in-memory\n/);
    const metrics = await (await fetch(/http:\S+metrics/.exec(banner)?.[0] ?? '')).text();
    assert.match(metrics, /^process_resident_memory_bytes \d+$/m);
    child.kill(signal);
    const { code, stderr } = await ended;
    assert.equal(stderr, '');
    assert.equal(code, 0);
  }
});

test('a port that is taken ends the program with a message', async (context) => {
  const taken = createServer().listen(0, '127.0.0.1');
  context.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const { code, stderr } = await start(context, ['server', 'start-dev', '--port', String(port)]).ended;
  assert.equal(code, 1);
  assert.equal(
    stderr,
    `Error: can't set frontend port ${port}: listen tcp 127.0.0.1:${port}: bind: address already in use\n`,
  );
});

test('help and refusals load no server', async (context) => {
  for (const words of [['--help'], ['server', 'start-dev', '--help'], ['server', 'start-dev', '--foo']]) {
    const { stderr } = await start(context, words, ['--import', tracer]).ended;
    assert.match(stderr, /command-line\/run\.ts/);
    assert.doesNotMatch(stderr, /packages\/(?:core|proto|storage|storage-sqlite)\/|server\/src\/(?!config)/);
  }
});
