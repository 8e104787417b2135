import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { HttpServer } from './http-server.ts';
import { Readiness } from '../../observability/readiness.ts';
import { UiSite, type UiSiteOptions } from './ui-site.ts';

interface Sent {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Serves a UI of a few files; gives the address. */
async function serve(context: TestContext, options: Partial<UiSiteOptions> = {}): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'perdure-ui-'));
  const assets = join(root, 'dist');
  mkdirSync(join(assets, 'assets'), { recursive: true });
  writeFileSync(join(root, 'secret.txt'), 'secret');
  writeFileSync(join(assets, 'mark.svg'), '<svg/>');
  writeFileSync(join(assets, 'assets', 'main-1.js'), 'main()');
  for (const extension of ['', '.br', '.gz']) {
    writeFileSync(join(assets, 'assets', `packed-1.js${extension}`), extension || 'plain');
  }
  const page = '<base href="/" /><script nonce="__CSP_NONCE__"></script><meta content="__CSP_NONCE__">';
  writeFileSync(join(assets, 'index.html'), page);
  const { publicPath = [] } = options;
  const site = new UiSite({
    assets,
    publicPath,
    codecEndpoint: '',
    codecTakesToken: false,
    codecTakesCookies: false,
    isNewsFetchDisabled: true,
    isReadOnly: false,
    disabledActions: [],
    hidesQueryErrors: false,
    countsOnce: false,
    grpcAddress: () => '127.0.0.1:7234',
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
    assert.match(policy, /connect-src 'self' https:\/\/codec\.example\.org;/);
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

/** What came for a script and how; `fetch` would unpack it. */
async function getScript(address: string, headers: Readonly<Record<string, string>>): Promise<Sent> {
  const request = get(`${address}/assets/packed-1.js`, { headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: (await response.toArray()).join('') };
}

test('a file is sent as compressed as its caller takes it', async (context) => {
  const address = await serve(context);
  const cases: readonly (readonly [acceptEncoding: string, body: string, coding: string | undefined])[] = [
    ['gzip, deflate, br, zstd', '.br', 'br'],
    ['gzip, deflate', '.gz', 'gzip'],
    ['br;q=0.5, gzip', '.gz', 'gzip'],
    ['br;q=0, gzip;q=0', 'plain', undefined],
    ['*', '.br', 'br'],
    ['*, br;q=0', '.gz', 'gzip'],
    ['identity, br;q=0.1', 'plain', undefined],
    ['', 'plain', undefined],
  ];
  for (const [accepted, body, coding] of cases) {
    const sent = await getScript(address, { 'accept-encoding': accepted });
    assert.equal(sent.body, body, accepted);
    assert.equal(sent.headers['content-encoding'], coding, accepted);
    assert.equal(sent.headers['content-type'], 'text/javascript; charset=utf-8');
    assert.equal(sent.headers.vary, 'accept-encoding');
    assert.equal(sent.headers['content-length'], String(body.length));
  }
});

test('bytes that the caller has are not sent again; those of another coding are others', async (context) => {
  const address = await serve(context);
  const { etag: packed = '' } = (await getScript(address, { 'accept-encoding': 'br' })).headers;
  const { etag: plain = '' } = (await getScript(address, {})).headers;
  assert.notEqual(packed, plain);
  const again = await getScript(address, { 'accept-encoding': 'br', 'if-none-match': `"other", W/${packed}` });
  assert.deepEqual([again.status, again.body, again.headers.etag], [304, '', packed]);
  assert.match(again.headers['cache-control'] ?? '', /immutable/);
  assert.equal((await getScript(address, { 'accept-encoding': 'br', 'if-none-match': plain })).status, 200);
});

test('no path leads out of the folder', async (context) => {
  const address = await serve(context);
  for (const path of ['/..%2Fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%2F..%2Fsecret.txt', '/a%00.txt']) {
    assert.doesNotMatch(await (await fetch(address + path)).text(), /secret/, path);
  }
});

test('the page may ask the codec servers that its reader has chosen, each by its origin, and nobody else', async (context) => {
  const address = await serve(context);
  const allowed = async (cookie: string): Promise<string | undefined> => {
    const policy = (await fetch(address, { headers: { cookie } })).headers.get('content-security-policy') ?? '';
    assert.match(
      policy,
      /^default-src 'none'; script-src 'self' 'nonce-[^']+'; style-src [^;]+; img-src [^;]+; font-src/,
    );
    assert.equal(policy.split('; ').length, 11, policy);
    return /connect-src ([^;]*);/.exec(policy)?.[1];
  };
  assert.equal(await allowed('other=1'), "'self'");
  assert.equal(
    await allowed('a=b; perdure-codecs=http://localhost:8888|https://codec.example; c=d'),
    "'self' http://localhost:8888 https://codec.example",
  );
  const forged = [
    '*',
    'http:',
    'https://*',
    'http://*.example',
    'http://a b',
    'http://x,script-src',
    'data:',
    "'none'",
  ];
  for (const value of [...forged, 'http://u:p@h', 'http://h/path', 'HTTP://h', '//h', '']) {
    assert.equal(await allowed(`perdure-codecs=${value}`), "'self'", value);
  }
  const many = Array.from({ length: 50 }, (_, n) => `http://h${n}`);
  assert.equal((await allowed(`perdure-codecs=${many.join('|')}`))?.split(' ').length, 33);
});

test('the token of a reader is told to his page only where the operator wants that', async (context) => {
  const headers = { authorization: `Basic ${btoa('any:secret')}` };
  const ask = async (address: string, init?: RequestInit): Promise<unknown> =>
    (await fetch(`${address}/api/v1/access-token`, init)).json();
  assert.deepEqual(await ask(await serve(context), { headers }), {});
  const telling = await serve(context, { codecTakesToken: true });
  assert.deepEqual(await ask(telling, { headers }), { accessToken: 'secret' });
  assert.deepEqual(await ask(telling), {});
  const elsewhere = await fetch(`${telling}/api/v1/access-token`, { headers: { ...headers, origin: 'http://evil' } });
  assert.equal(elsewhere.status, 403);
});

test('settings are there, other paths of the API are the API', async (context) => {
  const address = await serve(context);
  const settings = (await (await fetch(`${address}/api/v1/settings`)).json()) as Record<string, unknown>;
  assert.equal(settings['DefaultNamespace'], 'default');
  assert.equal(settings['DisableNewsFetch'], true);
  assert.equal(settings['GrpcAddress'], '127.0.0.1:7234');
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
