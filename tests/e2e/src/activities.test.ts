import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

describe('a pending activity that fails', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  const start = async (workflowId: string): Promise<WorkflowHandle> =>
    stage.client.workflow.start('chargeSubscription', { taskQueue, workflowId, args: [49] });

  const pendingOf = async (handle: WorkflowHandle) => (await handle.describe()).raw.pendingActivities?.[0];

  test('says what fails, with the message, the attempt and the time of the next one', async (context) => {
    await start('says-why');
    const page = await stage.visit(context, '/namespaces/default/workflows/says-why');
    const situation = page.getByRole('region', { name: /callPaymentGateway fails/ });
    await situation.getByText('gateway.example refused the connection while charging 49 (ECONNREFUSED)').waitFor();
    await situation.getByText(/^attempt \d+$/).waitFor();
    await situation.getByText(/^in \d+s$/).waitFor();
  });

  test('is tried again now', async (context) => {
    const handle = await start('retry-now');
    const page = await stage.visit(context, '/namespaces/default/workflows/retry-now');
    await page
      .getByText(/^in \d+s$/)
      .first()
      .waitFor();
    const attemptBefore = (await pendingOf(handle))?.attempt ?? 0;
    await page.getByRole('button', { name: 'Retry now' }).click();
    await page.getByText('callPaymentGateway is tried again now').first().waitFor();
    // The next attempt was seconds away, the one after it is now.
    await page
      .getByText(`attempt ${attemptBefore + 1}`)
      .first()
      .waitFor({ timeout: 4000 });
    assert.equal((await pendingOf(handle))?.paused, false);
  });

  test('is paused, and resumes', async (context) => {
    const handle = await start('to-pause');
    const page = await stage.visit(context, '/namespaces/default/workflows/to-pause');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('heading', { name: 'callPaymentGateway is paused' }).waitFor();
    assert.equal((await pendingOf(handle))?.paused, true);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('heading', { name: /callPaymentGateway (fails|failed)/ }).waitFor();
    assert.equal((await pendingOf(handle))?.paused, false);
  });

  test('has other retry options, which it keeps to', async (context) => {
    const handle = await start('to-edit');
    const page = await stage.visit(context, '/namespaces/default/workflows/to-edit');
    await page.getByRole('button', { name: 'Edit its options' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('First wait').fill('soon');
    await dialog.getByText('Such as 30s, 5m, 1h').waitFor();
    await dialog.getByLabel('First wait').fill('40s');
    await dialog.getByLabel('Attempts').fill('7');
    await dialog.getByRole('button', { name: 'Change' }).click();
    await page.getByText('Options of callPaymentGateway are changed').first().waitFor();
    await page
      .getByText(/attempt \d of 7/)
      .first()
      .waitFor();
    const policy = (await pendingOf(handle))?.activityOptions?.retryPolicy;
    assert.equal(Number(policy?.initialInterval?.seconds), 40);
  });

  test('starts over', async (context) => {
    const handle = await start('to-start-over');
    const page = await stage.visit(context, '/namespaces/default/workflows/to-start-over');
    await page.getByText('attempt 2').first().waitFor();
    await page.getByRole('button', { name: 'Start over from the first attempt' }).first().click();
    await page.getByText('callPaymentGateway starts over').first().waitFor();
    assert.ok(((await pendingOf(handle))?.attempt ?? 0) <= 2);
  });
});
