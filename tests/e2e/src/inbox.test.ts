import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';

describe('a workflow that waits for a person is answered from the inbox', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
    for (const id of ['expense-1', 'expense-2', 'expense-3']) {
      await stage.client.workflow.start('approveExpense', {
        taskQueue: 'orders',
        workflowId: id,
        args: [{ who: 'Ada', amount: 1280, what: 'a conference' }],
      });
    }
  });
  after(() => stage.close());

  test('it is approved by a signal, with who says so', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/inbox');
    const card = page.getByRole('article', { name: 'expense-1' });
    await card.getByText('asks for 1280 for a conference').waitFor();
    await card.getByRole('button', { name: 'Approve' }).click();
    await page.locator('.cm-content').click();
    await page.keyboard.type('{"by":"Grace"');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    assert.equal(await stage.client.workflow.getHandle('expense-1').result(), 'approved by Grace');
    await card.waitFor({ state: 'detached' });
  });

  test('it is rejected by a signal, with why', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/inbox');
    const card = page.getByRole('article', { name: 'expense-3' });
    await card.getByRole('button', { name: 'Reject' }).click();
    await page.locator('.cm-content').click();
    await page.keyboard.type('{"by":"Grace","reason":"too much"');
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    assert.equal(await stage.client.workflow.getHandle('expense-3').result(), 'rejected by Grace: too much');
    await card.waitFor({ state: 'detached' });
  });

  test('an update that was sent and waits for a person is in it, and its sender gets the answer', async (context) => {
    const handle = await stage.client.workflow.start('buyThings', { taskQueue: 'orders', workflowId: 'purchase' });
    const send = (item: string) =>
      handle.startUpdate('requestApproval', { args: [{ item, amount: 119 }], waitForStage: 'ACCEPTED' });
    const [first, second] = [await send('a kettle'), await send('a teapot')];
    const page = await stage.visit(context, '/namespaces/default/workflows/purchase');
    await page
      .getByRole('heading', { name: 'The update requestApproval is accepted and not answered yet' })
      .first()
      .waitFor();
    await page.getByRole('link', { name: 'Pending' }).click();
    await page.getByText('"a teapot"').waitFor();

    await page.getByRole('link', { name: 'Inbox' }).click();
    // Whom somebody waits for comes first.
    const card = page.getByRole('article').first();
    await card.getByText('"item":"a kettle"').waitFor();
    await card.getByRole('button', { name: 'Approve' }).click();
    await page.locator('.cm-content').click();
    await page.keyboard.type('{"by":"Grace"');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    assert.equal(await first.result(), 'approved by Grace');
    await card.getByText('"item":"a kettle"').waitFor({ state: 'detached' });
    await card.getByText('"item":"a teapot"').waitFor();
    await card.getByRole('button', { name: 'Reject' }).click();
    await page.locator('.cm-content').click();
    await page.keyboard.type('{"by":"Grace","reason":"one is enough"');
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    assert.equal(await second.result(), 'rejected by Grace: one is enough');
    await page.getByText('waits for its answer').waitFor({ state: 'detached' });
    await handle.terminate('the test is over');
  });

  test('an update that the workflow refuses says why, and is not lost', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/inbox');
    await page.getByRole('article', { name: 'expense-2' }).getByRole('button', { name: 'Set limit' }).click();
    await page.locator('.cm-content').click();
    await page.keyboard.type('-1');
    await page.getByRole('dialog').getByRole('button', { name: 'Set limit' }).click();
    await page.getByText('a limit is more than nothing').waitFor();
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('500');
    await page.getByRole('dialog').getByRole('button', { name: 'Set limit' }).click();
    await page.getByText('expense-2 has your answer', { exact: true }).waitFor();
  });

  test('a query and names of answers choose what is in it', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/inbox');
    await page.getByRole('button', { name: 'Choose' }).click();
    await page.getByLabel('Answers').fill('reject');
    await page.getByRole('button', { name: 'Save' }).click();
    const buttons = page.getByRole('article', { name: 'expense-2' }).getByRole('button');
    await page.getByRole('button', { name: 'Approve' }).waitFor({ state: 'detached' });
    assert.deepEqual(await buttons.allInnerTexts(), ['Reject']);
    await page.getByRole('button', { name: 'Choose' }).click();
    await page.getByLabel('Workflows').fill('WorkflowType = "none"');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Nobody is waited for').waitFor();
  });

  test('more than the latest ones are asked when the reader wants it', async (context) => {
    await Promise.all(
      Array.from({ length: 51 }, (_, n) =>
        stage.client.workflow.start('remindLater', { taskQueue: 'orders', workflowId: `reminder-${n}`, args: [9] }),
      ),
    );
    const page = await stage.visit(context, '/namespaces/default/inbox');
    await page.getByText('None of the latest 50 waits').waitFor();
    await page.getByText('The latest 50 workflows were asked; the query finds more.').waitFor();
    await page.getByRole('button', { name: 'Ask 50 more' }).click();
    await page.getByRole('article', { name: 'expense-2' }).waitFor();
    await page.getByRole('button', { name: 'Ask 50 more' }).waitFor({ state: 'detached' });
  });

  test('who does not answer is told once all were asked', async (context) => {
    await stage.client.workflow.start('remindLater', { taskQueue: 'nobody-polls', workflowId: 'deaf', args: [9] });
    const held = Promise.withResolvers<void>();
    const prepare = async (page: Page): Promise<void> => {
      // The worker that is not there fails at once; the others are still being asked.
      await page.route(/\/workflows\/[^/]+\/query\//, async (route) => {
        if (route.request().url().includes('/deaf/')) {
          return route.fulfill({ status: 504, json: { code: 4, message: 'no worker answered' } });
        }
        await held.promise;
        return route.continue();
      });
    };
    const page = await stage.visit(context, '/namespaces/default/inbox', { prepare });
    await page.getByText('Asking: 1 workflow of 50 answered so far.').waitFor();
    assert.equal(await page.getByText('could not be asked').count(), 0);
    held.resolve();
    await page.getByText('1 workflow could not be asked: no worker answered for it.').waitFor();
  });
});
