import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

describe('a UI that only shows', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open(['--ui-disable-write-actions']);
    await stage.client.workflow.start('approveExpense', {
      taskQueue,
      workflowId: 'untouched',
      args: [{ who: 'Ada', amount: 1, what: 'a pencil' }],
    });
  });
  after(() => stage.close());

  test('offers no writes, and answers queries', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows');
    await page.getByRole('link', { name: 'untouched' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Start a workflow' }).count(), 0);
    assert.equal(await page.getByRole('checkbox').count(), 0);
    await page.keyboard.press('c');
    assert.match(page.url(), /\/workflows$/);
    await page.getByRole('link', { name: 'untouched' }).click();
    await page.getByRole('button', { name: 'Actions' }).click();
    const offered = await page.getByRole('menuitem').allTextContents();
    assert.deepEqual(offered, ['Copy as code', 'Download the history', 'Compare with another run']);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Queries' }).click();
    await page.getByText('The workflow has decision').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('"waiting for approval"').waitFor();
  });

  test('and its port refuses what does not ask the UI', async () => {
    const address = `${stage.server.origin}/api/v1/namespaces/default/workflows/untouched/terminate`;
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(address, { method: 'POST', headers, body: '{}' });
    assert.equal(response.status, 403);
    const { status } = await stage.client.workflow.getHandle('untouched').describe();
    assert.equal(status.name, 'RUNNING');
  });
});

describe('a page of somebody else', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
    await stage.client.workflow.start('remindLater', { taskQueue, workflowId: 'target', args: [9] });
  });
  after(() => stage.close());

  test('can neither write through the browser of a reader, nor read, nor frame the UI', async (context) => {
    const evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>evil</title>');
    }).listen(0, '127.0.0.1');
    await once(evil, 'listening');
    context.after(() => evil.close());
    const { port } = evil.address() as AddressInfo;
    const { page, close } = await stage.open('/');
    context.after(close);
    await page.goto(`http://127.0.0.1:${port}/`);
    const outcome = await page.evaluate(async (api) => {
      const terminate = `${api}/namespaces/default/workflows/target/terminate`;
      const plain = await fetch(terminate, { method: 'POST', mode: 'no-cors', body: '{}' }).then(({ type }) => type);
      const headers = { 'content-type': 'application/json' };
      const json = await fetch(terminate, { method: 'POST', headers, body: '{}' }).then(String, () => 'refused');
      const read = await fetch(`${api}/namespaces`).then(String, () => 'refused');
      const form = document.createElement('form');
      Object.assign(form, { method: 'POST', action: terminate, enctype: 'text/plain', target: 'frame' });
      const frame = document.createElement('iframe');
      frame.name = 'frame';
      document.body.append(frame, form);
      const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
      form.submit();
      await loaded;
      return { plain, json, read };
    }, `${stage.server.origin}/api/v1`);
    assert.deepEqual(outcome, { plain: 'opaque', json: 'refused', read: 'refused' });
    const { status } = await stage.client.workflow.getHandle('target').describe();
    assert.equal(status.name, 'RUNNING');
    const framed = await fetch(stage.server.origin);
    assert.match(framed.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
  });

  test('a script that got into the page would not run, and the harness would tell', async () => {
    const { page, found, close } = await stage.open('/');
    await page.getByRole('link', { name: 'target' }).waitFor();
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.hit = 1';
      document.body.append(script);
    });
    assert.equal(await page.evaluate(() => (globalThis as { hit?: number }).hit), undefined);
    await close();
    assert.match(found.join('\n'), /Content Security Policy/);
  });
});

describe('a server that goes away while its page is open', { skip }, () => {
  let stage: Stage;
  const folder = mkdtempSync(join(tmpdir(), 'perdure-e2e-'));
  before(async () => {
    stage = await Stage.open(['--db-filename', join(folder, 'state.db')]);
  });
  after(async () => {
    await stage.close();
    rmSync(folder, { recursive: true });
  });

  test('is said so, and the page goes on where it stood when it is back', async (context) => {
    const handle = await stage.client.workflow.start('approveExpense', {
      taskQueue,
      workflowId: 'outlives-it',
      args: [{ who: 'Ada', amount: 1, what: 'a pencil' }],
    });
    const page = await stage.visit(context, '/namespaces/default/workflows/outlives-it');
    await page.getByRole('region', { name: /Waits for a timer of 1d/ }).waitFor();
    await stage.server.stop();
    await page.getByText('The server does not answer').waitFor();
    await page.getByRole('heading', { name: 'outlives-it' }).waitFor();
    await stage.server.startAgain();
    await page.getByText('The server does not answer').waitFor({ state: 'detached' });
    await handle.signal('approve', { by: 'Grace' });
    await page.getByText('Completed in').waitFor();
  });
});
