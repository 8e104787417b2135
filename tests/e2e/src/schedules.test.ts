import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';

/** Everything that an address has to carry. */
const scheduleId = 'every monday/ü "1"';

describe('schedules are made, changed and removed', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  test('a form shows the next runs before anything is sent, and makes the schedule', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/schedules/create');
    const preview = page.getByRole('status', { name: 'What the rules say' });
    await page.getByLabel('Schedule ID').fill(scheduleId);
    await page.getByRole('button', { name: 'Create the schedule' }).click();
    await page.getByText('2 things are not right yet.').waitFor();
    await page.getByLabel('Workflow type').fill('resizeAlbum');
    await page.getByLabel('Task queue').fill('orders');
    await page.getByRole('textbox', { name: 'Argument' }).click();
    await page.keyboard.type('3');
    await page.getByRole('button', { name: 'Mon', exact: true }).click();
    await page.getByRole('textbox', { name: 'Times' }).fill('09:00, 17:30');
    await page.getByLabel('Time zone').fill('Europe/Berlin');
    await preview.getByText('At 17:30, Monday').waitFor();
    const [first = ''] = await preview.getByRole('listitem').locator('span:first-child').allInnerTexts();
    assert.match(first, / (09:00|17:30):00$/);
    await page.getByRole('button', { name: 'Create the schedule' }).click();
    await page.getByRole('button', { name: 'Trigger' }).waitFor();

    const { spec } = await stage.client.schedule.getHandle(scheduleId).describe();
    assert.equal(spec.timezone, 'Europe/Berlin');
    assert.equal(spec.calendars?.length, 2);
  });

  test('keys trigger it, pause it and fill what it missed', async (context) => {
    const page = await stage.visit(context, `/namespaces/default/schedules/${encodeURIComponent(scheduleId)}`);
    await page.getByRole('button', { name: 'Trigger' }).waitFor();
    await page.keyboard.press('t');
    await page.getByRole('dialog').getByRole('button', { name: 'Trigger' }).click();
    await page.getByRole('row').filter({ hasText: 'Completed' }).first().waitFor();
    await page.keyboard.press('p');
    await page.getByRole('textbox', { name: 'Note' }).fill('for the audit');
    await page.keyboard.press('Control+Enter');
    await page.getByText('It is paused and starts nothing. for the audit').waitFor();
    await page.keyboard.press('b');
    await page.getByLabel('From').fill('2026-08-24T00:00:00');
    await page.getByLabel('To', { exact: true }).fill('2026-08-30T00:00:00');
    await page.getByText('2 runs, the first at 2026-08-24 09:00:00 Europe/Berlin').waitFor();
    await page.keyboard.press('Escape');
    const { state } = await stage.client.schedule.getHandle(scheduleId).describe();
    assert.deepEqual({ paused: state.paused, note: state.note }, { paused: true, note: 'for the audit' });
  });

  test('what somebody else changed meanwhile is not overwritten', async (context) => {
    const page = await stage.visit(context, `/namespaces/default/schedules/${encodeURIComponent(scheduleId)}/edit`);
    await page.getByRole('textbox', { name: 'Note' }).fill('mine');
    await stage.client.schedule.getHandle(scheduleId).unpause('theirs');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('It was changed meanwhile, so nothing was saved.').waitFor();
    await page.getByRole('button', { name: 'Begin again' }).click();
    await page.getByRole('textbox', { name: 'Note' }).and(page.locator('[value="theirs"]')).fill('mine, after all');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('mine, after all').waitFor();
  });

  test('it is removed, and its address says so', async (context) => {
    const page = await stage.visit(context, `/namespaces/default/schedules/${encodeURIComponent(scheduleId)}`);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/schedules');
    await page.goBack();
    await page.getByText('This schedule is gone').waitFor();
  });
});
