import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readProviders, type ReadProviders } from './read-providers.ts';

const ENVIRONMENT = { SECRET: 'from the environment' };

function read(text: string, given: { publicPath?: string; isInsecure?: boolean } = {}): ReadProviders {
  return readProviders('providers.yaml', text, {
    environment: ENVIRONMENT,
    publicPath: '/',
    isInsecure: false,
    ...given,
  });
}

function problemsOf(text: string, given?: Parameters<typeof read>[1]): string[] {
  try {
    read(text, given);
    return [];
  } catch (error) {
    return (error as Error).message.replace('providers.yaml: ', '').split(/; (?!allowed)/);
  }
}

const ONE = `
providers:
  - providerUrl: https://id.example/realms/staff
    clientId: perdure
    callbackUrl: https://perdure.example/auth/sso/callback
`;

test('a provider as the official UI server is told of it', () => {
  const text = `${ONE}    label: Work
    type: oidc
    issuerUrl: https://issuer.example
    clientSecret: hidden
    scopes: [openid, offline_access]
    options: { audience: perdure, max_age: 60 }
    useIdTokenAsBearer: true
    sendIdTokenAtLogout: true
`;
  assert.deepEqual(read(text).providers, [
    {
      label: 'Work',
      providerUrl: new URL('https://id.example/realms/staff'),
      issuerUrl: 'https://issuer.example',
      clientId: 'perdure',
      clientSecret: 'hidden',
      callbackUrl: new URL('https://perdure.example/auth/sso/callback'),
      scopes: ['openid', 'offline_access'],
      parameters: new Map([
        ['audience', 'perdure'],
        ['max_age', '60'],
      ]),
      bearer: 'id',
      takesIdTokenAtLogout: true,
    },
  ]);
});

test('what is not said: a public client, the usual scopes, the access token', () => {
  const [provider] = read(ONE).providers;
  assert.equal(provider?.label, 'sso');
  assert.equal(provider?.clientSecret, undefined);
  assert.deepEqual(provider?.scopes, ['openid', 'profile', 'email']);
  assert.equal(provider?.bearer, 'access');
});

test('a secret may be in a file or in the environment', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'secret');
  writeFileSync(file, 'from a file\n');
  const { providers, secretFiles } = read(`${ONE}    clientSecretFile: ${file}\n`);
  assert.equal(providers[0]?.clientSecret, 'from a file');
  assert.deepEqual(secretFiles, [file]);
  assert.equal(read(`${ONE}    clientSecretVariable: SECRET\n`).providers[0]?.clientSecret, 'from the environment');
  assert.deepEqual(problemsOf(`${ONE}    clientSecretVariable: OTHER\n`), [
    'providers[0].clientSecretVariable: OTHER is not set',
  ]);
  assert.match(problemsOf(`${ONE}    clientSecretFile: ${folder}/none\n`)[0] ?? '', /clientSecretFile: ENOENT/);
  assert.deepEqual(problemsOf(`${ONE}    clientSecret: a\n    clientSecretFile: ${file}\n`), [
    'providers[0] takes one of clientSecret, clientSecretFile and clientSecretVariable',
  ]);
});

test('everything that is wrong is told, each with its place', () => {
  const text = `
providers:
  - label: a
    typ: oidc
    providerUrl: http://id.example
    callbackUrl: https://perdure.example/other
    scopes: [email]
    options: { nonce: x, list: [] }
    useIdTokenAsBearer: maybe
  - label: a
    type: saml
    providerUrl: https://id.example
    clientId: perdure
    callbackUrl: http://127.0.0.1:8233/auth/sso/callback
`;
  const fields =
    'label, type, providerUrl, issuerUrl, clientId, clientSecret, clientSecretFile, clientSecretVariable, callbackUrl, scopes, options, useIdTokenAsBearer, sendIdTokenAtLogout';
  assert.deepEqual(problemsOf(text), [
    `providers[0].typ is unknown; allowed: ${fields}`,
    'providers[0].clientId is missing',
    'providers[0].providerUrl: "http://id.example" is not allowed: must be an https address, or http on loopback',
    'providers[0].callbackUrl must end with /auth/sso/callback',
    'providers[0].scopes must contain openid',
    'providers[0].options.nonce is set by the server',
    'providers[0].options.list must be a text',
    'providers[0].useIdTokenAsBearer must be true or false',
    'providers[1].type must be oidc',
    'two providers have the same label',
    'all providers need the same callbackUrl: the Web UI has one address',
  ]);
  for (const none of ['providers: []', 'provider: []', '- 1', 'providers: x']) {
    assert.deepEqual(problemsOf(none), ['must be a map with "providers", a list'], none);
  }
});

test('the callback is where the Web UI is, and without TLS on this machine alone', () => {
  const at = (url: string): string => ONE.replace('https://perdure.example/auth/sso/callback', url);
  assert.deepEqual(problemsOf(at('https://perdure.example/a%20b/auth/sso/callback'), { publicPath: '/a b/' }), []);
  assert.deepEqual(problemsOf(at('https://perdure.example/auth/sso/callback'), { publicPath: '/ui' }), [
    'providers[0].callbackUrl must end with /ui/auth/sso/callback',
  ]);
  assert.equal(problemsOf(at('http://perdure.example/auth/sso/callback')).length, 1);
  assert.deepEqual(problemsOf(at('http://perdure.example/auth/sso/callback'), { isInsecure: true }), []);
});
