import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { authenticatorOf, type Authenticator } from './authenticator.ts';
import { Identities, type Identity } from './identities.ts';
import { readPermissions, Role, roleIn } from './permissions.ts';
import { type WebTokenRules, WebTokens } from './web-tokens.ts';

const NOW_MS = 1_800_000_000_000;

function identity(fields: Partial<Identity>): Identity {
  const { permissions } = readPermissions(['n:write']);
  return { name: 'a', keyHash: undefined, certificateName: undefined, permissions, expiresAtMs: undefined, ...fields };
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
const basic = (password: string): string => `Basic ${Buffer.from(`any:${password}`).toString('base64')}`;

/** The name of the caller with these credentials. */
async function known(
  authenticator: Authenticator,
  authorization: string | undefined,
  certificateNames: readonly string[] = [],
): Promise<string | undefined> {
  return (await authenticator.identify({ authorization, certificateNames }))?.name;
}

test('permissions: the highest for each namespace, those of the system everywhere', () => {
  const { permissions, ignored } = readPermissions([
    'a:read',
    'a:WRITE',
    'b:admin',
    'c',
    ':read',
    'd:owner',
    'e:x:read',
  ]);
  assert.deepEqual(ignored, ['c', ':read', 'd:owner', 'e:x:read']);
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => roleIn(permissions, name)),
    [Role.Write, Role.Admin, Role.None],
  );
  const system = readPermissions(['temporal-system:write', 'a:read']).permissions;
  assert.equal(roleIn(system, 'a'), Role.Write);
  assert.equal(system.namespaces.has('temporal-system'), false);
});

test('an API key is a bearer token, or a password that a browser has asked for', async () => {
  const identities = new Identities(() => NOW_MS, [identity({ keyHash: hashOf('secret') })]);
  const authenticator = authenticatorOf([identities]);
  assert.equal(await known(authenticator, 'Bearer secret'), 'a');
  assert.equal(await known(authenticator, 'bearer  secret'), 'a');
  assert.equal(await known(authenticator, basic('secret')), 'a');
  for (const wrong of [
    undefined,
    '',
    'secret',
    'Bearer',
    'Bearer Secret',
    'Digest secret',
    basic('x'),
    'Basic c2VjcmV0',
  ]) {
    assert.equal(await known(authenticator, wrong), undefined, String(wrong));
  }
  assert.equal(await known(authenticator, `Bearer ${hashOf('secret')}`), undefined, 'the hash is no key');
});

test('a key that has expired or was taken out is unknown at once', async () => {
  let nowMs = NOW_MS;
  const identities = new Identities(() => nowMs, [identity({ keyHash: hashOf('k'), expiresAtMs: NOW_MS + 1 })]);
  const authenticator = authenticatorOf([identities]);
  assert.equal(await known(authenticator, 'Bearer k'), 'a');
  nowMs += 1;
  assert.equal(await known(authenticator, 'Bearer k'), undefined);
  identities.replace([identity({ name: 'b', keyHash: hashOf('k2') })]);
  nowMs = NOW_MS;
  assert.equal(await known(authenticator, 'Bearer k'), undefined);
  assert.equal(await known(authenticator, 'Bearer k2'), 'b');
});

test('a client certificate counts where no token is shown', async () => {
  const identities = new Identities(() => NOW_MS, [identity({ certificateName: 'worker.example' })]);
  const authenticator = authenticatorOf([identities]);
  assert.equal(await known(authenticator, undefined, ['x', 'worker.example']), 'a');
  assert.equal(await known(authenticator, undefined, ['WORKER.example.evil']), undefined);
  assert.equal(await known(authenticator, 'Bearer wrong', ['worker.example']), undefined);
});

interface Issuer {
  readonly keySet: object;
  sign(claims: JWTPayload, options?: { readonly kid?: string }): Promise<string>;
}

async function makeIssuer(kid: string): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    keySet: { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256' }] },
    sign: (claims, options = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: options.kid ?? kid }).sign(privateKey),
  };
}

const RULES: WebTokenRules = { issuer: 'https://idp', audience: 'perdure', permissionsClaim: 'permissions' };
const CLAIMS = { iss: 'https://idp', aud: 'perdure', sub: 'sue', exp: NOW_MS / 1_000 + 60, permissions: ['n:write'] };

test('a token of our issuer for us is taken, with its permissions', async () => {
  const issuer = await makeIssuer('k1');
  const tokens = await WebTokens.ofKeys(issuer.keySet, () => NOW_MS, RULES, assert.fail);
  const token = await issuer.sign(CLAIMS);
  const caller = await authenticatorOf([tokens]).identify({ authorization: `Bearer ${token}`, certificateNames: [] });
  assert.equal(caller?.name, 'sue');
  assert.equal(caller && roleIn(caller.permissions, 'n'), Role.Write);
});

test('a token that is not signed, for us, of our issuer, whole and in time is refused', async () => {
  const issuer = await makeIssuer('k1');
  const other = await makeIssuer('k1');
  const reasons: string[] = [];
  const tokens = await WebTokens.ofKeys(
    issuer.keySet,
    () => NOW_MS,
    RULES,
    (reason) => reasons.push(reason),
  );
  const good = await issuer.sign(CLAIMS);
  const [head = '', body = '', signature = ''] = good.split('.');
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const publicPem = JSON.stringify(issuer.keySet);
  const hmac = new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(Buffer.from(publicPem));
  const { sub: _sub, ...nameless } = CLAIMS;
  const { exp: _exp, ...endless } = CLAIMS;
  const bad = {
    unsigned: `${encode({ alg: 'none' })}.${body}.`,
    'of another key': await other.sign(CLAIMS),
    'of an unknown key': await issuer.sign(CLAIMS, { kid: 'k2' }),
    'signed with the public key': await hmac,
    changed: `${head}.${encode({ ...CLAIMS, permissions: ['temporal-system:admin'] })}.${signature}`,
    expired: await issuer.sign({ ...CLAIMS, exp: NOW_MS / 1_000 }),
    'not yet good': await issuer.sign({ ...CLAIMS, nbf: NOW_MS / 1_000 + 61 }),
    'for another service': await issuer.sign({ ...CLAIMS, aud: 'other' }),
    'of another issuer': await issuer.sign({ ...CLAIMS, iss: 'https://evil' }),
    nameless: await issuer.sign(nameless),
    'without an end': await issuer.sign(endless),
    'no token': 'a.b.c',
  };
  for (const [what, token] of Object.entries(bad)) assert.equal(await tokens.identify(token), undefined, what);
  assert.equal(reasons.length, Object.keys(bad).length);
  assert.equal((await tokens.identify(good))?.name, 'sue');
});

test('a token may begin by a clock that is up to a minute ahead of ours', async () => {
  const issuer = await makeIssuer('k1');
  const tokens = await WebTokens.ofKeys(issuer.keySet, () => NOW_MS, RULES, assert.fail);
  const token = await issuer.sign({ ...CLAIMS, nbf: NOW_MS / 1_000 + 60 });
  assert.equal((await tokens.identify(token))?.name, 'sue');
});

test('a token that was good is refused once it has expired or its key is gone', async () => {
  const [issuer, next] = await Promise.all([makeIssuer('k1'), makeIssuer('k2')]);
  let nowMs = NOW_MS;
  const tokens = await WebTokens.ofKeys(
    issuer.keySet,
    () => nowMs,
    RULES,
    () => {},
  );
  const short = await issuer.sign({ ...CLAIMS, exp: NOW_MS / 1_000 + 5 });
  const long = await issuer.sign(CLAIMS);
  assert.ok(await tokens.identify(short));
  assert.ok(await tokens.identify(long));
  nowMs += 5_000;
  assert.equal(await tokens.identify(short), undefined);
  assert.ok(await tokens.identify(long));
  await tokens.replaceKeys(next.keySet);
  assert.equal(await tokens.identify(long), undefined);
  assert.ok(await tokens.identify(await next.sign(CLAIMS)));
  await assert.rejects(tokens.replaceKeys({ keys: 'none' }));
});

test('permissions stand in the claim that is named', async () => {
  const issuer = await makeIssuer('k1');
  const rules = { issuer: undefined, audience: undefined, permissionsClaim: 'https://x/roles' };
  const tokens = await WebTokens.ofKeys(issuer.keySet, () => NOW_MS, rules, assert.fail);
  const { sub, exp, permissions } = CLAIMS;
  const token = await issuer.sign({ sub, exp, permissions, 'https://x/roles': ['m:read', 5] });
  const caller = await tokens.identify(token);
  assert.deepEqual(caller && [...caller.permissions.namespaces], [['m', Role.Read]]);
});

test('keys are fetched from their address', async (context: TestContext) => {
  const issuer = await makeIssuer('k1');
  const server = createServer((_request, response) => response.end(JSON.stringify(issuer.keySet)));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
  const tokens = await WebTokens.ofUrl(url, 60_000, () => NOW_MS, RULES, assert.fail);
  assert.equal((await tokens.identify(await issuer.sign(CLAIMS)))?.name, 'sue');
});
