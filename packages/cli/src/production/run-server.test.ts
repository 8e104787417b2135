import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { TEST_CA, TEST_RENEWED, TEST_SERVER } from '@perdure/server/testing';
import { runCommandLine } from '../command-line/run.ts';
import { server } from '../commands/server/server.ts';

type Entry = Readonly<Record<string, string>>;

interface Run {
  readonly folder: string;
  /** Resolves with the first log entry of this text. */
  logged(message: string): Promise<Entry>;
  readonly ended: Promise<{ code: number; stdout: string; stderr: string }>;
  interrupt(): void;
}

/** Starts a server in this process, with files in a folder of its own, on free ports. */
function start(context: TestContext, files: Readonly<Record<string, string>>, words: readonly string[] = []): Run {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text.replaceAll('$', folder));
  const ports = ['grpc', 'http', 'ui', 'metrics'].flatMap((part) => [`--${part}-port`, '0']);
  let stdout = '';
  let stderr = '';
  const waiting: (() => void)[] = [];
  const interrupts: (() => void)[] = [];
  const ended = runCommandLine({
    root: server,
    program: 'perdure',
    words: [
      'start',
      '--store-file',
      join(folder, 'perdure.db'),
      '--config',
      join(folder, 'c.yaml'),
      ...ports,
      ...words,
    ],
    context: {
      environment: {},
      stdout: { write: (text) => void (stdout += text) },
      stderr: {
        write: (text) => {
          stderr += text;
          for (const wake of waiting.splice(0)) wake();
        },
      },
      onInterrupt: (callback) => interrupts.push(callback),
      exit: () => assert.fail('exits at once'),
    },
  }).then((code) => ({ code, stdout, stderr }));
  // A second one would end the process at once.
  const interrupt = (): void => interrupts.splice(0).forEach((callback) => callback());
  context.after(async () => {
    interrupt();
    await ended;
    rmSync(folder, { recursive: true });
  });
  const logged = async (message: string): Promise<Entry> => {
    for (;;) {
      const entries = stderr.split('\n').filter((line) => line.startsWith('{'));
      const found = entries.map((line) => JSON.parse(line) as Entry).find(({ msg }) => msg === message);
      if (found !== undefined) return found;
      const more = new Promise<void>((resolve) => void waiting.push(resolve));
      await Promise.race([more, ended.then(({ stderr: told }) => assert.fail(`ended early: ${told}`))]);
    }
  };
  return { folder, logged, ended, interrupt };
}

test('it serves what the file says, follows dynamic configuration and certificates, and drains', async (context) => {
  const { folder, logged, ended, interrupt } = start(context, {
    'c.yaml': `namespaces: [orders]
retention: 2h
reloadInterval: 1s
dynamicConfig: {file: $/dynamic.yaml}
grpc: {tls: {certificate: $/server.pem, key: $/server.key, clientCa: $/ca.pem}}
shutdown: {announce: 1500ms}
`,
    'dynamic.yaml': 'limit.maxIDLength:\n- value: 12\n',
    'server.pem': TEST_SERVER.certificate,
    'server.key': TEST_SERVER.key,
    'ca.pem': TEST_CA,
  });
  const { http = '', metrics = '' } = await logged('serving');
  const get = async (path: string): Promise<string> => (await fetch(`http://${http}/api/v1${path}`)).text();
  assert.match(await get('/namespaces/orders'), /"workflowExecutionRetentionTtl":"7200s"/);
  assert.match(await get('/namespaces/default'), /Namespace default is not found/);
  assert.match(await get('/namespaces/a-name-too-long'), /Namespace length exceeds limit/);

  writeFileSync(join(folder, 'dynamic.yaml'), 'limit.maxIDLength:\n- value: long\n');
  const refused = await logged('new dynamic configuration refused, the old one stays');
  assert.match(refused['error'] ?? '', /limit\.maxIDLength must be a whole number, not "long"$/);
  assert.match(await get('/namespaces/a-name-too-long'), /Namespace length exceeds limit/);
  writeFileSync(join(folder, 'dynamic.yaml'), 'limit.maxIDLength:\n- value: 20\n');
  writeFileSync(join(folder, 'server.pem'), TEST_RENEWED.certificate);
  writeFileSync(join(folder, 'server.key'), TEST_RENEWED.key);
  await logged('dynamic configuration replaced');
  await logged('certificate replaced');
  assert.match(await get('/namespaces/a-name-too-long'), /is not found/);

  const probe = async (path: string): Promise<number> => (await fetch(`http://${metrics}${path}`)).status;
  assert.deepEqual([await probe('/healthz'), await probe('/readyz')], [200, 200]);
  interrupt();
  assert.deepEqual([await probe('/healthz'), await probe('/readyz')], [200, 503]);
  assert.match(await get('/namespaces/orders'), /"orders"/, 'serves while it announces its end');
  assert.equal((await ended).code, 0);
});

test('what is wrong with the files that are named is told before anything is opened', async (context) => {
  const { ended } = start(context, {
    'c.yaml': 'grpc: {tls: {certificate: $/server.pem, key: $/other.key}}',
    'server.pem': TEST_SERVER.certificate,
    'other.key': TEST_RENEWED.key,
  });
  const { code, stderr } = await ended;
  assert.equal(code, 1);
  assert.match(stderr, /^Error: grpc\.tls: .*key values mismatch\n$/);
});

test('--check prints the settings in force and where they come from, and starts nothing', async (context) => {
  const { ended } = start(context, { 'c.yaml': 'retention: 48h' }, ['--check']);
  const { code, stdout } = await ended;
  assert.equal(code, 0);
  assert.match(stdout, /^retention: 172800s {2}# file$/m);
  assert.match(stdout, /^grpc\.port: 0 {2}# flag$/m);
});
