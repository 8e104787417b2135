import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { Page } from 'playwright-core';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { writeJson } from './harness/steps.ts';
import { taskQueue } from './seed/worker.ts';

interface BatchCase {
  /** The button of the selection, or the item of its menu. */
  readonly button: string;
  readonly isInMenu?: boolean;
  /** The dialog's own button. */
  readonly label: string;
  readonly type: string;
  readonly args: readonly unknown[];
  readonly fill?: (page: Page) => Promise<void>;
  /** Whether a pending activity is to have failed, and be paused, before. */
  readonly isPausedBefore?: boolean;
  /** Whether it was done to the workflow. */
  readonly isDone: (description: WorkflowExecutionDescription | undefined) => boolean;
}

const waits = { type: 'remindLater', args: [9] } as const;
const retries = { type: 'chargeSubscription', args: [49] } as const;

function status(name: string): BatchCase['isDone'] {
  return (description) => description?.status.name === name;
}

const activityOf = (description: WorkflowExecutionDescription | undefined) => description?.raw.pendingActivities?.[0];

const cases: readonly BatchCase[] = [
  {
    button: 'Signal',
    label: 'Send',
    type: 'approveExpense',
    args: [{ who: 'Ada', amount: 90, what: 'books' }],
    async fill(page) {
      await page.getByRole('dialog').getByLabel('Signal').fill('approve');
      await writeJson(page, 'Input', '{"by": "Grace"}');
    },
    isDone: status('COMPLETED'),
  },
  {
    ...waits,
    button: 'Reset',
    label: 'Reset',
    async fill(page) {
      await page.getByLabel('Point').selectOption({ label: 'The last workflow task' });
    },
    isDone: (description) => description?.runId !== description?.raw.workflowExecutionInfo?.firstRunId,
  },
  { ...waits, button: 'Cancel', label: 'Request cancellation', isDone: status('CANCELLED') },
  { ...waits, button: 'Terminate', label: 'Terminate', isDone: status('TERMINATED') },
  { ...waits, button: 'Delete', label: 'Delete', isDone: (description) => description === undefined },
  {
    ...waits,
    button: 'Change the priority',
    isInMenu: true,
    label: 'Change',
    async fill(page) {
      await page.getByLabel('Priority', { exact: true }).selectOption('2');
      await page.getByLabel('Fairness key').fill('tenant-7');
    },
    isDone(description) {
      const { priorityKey, fairnessKey } = description?.raw.workflowExecutionInfo?.priority ?? {};
      return priorityKey === 2 && fairnessKey === 'tenant-7';
    },
  },
  {
    ...retries,
    button: 'Resume paused activities',
    isInMenu: true,
    label: 'Resume',
    isPausedBefore: true,
    isDone: (description) => activityOf(description)?.paused === false,
  },
  {
    ...retries,
    button: 'Reset activities',
    isInMenu: true,
    label: 'Reset',
    isPausedBefore: true,
    async fill(page) {
      await page.getByLabel('Activity type').fill('callPaymentGateway');
      await page.getByLabel('Those that are paused stay so').check();
    },
    isDone: (description) => activityOf(description)?.attempt === 1,
  },
  {
    ...retries,
    button: 'Change options of activities',
    isInMenu: true,
    label: 'Change',
    isPausedBefore: true,
    async fill(page) {
      await page.getByLabel('Attempts').fill('70');
    },
    isDone: (description) => activityOf(description)?.maximumAttempts === 70,
  },
];

describe('each batch operation, of a chosen row and of all that a query finds', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  cases.forEach((each, index) =>
    test(each.button, async (context) => {
      const prefix = `case-${index}-`;
      const ids = ['a', 'b', 'c'].map((letter) => `${prefix}${letter}`);
      for (const workflowId of ids) {
        await stage.client.workflow.start(each.type, { taskQueue, workflowId, args: [...each.args] });
      }
      if (each.isPausedBefore) for (const workflowId of ids) await pauseAfterFailure(stage, workflowId);
      /** What is done to a run may be its worker's to do: it shows a moment later. */
      const isDoneTo = async (count: number): Promise<void> => {
        for (let waitedMs = 0; ; waitedMs += 50) {
          const found = await Promise.all(ids.map((id) => describeOf(stage, id)));
          const done = found.filter(each.isDone).length;
          if (done === count) return;
          assert.ok(waitedMs < 10_000, `done to ${done}, not to ${count}`);
          await sleep(50);
        }
      };

      const query = `WorkflowId STARTS_WITH "${prefix}" AND ExecutionStatus = "Running"`;
      const path = `/namespaces/default/workflows?query=${encodeURIComponent(query)}`;
      const page = await stage.visit(context, path);
      await page.getByLabel('Select row 1', { exact: true }).click();
      await page.getByText('1 selected').waitFor();
      await carryOut(page, each, 1);
      await isDoneTo(1);

      await page.goto(path);
      await page.getByLabel('Select row 1', { exact: true }).click();
      const all = page.getByRole('button', { name: /^All [23] that match$/ });
      const count = Number(/\d/.exec((await all.textContent()) ?? '')?.[0]);
      await all.click();
      await carryOut(page, each, count);
      await isDoneTo(3);
    }),
  );

  test('all that there are, where there is no query', async (context) => {
    for (const workflowId of ['one-of-all', 'another-one']) {
      await stage.client.workflow.start('remindLater', { taskQueue, workflowId, args: [9] });
    }
    const page = await stage.visit(context, '/namespaces/default/workflows');
    await page.getByLabel('Select row 1', { exact: true }).click();
    await page.getByRole('button', { name: /^All \d+ that match$/ }).click();
    const selection = page.getByRole('group', { name: 'Selected workflows' });
    await selection.getByRole('button', { name: 'Terminate' }).click();
    await page.getByText('All that match: every workflow').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Terminate' }).click();
    await page.getByRole('link', { name: /^A batch of \d+ is under way$/ }).click();
    await page.getByText('100 %').waitFor();
    assert.equal((await stage.client.workflow.count('ExecutionStatus = "Running"')).count, 0);
  });
});

/** From the selection to the page of the batch, until that is done. */
async function carryOut(page: Page, { button, isInMenu, label, fill }: BatchCase, count: number): Promise<void> {
  const selection = page.getByRole('group', { name: 'Selected workflows' });
  if (isInMenu) {
    await selection.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: button }).click();
  } else await selection.getByRole('button', { name: button, exact: true }).click();
  await fill?.(page);
  await page.getByRole('dialog').getByLabel('Reason').fill('a test');
  await page.getByRole('dialog').getByRole('button', { name: label, exact: true }).click();
  await page.getByRole('link', { name: `A batch of ${count} is under way` }).click();
  // A batch that resumes activities finds those alone that are paused.
  await page.getByText(/^(\d) of \1$/).waitFor();
  await page.getByText('0 failed').waitFor();
  await page.getByText('a test').waitFor();
}

async function describeOf(stage: Stage, workflowId: string): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await stage.client.workflow.getHandle(workflowId).describe();
  } catch {
    return undefined;
  }
}

/** Holds the activity of a workflow once it has failed, so that it stays as it is. */
async function pauseAfterFailure(stage: Stage, workflowId: string): Promise<void> {
  const handle = stage.client.workflow.getHandle(workflowId);
  while ((activityOf(await handle.describe())?.attempt ?? 0) < 2) await sleep(50);
  await stage.client.workflowService.pauseActivity({
    namespace: 'default',
    execution: { workflowId },
    type: 'callPaymentGateway',
  });
}
