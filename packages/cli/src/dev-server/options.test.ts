import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlags } from '../command-line/parse-flags.ts';
import { globalFlags } from '../commands/global-flags.ts';
import { startDevFlags } from '../commands/server/start-dev.ts';
import { configText } from './config-text.ts';
import { type DevServerOptions, devServerOptions } from './options.ts';

function optionsOf(words: readonly string[], environment: Record<string, string> = {}): DevServerOptions {
  return devServerOptions(parseFlags({ ...globalFlags, ...startDevFlags }, words), {
    environment,
    stdout: { write: () => {} },
    stderr: { write: () => {} },
    onInterrupt: () => {},
    exit: () => {},
  });
}

function refused(words: readonly string[], environment: Record<string, string> = {}): string {
  try {
    optionsOf(words, environment);
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail(`${words.join(' ')} was taken`);
}

test('without flags: loopback, port 7233, in memory, the namespace default', () => {
  const { address, port, metricsPort, file, namespaces, warnings } = optionsOf([]);
  assert.deepEqual(
    { address, port, metricsPort, file, namespaces, warnings },
    {
      address: '127.0.0.1',
      port: 7_233,
      metricsPort: 0,
      file: undefined,
      namespaces: ['default'],
      warnings: [],
    },
  );
});

test('what the official SDKs pass to the server that they start is taken', () => {
  const { port, namespaces, searchAttributes, warnings } = optionsOf(
    [
      '--port 7000 --namespace default --ip 127.0.0.1 --log-format pretty --log-level warn',
      '--dynamic-config-value frontend.enableServerVersionCheck=false',
      '--dynamic-config-value frontend.enableUpdateWorkflowExecution=true',
      '--dynamic-config-value frontend.enableUpdateWorkflowExecutionAsyncAccepted=true',
      '--headless --search-attribute CustomIntField=Int --search-attribute CustomTextField=Text',
    ].flatMap((line) => line.split(' ')),
  );
  assert.equal(port, 7_000);
  assert.deepEqual(namespaces, ['default']);
  assert.deepEqual(
    [...searchAttributes],
    [
      ['CustomIntField', 'Int'],
      ['CustomTextField', 'Text'],
    ],
  );
  assert.deepEqual(warnings, []);
});

test('another address than loopback needs --insecure or its variable', () => {
  const told = /--ip 0\.0\.0\.0 is not a loopback address: .*--insecure.*PERDURE_INSECURE=true/;
  assert.match(refused(['--ip', '0.0.0.0']), told);
  assert.match(refused(['--ip', '0.0.0.0'], { PERDURE_INSECURE: 'no' }), told);
  assert.match(refused(['--ui-ip', '10.0.0.1']), /--ui-ip 10\.0\.0\.1 is not a loopback address/);
  assert.match(refused(['--ip', '::']), /not a loopback address/);
  assert.match(refused(['--ip', '127.0.0.1.example.com']), /must be an IP address or localhost/);
  assert.match(refused(['--ip', 'example.com', '--insecure']), /must be an IP address or localhost/);
  assert.equal(optionsOf(['--ip', '0.0.0.0', '--insecure']).address, '0.0.0.0');
  assert.equal(optionsOf(['--ip', '0.0.0.0'], { PERDURE_INSECURE: 'true' }).address, '0.0.0.0');
  assert.equal(optionsOf(['--ip', '::'], { PERDURE_INSECURE: '1' }).address, '::');
  assert.equal(optionsOf(['--ip', '127.8.0.1']).address, '127.8.0.1');
  assert.equal(optionsOf(['--ip', '::1']).address, '::1');
});

test('namespaces come after default, each once', () => {
  assert.deepEqual(optionsOf(['-n', 'a', '-n', 'default', '-n', 'a']).namespaces, ['default', 'a']);
});

test('search attributes have a type, in any case', () => {
  const { searchAttributes } = optionsOf(['--search-attribute', 'a=keywordlist', '--search-attribute', 'b=DATETIME']);
  assert.deepEqual(
    [...searchAttributes],
    [
      ['a', 'KeywordList'],
      ['b', 'Datetime'],
    ],
  );
  assert.equal(refused(['--search-attribute', 'a']), `invalid search attributes: missing expected '=' in "a"`);
  assert.equal(
    refused(['--search-attribute', 'a=Number']),
    'invalid search attribute value type "Number"; allowed: Text, Keyword, Int, Double, Bool, Datetime, KeywordList',
  );
});

test('pragmas are pairs', () => {
  assert.deepEqual([...optionsOf(['--sqlite-pragma', 'cache_size=-8000']).pragmas], [['cache_size', '-8000']]);
  assert.equal(refused(['--sqlite-pragma', 'x']), `invalid pragma: missing expected '=' in "x"`);
});

test('dynamic configuration is read, unknown keys are warned about, wrong values refused', () => {
  const { dynamicConfig, warnings } = optionsOf([
    '--dynamic-config-value',
    'history.longPollExpirationInterval="5s"',
    '--dynamic-config-value',
    'no.such.key=1',
  ]);
  assert.equal(dynamicConfig.get('history.longPollExpirationInterval'), 5_000);
  assert.deepEqual(warnings, ['unknown dynamic config key no.such.key']);
  assert.equal(
    refused(['--dynamic-config-value', 'limit.maxIDLength="x"']),
    'invalid dynamic config values: limit.maxIDLength must be a whole number, not "x"',
  );
  assert.equal(refused(['--dynamic-config-value', 'a']), `invalid dynamic config values: missing expected '=' in "a"`);
});

test('the Web UI has the port of the service and 1000, another one, or none', () => {
  const ui = (...words: string[]): unknown => {
    const { port, address, publicPath, isDefaultPort } = optionsOf(words).ui ?? {};
    return [port, address, publicPath, isDefaultPort];
  };
  assert.deepEqual(ui(), [8_233, '127.0.0.1', '', true]);
  assert.deepEqual(ui('--port', '7000'), [8_000, '127.0.0.1', '', true]);
  assert.deepEqual(ui('--port', '65000'), [65_535, '127.0.0.1', '', true]);
  assert.deepEqual(ui('--port', '0'), [0, '127.0.0.1', '', true]);
  assert.deepEqual(ui('--ui-port', '3000', '--ui-ip', '::1', '--ui-public-path', 'a/'), [3_000, '::1', '/a', false]);
  assert.equal(optionsOf(['--headless', '--ui-port', '3000']).ui, undefined);
});

test('the configuration can be printed', () => {
  const text = configText(
    optionsOf(['-f', 'a.db', '--sqlite-pragma', 'cache_size=1', '--dynamic-config-value', 'limit.maxIDLength=5']),
  );
  assert.deepEqual(JSON.parse(text), {
    grpc: { ip: '127.0.0.1', port: 7_233 },
    http: { ip: '127.0.0.1', port: 0 },
    ui: {
      address: '127.0.0.1',
      port: 8_233,
      isDefaultPort: true,
      publicPath: '',
      codecEndpoint: '',
      isNewsFetchDisabled: false,
      isReadOnly: false,
    },
    metrics: { ip: '127.0.0.1', port: 0 },
    persistence: { file: 'a.db', pragmas: { cache_size: '1' } },
    namespaces: ['default'],
    searchAttributes: {},
    dynamicConfig: { 'limit.maxIDLength': 5 },
  });
});
