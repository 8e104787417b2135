import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

describe('common errors', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
    const start = (type: string, workflowId: string, queue = taskQueue) =>
      stage.client.workflow.start(type, { taskQueue: queue, workflowId });
    await start('noSuchWorkflow', 'unknown');
    await start('remindLater', 'unattended', 'nobody');
  });
  after(() => stage.close());

  test('a workflow leads to the entry of what is the matter with it', async (context) => {
    for (const [workflowId, entry, title] of [
      ['unknown', 'workflow-type-unknown', 'The worker does not know the workflow type'],
      ['unattended', 'no-pollers', 'No worker polls the task queue'],
    ] as const) {
      const page = await stage.visit(context, `/namespaces/default/workflows/${workflowId}`);
      await page.getByRole('link', { name: 'Why this happens, and what to do' }).click();
      await page.waitForURL(`**/common-errors#${entry}`);
      const heading = page.getByRole('heading', { name: title });
      // By a link of the page as by an address that somebody was sent.
      for (const again of [false, true]) {
        if (again) await page.reload();
        await heading.and(page.locator(':focus')).waitFor();
        assert.ok(await heading.evaluate((element) => element.getBoundingClientRect().top < innerHeight));
      }
    }
  });

  test('entries are found by the words of a message, also from an address', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows');
    await page.getByRole('heading', { level: 1, name: 'Workflows' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await page.getByRole('heading', { level: 1, name: 'Common errors' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('blob data size');
    await page.getByText('1 entry', { exact: true }).waitFor();
    await page.getByRole('article', { name: 'An argument or result is too large' }).waitFor();
    await page.reload();
    await page.getByText('1 entry', { exact: true }).waitFor();
    assert.match(page.url(), /find=blob/);
    await page.getByRole('searchbox').fill('');
    await page.getByRole('article', { name: 'The history became too long' }).waitFor();
  });
});
