import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAccessible } from './harness/accessibility.ts';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

describe('reading a workflow', { skip }, () => {
  let stage: Stage;
  const order = { customer: 'c-881', email: 'ada@example.com', items: ['tea', 'kettle'], amount: 84.5 };
  before(async () => {
    stage = await Stage.open();
    const start = (type: string, workflowId: string, ...args: unknown[]) =>
      stage.client.workflow.start(type, { taskQueue, workflowId, args });
    await start('processOrder', 'order-1', order);
    await start('processOrder', 'order-2', { ...order, amount: 10 });
    await start('refuse', 'refused', 'the address is outside of the delivery area').then((handle) =>
      handle.result().catch(() => undefined),
    );
    await start('remindLater', 'reminder', 9);
    await Promise.all(['order-1', 'order-2'].map((id) => stage.client.workflow.getHandle(id).result()));
  });
  after(() => stage.close());

  const pathOf = (workflowId: string): string => `/namespaces/default/workflows/${workflowId}`;

  test('why it waits, in words', async (context) => {
    const page = await stage.visit(context, pathOf('reminder'));
    const situation = page.getByRole('region', { name: /Waits for a timer of 9d/ });
    await situation.getByText(/^in 8d 23h/).waitFor();
    const { workflowService } = stage.client;
    await workflowService.startWorkflowExecution({
      namespace: 'default',
      workflowId: 'unattended',
      requestId: 'unattended',
      workflowType: { name: 'remindLater' },
      taskQueue: { name: 'nobody-polls-this' },
    });
    await page.goto(pathOf('unattended'));
    await page.getByRole('region', { name: 'No worker polls the task queue nobody-polls-this' }).waitFor();
  });

  test('what failed, with where and why', async (context) => {
    const page = await stage.visit(context, pathOf('refused'));
    const situation = page.getByRole('region', { name: /^Failed after .* in refuseOrder$/ });
    await situation.getByText('OrderRefused: the address is outside of the delivery area').waitFor();
  });

  test('a part of the timeline is looked at closely, by a drag on the axis or by keys', async (context) => {
    const page = await stage.visit(context, pathOf('order-1'));
    const zoom = page.getByRole('group', { name: 'Zoom' });
    const rows = page.locator('button[aria-pressed]').filter({ has: page.locator('svg') });
    const count = async () => rows.filter({ hasText: /order|reserve|charge|ship|pack|signal|timer/i }).count();
    await zoom.waitFor();
    const all = await count();
    assert.ok(all > 2, String(all));
    const axis = page.getByTitle('Draw a part of it to look at it more closely');
    const box = await axis.boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + 2, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.1, box.y + 10, { steps: 4 });
    await page.mouse.up();
    await zoom.getByText(/^\+\S+ to \+\S+/).waitFor();
    assert.ok((await count()) < all);
    await assertAccessible(page, 'a part of a timeline');
    await page.keyboard.press('>');
    await page.keyboard.press('-');
    await page.keyboard.press('0');
    await zoom.getByText(/ to /).waitFor({ state: 'detached' });
    assert.equal(await count(), all);
    for (const key of ['+', '+', '+']) await page.keyboard.press(key);
    await zoom.getByText(/^\+\S+ to \+\S+/).waitFor();
    await zoom.getByRole('button', { name: 'The whole (0)' }).click();
    assert.equal(await count(), all);
  });

  test('a history is searched, filtered, and shown as JSON', async (context) => {
    const page = await stage.visit(context, pathOf('order-1'));
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText('29 of 29 events').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('R-20418');
    await page.getByText('1 of 29 events').waitFor();
    // The search is part of the address, to be sent to somebody.
    assert.match(page.url(), /find=R-20418/);
    await page.getByLabel('Find in the history').fill('');
    await page.getByRole('button', { name: 'All kinds' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Activity', exact: true }).click();
    await page.getByText('12 of 29 events').waitFor();
    await page.getByRole('menuitemcheckbox', { name: 'Workflow', exact: true }).click();
    await page.getByText('14 of 29 events').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('JSON', { exact: true }).click();
    await page.getByText('"EVENT_TYPE_ACTIVITY_TASK_SCHEDULED"').first().waitFor();
  });

  test('it is replayed to an event, and shown as it stood there', async (context) => {
    const page = await stage.visit(context, pathOf('order-1'));
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByLabel('Event', { exact: true }).fill('6');
    await page.getByText('As it stood at event 6: Activity task started').waitFor();
    await page.getByText('Pending: activity flakyLookup.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Forward by one event' }).click();
    await page.getByText('As it stood at event 7').waitFor();
    await page.getByText('Nothing was pending.').waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByRole('button', { name: 'Replay' }).waitFor();
  });

  test('two runs are compared side by side', async (context) => {
    const page = await stage.visit(context, pathOf('order-1'));
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Compare with another run' }).click();
    await page.getByLabel('With this run').fill('order-2');
    await page.getByRole('button', { name: 'Show' }).nth(1).click();
    await page.getByText(/^\d+ of \d+ steps differ\.$/).waitFor();
    await page.getByText('chargeCard').first().waitFor();
  });

  test('what is on the screen is there as code', async (context) => {
    const page = await stage.visit(context, pathOf('order-1'));
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Copy as code' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText("from '@temporalio/client'").first().waitFor();
    await dialog.getByText('Python', { exact: true }).click();
    await dialog.getByText('from temporalio.client import Client').first().waitFor();
    await dialog.getByText('Command line', { exact: true }).click();
    await dialog.getByText('perdure workflow start').first().waitFor();
    await dialog.getByText(`--address ${stage.server.address}`).first().waitFor();
  });

  test('by the keyboard alone: list, row, tab, palette, back', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows');
    await page.getByRole('link', { name: 'order-2' }).waitFor();
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'INPUT');
    await page.keyboard.type('WorkflowType = "processOrder"');
    await page.keyboard.press('Enter');
    await page.getByText('2 workflows').waitFor();
    await page.keyboard.press('Escape');
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('o');
    await page.getByText('Completed in').waitFor();
    await page.keyboard.press('2');
    await page.getByText('29 of 29 events').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search and commands' }).waitFor();
    await page.keyboard.type('metadata');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/metadata$/);
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor({ state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('w');
    await page.waitForURL(/\/workflows$/);
  });
});
