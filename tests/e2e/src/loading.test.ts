import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

/** Code, styles and fonts of the first page, compressed. */
const FIRST_PAGE_KB_MAX = 250;

interface Loaded {
  readonly path: string;
  /** 0 for what the browser had. */
  readonly transferSize: number;
  readonly encodedBodySize: number;
  readonly decodedBodySize: number;
}

describe('what a page loads', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
    await stage.client.workflow.start('remindLater', { taskQueue, workflowId: 'reminder', args: [9] });
  });
  after(() => stage.close());

  test('the first page is small, and sent compressed', async (context) => {
    const page = await stage.visit(context, '/');
    await page.getByRole('link', { name: 'reminder' }).waitFor();
    const files = await assetsOf(page);
    const sizeKb = files.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0) / 1024;
    assert.ok(sizeKb < FIRST_PAGE_KB_MAX, `${sizeKb.toFixed(0)} KB: ${JSON.stringify(files, undefined, 2)}`);
    const code = files.filter(({ path, decodedBodySize }) => /\.(js|css)$/.test(path) && decodedBodySize >= 1024);
    assert.ok(code.length > 0);
    for (const { path, encodedBodySize, decodedBodySize } of code) assert.ok(encodedBodySize < decodedBodySize, path);
  });

  test('what the browser has is not asked for again', async (context) => {
    const page = await stage.visit(context, '/');
    await page.getByRole('link', { name: 'reminder' }).waitFor();
    await page.goto('/namespaces/default/workflows');
    await page.getByRole('link', { name: 'reminder' }).waitFor();
    const files = await assetsOf(page);
    assert.ok(files.length > 0);
    assert.deepEqual(
      files.filter(({ transferSize }) => transferSize > 0),
      [],
    );
  });

  test('the list is asked for while its code is on the way', async (context) => {
    // The code of the list waits until its rows are asked for: that does not wait for the code.
    const prepare = async (opening: Page): Promise<void> => {
      const asked = opening.waitForRequest(/\/api\/v1\/namespaces\/default\/workflows\b/);
      await opening.route(/\/assets\/list-page-[^/]*\.js$/, async (route) => {
        await asked;
        await route.continue();
      });
    };
    const page = await stage.visit(context, '/namespaces/default/workflows', { prepare });
    await page.getByRole('link', { name: 'reminder' }).waitFor();
  });
});

async function assetsOf(page: Page): Promise<readonly Loaded[]> {
  return page.evaluate(() =>
    (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
      .filter(({ name }) => name.includes('/assets/'))
      .map(({ name, transferSize, encodedBodySize, decodedBodySize }) => {
        return { path: new URL(name).pathname, transferSize, encodedBodySize, decodedBodySize };
      }),
  );
}
