import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { strangeIds } from './seed/starts.ts';
import { taskQueue } from './seed/worker.ts';

describe('whatever workflows are given and called', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  const echo = async (workflowId: string, ...args: unknown[]): Promise<string> => {
    await stage.client.workflow.execute('echoInput', { taskQueue, workflowId, args });
    return pathOf(workflowId);
  };
  const pathOf = (workflowId: string): string => `/namespaces/default/workflows/${encodeURIComponent(workflowId)}`;

  test('markup and scripts in a payload are text', async (context) => {
    const hostile =
      '<img src=x onerror="window.hit=1"><script>window.hit=2</script><a href="javascript:window.hit=3">go</a>';
    const page = await stage.visit(context, await echo('hostile', hostile));
    await page.getByRole('region', { name: 'Completed in' }).getByText('<script>window.hit=2</script>').waitFor();
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText('Activity task completed').click();
    await page.getByRole('heading', { name: 'Event 7, Activity task completed' }).waitFor();
    const injected = await page.evaluate(() => ({
      hit: (globalThis as { hit?: number }).hit,
      elements: document.querySelectorAll('main img, main script, a[href^="javascript:"]').length,
    }));
    assert.deepEqual(injected, { hit: undefined, elements: 0 });
  });

  test('2 MB of JSON: its beginning shows at once, all of it on request, and it can be copied', async (context) => {
    const rows = Array.from({ length: 18_000 }, (_, n) => ({
      n,
      text: `row ${n} of a large value`,
      tags: ['a', 'b', 'c'],
    }));
    const { length } = JSON.stringify(rows);
    assert.ok(length > 1_200_000 && length < 2_000_000, `the server takes ${length} bytes`);
    const page = await stage.visit(context, await echo('large', rows));
    await page.getByText('The first 29.3 KB of').first().waitFor();
    const shown = await page.getByRole('group', { name: 'input' }).textContent();
    assert.ok((shown?.length ?? 0) <= 30_000);
    await page.getByRole('button', { name: 'Show all' }).first().click();
    await page.getByRole('group', { name: 'input' }).getByText('row 17999 of a large value').waitFor();
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText('11 of 11 events').waitFor();
  });

  test('bytes show as people read them', async (context) => {
    const page = await stage.visit(
      context,
      await echo(
        'binary',
        new Uint8Array(300).map((_, n) => n % 256),
      ),
    );
    await page.getByText('binary/plain, 300 B').first().waitFor();
    await page.getByText('000040  40 41 42 43').first().waitFor();
  });

  test('a payload that is not what it says it is says so', async (context) => {
    const broken: Payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"cut off": ') };
    const encrypted: Payload = {
      metadata: { encoding: Buffer.from('binary/encrypted') },
      data: Buffer.from([1, 2, 3]),
    };
    await stage.client.workflowService.startWorkflowExecution({
      namespace: 'default',
      workflowId: 'undecodable',
      requestId: 'undecodable',
      workflowType: { name: 'echoInput' },
      taskQueue: { name: 'nobody-there' },
      input: { payloads: [broken, encrypted, defaultPayloadConverter.toPayload('plain')] },
    });
    const page = await stage.visit(context, pathOf('undecodable'));
    await page.getByText('Says that it is json/plain, but cannot be read as that').waitFor();
    await page.getByText('binary/encrypted, 3 B').waitFor();
    await page.getByText('"plain"').waitFor();
  });

  for (const workflowId of [...strangeIds, 'a/../b', 'ünï "quoted" \\ %2F + ?#', ' space ', '.', '..', '~.']) {
    test(`an id such as ${workflowId}`, async (context) => {
      await stage.client.workflow.execute('whoAmI', { taskQueue, workflowId });
      const query = `WorkflowId = ${JSON.stringify(workflowId)}`;
      const page = await stage.visit(context, `/namespaces/default/workflows?query=${encodeURIComponent(query)}`);
      await page.getByRole('row').nth(1).getByRole('link').click();
      await page.getByText('Completed in').waitFor();
      assert.equal((await page.locator('h1').textContent())?.trim(), workflowId.trim());
      // The link that existing programs print has no run.
      await page.goto(pathOf(/^~*\.+$/.test(workflowId) ? `~${workflowId}` : workflowId));
      await page.getByText('Completed in').waitFor();
      await page.reload();
      await page.getByText('Completed in').waitFor();
    });
  }
});
