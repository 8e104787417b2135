import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { assertAccessible } from './harness/accessibility.ts';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { reportWorkers } from './seed/workers.ts';
import { taskQueue } from './seed/worker.ts';

const tier = defineSearchAttributeKey('Tier', 'KEYWORD');

const headers = (page: Page): Promise<readonly string[]> => page.getByRole('columnheader').allInnerTexts();

/** Opens the choice of columns, does something there, and closes it. */
async function inColumns(page: Page, act: () => Promise<unknown>): Promise<void> {
  await page.getByRole('button', { name: 'Columns' }).click();
  await act();
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
}

describe('lists are what a reader makes of them', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open(['--search-attribute', 'Tier=Keyword']);
    for (const [scheduleId, value] of [
      ['weekly', 'gold'],
      ['daily', 'silver'],
    ] as const) {
      await stage.client.schedule.create({
        scheduleId,
        spec: { intervals: [{ every: '1d' }] },
        action: { type: 'startWorkflow', workflowType: 'resizeAlbum', taskQueue },
        typedSearchAttributes: new TypedSearchAttributes([{ key: tier, value }]),
        state: { paused: value === 'silver' },
      });
    }
  });
  after(() => stage.close());

  test('schedules: columns are added, moved and removed, and a view is saved, found by it and shared', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/schedules');
    await page.getByRole('link', { name: 'weekly' }).waitFor();
    await inColumns(page, async () => {
      await page.getByRole('button', { name: 'Tier', exact: true }).click();
      for (let step = 0; step < 7; step++) await page.getByRole('button', { name: 'Move Tier up' }).click();
      await page.getByRole('button', { name: 'Remove Note' }).click();
      await assertAccessible(page, 'the choice of columns');
    });
    const wanted = ['Status', 'Tier', 'Schedule ID', 'When', 'Starts', 'Next', 'Last run', 'Recent'];
    assert.deepEqual(await headers(page), wanted);
    await page.getByRole('cell', { name: 'gold' }).waitFor();

    await page.getByRole('searchbox', { name: 'Find by the beginning of the ID' }).fill('Tier = "gold"');
    await page.keyboard.press('Enter');
    await page.getByText('1 schedule', { exact: true }).waitFor();
    const views = page.getByRole('group', { name: 'Views' });
    await views.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Save as a view' }).click();
    await page.getByLabel('Name').fill('Golden');
    await page.keyboard.press('Enter');
    await views.getByRole('button', { name: 'Paused' }).click();
    await page.getByRole('link', { name: 'daily' }).waitFor();
    await page.getByRole('link', { name: 'weekly' }).waitFor({ state: 'detached' });
    // Kept in the browser: the page is read anew.
    await page.reload();
    assert.match(page.url(), /query=TemporalSchedulePaused/);
    await views.getByRole('button', { name: 'Golden', pressed: false }).click();
    await page.getByRole('link', { name: 'weekly' }).waitFor();
    await page.getByRole('link', { name: 'daily' }).waitFor({ state: 'detached' });
    assert.deepEqual(await headers(page), wanted);
  });

  test('columns are dragged, by mouse and by finger, and moved by keys', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/schedules', { height: 700 });
    await page.getByRole('link', { name: 'weekly' }).waitFor();
    await page.getByRole('button', { name: 'Columns' }).click();
    const order = async () => (await page.getByRole('dialog').getByRole('listitem').allInnerTexts()).slice(0, 4);
    const placeOf = async (name: string) => {
      const box = await page.getByRole('listitem').filter({ hasText: name }).boundingBox();
      assert.ok(box !== null);
      return { x: box.x + 40, y: box.y + box.height / 2 };
    };
    const [status, when] = [await placeOf('Status'), await placeOf('When')];
    await page.mouse.move(status.x, status.y);
    await page.mouse.down();
    await page.mouse.move(when.x, when.y + 4, { steps: 5 });
    await page.getByRole('status').getByText('Status is 3 of 8').waitFor();
    // Escape puts it back, and the dialog stays.
    await page.keyboard.press('Escape');
    await page.mouse.up();
    assert.deepEqual(await order(), ['Status', 'Schedule ID', 'When', 'Starts']);
    await page.mouse.move(status.x, status.y);
    await page.mouse.down();
    await page.mouse.move(when.x, when.y + 4, { steps: 5 });
    await page.mouse.up();
    assert.deepEqual(await order(), ['Schedule ID', 'When', 'Status', 'Starts']);

    const finger = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
      finger.send('Input.dispatchTouchEvent', { type, touchPoints });
    const [starts, id] = [await placeOf('Starts'), await placeOf('Schedule ID')];
    await touch('touchStart', [starts]);
    for (const part of [0.3, 0.6, 1]) {
      await touch('touchMove', [{ x: starts.x, y: starts.y + (id.y - 4 - starts.y) * part }]);
    }
    await touch('touchEnd', []);
    await page.getByRole('status').getByText('Starts is 1 of 8').waitFor();
    assert.deepEqual(await order(), ['Starts', 'Schedule ID', 'When', 'Status']);

    const up = page.getByRole('button', { name: 'Move When up' });
    await up.focus();
    for (const key of ['Enter', 'Space', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('status').getByText('When is 1 of 8').waitFor();
    await up.and(page.locator(':focus')).waitFor();
    await assertAccessible(page, 'the choice of columns');
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    assert.deepEqual((await headers(page)).slice(0, 4), ['When', 'Starts', 'Schedule ID', 'Status']);
  });

  test('a filter of the last while moves with the clock, in the address and in a saved view', async (context) => {
    await stage.client.workflow.start('remindLater', { taskQueue, workflowId: 'of-now', args: [9] });
    const asked: string[] = [];
    const page = await stage.visit(context, '/namespaces/default/workflows', {
      prepare: async (opening) => {
        opening.on('request', (request) => asked.push(new URL(request.url()).searchParams.get('query') ?? ''));
        await opening.clock.setSystemTime(Date.now());
      },
    });
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByLabel('Attribute').selectOption('StartTime');
    await page.getByLabel('How many').fill('90');
    await page.getByLabel('Of what').selectOption('minutes');
    await assertAccessible(page, 'a filter of times');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'StartTime in the last 90m', exact: true }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('query'), 'StartTime >= now - 90m');
    await page.getByRole('link', { name: 'of-now' }).waitFor();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Save as a view' }).click();
    await page.getByLabel('Name').fill('Fresh');
    await page.keyboard.press('Enter');
    // Two hours later the view finds it no more.
    await page.clock.setSystemTime(Date.now() + 7_200_000);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.getByRole('link', { name: 'of-now' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Fresh', exact: true }).click();
    await page.getByText('Nothing matches').waitFor();
    const sent = asked.filter((query) => query.startsWith('StartTime'));
    assert.ok(sent.length > 0);
    for (const query of sent)
      assert.match(query, /^StartTime >= "\d{4}-\d\d-\d\dT[\d:.]+Z"( GROUP BY ExecutionStatus)?$/);
  });

  test('workers: views of how they are, and one of the reader', async (context) => {
    await reportWorkers(stage.client);
    const page = await stage.visit(context, '/namespaces/default/workers?find=till');
    await page.getByRole('link', { name: 'till@shop' }).waitFor();
    await page.getByRole('button', { name: 'WorkerIdentity starts_with till', exact: true }).waitFor();
    const views = page.getByRole('group', { name: 'Views' });
    await views.getByRole('button', { name: 'Silent' }).click();
    await page.getByText('Nothing matches').waitFor();
    await views.getByRole('button', { name: 'Running' }).click();
    await page.getByRole('link', { name: 'till@shop' }).waitFor();
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByLabel('Attribute').selectOption('HostName');
    await page.getByLabel('Value').fill('shop');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('1 worker', { exact: true }).waitFor();
    await views.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Save as a view' }).click();
    await page.getByLabel('Name', { exact: true }).fill('The shop');
    await page.keyboard.press('Enter');
    await inColumns(page, () => page.getByRole('button', { name: 'CPU', exact: true }).click());
    await page.reload();
    await views.getByRole('button', { name: 'The shop', pressed: true }).waitFor();
    await page.getByRole('cell', { name: '97 %' }).waitFor();
    assert.match(page.url(), /workers\?query=WorkerStatus/);
  });

  test('dates are written as the reader chose, on every page and after a reload', async (context) => {
    await stage.client.workflow.start('remindLater', { taskQueue, workflowId: 'dated', args: [9] });
    const page = await stage.visit(context, '/settings');
    await page.getByLabel('Dates').selectOption('long');
    await page.goto('/namespaces/default/workflows');
    const time = page.getByRole('row').filter({ hasText: 'dated' }).locator('time').first();
    const isWhole = () =>
      time.evaluate(
        (element) => (element.parentElement?.scrollWidth ?? 0) <= (element.parentElement?.clientWidth ?? 0),
      );
    assert.match(await time.innerText(), /^\d{1,2} [A-Z][a-z]+ \d{4} at \d\d:\d\d:\d\d UTC$/);
    assert.ok(await isWhole());
    await page.getByRole('button', { name: 'Appearance' }).click();
    await page.getByRole('menuitemradio', { name: 'Short' }).click();
    await page.keyboard.press('Escape');
    await page
      .getByText(/^\d\d\/\d\d\/\d{4}, \d\d:\d\d:\d\d$/)
      .first()
      .waitFor();
    assert.match(await time.innerText(), /^\d\d\/\d\d\/\d{4}, \d\d:\d\d:\d\d$/);
    assert.ok(await isWhole());
  });
});
