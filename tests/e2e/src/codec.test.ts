import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';

const path = '/namespaces/default/workflows/secret';

/** A codec server whose every payload says for whom it was decoded. */
class Codec {
  readonly asked: IncomingHttpHeaders[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const { origin = '' } = request.headers;
      const allow = { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };
      const headers = 'content-type,x-namespace,authorization';
      response.writeHead(200, {
        ...allow,
        'access-control-allow-headers': headers,
        'content-type': 'application/json',
      });
      if (request.method !== 'POST') return void response.end();
      this.asked.push(request.headers);
      const data = btoa(JSON.stringify(`read for ${String(request.headers['x-namespace'])}`));
      response.end(JSON.stringify({ payloads: [{ metadata: { encoding: btoa('json/plain') }, data }] }));
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('a codec server that is chosen in the browser', { skip }, () => {
  let stage: Stage;
  const codec = new Codec();
  before(async () => {
    await codec.listen();
    stage = await Stage.open();
    await stage.client.workflowService.startWorkflowExecution({
      namespace: 'default',
      workflowId: 'secret',
      requestId: 'secret',
      workflowType: { name: 'secret' },
      taskQueue: { name: 'nobody-there' },
      input: { payloads: [{ metadata: { encoding: Buffer.from('binary/encrypted') }, data: Buffer.from([1, 2]) }] },
    });
  });
  after(async () => {
    codec.close();
    await stage.close();
  });

  /** What the page reports, but for its requests to the codec server. */
  async function open(context: TestContext, at: string, expected?: RegExp): Promise<Page> {
    const { page, found, close } = await stage.open(at, expected && { expected });
    context.after(async () => {
      await close();
      assert.deepEqual(
        found.filter((line) => !/^a request to http:\/\/[^/]*\/(decode|page|favicon)/.test(line)),
        [],
      );
    });
    return page;
  }

  async function choose(page: Page): Promise<void> {
    await page.goto('/settings');
    await page.getByLabel('Address', { exact: true }).fill(codec.address);
    const isRead = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await isRead;
  }

  test('may be asked from then on, for its namespace, and nobody else may', async (context) => {
    const page = await open(context, path, /Content Security Policy/);
    await page.getByText('binary/encrypted, 2 B').first().waitFor();
    const reach = (address: string): Promise<string> =>
      page.evaluate((url) => fetch(`${url}/decode`, { method: 'POST' }).then(String, () => 'refused'), address);
    assert.equal(await reach(codec.address), 'refused');
    assert.equal(codec.asked.length, 0);
    await choose(page);
    await page.getByRole('button', { name: 'Ask it' }).click();
    await page.getByText('It answers.').waitFor();
    await page.goto(path);
    await page.getByText('"read for default"').first().waitFor();
    // Who comes by a link of another site has brought what he chose.
    await page.goto(`${codec.address.replace('127.0.0.1', 'localhost')}/page`);
    await page.evaluate((to) => void (location.href = to), `${stage.server.origin}${path}`);
    await page.getByText('"read for default"').first().waitFor();
    assert.equal(codec.asked.at(-1)?.['authorization'], undefined);
    assert.equal(codec.asked.at(-1)?.cookie, undefined);
    assert.equal(await reach(codec.address.replace('127.0.0.1', 'localhost')), 'refused');
  });

  test('of another namespace is not asked, and one that is chosen no more neither', async (context) => {
    const page = await open(context, path);
    await choose(page);
    const stored = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('codec')));
    assert.deepEqual(stored, ['perdure.codec.default']);
    await page.getByLabel('Address', { exact: true }).fill('');
    const isRead = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await isRead;
    assert.equal(await page.evaluate(() => document.cookie), '');
    await page.goto(path);
    await page.getByText('binary/encrypted, 2 B').first().waitFor();
  });

  test('is shown the token of the reader where he and the operator want that', async (context) => {
    const page = await open(context, path);
    await page.route('**/api/v1/settings', async (route) => {
      const response = await route.fetch();
      const settings = (await response.json()) as { Codec: object };
      await route.fulfill({ response, json: { ...settings, Codec: { ...settings.Codec, PassAccessToken: true } } });
    });
    await page.route('**/api/v1/access-token', (route) => route.fulfill({ json: { accessToken: 'of-the-reader' } }));
    await choose(page);
    await page.getByLabel(/^Send it my access token/).check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved in this browser').first().waitFor();
    await page.goto(path);
    await page.getByText('"read for default"').first().waitFor();
    assert.equal(codec.asked.at(-1)?.['authorization'], 'Bearer of-the-reader');
    const kept = await page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
    );
    assert.doesNotMatch(kept, /of-the-reader/);
  });
});
