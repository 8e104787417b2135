import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';

describe('a workflow that waits for a person is answered from the inbox', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
    for (const id of ['expense-1', 'expense-2']) {
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
});
