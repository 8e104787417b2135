import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test, type TestContext } from 'node:test';
import { ExternalStorage } from '@temporalio/common';
import type { Locator, Page } from 'playwright-core';
import { skip } from './harness/browser.ts';
import { CodecServer, MemoryStore, reversingCodec } from './harness/codec.ts';
import { UiServer } from './harness/server.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

const letter = { from: 'Ada', text: 'a long story '.repeat(200) };

/** What the workflow was given, as its page shows it. */
function input(page: Page): Locator {
  return page.locator('section', { has: page.getByRole('heading', { name: 'Input' }) });
}

describe('payloads that a worker has put into a store of its own', { skip }, () => {
  const store = new MemoryStore();
  const codec = new CodecServer(store);
  const plain = new CodecServer();
  let stage: Stage;
  before(async () => {
    await Promise.all([codec.listen(), plain.listen()]);
    const externalStorage = new ExternalStorage({ drivers: [store], payloadSizeThreshold: 1000 });
    const dataConverter = { payloadCodecs: [reversingCodec], externalStorage };
    stage = await Stage.before(UiServer.start([]), { dataConverter });
    await start('letter', letter);
  });
  after(async () => {
    codec.close();
    plain.close();
    await stage.close();
  });

  const start = async (workflowId: string, ...args: unknown[]): Promise<void> => {
    await stage.client.workflow.start('echoInput', { taskQueue, workflowId, args }).then((handle) => handle.result());
  };

  /** A page with a codec server that the reader chose, if any. */
  async function visit(context: TestContext, path: string, chosen?: CodecServer, expected?: RegExp): Promise<Page> {
    const { page, found, close } = await stage.open('/settings', expected && { expected });
    context.after(async () => {
      await close();
      assert.deepEqual(
        found.filter((line) => chosen === undefined || !line.startsWith(`a request to ${chosen.address}/`)),
        [],
      );
    });
    if (chosen !== undefined) {
      await page.getByLabel('Address', { exact: true }).fill(chosen.address);
      const isRead = page.waitForEvent('load');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await isRead;
    }
    await page.goto(path);
    return page;
  }

  const elsewhere = /^A worker has put this value elsewhere \(stored elsewhere, shelf, [\d.]+ KB\)\.$/;
  const path = '/namespaces/default/workflows/letter';

  test('say where they are and how large, where nobody can fetch them', async (context) => {
    const page = await visit(context, path);
    await page.getByText(elsewhere).first().waitFor();
    await page.getByText('A codec server can fetch it; none is set for this namespace.').first().waitFor();
    await page.getByText('"place-1"').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Fetch it' }).count(), 0);
    await page.getByRole('link', { name: 'Metadata' }).click();
    await page.getByText(/^4, [\d.]+ KB$/).waitFor();
  });

  test('are fetched by the codec server when the reader asks for them, and saved whole', async (context) => {
    const page = await visit(context, path, codec);
    await page.getByText(elsewhere).first().waitFor();
    assert.equal(codec.asked.length, 0);
    await input(page).getByRole('button', { name: 'Fetch it' }).click();
    await page.getByText('"Ada"').waitFor();
    const asked = codec.asked.map((request) => [request.path, request.headers['x-namespace']]);
    assert.deepEqual(asked, [['/download', 'default']]);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save input' }).click();
    assert.deepEqual(JSON.parse(await readFile(await (await saved).path(), 'utf8')), letter);
  });

  test('come with the history, where it is downloaded to be read', async (context) => {
    const page = await visit(context, path, codec);
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: /Download/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Form').selectOption({ label: 'Payloads as plain JSON, to read' });
    await dialog.getByLabel(/^With the 4 values that are stored elsewhere/).waitFor();
    const saved = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Download' }).click();
    const text = await readFile(await (await saved).path(), 'utf8');
    assert.equal(text.split(JSON.stringify(letter.text)).length - 1, 4);
  });

  test('that are lost are said to be, and fetched once they are there again', async (context) => {
    await start('lost', { ...letter, from: 'Grace' });
    const kept = [...store.kept];
    store.kept.clear();
    context.after(() => kept.forEach(([key, payload]) => store.kept.set(key, payload)));
    const page = await visit(context, '/namespaces/default/workflows/lost', codec, /status of 400/);
    await input(page).getByRole('button', { name: 'Fetch it' }).click();
    await input(page)
      .getByText(/^The codec server did not fetch it: .*the shelf has no place-\d+/)
      .waitFor();
    for (const [key, payload] of kept) store.kept.set(key, payload);
    await input(page).getByRole('button', { name: 'Try again' }).click();
    await page.getByText('"Grace"').waitFor();
  });

  test('stay where they are with a codec server that only decodes', async (context) => {
    const page = await visit(context, path, plain, /status of 404/);
    await input(page).getByRole('button', { name: 'Fetch it' }).click();
    await page.getByText('The codec server did not fetch it: it has no /download').waitFor();
  });

  test('are the arguments of a workflow that is started like theirs', async (context) => {
    const page = await visit(context, '/namespaces/default/workflows/start-workflow?likeId=letter', codec);
    await page.locator('.cm-content').getByText('"Ada"').waitFor();
    const bare = await visit(context, '/namespaces/default/workflows/start-workflow?likeId=letter');
    await bare.getByText('Some of what it was started with cannot be read here, and is left out.').waitFor();
  });
});
