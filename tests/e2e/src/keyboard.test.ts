import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

describe('by the keyboard alone', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  const start = (type: string, workflowId: string, ...args: unknown[]) =>
    stage.client.workflow.start(type, { taskQueue, workflowId, args });

  test('a workflow is started', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows');
    await page.getByText('No workflows yet').waitFor();
    await page.keyboard.press('c');
    await tabTo(page, 'Workflow ID');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('typed');
    await tabTo(page, 'Workflow type');
    await page.keyboard.type('echoInput');
    await tabTo(page, 'Task queue');
    await page.keyboard.type(taskQueue);
    await tabTo(page, 'Argument');
    await page.keyboard.type('7');
    await tabTo(page, 'Start the workflow');
    await page.keyboard.press('Enter');
    await page.getByText('Completed in').waitFor();
    assert.equal(await stage.client.workflow.getHandle('typed').result(), 7);
  });

  test('one is signalled from the palette, and the editor lets go of the focus', async (context) => {
    await start('approveExpense', 'to-approve', { who: 'Ada', amount: 1, what: 'a pencil' });
    const page = await stage.visit(context, '/namespaces/default/workflows/to-approve');
    await page.getByRole('region', { name: /Waits for a timer/ }).waitFor();
    await runFromPalette(page, 'send a signal');
    await page.getByRole('dialog').getByText('The workflow has approve, reject').waitFor();
    await page.locator('.cm-content').waitFor();
    await tabTo(page, 'Input');
    await page.keyboard.type('{"by":"Grace"');
    await page.keyboard.press('Control+Enter');
    await page.getByText('"approved by Grace"').first().waitFor();
  });

  test('rows are selected and terminated, and the focus is where it was', async (context) => {
    for (const n of [1, 2, 3]) await start('remindLater', `row-${n}`, 9);
    const query = 'WorkflowId STARTS_WITH "row-" AND ExecutionStatus = "Running"';
    const page = await stage.visit(context, `/namespaces/default/workflows?query=${encodeURIComponent(query)}`);
    await page.getByText('3 workflows').waitFor();
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText('2 selected').waitFor();
    await tabTo(page, 'Terminate');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Terminate 2 workflows' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Terminate' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('no longer wanted');
    await page.keyboard.press('Control+Enter');
    await page.getByText('1 workflow', { exact: true }).waitFor();
  });

  test('a person is answered from the inbox', async (context) => {
    const handle = await start('approveExpense', 'to-reject', { who: 'Ada', amount: 1, what: 'a pencil' });
    const page = await stage.visit(context, '/namespaces/default/workflows');
    await page.getByRole('link', { name: 'to-reject' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.getByRole('article', { name: 'to-reject' }).getByRole('button', { name: 'Reject' }).waitFor();
    await tabTo(page, 'Reject');
    await page.keyboard.press('Enter');
    await page.locator('.cm-content').waitFor();
    await tabTo(page, 'With it');
    await page.keyboard.type('{"by":"Grace","reason":"no"');
    await page.keyboard.press('Control+Enter');
    assert.equal(await handle.result(), 'rejected by Grace: no');
  });

  test('every page is one key or two away', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows');
    await page.getByRole('heading', { level: 1, name: 'Workflows' }).waitFor();
    for (const [key, title] of [
      ['s', 'Schedules'],
      ['b', 'Batch operations'],
      ['q', 'Task queues'],
      ['k', 'Workers'],
      ['n', 'Namespaces'],
      [',', 'Settings'],
      ['i', 'Inbox'],
      ['w', 'Workflows'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
    }
    for (const title of ['Schedules', 'Workers']) {
      await runFromPalette(page, title);
      await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
    }
  });
});

async function runFromPalette(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search and commands' }).waitFor();
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
}

/** What assistive technology calls the element that has the focus. */
async function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
    return (element?.getAttribute('aria-label') ?? labels[0]?.textContent ?? element?.textContent ?? '').trim();
  });
}

const stepsMax = 80;

/** Presses Tab until the element of that name has the focus: it is reachable, and nothing before it is a trap. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < stepsMax; step++) {
    if ((await focusedName(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${name} is not reached by Tab`);
}
