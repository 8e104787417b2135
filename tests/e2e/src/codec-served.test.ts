import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { skip } from './harness/browser.ts';
import { CodecServer, reversingCodec } from './harness/codec.ts';
import { UiServer } from './harness/server.ts';
import { Stage } from './harness/stage.ts';
import { writeJson } from './harness/steps.ts';
import { taskQueue } from './seed/worker.ts';

const KEY = 'the-key-of-the-reader';

describe('a server that knows its callers and names a codec server', { skip }, () => {
  const codec = new CodecServer();
  const other = new CodecServer();
  const folder = mkdtempSync(join(tmpdir(), 'perdure-ui-'));
  let stage: Stage;
  before(async () => {
    await Promise.all([codec.listen(), other.listen()]);
    const identities = join(folder, 'identities.yaml');
    const keySha256 = createHash('sha256').update(KEY).digest('hex');
    writeFileSync(
      identities,
      `identities:\n- name: reader\n  keySha256: ${keySha256}\n  permissions: [temporal-system:admin]\n  expires: 2099-01-01T00:00:00Z\n`,
    );
    const server = UiServer.startProduction([
      ...['--store-file', join(folder, 'perdure.db'), '--namespace', 'default'],
      ...['--authentication-identities', identities],
      ...['--ui-codec-endpoint', codec.address, '--ui-codec-pass-access-token'],
    ]);
    stage = await Stage.before(server, { key: KEY, dataConverter: { payloadCodecs: [reversingCodec] } });
  });
  after(async () => {
    codec.close();
    other.close();
    await stage.close();
    rmSync(folder, { recursive: true });
  });

  /** What the page reports, but for its requests to the codec server. */
  async function visit(context: TestContext, path: string): Promise<Page> {
    const { page, found, close } = await stage.open(path);
    context.after(async () => {
      await close();
      assert.deepEqual(
        found.filter((line) => ![codec, other].some(({ address }) => line.startsWith(`a request to ${address}/`))),
        [],
      );
    });
    return page;
  }

  const start = (type: string, workflowId: string, ...args: unknown[]) =>
    stage.client.workflow.start(type, { taskQueue, workflowId, args });

  test('has it read what the workers wrote, with the token of the reader, which is kept nowhere', async (context) => {
    await start('echoInput', 'secret', { vault: 'open' }).then((handle) => handle.result());
    const page = await visit(context, '/namespaces/default/workflows/secret');
    await page.getByText('"open"').first().waitFor();
    const { path, headers } = codec.asked.at(-1) ?? {};
    assert.equal(path, '/decode?preserveStorageRefs=true');
    assert.equal(headers?.authorization, `Bearer ${KEY}`);
    assert.equal(headers?.['x-namespace'], 'default');
    assert.equal(headers?.cookie, undefined);
    const kept = await page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href]),
    );
    assert.doesNotMatch(kept, new RegExp(KEY));
  });

  test('has it encode what is sent, so that the worker reads it', async (context) => {
    const handle = await start('approveExpense', 'expense', { who: 'Ada', amount: 1280, what: 'a conference' });
    const page = await visit(context, '/namespaces/default/workflows/expense');
    await page.getByRole('button', { name: 'Signal', exact: true }).click();
    await page.getByRole('dialog').getByText('The workflow has approve, reject').waitFor();
    await writeJson(page, 'Input', '{"by": "Grace"}');
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    assert.equal(await handle.result(), 'approved by Grace');
    const { events } = await handle.fetchHistory();
    const signal = events?.find((event) => event.workflowExecutionSignaledEventAttributes);
    const [payload] = signal?.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [];
    assert.equal(Buffer.from(payload?.metadata?.['encoding'] ?? []).toString(), 'binary/reversed');
    await page.getByText('"approved by Grace"').first().waitFor();
  });

  test('shows calls to models that a codec encoded', async (context) => {
    await start('askAgent', 'agent', 'Do I need an umbrella in Oslo?').then((handle) => handle.result());
    const page = await visit(context, '/namespaces/default/workflows/agent');
    await page.getByRole('link', { name: 'AI calls' }).click();
    await page.getByText('asks for getWeather').waitFor();
    await page.getByText('Take an umbrella: it rains in Oslo.', { exact: true }).waitFor();
    await page.getByText(/^1,200 tokens in \(1,000 from a cache\), 24 out/).waitFor();
    await page.getByRole('article', { name: 'tool getWeather' }).getByText('"rain"').waitFor();
  });

  test('starts one like it, with the arguments as they were read', async (context) => {
    await start('echoInput', 'original', { vault: 'shut' }).then((handle) => handle.result());
    const page = await visit(context, '/namespaces/default/workflows/start-workflow?likeId=original');
    await page.locator('.cm-content').getByText('"shut"').waitFor();
    await page.getByLabel('Workflow ID').fill('copy');
    await page.getByRole('button', { name: 'Start the workflow' }).click();
    await page.getByText('Completed in').waitFor();
    assert.deepEqual(await stage.client.workflow.getHandle('copy').result(), { vault: 'shut' });
  });

  test('shows the token to one that the reader chose only where he wants that', async (context) => {
    await start('echoInput', 'shown', 'anything').then((handle) => handle.result());
    const page = await visit(context, '/settings');
    await page.getByLabel('Address', { exact: true }).fill(other.address);
    const isRead = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await isRead;
    await page.goto('/namespaces/default/workflows/shown');
    await page.getByText('"anything"').first().waitFor();
    assert.equal(other.asked.at(-1)?.headers.authorization, undefined);
    await page.goto('/settings');
    await page.getByLabel(/^Send it my access token/).check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved in this browser').first().waitFor();
    await page.goto('/namespaces/default/workflows/shown');
    await page.getByText('"anything"').first().waitFor();
    assert.equal(other.asked.at(-1)?.headers.authorization, `Bearer ${KEY}`);
  });
});
