import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { FlagValue } from '../command-line/flag-value.ts';
import type { Flag } from '../command-line/flag.ts';
import { productionOptions } from './options.ts';
import { type ReadSettings, readSettings } from './read-settings.ts';
import { flagName, productionSettings, settingPaths, variableName } from './settings.ts';

function configFile(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'perdure.yaml');
  writeFileSync(file, text);
  return file;
}

interface Given {
  readonly file?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, FlagValue>>;
}

function read({ file, environment = {}, flags = {} }: Given): ReadSettings {
  return readSettings({ file, environment, typed: { flags, given: new Set(Object.keys(flags)) } });
}

/** The lines of a refusal, the file's name left out. */
function problemsOf(given: Given): string[] {
  try {
    productionOptions(read(given).values);
    return [];
  } catch (error) {
    const [, ...lines] = (error as Error).message.split('\n  ');
    return lines.map((line) => line.replace(`${given.file}: `, ''));
  }
}

test('a flag wins over a variable, that over the file, that over the default', (context) => {
  const file = configFile(context, 'grpc: {port: 1, address: "::1"}\nhttp:\n  port: 2\nstore:\n  file: a\n');
  const environment = { PERDURE_GRPC_PORT: '3', PERDURE_HTTP_PORT: '4' };
  const { values, origins } = read({ file, environment, flags: { 'http-port': 5 } });
  assert.equal(values['grpc.port'], 3);
  assert.equal(values['http.port'], 5);
  assert.equal(values['grpc.address'], '::1');
  assert.equal(values['ui.port'], 8_233);
  const origin = (['http.port', 'grpc.port', 'store.file', 'ui.port'] as const).map((path) => origins.get(path));
  assert.deepEqual(origin, ['flag', 'variable', 'file', 'default']);
});

test('lists and durations', (context) => {
  const file = configFile(context, 'namespaces: [a, b]\nretention: 1h30m\nhttp:\n');
  assert.deepEqual(read({ file }).values.namespaces, ['a', 'b']);
  assert.equal(read({ file }).values.retention, 5_400_000);
  assert.deepEqual(read({ file, environment: { PERDURE_NAMESPACES: 'c, d' } }).values.namespaces, ['c', 'd']);
  assert.deepEqual(read({ file, flags: { namespace: ['e'] } }).values.namespaces, ['e']);
});

test('JSON is taken as YAML', (context) => {
  assert.equal(read({ file: configFile(context, '{"grpc": {"port": 9}}') }).values['grpc.port'], 9);
});

test('each wrong key and value is refused with its path and what is allowed', (context) => {
  const file = configFile(
    context,
    'stor: 1\ngrpc: {prot: 7, port: 65536, tls: []}\nlog: {level: loud}\nnamespaces: x\nui: {port: [1]}\n',
  );
  assert.deepEqual(problemsOf({ file, environment: { PERDURE_RETENTION: 'long' } }), [
    'stor is unknown; allowed here: store, grpc, http, ui, metrics, authentication, namespaces, retention, dynamicConfig, reloadInterval, shutdown, log, insecure',
    'grpc.prot is unknown; allowed here: address, port, tls',
    'grpc.port: 65536 is not allowed: must be a whole number from 0 to 65535',
    'grpc.tls must be a map with certificate, key, clientCa',
    'log.level: "loud" is not allowed: loud is not one of required values of debug, info, warn, error, never',
    'namespaces must be a list of texts',
    'ui.port: [1] is not allowed: must be one value, not a list or a map',
    'PERDURE_RETENTION: "long" is not allowed: must be a duration such as 10s, 1h30m or 7d',
  ]);
});

test('broken YAML and keys given twice are told with their line', (context) => {
  for (const text of ['grpc: {port', 'grpc: {port: 1}\ngrpc: {port: 2}\n']) {
    assert.throws(() => read({ file: configFile(context, text) }), /perdure\.yaml: .* at line \d/s);
  }
  assert.throws(() => read({ file: '/nowhere/perdure.yaml' }), /cannot read the configuration file: ENOENT/);
});

test('PostgreSQL is not there yet, and the refusal names what is', (context) => {
  const file = configFile(context, 'store: {kind: postgresql, file: x}');
  assert.deepEqual(problemsOf({ file }), [
    'store.kind: "postgresql" is not allowed: postgresql is not one of required values of sqlite',
  ]);
});

test('an address that others reach needs TLS and authentication, or the word of its owner', () => {
  const open = { 'store-file': 'x', 'grpc-address': '0.0.0.0' };
  const tls = { ...open, 'grpc-tls-certificate': 'c', 'grpc-tls-key': 'k' };
  assert.match(problemsOf({ flags: open })[0] ?? '', /^grpc\.address 0\.0\.0\.0 is not a loopback address, and TLS/);
  assert.match(problemsOf({ flags: tls })[0] ?? '', /and authentication is missing/);
  assert.deepEqual(problemsOf({ flags: { ...tls, 'grpc-tls-client-ca': 'a' } }), []);
  assert.deepEqual(problemsOf({ flags: { ...open, insecure: true } }), []);
  assert.deepEqual(problemsOf({ flags: open, environment: { PERDURE_INSECURE: 'true' } }), []);
  for (const part of ['http', 'ui']) {
    assert.equal(problemsOf({ flags: { 'store-file': 'x', [`${part}-address`]: '::' } }).length, 1, part);
    assert.deepEqual(
      problemsOf({ flags: { 'store-file': 'x', [`${part}-address`]: '::', [`${part}-enabled`]: false } }),
      [],
    );
  }
  const metrics = { 'store-file': 'x', 'metrics-address': '0.0.0.0' };
  assert.match(problemsOf({ flags: metrics })[0] ?? '', /set metrics\.allowRemote\.$/);
  assert.deepEqual(problemsOf({ flags: { ...metrics, 'metrics-allow-remote': true } }), []);
});

test('what cannot be is refused', () => {
  const flags = { 'grpc-address': 'db.example', 'http-tls-key': 'k', 'ui-tls-client-ca': 'a', retention: 60_000 };
  assert.deepEqual(problemsOf({ flags: { ...flags, 'reload-interval': 5, 'store-pragma': ['x'] } }), [
    'store.file is missing: name it in the file, as PERDURE_STORE_FILE or as --store-file',
    'retention must be at least 1h',
    'reloadInterval must be at least 1s',
    `store.pragmas: missing expected '=' in "x"`,
    'grpc.address: "db.example" is not allowed: must be an IP address or localhost',
    'http.tls needs both a certificate and a key',
    'ui.tls.clientCa has no effect without ui.tls.certificate and ui.tls.key',
  ]);
});

test('sign-in needs what judges its tokens', () => {
  const flags = { 'store-file': 'x', 'ui-auth-providers': 'p.yaml' };
  assert.deepEqual(problemsOf({ flags: { ...flags, 'ui-auth-max-session-duration': 1_000 } }), [
    'ui.auth.maxSessionDuration must be at least 1m',
    'ui.auth.providers needs authentication.jwt, which judges the tokens of who signs in',
  ]);
  assert.deepEqual(problemsOf({ flags: { ...flags, 'authentication-jwt-keys-file': 'k' } }), []);
  assert.deepEqual(problemsOf({ flags: { ...flags, 'ui-enabled': false } }), []);
});

test('a variable that stands for nothing is told of', () => {
  const environment = { PERDURE_GRPC_PROT: '1', PERDURE_GRPC_PORT: '1', PERDURE_CONFIG: 'x', HOME: '/' };
  assert.deepEqual(read({ environment }).unknownVariables, ['PERDURE_GRPC_PROT']);
});

test('the guide lists every setting as it is', () => {
  const rows = settingPaths.map((path) => {
    const flag: Flag = productionSettings[path];
    return `| \`${path}\` | \`${variableName(path)}\` | \`--${flagName(path)}\` | ${defaultText(flag)} | ${flag.description} |`;
  });
  const guide = readFileSync(new URL('../../../../docs/production.md', import.meta.url), 'utf8');
  const table = guide.split('\n').filter((line) => /^\| `\w+(\.\w+)*` +\| `PERDURE_/.test(line));
  assert.deepEqual(
    table.map((row) => row.replaceAll(/ +/g, ' ')),
    rows.map((row) => row.replaceAll(/ +/g, ' ')),
  );
});

function defaultText(flag: Flag): string {
  if (flag.kind === 'list' || flag.default === '') return '';
  return flag.kind === 'duration' ? `${flag.default / 1_000}s` : `\`${String(flag.default)}\``;
}
