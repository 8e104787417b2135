import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { act, writeJson } from './harness/steps.ts';
import { taskQueue } from './seed/worker.ts';

describe('what a reader can do to workflows', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  const start = (type: string, workflowId: string, ...args: unknown[]): Promise<WorkflowHandle> =>
    stage.client.workflow.start(type, { taskQueue, workflowId, args });
  const startExpense = (workflowId: string): Promise<WorkflowHandle> =>
    start('approveExpense', workflowId, { who: 'Ada', amount: 90, what: 'books' });
  const pathOf = (workflowId: string): string => `/namespaces/default/workflows/${encodeURIComponent(workflowId)}`;

  test('start one, with its argument', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows');
    await page.getByRole('link', { name: 'Start a workflow' }).click();
    await page.getByLabel('Workflow ID').fill('from-the-form');
    await page.getByLabel('Workflow type').fill('echoInput');
    await page.getByLabel('Task queue').fill(taskQueue);
    await page.getByText('1 worker polls it').waitFor();
    await writeJson(page, 'Argument', '{"greeting": "hello"}');
    await page.getByRole('button', { name: 'Start the workflow' }).click();
    await page.getByText('Completed in').waitFor();
    assert.deepEqual(await stage.client.workflow.getHandle('from-the-form').result(), { greeting: 'hello' });
  });

  test('start one, with an argument from a file', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows/start-workflow');
    await page.getByLabel('Workflow ID').fill('from-a-file');
    await page.getByLabel('Workflow type').fill('echoInput');
    await page.getByLabel('Task queue').fill(taskQueue);
    const buffer = Buffer.from('{"greeting": "from a file"}');
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'From a file: argument 1' }).click();
    await (await choosing).setFiles({ name: 'input.json', mimeType: 'application/json', buffer });
    await page.locator('.cm-content').getByText('"from a file"').waitFor();
    await page.getByRole('button', { name: 'Start the workflow' }).click();
    await page.getByText('Completed in').waitFor();
    assert.deepEqual(await stage.client.workflow.getHandle('from-a-file').result(), { greeting: 'from a file' });
  });

  test('start one like another', async (context) => {
    await start('echoInput', 'to-copy', { copied: true });
    const page = await stage.visit(context, pathOf('to-copy'));
    await act(page, 'Start one like this');
    await page.getByLabel('Workflow type').waitFor();
    assert.equal(await page.getByLabel('Workflow type').inputValue(), 'echoInput');
    await page.getByText('"copied"').waitFor();
    await page.getByLabel('Workflow ID').fill('the-copy');
    await page.getByRole('button', { name: 'Start the workflow' }).click();
    await page.getByRole('heading', { name: 'the-copy' }).waitFor();
    assert.deepEqual(await stage.client.workflow.getHandle('the-copy').result(), { copied: true });
  });

  test('signal it: the page shows what comes of that without being read again', async (context) => {
    await startExpense('to-signal');
    const page = await stage.visit(context, pathOf('to-signal'));
    await page.getByRole('button', { name: 'Signal', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The workflow has approve, reject').waitFor();
    await writeJson(page, 'Input', '{"by": "Grace"}');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Completed in').waitFor();
    await page.getByText('"approved by Grace"').first().waitFor();
  });

  test('update it, and see the outcome or why it was refused', async (context) => {
    await startExpense('to-update');
    const page = await stage.visit(context, pathOf('to-update'));
    const update = async (input: string): Promise<void> => {
      await act(page, 'Send an update');
      await page.getByRole('dialog').getByText('The workflow has setLimit').waitFor();
      await writeJson(page, 'Input', input);
      await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    };
    await update('500');
    await page.getByRole('heading', { name: 'setLimit is done' }).waitFor();
    await page.keyboard.press('Escape');
    await update('-1');
    await page.getByRole('heading', { name: 'setLimit was refused or failed' }).waitFor();
    await page.getByText('a limit is more than nothing').waitFor();
  });

  test('query it', async (context) => {
    await startExpense('to-query');
    const page = await stage.visit(context, pathOf('to-query'));
    await page.getByRole('link', { name: 'Queries' }).click();
    await page.getByText('The workflow has decision').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('"waiting for approval"').waitFor();
    await page.getByLabel('Name').fill('nothing-like-it');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText(/did not register a handler for nothing-like-it/).waitFor();
  });

  test('cancel it', async (context) => {
    await startExpense('to-cancel');
    const page = await stage.visit(context, pathOf('to-cancel'));
    await act(page, 'Request cancellation');
    await page.getByLabel('Reason').fill('ordered twice');
    await page.getByRole('dialog').getByRole('button', { name: 'Request cancellation' }).click();
    await page.getByText('Canceled after').waitFor();
  });

  test('terminate it, with a reason that the page then shows', async (context) => {
    await startExpense('to-terminate');
    const page = await stage.visit(context, pathOf('to-terminate'));
    await act(page, 'Terminate');
    await page.getByLabel('Reason').fill('no longer wanted');
    await page.getByRole('dialog').getByRole('button', { name: 'Terminate' }).click();
    await page.getByText('Terminated after').waitFor();
    await page.getByText('no longer wanted').first().waitFor();
    await page.getByText('by perdure-ui').waitFor();
  });

  test('reset it: the new run is on the screen', async (context) => {
    const handle = await start('echoInput', 'to-reset', 'again');
    await handle.result();
    const page = await stage.visit(context, pathOf('to-reset'));
    await page.getByText('Completed in').waitFor();
    const before = page.url();
    await act(page, 'Reset to an earlier point');
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await page.waitForURL((url) => url.href !== before);
    await page.getByText('Completed in').waitFor();
    const { runId } = await stage.client.workflow.getHandle('to-reset').describe();
    assert.ok(page.url().includes(runId));
    await page.goto(before);
    const goesOn = page.getByRole('region', { name: 'It was reset, and goes on in another run' });
    await goesOn.getByRole('link', { name: 'Open' }).click();
    await page.waitForURL((url) => url.href.includes(runId));
  });

  test('give it another priority', async (context) => {
    const handle = await startExpense('to-put-first');
    const page = await stage.visit(context, pathOf('to-put-first'));
    await act(page, 'Change its priority');
    await page.getByText('Now it has none of its own.').waitFor();
    await page.getByLabel('Priority', { exact: true }).selectOption('1');
    await page.getByLabel('Fairness weight').fill('none');
    await page.getByText('A number above 0').waitFor();
    await page.getByLabel('Fairness weight').fill('2.5');
    await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
    await page.getByText('Its priority is changed').first().waitFor();
    const { priorityKey, fairnessWeight } = (await handle.describe()).raw.workflowExecutionInfo?.priority ?? {};
    assert.deepEqual([priorityKey, fairnessWeight], [1, 2.5]);
  });

  test('what the server cannot do is not offered', async (context) => {
    await startExpense('not-to-pause');
    const page = await stage.visit(context, pathOf('not-to-pause'));
    await page.getByRole('region', { name: /Waits for a timer/ }).waitFor();
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Terminate' }).waitFor();
    assert.equal(await page.getByRole('menuitem', { name: 'Pause the workflow' }).count(), 0);
  });

  test('a refusal is said in the dialog, which stays open', async (context) => {
    const handle = await startExpense('ends-meanwhile');
    const page = await stage.visit(context, pathOf('ends-meanwhile'));
    await act(page, 'Terminate');
    await handle.terminate('by somebody else');
    await page.getByRole('dialog').getByRole('button', { name: 'Terminate' }).click();
    await page.getByRole('dialog').getByText('workflow execution already completed').waitFor();
  });

  test('what is typed before the JSON editor is there stays, and typing goes on in it', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows');
    const arrived = Promise.withResolvers<void>();
    await page.route(/\/code-editor-[^/]*\.js$/, async (route) => {
      await arrived.promise;
      await route.continue();
    });
    await page.getByRole('link', { name: 'Start a workflow' }).click();
    const field = page.getByLabel('Argument', { exact: true });
    await field.click();
    await page.keyboard.type('{"early": 1, ');
    assert.equal(await field.evaluate((element) => element.tagName), 'TEXTAREA');
    arrived.resolve();
    const editor = page.locator('.cm-content[aria-label="Argument"]');
    await editor.waitFor();
    await page.keyboard.type('"late": 2');
    assert.match((await editor.textContent()) ?? '', /^\{"early": 1, "late": 2\}?$/);
  });

  test('many at once, from the list', async (context) => {
    await Promise.all([1, 2, 3].map((n) => start('remindLater', `batch-${n}`, 9)));
    const query = 'WorkflowId STARTS_WITH "batch-" AND ExecutionStatus = "Running"';
    const page = await stage.visit(context, `/namespaces/default/workflows?query=${encodeURIComponent(query)}`);
    await page.getByText('3 workflows').waitFor();
    await page.getByLabel('Select row 1').click();
    await page.getByLabel('Select row 3').click({ modifiers: ['Shift'] });
    await page.getByText('3 selected').waitFor();
    await page.getByRole('button', { name: 'Terminate' }).click();
    await page.getByRole('heading', { name: 'Terminate 3 workflows' }).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Terminate' }).click();
    await page.getByText('Nothing matches').waitFor();
    const { status } = await stage.client.workflow.getHandle('batch-2').describe();
    assert.equal(status.name, 'TERMINATED');
  });
});
