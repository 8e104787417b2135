import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { skip } from './harness/browser.ts';
import { UiServer } from './harness/server.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

describe('actions that the operator has switched off', { skip }, () => {
  let stage: Stage;
  const folder = mkdtempSync(join(tmpdir(), 'perdure-e2e-'));
  before(async () => {
    const off = ['terminate', 'update', 'start'].flatMap((action) => ['--ui-disabled-action', action]);
    stage = await Stage.before(
      UiServer.startProduction([
        ...['--store-file', join(folder, 'perdure.db'), '--namespace', 'default'],
        ...['--ui-hide-workflow-query-errors', ...off],
      ]),
    );
    await stage.client.workflow.start('remindLater', { taskQueue, workflowId: 'kept', args: [9] });
  });
  after(async () => {
    await stage.close();
    rmSync(folder, { recursive: true });
  });

  test('are not offered, of one workflow or of many, and the port refuses them', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows');
    await page.getByRole('link', { name: 'kept' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Start a workflow' }).count(), 0);
    await page.getByRole('checkbox', { name: 'Select row 1' }).check();
    const selected = page.getByRole('group', { name: 'Selected workflows' });
    await selected.getByRole('button', { name: 'Cancel' }).waitFor();
    assert.equal(await selected.getByRole('button', { name: /Terminate|Delete/ }).count(), 0);
    await page.getByRole('link', { name: 'kept' }).click();
    await page.getByRole('button', { name: 'Actions' }).click();
    assert.deepEqual((await page.getByRole('menuitem').allInnerTexts()).slice(0, 4), [
      'Send a signal',
      'Change its priority',
      'Reset to an earlier point',
      'Request cancellation',
    ]);
    await page.keyboard.press('Escape');
    const api = `${stage.server.origin}/api/v1/namespaces/default`;
    const post = async (path: string, body: object): Promise<readonly [number, unknown]> => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${api}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return [response.status, ((await response.json()) as { message?: string }).message];
    };
    const refused = [403, 'The action "terminate" is disabled'];
    assert.deepEqual(await post('workflows/kept/terminate', {}), refused);
    const batch = { reason: 'r', visibilityQuery: 'WorkflowId = "kept"', terminationOperation: {} };
    assert.deepEqual(await post('batch-operations/b', batch), refused);
    assert.deepEqual(await post('workflows/other', {}), [403, 'The action "start" is disabled']);
    const { status } = await stage.client.workflow.getHandle('kept').describe();
    assert.equal(status.name, 'RUNNING');
  });

  test('what workers say of queries is not shown where the operator hides it', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/workflows/kept');
    await page.getByRole('link', { name: 'Queries' }).click();
    await page.getByLabel('Name').fill('noSuchQuery');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('The worker’s message is not shown here').waitFor();
  });
});
