import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { MemoryStore } from '@perdure/storage';
import { decodeJwt } from 'jose';
import { defaultDynamicConfig } from '../config/dynamic-config.ts';
import { createNodeHost } from '../host/node-host.ts';
import { silentLogger } from '../observability/logger.ts';
import { createMetricsRegistry } from '../observability/metrics.ts';
import { authenticatorOf } from '../security/authenticator.ts';
import { WebTokens } from '../security/web-tokens.ts';
import { startServer } from '../server.ts';
import {
  IdentityProvider,
  type Spoiling,
  TEST_AUDIENCE,
  TEST_CLIENT_ID,
  TEST_CLIENT_SECRET,
} from '../testing/identity-provider.ts';
import type { ProviderOptions } from './provider.ts';
import type { SignInOptions } from './sign-in.ts';

const HOUR_MS = 3_600_000;

interface Stage {
  readonly provider: IdentityProvider;
  /** Of the Web UI, without a slash at its end. */
  readonly address: string;
  readonly store: MemoryStore;
  /** Moves the server's clock. */
  readonly pass: (ms: number) => void;
  /** The same server again, on what its store kept. */
  readonly restart: () => Promise<void>;
}

interface Given {
  readonly provider?: Partial<ProviderOptions>;
  readonly signIn?: Partial<SignInOptions>;
  /** Path under which the UI is, with a slash at its end. */
  readonly path?: string;
}

/** A server whose Web UI signs in at a real provider. */
async function serve(context: TestContext, given: Given = {}): Promise<Stage> {
  const provider = await IdentityProvider.start();
  context.after(() => provider.close());
  let aheadMs = 0;
  const host = createNodeHost(() => Date.now() + aheadMs);
  const store = new MemoryStore();
  const { path = '/' } = given;
  // Its content outlives a server of the test.
  store.close = () => Promise.resolve();
  const rules = { issuer: provider.issuer, audience: TEST_AUDIENCE, permissionsClaim: 'permissions' };
  const tokens = await WebTokens.ofUrl(
    new URL(provider.keysUrl),
    HOUR_MS,
    () => host.now(),
    rules,
    () => {},
  );
  let options: readonly ProviderOptions[] = [];
  const start = (port: number) =>
    startServer({
      store,
      host,
      logger: silentLogger,
      metrics: createMetricsRegistry(),
      config: defaultDynamicConfig,
      grpc: { host: '127.0.0.1', port: 0 },
      ui: {
        host: '127.0.0.1',
        port,
        publicPath: decodeURIComponent(path),
        codecTakesToken: true,
        signIn: { providers: () => options, sessionMaxMs: 24 * HOUR_MS, redirectsToProvider: false, ...given.signIn },
      },
      authenticator: authenticatorOf([tokens]),
      namespaces: ['default', 'other'],
      retentionMs: 24 * HOUR_MS,
      searchAttributes: new Map(),
    });
  let server = await start(0);
  context.after(() => server.stop(0));
  const port = server.ports.ui ?? 0;
  const address = `http://127.0.0.1:${port}`;
  provider.register(`${address}${path}`);
  options = [
    {
      label: 'Work',
      providerUrl: new URL(provider.issuer),
      issuerUrl: undefined,
      clientId: TEST_CLIENT_ID,
      clientSecret: TEST_CLIENT_SECRET,
      callbackUrl: new URL(`${address}${path}auth/sso/callback`),
      scopes: ['openid', 'profile', 'email', 'offline_access'],
      parameters: new Map(),
      bearer: 'access',
      takesIdTokenAtLogout: false,
      ...given.provider,
    },
  ];
  return {
    provider,
    address,
    store,
    pass: (ms) => void (aheadMs += ms),
    restart: async () => {
      await server.stop(0);
      server = await start(port);
    },
  };
}

interface BrowserRequest {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** A browser as far as sign-in needs one: it keeps cookies, and stops at each redirect. */
class Browser {
  /** By name and path. */
  readonly #cookies = new Map<string, Cookie>();

  async get(url: string, init: BrowserRequest = {}): Promise<Response> {
    const { pathname } = new URL(url);
    const sent = [...this.#cookies.values()].filter(({ path }) => pathname.startsWith(path));
    const cookie = sent.map(({ name, value }) => `${name}=${value}`).join('; ');
    // Each on a connection of its own: the server of a test may be another one by now.
    const headers = { connection: 'close', cookie, ...init.headers };
    const response = await fetch(url, { redirect: 'manual', ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const [, path = '/'] = /; path=([^;]*)/i.exec(line) ?? [];
      const isRemoved = /; Max-Age=0(;|$)|; expires=Thu, 01 Jan 1970/.test(line);
      if (isRemoved) this.#cookies.delete(`${name} ${path}`);
      else this.#cookies.set(`${name} ${path}`, { name, value, path });
    }
    return response;
  }

  /** Follows redirects until a page, or one that leads to an address that `stops`. */
  async follow(url: string, stops: (url: string) => boolean = () => false, init: BrowserRequest = {}): Promise<string> {
    let at = url;
    for (let response = await this.get(at, init); ; response = await this.get(at)) {
      const location = response.headers.get('location');
      await response.body?.cancel();
      if (location === null) return at;
      at = new URL(location, at).href;
      if (stops(at)) return at;
    }
  }

  /** Signs in as somebody; gives the address at which the browser ends. */
  async signIn({ address, provider }: Stage, name: string, returnUrl = '/'): Promise<string> {
    const form = await this.follow(`${address}/auth/sso?${new URLSearchParams({ returnUrl }).toString()}`);
    if (!form.startsWith(provider.issuer)) return form;
    return this.send(form, name, address);
  }

  /** Sends the provider's form. */
  send(form: string, name: string, address: string): Promise<string> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const init = { method: 'POST', body: `login=${name}`, headers };
    return this.follow(form, (url) => url.startsWith(address) && !url.includes('/auth/'), init);
  }

  async status(url: string, init?: BrowserRequest): Promise<number> {
    const response = await this.get(url, init);
    await response.body?.cancel();
    return response.status;
  }

  get cookies(): readonly Cookie[] {
    return [...this.#cookies.values()];
  }

  /** The session as the browser sends it. */
  get session(): string | undefined {
    const cookie = this.cookies.find(({ name }) => name.includes('perdure-session-'));
    return cookie && `${cookie.name}=${cookie.value}`;
  }
}

const DEEP = '/namespaces/default/workflows/a%2Fb/run?tab=history#e5';

test('leads to the provider and back to what was asked for; the browser holds no token', async (context) => {
  const stage = await serve(context);
  const { address } = stage;
  const browser = new Browser();
  const list = `${address}/api/v1/namespaces/default/workflows`;
  const refused = await browser.get(list);
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get('www-authenticate'), null, 'no dialog of the browser');
  assert.deepEqual(await refused.json(), { code: 16, message: 'Sign in first' });
  const settings = (await (await browser.get(`${address}/api/v1/settings`)).json()) as { Auth: unknown };
  assert.deepEqual(settings.Auth, {
    Enabled: true,
    Options: [],
    RedirectToProvider: false,
    Providers: [{ Label: 'Work' }],
  });
  assert.equal(await browser.signIn(stage, 'ada', DEEP), `${address}${DEEP}`);
  assert.equal(await browser.status(list), 200);
  const person = await (await browser.get(`${address}/auth/session`)).json();
  assert.deepEqual(
    { ...(person as object), endsAt: undefined },
    { name: 'ada of the tests', email: 'ada@example.com', provider: 'Work', endsAt: undefined },
  );
  for (const { name, value } of browser.cookies) {
    if (name.startsWith('perdure-')) assert.doesNotMatch(value, /\./, `${name} is no token`);
  }
});

test('the page may have the token for codec servers where the operator wants that', async (context) => {
  const stage = await serve(context);
  const { address } = stage;
  const browser = new Browser();
  const ask = async (headers: Record<string, string> = {}): Promise<{ accessToken?: string }> =>
    (await browser.get(`${address}/api/v1/access-token`, { headers })).json() as Promise<{ accessToken?: string }>;
  assert.deepEqual(await ask(), {});
  await browser.signIn(stage, 'ada');
  const { accessToken = '' } = await ask({ 'sec-fetch-site': 'same-origin' });
  const { sub, aud } = decodeJwt(accessToken);
  assert.deepEqual([sub, aud], ['ada', TEST_AUDIENCE]);
  assert.deepEqual(await ask({ 'sec-fetch-site': 'cross-site' }), {});
});

test('a session may do what its token allows, no more', async (context) => {
  const stage = await serve(context);
  const { address } = stage;
  const reader = new Browser();
  await reader.signIn(stage, 'reader');
  const json = { 'content-type': 'application/json' };
  assert.equal(await reader.status(`${address}/api/v1/namespaces/default/workflows`), 200);
  assert.equal(await reader.status(`${address}/api/v1/namespaces/other/workflows`), 403);
  const start = { method: 'POST', body: '{}', headers: json };
  assert.equal(await reader.status(`${address}/api/v1/namespaces/default/workflows/w`, start), 403);
  const nobody = new Browser();
  assert.equal(await nobody.signIn(stage, 'nobody'), `${address}/`, 'known, though he may do nothing');
  assert.equal(await nobody.status(`${address}/api/v1/namespaces/default/workflows`), 403);
});

test('a session is for pages of ours alone', async (context) => {
  const stage = await serve(context);
  const { address } = stage;
  const browser = new Browser();
  await browser.signIn(stage, 'ada');
  const list = `${address}/api/v1/namespaces/default/workflows`;
  assert.equal(await browser.status(list, { headers: { 'sec-fetch-site': 'same-origin' } }), 200);
  for (const site of ['cross-site', 'same-site']) {
    const headers = { 'sec-fetch-site': site };
    assert.equal(await browser.status(list, { headers }), 401, site);
    for (const path of ['logout', 'refresh', 'session']) {
      assert.equal(await browser.status(`${address}/auth/${path}`, { headers }), 403, `${path} ${site}`);
    }
  }
  const origin = { headers: { origin: 'http://evil.example' } };
  assert.equal(await browser.status(`${address}/auth/logout`, { method: 'POST', ...origin }), 403);
  assert.equal(await browser.status(list), 200, 'signed in still');
});

test('cookies are out of the reach of scripts, and over https of everything but https', async (context) => {
  const stage = await serve(context);
  const browser = new Browser();
  const { address } = stage;
  const begun = await browser.get(`${address}/auth/sso`);
  const [flow = ''] = begun.headers.getSetCookie();
  assert.match(flow, /^perdure-sign-in-[0-9a-f]{16}=[\w-]+; Path=\/auth\/sso; Max-Age=600; HttpOnly; SameSite=Lax$/);
  const query = new URL(begun.headers.get('location') ?? '').searchParams;
  assert.equal(query.get('code_challenge_method'), 'S256');
  assert.equal(query.get('redirect_uri'), `${address}/auth/sso/callback`);
  assert.notEqual(query.get('state'), query.get('nonce'));
  const secure = await serve(context, {
    provider: { callbackUrl: new URL('https://perdure.example/auth/sso/callback') },
  });
  const moved = await browser.get(`${secure.address}/auth/sso`);
  assert.match(
    moved.headers.get('location') ?? '',
    /^https:\/\/perdure\.example\/auth\/sso\?/,
    'to where cookies belong',
  );
  const at = await browser.get(`${secure.address}/auth/sso?moved=true`);
  assert.match(at.headers.getSetCookie()[0] ?? '', /; Secure$/);
  const out = await browser.get(`${secure.address}/auth/logout`, { method: 'POST' });
  assert.match(
    out.headers.getSetCookie()[0] ?? '',
    /^__Host-perdure-session-[0-9a-f]{8}=; Path=\/; Max-Age=0; HttpOnly; SameSite=Lax; Secure$/,
  );
});

test('a token is renewed before it ends: once for all that ask at the same time', async (context) => {
  const stage = await serve(context);
  const { address, provider, pass } = stage;
  const browser = new Browser();
  await browser.signIn(stage, 'ada');
  const list = `${address}/api/v1/namespaces/default/workflows`;
  assert.equal(await browser.status(list), 200);
  assert.deepEqual(provider.granted, ['authorization_code']);
  pass(250_000);
  const statuses = await Promise.all(Array.from({ length: 10 }, () => browser.status(list)));
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert.deepEqual(provider.granted, ['authorization_code', 'refresh_token']);
});

test('a session outlives a restart of the server, and new tokens with it', async (context) => {
  const stage = await serve(context);
  const { address, provider, pass, restart, store } = stage;
  const browser = new Browser();
  await browser.signIn(stage, 'ada');
  const kept = (await store.readRegistry('ui-sessions')).map(
    ({ id, body }) => id + Buffer.from(body).toString('latin1'),
  );
  assert.equal(kept.length, 1);
  assert.doesNotMatch(kept.join(), /eyJ|ada/, 'nothing that can be read');
  assert.equal(kept.join().includes(browser.session?.split('=')[1] ?? '?'), false, 'nor what opens it');
  const list = `${address}/api/v1/namespaces/default/workflows`;
  pass(250_000);
  assert.equal(await browser.status(list), 200);
  await restart();
  assert.equal(await browser.status(list), 200);
  pass(40_000);
  assert.equal(await browser.status(list), 200, 'by the refresh token that was kept last');
  assert.deepEqual(provider.granted, ['authorization_code', 'refresh_token', 'refresh_token']);
});

test('a provider that is down: the old token serves while it is good, then that is said', async (context) => {
  const stage = await serve(context);
  const { address, provider, pass } = stage;
  const browser = new Browser();
  await browser.signIn(stage, 'ada');
  const list = `${address}/api/v1/namespaces/default/workflows`;
  provider.isDown = true;
  pass(250_000);
  assert.equal(await browser.status(list), 200);
  const asked = provider.requests;
  assert.equal(await browser.status(list), 200);
  assert.equal(provider.requests, asked, 'left alone for a while');
  pass(60_000);
  const answer = await browser.get(list);
  assert.equal(answer.status, 503);
  assert.deepEqual(await answer.json(), { code: 14, message: 'The provider of the sign-in does not answer' });
  assert.equal(await browser.status(`${address}/auth/refresh`, { method: 'POST' }), 503);
  provider.isDown = false;
  pass(5_000);
  assert.equal(await browser.status(`${address}/auth/refresh`, { method: 'POST' }), 401, 'its clock is behind by now');
});

test('a session ends when it is over, whatever the provider says', async (context) => {
  const stage = await serve(context, { signIn: { sessionMaxMs: 200_000 } });
  const { address, pass } = stage;
  const browser = new Browser();
  await browser.signIn(stage, 'ada');
  pass(199_000);
  assert.equal(await browser.status(`${address}/auth/session`), 200);
  pass(2_000);
  assert.equal(await browser.status(`${address}/auth/session`), 401);
  assert.equal(await browser.status(`${address}/auth/refresh`, { method: 'POST' }), 401);
  assert.equal(await browser.status(`${address}/api/v1/namespaces/default/workflows`), 401);
});

test('signing out ends the session here, gives the refresh token back, and leads to the end at the provider', async (context) => {
  const stage = await serve(context);
  const { address, provider } = stage;
  const browser = new Browser();
  await browser.signIn(stage, 'ada');
  const kept = browser.session ?? '';
  const reply = await browser.get(`${address}/auth/logout`, { method: 'POST' });
  const { location } = (await reply.json()) as { location: string };
  const url = new URL(location);
  assert.equal(url.origin + url.pathname, `${provider.issuer}/session/end`);
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    client_id: TEST_CLIENT_ID,
    post_logout_redirect_uri: `${address}/auth/signed-out`,
  });
  assert.equal(await browser.follow(`${address}/auth/signed-out`), `${address}/login?signedOut=true`);
  assert.equal(browser.session, undefined);
  const headers = { cookie: kept };
  assert.equal(await browser.status(`${address}/auth/session`, { headers }), 401, 'also for who kept the cookie');
});

test('the ID token can be what callers show: it is judged like any other', async (context) => {
  const stage = await serve(context, { provider: { bearer: 'id' } });
  const browser = new Browser();
  const end = await browser.signIn(stage, 'ada', '/settings');
  // Its audience is the client, and not this server.
  assert.equal(end, `${stage.address}/login?problem=unknown&returnUrl=%2Fsettings`);
  assert.equal(await browser.status(`${stage.address}/auth/session`), 401);
});

test('what goes wrong leads to the page that says so, never round and round', async (context) => {
  const stage = await serve(context);
  const { address, provider } = stage;
  const login = (problem: string): string => `${address}/login?problem=${problem}&returnUrl=%2Fsettings`;
  const begin = `${address}/auth/sso?returnUrl=/settings`;
  const stops = (url: string): boolean => url.startsWith(`${address}/login`);

  const denying = new Browser();
  const form = await denying.follow(begin);
  assert.equal(await denying.follow(`${form}/deny`, stops), login('denied'));

  provider.audience = 'https://other.example';
  assert.equal(await new Browser().signIn(stage, 'ada', '/settings'), login('unknown'));
  provider.audience = TEST_AUDIENCE;

  const late = new Browser();
  const lateForm = await late.follow(begin);
  stage.pass(601_000);
  assert.equal(await late.send(lateForm, 'ada', address), `${address}/login?problem=expired`);
  stage.pass(-601_000);

  const foreign = new Browser();
  const code = `${address}/auth/sso/callback?code=c&state=s`;
  assert.equal(await foreign.follow(code, stops), `${address}/login?problem=expired`, 'a sign-in of somebody else');
});

test('an ID token counts only from this provider, for this client, this sign-in and this time', async (context) => {
  const stage = await serve(context);
  const { address, provider } = stage;
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const spoilings: readonly (readonly [string, Spoiling, problem: string])[] = [
    ['issuer', { claims: { iss: 'https://other.example' } }, 'untrusted'],
    ['audience', { claims: { aud: 'other' } }, 'untrusted'],
    ['nonce', { claims: { nonce: 'other' } }, 'untrusted'],
    ['expiry', { claims: { exp: nowSeconds - 60 } }, 'clock'],
    ['not yet', { claims: { nbf: nowSeconds + 60 } }, 'clock'],
    ['signature', { isForged: true }, 'untrusted'],
  ];
  for (const [what, spoiling, problem] of spoilings) {
    provider.spoiling = spoiling;
    const browser = new Browser();
    assert.equal(await browser.signIn(stage, 'ada', '/x'), `${address}/login?problem=${problem}&returnUrl=%2Fx`, what);
    assert.equal(browser.session, undefined, what);
  }
  provider.spoiling = { claims: { exp: nowSeconds - 20 } };
  assert.equal(await new Browser().signIn(stage, 'ada', '/x'), `${address}/x`, 'a clock may be a little off');
});

test('tokens of somebody else are no continuation of a session', async (context) => {
  const stage = await serve(context);
  const { address, provider, pass } = stage;
  const browser = new Browser();
  await browser.signIn(stage, 'ada');
  provider.spoiling = { claims: { sub: 'eve' } };
  pass(250_000);
  assert.equal(await browser.status(`${address}/api/v1/namespaces/default/workflows`), 401);
});

test('a provider that cannot be reached, or is not the one that was meant', async (context) => {
  const gone = await IdentityProvider.start();
  await gone.close();
  const unreachable = await serve(context, { provider: { providerUrl: new URL(gone.issuer) } });
  const browser = new Browser();
  assert.equal(
    await browser.signIn(unreachable, 'ada', '/x'),
    `${unreachable.address}/login?problem=unreachable&returnUrl=%2Fx`,
  );
  const other = await serve(context, { provider: { issuerUrl: 'https://other.example' } });
  assert.equal(await browser.signIn(other, 'ada', '/x'), `${other.address}/login?problem=failed&returnUrl=%2Fx`);
  const wrongSecret = await serve(context, { provider: { clientSecret: 'wrong' } });
  assert.equal(
    await new Browser().signIn(wrongSecret, 'ada', '/x'),
    `${wrongSecret.address}/login?problem=failed&returnUrl=%2Fx`,
  );
});

test('no sign-in leads to another place than the Web UI', async (context) => {
  const stage = await serve(context);
  for (const evil of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/.//evil.example',
    'javascript:x',
    '/login',
    '/auth/sso',
  ]) {
    const browser = new Browser();
    assert.equal(await browser.signIn(stage, 'ada', evil), `${stage.address}/`, evil);
  }
  const long = `/namespaces/default/workflows?query=${'x'.repeat(9_000)}`;
  assert.equal(await new Browser().signIn(stage, 'ada', long), `${stage.address}/namespaces/default/workflows`);
});

test('a UI below a path keeps its cookies there', async (context) => {
  const stage = await serve(context, { path: '/a%20b/' });
  const browser = new Browser();
  const address = `${stage.address}/a%20b`;
  const form = await browser.follow(`${address}/auth/sso?returnUrl=/a%20b/settings`);
  assert.equal(await browser.send(form, 'ada', stage.address), `${address}/settings`);
  assert.deepEqual(
    browser.cookies.filter(({ name }) => name.startsWith('perdure-')).map(({ path }) => path),
    ['/a%20b/'],
  );
  assert.equal(await browser.status(`${address}/api/v1/namespaces/default/workflows`), 200);
  assert.equal(await browser.status(`${address}/auth/logout`, { method: 'POST' }), 200);
  assert.equal(await browser.status(`${address}/api/v1/namespaces/default/workflows`), 401);
});

test('what a store cannot keep is no session, and is not blamed on the provider', async (context) => {
  const stage = await serve(context);
  stage.store.writeRegistry = () => Promise.reject(new Error('the disk is full'));
  const end = await new Browser().signIn(stage, 'ada', '/x');
  assert.equal(end, `${stage.address}/login?problem=failed&returnUrl=%2Fx`);
});

test('tabs that sign in at the same time do not disturb each other', async (context) => {
  const stage = await serve(context);
  const browser = new Browser();
  const forms: string[] = [];
  for (const path of ['/a', '/b']) forms.push(await browser.follow(`${stage.address}/auth/sso?returnUrl=${path}`));
  const [first = '', second = ''] = forms;
  assert.equal(await browser.send(second, 'ada', stage.address), `${stage.address}/b`);
  assert.equal(await browser.send(first, 'ada', stage.address), `${stage.address}/a`);
  const again = `${stage.address}/auth/sso/callback?code=c&state=s`;
  assert.equal(await browser.follow(again, (url) => url === `${stage.address}/`), `${stage.address}/`, 'back after it');
});
