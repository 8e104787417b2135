import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';

describe('namespaces and their search attributes', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  test('one is made, edited, given a search attribute, and removed', async (context) => {
    const page = await stage.visit(context, '/namespaces');
    await page.getByRole('button', { name: 'Create a namespace' }).click();
    await page.getByLabel('Name', { exact: true }).fill('shop');
    await page.getByLabel('Retention').fill('5d');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.waitForURL('**/namespaces/shop/details');
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Description').fill('Everything of the shop');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Everything of the shop').waitFor();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('Name', { exact: true }).fill('Tier');
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click();
    await page.getByRole('button', { name: 'Remove Tier' }).click();
    const added = await stage.client.connection.operatorService.listSearchAttributes({ namespace: 'shop' });
    assert.deepEqual(Object.keys(added.customAttributes), ['Tier']);
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('This namespace has none of its own yet.').waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByLabel('Its name, to be sure').fill('shop');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/namespaces');
    await page.getByRole('link', { name: 'shop' }).waitFor({ state: 'detached' });
  });
});
