import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

describe('a workflow that started others', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
    await stage.client.workflow.start('fulfilAll', { taskQueue, workflowId: 'fulfil', args: ['fulfil'] });
    const failing = stage.client.workflow.getHandle('fulfil-parcel-2');
    // The child is started a moment after its parent.
    const parent = stage.client.workflow.getHandle('fulfil');
    for (;;) {
      const { events } = await parent.fetchHistory();
      if (events?.some((event) => event.childWorkflowExecutionFailedEventAttributes)) break;
      await failing.result().catch(() => undefined);
    }
  });
  after(() => stage.close());

  test('shows them within its row of the list', async (context) => {
    const query = encodeURIComponent('WorkflowId = "fulfil"');
    const page = await stage.visit(context, `/namespaces/default/workflows?query=${query}`);
    const toggle = page.getByRole('button', { name: 'Children of fulfil', exact: true });
    await toggle.click();
    for (const id of ['fulfil-parcel-1', 'fulfil-reminder', 'fulfil-parcel-2']) {
      await page.getByRole('link', { name: id }).waitFor();
    }
    await page.getByRole('row').filter({ hasText: 'fulfil-parcel-2' }).getByText('Failed').first().waitFor();
    await page.getByRole('button', { name: 'Children of fulfil-parcel-1' }).click();
    await page.getByText('no children').waitFor();
    await toggle.click();
    await page.getByRole('link', { name: 'fulfil-reminder' }).waitFor({ state: 'detached' });
    // The same by the keyboard.
    await page.keyboard.press('j');
    await page.keyboard.press('e');
    await page.getByRole('link', { name: 'fulfil-reminder' }).waitFor();
    assert.equal(await page.getByRole('row').count(), 5);
  });

  test('shows what they did within its timeline', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows/fulfil');
    const ofChild = page.getByRole('button', { name: /^echo / });
    await page.getByRole('button', { name: 'What fulfil-parcel-1 did' }).click();
    await ofChild.click();
    const details = page.getByRole('complementary', { name: 'echo' });
    await details.getByText('"fulfil/1"').first().waitFor();
    await details.getByRole('link', { name: 'fulfil-parcel-1' }).waitFor();
    await details.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'What fulfil-parcel-1 did' }).click();
    await ofChild.waitFor({ state: 'detached' });
  });

  test('shows the family from any member, from the root down', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows/fulfil-parcel-1');
    await page.locator('dl').getByRole('link', { name: 'fulfil', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Relationships' }).click();
    const family = page.locator('section', { has: page.getByRole('heading', { name: 'Family (4)' }) });
    await family.getByRole('link', { name: 'fulfil-reminder' }).waitFor();
    const ids = await family.getByRole('link').allInnerTexts();
    assert.deepEqual(ids, ['fulfil', 'fulfil-parcel-1', 'fulfil-reminder', 'fulfil-parcel-2']);
  });

  test('is shown by kind, the newest first, and held still', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows/fulfil');
    const names = page.getByRole('button', { name: /^(shipParcel|remindLater|refuse) fulfil/ });
    await names.nth(2).waitFor();
    await page.getByLabel('Newest first').check();
    await page.getByRole('button', { name: /^refuse fulfil/ }).waitFor();
    assert.match(await names.first().innerText(), /^refuse/);
    await page.getByRole('button', { name: 'All kinds' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Timer' }).click();
    await names.first().waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Hold still' }).click();
    await page.waitForURL(/refresh_off=true/);
    // The page reads that it has ended, and shows it only when it is let go on.
    const read = page.waitForResponse(async (response) => {
      return response.request().method() === 'GET' && (await response.text()).includes('STATUS_TERMINATED');
    });
    await stage.client.workflow.getHandle('fulfil').terminate('enough');
    await read;
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    assert.equal(await page.getByText('Terminated after').count(), 0);
    await page.getByText('Waits for a timer of 2h').waitFor();
    await page.getByRole('button', { name: 'Follow again' }).click();
    await page.getByText('Terminated after').waitFor();
  });
});
