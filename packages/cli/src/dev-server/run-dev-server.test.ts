import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ListenError } from '@perdure/server';
import { StoreError, StoreFailure } from '@perdure/storage/error';
import { runCommandLine } from '../command-line/run.ts';
import { defineCommand } from '../command-line/command.ts';
import { startDevFlags } from '../commands/server/start-dev.ts';
import { banner } from './banner.ts';
import { runDevServer } from './run-dev-server.ts';
import type { ServerProcess, StartServer } from '../server-process/server-contract.ts';

/** A server that serves nothing, the end of which the test decides. */
class FakeServer implements ServerProcess {
  readonly ports = { grpc: 7_233, http: 7_243, ui: 8_233 };
  readonly stops: number[] = [];
  readonly failed: Promise<Error>;
  fail: (error: Error) => void = () => {};

  constructor() {
    this.failed = new Promise((resolve) => (this.fail = resolve));
  }

  announceDrain(): void {}

  stop(graceMs: number): Promise<void> {
    this.stops.push(graceMs);
    return Promise.resolve();
  }
}

interface Run {
  readonly server: FakeServer;
  readonly started: Promise<Parameters<StartServer>[0]>;
  readonly ended: Promise<{ code: number; stdout: string; stderr: string; exits: number[] }>;
  /** What was printed so far. */
  output(): string;
  interrupt(): void;
}

function run(words: readonly string[], failure?: Error): Run {
  const server = new FakeServer();
  const interrupts: (() => void)[] = [];
  const exits: number[] = [];
  let stdout = '';
  let stderr = '';
  const { promise: started, resolve } = Promise.withResolvers<Parameters<StartServer>[0]>();
  const start: StartServer = async (options) => {
    if (failure !== undefined) throw failure;
    setImmediate(() => resolve(options));
    return server;
  };
  const command = defineCommand({
    summary: '',
    description: '',
    flags: startDevFlags,
    run: (parsed, context) => runDevServer(parsed, context, start),
  });
  const commands = { 'start-dev': { kind: 'lazy', summary: '', load: async () => command } } as const;
  const ended = runCommandLine({
    root: { kind: 'group', summary: '', description: '', commands },
    program: 'perdure',
    words: ['start-dev', ...words],
    context: {
      environment: {},
      stdout: { write: (text) => void (stdout += text) },
      stderr: { write: (text) => void (stderr += text) },
      onInterrupt: (callback) => interrupts.push(callback),
      exit: (code) => exits.push(code),
    },
  }).then((code) => ({ code, stdout, stderr, exits }));
  return {
    server,
    started,
    ended,
    output: () => stdout,
    interrupt: () => interrupts.forEach((callback) => callback()),
  };
}

test('it tells where it serves, and drains when it is interrupted', async () => {
  const { server, started, ended, interrupt } = run(['--port', '7233', '-n', 'a', '--search-attribute', 'k=Keyword']);
  const options = await started;
  assert.deepEqual(options.grpc, { host: '127.0.0.1', port: 7_233 });
  assert.deepEqual(options.namespaces, ['default', 'a']);
  assert.deepEqual([...options.searchAttributes], [['k', 'Keyword']]);
  interrupt();
  const { code, stdout, stderr } = await ended;
  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.deepEqual(server.stops, [5_000]);
  assert.match(
    stdout,
    /^Temporal CLI \S+ \(Server \S+\)\n\nTemporal Server: {6}localhost:7233\nTemporal Persistence: in-memory\nTemporal UI: {10}http:\/\/localhost:8233\nTemporal Metrics: {5}http:\/\/localhost:\d+\/metrics\n$/,
  );
});

test('a second interrupt ends the process at once', async () => {
  const { started, ended, interrupt } = run([]);
  await started;
  interrupt();
  interrupt();
  assert.deepEqual((await ended).exits, [1]);
});

test('metrics are served while the server runs', async () => {
  const { started, ended, output, interrupt } = run(['--log-level', 'never']);
  const { metrics } = await started;
  metrics.counter('test_total', 'Test.').add(4);
  const address = /http:\S+metrics/.exec(output())?.[0] ?? '';
  assert.match(await (await fetch(address)).text(), /^test_total 4$/m);
  interrupt();
  await ended;
  await assert.rejects(fetch(address), 'closed with the server');
});

test('output other than text has no banner', async () => {
  const { started, ended, interrupt } = run(['-o', 'json']);
  await started;
  interrupt();
  assert.equal((await ended).stdout, '');
});

test('time that is up is an interrupt', async () => {
  const { server, ended } = run(['--command-timeout', '5ms']);
  assert.equal((await ended).code, 0);
  assert.deepEqual(server.stops, [5_000]);
});

test('a store that fails ends the server with a message', async () => {
  const { server, started, ended } = run([]);
  await started;
  server.fail(new StoreError(StoreFailure.Full, 'No space is left on the disk of a.db.'));
  const { code, stderr } = await ended;
  assert.equal(code, 1);
  assert.equal(stderr, 'Error: the server has failed and stopped: No space is left on the disk of a.db.\n');
  assert.deepEqual(server.stops, [0]);
});

test('a port that is taken is told as the official command tells it', async () => {
  const cause = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
  const told = async (part: ListenError['part'], words: string[] = []): Promise<string> => {
    const failure = new ListenError('127.0.0.1', 8_233, cause);
    failure.part = part;
    const { code, stderr } = await run(words, failure).ended;
    assert.equal(code, 1);
    return stderr;
  };
  const reason = 'listen tcp 127.0.0.1:8233: bind: address already in use\n';
  assert.equal(await told('frontend'), `Error: can't set frontend port 8233: ${reason}`);
  assert.equal(await told('http'), `Error: can't set frontend HTTP port 8233: ${reason}`);
  assert.equal(await told('ui'), `Error: can't use default UI port 8233 (7233 + 1000): ${reason}`);
  assert.equal(await told('ui', ['--ui-port', '8233']), `Error: can't set UI port 8233: ${reason}`);
});

test('a metrics port that is taken is told before the server starts', async (context) => {
  const taken = createServer().listen(0, '127.0.0.1');
  context.after(() => taken.close());
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const { stderr } = await run(['--metrics-port', String(port)]).ended;
  const reason = `listen tcp 127.0.0.1:${port}: bind: address already in use`;
  assert.equal(stderr, `Error: can't set metrics port ${port}: ${reason}\n`);
});

function temporaryFile(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'perdure-cli-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'perdure.db');
}

test('a file that is no store, or another server holds, is told in a sentence', async (context) => {
  const file = temporaryFile(context);
  writeFileSync(file, 'this is no database, and long enough not to be taken for an empty one'.repeat(100));
  const broken = await run(['-f', file]).ended;
  assert.equal(broken.code, 1);
  assert.match(broken.stderr, /^Error: [^\n]*perdure\.db[^\n]*\n$/);

  const free = `${file}-2`;
  const first = run(['-f', free]);
  await first.started;
  const second = await run(['-f', free]).ended;
  assert.match(second.stderr, /^Error: [^\n]*perdure\.db-2[^\n]*\n$/);
  first.interrupt();
  const { code, stdout } = await first.ended;
  assert.equal(code, 0);
  assert.ok(stdout.includes(`\nTemporal Persistence: ${free}\n`));

  const third = run(['-f', free]);
  await third.started;
  third.interrupt();
  assert.equal((await third.ended).code, 0);
});

test('warnings go to the log, in its format', async () => {
  const { started, ended, interrupt } = run(['--dynamic-config-value', 'no.such=1', '--log-format', 'json']);
  await started;
  interrupt();
  const { stderr } = await ended;
  const entry = JSON.parse(stderr) as Record<string, unknown>;
  assert.equal(entry['level'], 'WARN');
  assert.equal(entry['msg'], 'unknown dynamic config key no.such');
});

test('addresses are shown as they are typed', () => {
  const text = banner({
    version: 'v',
    address: '::',
    port: 1,
    httpPort: 3,
    ui: { address: '127.0.0.1', port: 4, publicPath: '/ui' },
    metricsPort: 2,
    file: 'a.db',
  });
  assert.equal(
    text,
    'Temporal CLI v\n\nTemporal Server:      [::]:1\nTemporal Persistence: a.db\nTemporal HTTP:        [::]:3\n' +
      'Temporal UI:          http://localhost:4/ui\nTemporal Metrics:     http://[::]:2/metrics\n',
  );
});
