import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { skip } from './harness/browser.ts';
import { CodecServer, reversingCodec } from './harness/codec.ts';
import { Stage } from './harness/stage.ts';

const path = '/namespaces/default/workflows/secret';

describe('a codec server that is chosen in the browser', { skip }, () => {
  let stage: Stage;
  const codec = new CodecServer();
  before(async () => {
    await codec.listen();
    stage = await Stage.open();
    const secret = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"was secret"') };
    await stage.client.workflowService.startWorkflowExecution({
      namespace: 'default',
      workflowId: 'secret',
      requestId: 'secret',
      workflowType: { name: 'secret' },
      taskQueue: { name: 'nobody-there' },
      input: { payloads: await reversingCodec.encode([secret]) },
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
    await page
      .getByText(/^binary\/reversed, /)
      .first()
      .waitFor();
    const reach = (address: string): Promise<string> =>
      page.evaluate((url) => fetch(`${url}/decode`, { method: 'POST' }).then(String, () => 'refused'), address);
    assert.equal(await reach(codec.address), 'refused');
    assert.equal(codec.asked.length, 0);
    await choose(page);
    await page.getByRole('button', { name: 'Ask it' }).click();
    await page.getByText('It answers.').waitFor();
    await page.goto(path);
    await page.getByText('"was secret"').first().waitFor();
    // Who comes by a link of another site has brought what he chose.
    await page.goto(`${codec.address.replace('127.0.0.1', 'localhost')}/page`);
    await page.evaluate((to) => void (location.href = to), `${stage.server.origin}${path}`);
    await page.getByText('"was secret"').first().waitFor();
    assert.equal(codec.asked.at(-1)?.headers.authorization, undefined);
    assert.equal(codec.asked.at(-1)?.headers.cookie, undefined);
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
    await page
      .getByText(/^binary\/reversed, /)
      .first()
      .waitFor();
  });
});
