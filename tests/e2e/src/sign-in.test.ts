import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import {
  IdentityProvider,
  TEST_AUDIENCE,
  TEST_CLIENT_ID,
  TEST_CLIENT_SECRET,
} from '@perdure/server/testing/identity-provider';
import type { Page } from 'playwright-core';
import { assertAccessible } from './harness/accessibility.ts';
import { skip } from './harness/browser.ts';
import { CodecServer, reversingCodec } from './harness/codec.ts';
import { UiServer } from './harness/server.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

const KEY = 'the-key-of-the-worker';
const DEEP = '/namespaces/default/workflows?query=WorkflowId%3D%22secret%22';
const WORKFLOW = '/namespaces/default/workflows/secret';

describe('sign-in by OpenID Connect, at a real provider', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-ui-'));
  const codec = new CodecServer();
  let provider: IdentityProvider;
  let stage: Stage;
  before(async () => {
    [provider] = await Promise.all([IdentityProvider.start(), codec.listen()]);
    const identities = join(folder, 'identities.yaml');
    const keySha256 = createHash('sha256').update(KEY).digest('hex');
    writeFileSync(
      identities,
      `identities:\n- name: worker\n  keySha256: ${keySha256}\n  permissions: [temporal-system:admin]\n`,
    );
    const server = UiServer.startProduction((ports) => {
      const base = `http://127.0.0.1:${ports.ui}/`;
      provider.register(base);
      const providers = join(folder, 'providers.yaml');
      const lines = [
        'label: Work',
        `providerUrl: ${provider.issuer}`,
        `clientId: ${TEST_CLIENT_ID}`,
        `clientSecret: ${TEST_CLIENT_SECRET}`,
        `callbackUrl: ${base}auth/sso/callback`,
        'scopes: [openid, profile, email, offline_access]',
      ];
      writeFileSync(providers, `providers:\n  - ${lines.join('\n    ')}\n`);
      return [
        ...['--store-file', join(folder, 'perdure.db'), '--namespace', 'default'],
        ...['--authentication-identities', identities, '--ui-auth-providers', providers],
        ...['--authentication-jwt-keys-url', provider.keysUrl, '--authentication-jwt-audience', TEST_AUDIENCE],
        ...['--authentication-jwt-issuer', provider.issuer],
        ...['--ui-codec-endpoint', codec.address, '--ui-codec-pass-access-token'],
      ];
    });
    stage = await Stage.before(server, { key: KEY, dataConverter: { payloadCodecs: [reversingCodec] } });
    const started = { taskQueue, workflowId: 'secret', args: [{ vault: 'open' }] };
    await stage.client.workflow.start('echoInput', started).then((handle) => handle.result());
  });
  after(async () => {
    codec.close();
    await stage.close();
    await provider.close();
    rmSync(folder, { recursive: true });
  });

  /** What the page reports, but for what it asks the provider and the codec server. */
  async function visit(context: TestContext, path: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
    const { page, found, close } = await stage.open(path, prepare && { prepare });
    context.after(async () => {
      await close();
      const others = [provider.issuer, codec.address];
      assert.deepEqual(
        found.filter((line) => !others.some((address) => line.startsWith(`a request to ${address}/`))),
        [],
      );
    });
    return page;
  }

  /** At the provider. */
  async function giveName(page: Page, name: string): Promise<void> {
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Sign in here' }).click();
  }

  async function signIn(page: Page, name: string): Promise<void> {
    await page.getByRole('link', { name: 'Sign in with Work' }).click();
    await giveName(page, name);
  }

  test('leads from a deep link over the provider back to it, by the keyboard alone', async (context) => {
    const page = await visit(context, DEEP);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'The provider' }).waitFor();
    await page.keyboard.type('ada');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'secret' }).waitFor();
    assert.equal(page.url(), stage.server.origin + DEEP);
    await page.getByRole('button', { name: 'ada of the tests' }).click();
    await page.getByRole('menu').getByText('ada of the tests, ada@example.com').waitFor();
  });

  test('the page holds no token, but for the codec server that the operator named', async (context) => {
    const headers: Record<string, string>[] = [];
    const page = await visit(context, WORKFLOW, (opened) => {
      opened.on('request', (request) => {
        if (request.url().includes('/api/v1/namespaces')) headers.push(request.headers());
      });
      return Promise.resolve();
    });
    await signIn(page, 'ada');
    await page.getByText('"open"').first().waitFor();
    assert.match(codec.asked.at(-1)?.headers.authorization ?? '', /^Bearer eyJ/);
    assert.equal(headers.length > 0 && headers.every((each) => each['authorization'] === undefined), true);
    const kept = await page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href]),
    );
    assert.doesNotMatch(kept, /eyJ|perdure-session/);
  });

  test('goes on when a token ends: the page notices nothing', async (context) => {
    provider.tokenSeconds = 4;
    context.after(() => (provider.tokenSeconds = 300));
    const page = await visit(context, '/namespaces/default/workflows');
    await signIn(page, 'ada');
    await page.getByRole('link', { name: 'secret' }).waitFor();
    await provider.nextGrant('refresh_token');
    await provider.nextGrant('refresh_token');
    await page.getByRole('link', { name: 'Namespaces' }).click();
    await page.getByRole('link', { name: 'default' }).waitFor();
    assert.equal(await page.getByText('Your session has ended').count(), 0);
  });

  test('signs out here and at the provider', async (context) => {
    const page = await visit(context, '/namespaces/default/workflows');
    await signIn(page, 'ada');
    await page.getByRole('button', { name: 'ada of the tests' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign out there' }).click();
    await page.getByRole('heading', { name: 'You have signed out' }).waitFor();
    await page.goto(DEEP);
    await page.getByRole('link', { name: 'Sign in with Work' }).click();
    await page.getByRole('heading', { name: 'The provider' }).waitFor();
  });

  test('says so when the provider lets nobody in, and can be tried again', async (context) => {
    const page = await visit(context, DEEP);
    await page.getByRole('link', { name: 'Sign in with Work' }).click();
    await page.getByRole('link', { name: 'Deny' }).click();
    await page.getByRole('alert').getByText('The provider did not let you in').waitFor();
    await signIn(page, 'ada');
    await page.getByRole('link', { name: 'secret' }).waitFor();
    assert.equal(page.url(), stage.server.origin + DEEP);
  });

  test('says so when the token is for another server', async (context) => {
    provider.audience = 'https://other.example';
    context.after(() => (provider.audience = TEST_AUDIENCE));
    const page = await visit(context, DEEP);
    await signIn(page, 'ada');
    await page.getByRole('alert').getByText('this server does not take the token').waitFor();
    assert.match(page.url(), /\/login\?problem=unknown/);
  });

  test('who has no role is told that he may not read', async (context) => {
    const page = await visit(context, '/namespaces/default/workflows');
    await signIn(page, 'nobody');
    await page.getByRole('alert').getByText('You have no permission for this').first().waitFor();
    await page.getByRole('button', { name: 'nobody of the tests' }).waitFor();
  });

  test('a session that ends leaves what is on the screen, and leads back to it', async (context) => {
    const page = await visit(context, '/namespaces/default/workflows/start-workflow');
    await signIn(page, 'ada');
    await page.getByLabel('Workflow ID').fill('typed');
    await page.evaluate(() => fetch('/auth/logout', { method: 'POST' }).then((response) => response.ok));
    await page.getByRole('button', { name: 'ada of the tests' }).waitFor();
    await page.getByText('Your session has ended').waitFor();
    await assertAccessible(page);
    assert.equal(await page.getByLabel('Workflow ID').inputValue(), 'typed');
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await signIn(page, 'ada');
    await page.getByRole('button', { name: 'Start the workflow' }).waitFor();
    assert.match(page.url(), /\/start-workflow$/);
  });

  test('a token that the server takes no more ends the session, though the provider renews it', async (context) => {
    const page = await visit(context, '/namespaces/default/workflows');
    await signIn(page, 'ada');
    await page.getByRole('link', { name: 'secret' }).waitFor();
    const refused = { status: 401, json: { code: 16, message: 'Sign in first' } };
    await page.route('**/api/v1/**', (route) => route.fulfill(refused));
    await page.getByText('Your session has ended').waitFor();
    await page.unroute('**/api/v1/**');
    await page.getByText('Your session has ended').waitFor({ state: 'detached' });
  });

  test('the operator may have readers led to the provider at once, but not round and round', async (context) => {
    const page = await visit(context, DEEP, (opened) =>
      opened.route('**/api/v1/settings', async (route) => {
        const response = await route.fetch();
        const json = (await response.json()) as { Auth: object };
        await route.fulfill({ response, json: { ...json, Auth: { ...json.Auth, RedirectToProvider: true } } });
      }),
    );
    await page.getByRole('heading', { name: 'The provider' }).waitFor();
    await page.goto(DEEP);
    await page.getByRole('link', { name: 'Sign in with Work' }).waitFor();
    assert.match(page.url(), /\/login\?returnUrl=/);
  });

  test('the address of the official UI leads there, and the page is for everybody', async (context) => {
    const page = await visit(context, '/signin?problem=denied');
    await page.getByRole('alert').waitFor();
    assert.match(page.url(), /\/login\?problem=denied$/);
    for (const look of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: look });
      await assertAccessible(page, look);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await assertAccessible(page, '390 px wide');
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(width <= 390, true, `${width} px wide`);
  });
});
