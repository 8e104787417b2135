import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skip } from './harness/browser.ts';
import { UiServer } from './harness/server.ts';
import { Stage } from './harness/stage.ts';
import { act } from './harness/steps.ts';
import { taskQueue } from './seed/worker.ts';

describe('a server that can pause workflows', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.before(UiServer.start(['--dynamic-config-value', 'frontend.WorkflowPauseEnabled=true']));
  });
  after(() => stage.close());

  test('is asked to pause one, which then records what comes, and to let it go on', async (context) => {
    const args = [{ who: 'Ada', amount: 90, what: 'books' }];
    const handle = await stage.client.workflow.start('approveExpense', { taskQueue, workflowId: 'to-pause', args });
    const page = await stage.visit(context, '/namespaces/default/workflows/to-pause');
    await act(page, 'Pause the workflow');
    await page.getByText('Paused', { exact: true }).first().waitFor();
    await handle.signal('approve', { by: 'Grace' });
    assert.equal((await handle.describe()).status.name, 'PAUSED');
    await act(page, 'Resume the workflow');
    await page.getByText('Completed in').waitFor();
    assert.match(JSON.stringify(await handle.result()), /Grace/);
  });
});
