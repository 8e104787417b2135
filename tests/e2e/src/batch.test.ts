import { after, before, describe, test } from 'node:test';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';

describe('a batch is followed and stopped', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  test('it shows how far it is, and what is left alone when it is stopped', async (context) => {
    const { client } = stage;
    for (let n = 0; n < 20; n++) {
      await client.workflow.start('remindLater', { taskQueue: 'orders', workflowId: `bulk-${n}`, args: [9] });
    }
    await client.workflowService.startBatchOperation({
      namespace: 'default',
      jobId: 'slow',
      visibilityQuery: 'WorkflowId STARTS_WITH "bulk-"',
      reason: 'to be stopped',
      maxOperationsPerSecond: 0.5,
      signalOperation: { signal: 'nothing', identity: 'ada@example.com' },
    });
    const page = await stage.visit(context, '/namespaces/default/batch-operations/slow');
    await page.getByText(/^\d+ of 20$/).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('enough');
    await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
  });
});
