import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { HttpServer } from './http-server.ts';
import { Readiness } from '../../observability/readiness.ts';
import { UiSite, type UiSiteOptions } from './ui-site.ts';

/** Serves a UI of three files; gives the address. */
async function serve(context: TestContext, options: Partial<UiSiteOptions> = {}): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'perdure-ui-'));
  const assets = join(root, 'dist');
  mkdirSync(join(assets, 'assets'), { recursive: true });
  writeFileSync(join(root, 'secret.txt'), 'secret');
  writeFileSync(join(assets, 'mark.svg'), '<svg/>');
  writeFileSync(join(assets, 'assets', 'main-1.js'), 'main()');
  const page = '<base href="/" /><script nonce="__CSP_NONCE__"></script><meta content="__CSP_NONCE__">';
  writeFileSync(join(assets, 'index.html'), page);
  const { publicPath = [] } = options;
  const site = new UiSite({
    assets,
    publicPath,
    codecEndpoint: '',
    isNewsFetchDisabled: true,
    isReadOnly: false,
    randomBytes: (length) => new Uint8Array(length).fill(1),
    ...options,
  });
  const http = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    handlers: new Map(),
    now: () => 0,
    reportError: (error) => assert.fail(String(error)),
    payloads: 'full',
    clientName: 'test',
    allowedHosts: [],
    readiness: new Readiness(),
    mountPath: publicPath,
    site,
  });
  const port = await http.start();
  context.after(async () => {
    await http.drain(0);
    rmSync(root, { recursive: true });
  });
  return `http://127.0.0.1:${port}`;
}

const NONCE = 'AQEBAQEBAQEBAQEBAQEBAQ==';

test('any place within the UI is its page, which runs nothing but what we serve', async (context) => {
  const address = await serve(context, { codecEndpoint: 'https://codec.example.org/x' });
  for (const path of ['/', '/namespaces/n/workflows/order.v2/r', '/index.html']) {
    const response = await fetch(address + path);
    assert.equal(response.status, 200);
    assert.equal(
      await response.text(),
      `<base href="/" /><script nonce="${NONCE}"></script><meta content="${NONCE}">`,
      path,
    );
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, new RegExp(`script-src 'self' 'nonce-${NONCE}';`));
    assert.match(
      policy,
      /connect-src 'self' http:\/\/localhost:\* http:\/\/127\.0\.0\.1:\* https:\/\/codec\.example\.org;/,
    );
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(response.headers.get('cache-control'), 'no-cache');
  }
});

test('files are what they are; those with a hash in their name are kept for good', async (context) => {
  const address = await serve(context);
  const script = await fetch(`${address}/assets/main-1.js`);
  assert.equal(await script.text(), 'main()');
  assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
  assert.match(script.headers.get('cache-control') ?? '', /immutable/);
  assert.equal(script.headers.get('x-content-type-options'), 'nosniff');
  const mark = await fetch(`${address}/mark.svg`, { method: 'HEAD' });
  assert.equal(mark.headers.get('content-type'), 'image/svg+xml');
  assert.equal(await mark.text(), '');
  assert.equal((await fetch(`${address}/assets/main-0.js`)).status, 404);
});

test('no path leads out of the folder', async (context) => {
  const address = await serve(context);
  for (const path of ['/..%2Fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%2F..%2Fsecret.txt', '/a%00.txt']) {
    assert.doesNotMatch(await (await fetch(address + path)).text(), /secret/, path);
  }
});

test('settings are there, other paths of the API are the API', async (context) => {
  const address = await serve(context);
  const settings = (await (await fetch(`${address}/api/v1/settings`)).json()) as Record<string, unknown>;
  assert.equal(settings['DefaultNamespace'], 'default');
  assert.equal(settings['DisableNewsFetch'], true);
  assert.deepEqual(await (await fetch(`${address}/api/v1/nope`)).json(), { code: 5, message: 'Not Found' });
  assert.equal((await fetch(`${address}/healthz`)).status, 200);
  assert.equal((await fetch(address, { method: 'POST' })).status, 405);
});

test('a UI below a path says so in its page', async (context) => {
  const address = await serve(context, { publicPath: ['a b', 'ui'] });
  assert.match(await (await fetch(`${address}/a%20b/ui/`)).text(), /<base href="\/a%20b\/ui\/"/);
  assert.equal((await fetch(`${address}/a%20b/ui/api/v1/settings`)).status, 200);
  assert.equal((await fetch(`${address}/`)).status, 404);
});

test('without a UI the API is there, and that is said', async (context) => {
  const address = await serve(context, { assets: undefined });
  const response = await fetch(address);
  assert.equal(response.status, 404);
  assert.match(await response.text(), /not installed; its API is at \/api\/v1/);
});
