import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { taskQueue } from './seed/worker.ts';

/** Whatever is called so has an address of its own, and is text on every page. */
const odd = 'a/b <b>"x"</b> & 🚚 %2F#?';
/** Clients send the namespace as a header, too. */
const oddNamespace = 'a/b <b>"x"</b> & %2F#?';
const hostile =
  '<img src=x onerror="window.hit=1"><script>window.hit=2</script><a href="javascript:window.hit=3">go</a>';

async function assertIsText(page: Page): Promise<void> {
  const found = await page.evaluate(() => ({
    hit: (globalThis as { hit?: number }).hit,
    elements: [...document.querySelectorAll('img[src="x"], main script, main b, [href^="javascript:"]')]
      // The pages' own bold words are not those of the name.
      .filter(({ tagName, textContent }) => tagName !== 'B' || textContent === '"x"')
      .map((element) => element.outerHTML),
  }));
  assert.deepEqual(found, { hit: undefined, elements: [] });
}

describe('odd names and hostile texts, on every page', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open(['--search-attribute', 'CustomKeywordField=Keyword']);
    await seedOdd(stage);
  });
  after(() => stage.close());

  /** A thing is found in its list, opened there, and is the same after its page is read anew. */
  const lists: readonly { readonly path: string; readonly shows: string | RegExp; readonly heading?: string }[] = [
    { path: 'task-queues', shows: /No worker polls|no worker polls|Nobody polls/ },
    { path: 'workers', shows: 'Its machine' },
    { path: 'schedules', shows: hostile },
    { path: 'batch-operations', shows: hostile, heading: 'Signal' },
  ];
  for (const { path, shows, heading = odd } of lists) {
    test(path, async (context) => {
      const page = await stage.visit(context, `/namespaces/default/${path}`);
      const link = page.getByRole('link', { name: odd, exact: true });
      await link.waitFor();
      await assertIsText(page);
      await link.click();
      await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
      await page.getByText(shows).first().waitFor();
      await page.reload();
      await page.getByText(shows).first().waitFor();
      await assertIsText(page);
    });
  }

  test('namespaces', async (context) => {
    const page = await stage.visit(context, '/namespaces');
    await page.getByText(hostile).waitFor();
    await page.getByRole('link', { name: oddNamespace, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: oddNamespace, exact: true }).waitFor();
    await page.reload();
    await page.getByText(hostile).waitFor();
    await assertIsText(page);
    await page.getByRole('link', { name: 'Workflows', exact: true }).click();
    await page.getByText('No workflows yet').waitFor();
  });

  test('the schedule form', async (context) => {
    const page = await stage.visit(context, `/namespaces/default/schedules/${encodeURIComponent(odd)}/edit`);
    await page.getByRole('heading', { level: 1, name: `Edit ${odd}`, exact: true }).waitFor();
    await page.getByText('window.hit=2').first().waitFor();
    await assertIsText(page);
  });

  const pathOf = (workflowId: string): string => `/namespaces/default/workflows/${encodeURIComponent(workflowId)}`;
  const tabs = [
    'timeline',
    'history',
    'pending-activities',
    'relationships',
    'query',
    'call-stack',
    'workers',
    'metadata',
    'ai',
  ];

  test('each part of a workflow that has them everywhere', async (context) => {
    const { runId } = await stage.client.workflow.getHandle(odd).describe();
    const page = await stage.visit(context, pathOf(odd));
    await page.getByRole('heading', { name: /callPaymentGateway fails/ }).waitFor();
    await page.getByText(hostile).first().waitFor();
    for (const tab of tabs) {
      await page.goto(`${pathOf(odd)}/${runId}/${tab}`);
      await page.getByRole('navigation', { name: 'Parts of the workflow' }).waitFor();
      await page.getByRole('heading', { level: 1, name: odd }).waitFor();
      await page.getByText(hostile).first().waitFor();
      await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => undefined);
      await assertIsText(page);
    }
  });

  test('the list, with an attribute as a column and a filter', async (context) => {
    const query = `CustomKeywordField = ${JSON.stringify(hostile)}`;
    const page = await stage.visit(context, `/namespaces/default/workflows?query=${encodeURIComponent(query)}`);
    await page.getByRole('link', { name: odd, exact: true }).waitFor();
    await page.getByText(hostile).first().waitFor();
    await assertIsText(page);
  });

  test('the start of one like it', async (context) => {
    const page = await stage.visit(
      context,
      `/namespaces/default/workflows/start-workflow?likeId=${encodeURIComponent(odd)}`,
    );
    await page.getByText('window.hit=2').first().waitFor();
    await assertIsText(page);
  });

  test('two of them side by side', async (context) => {
    const id = encodeURIComponent(odd);
    const page = await stage.visit(context, `/namespaces/default/compare?leftId=${id}&rightId=${id}`);
    await page.getByText('Both went the same way.').waitFor();
    await page.getByText('callPaymentGateway').first().click();
    await page.getByText('window.hit=2').first().waitFor();
    await assertIsText(page);
  });

  test('the inbox', async (context) => {
    const page = await stage.visit(context, '/namespaces/default/inbox');
    await page
      .getByRole('article', { name: `${odd} asks` })
      .getByText(hostile)
      .first()
      .waitFor();
    await assertIsText(page);
  });

  test('a history from a file, and a file that is none', async (context) => {
    const { history } = await stage.client.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId: odd },
    });
    const page = await stage.visit(context, '/import/events');
    const choose = (name: string, text: string): Promise<void> =>
      page
        .getByLabel('History file (JSON)')
        .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
    await choose('none.json', hostile);
    await page.getByRole('alert').waitFor();
    await choose('history.json', JSON.stringify({ events: history?.events?.map(toJson) }));
    await page
      .getByRole('button', { name: /callPaymentGateway/ })
      .first()
      .click();
    await page.getByText('window.hit=2').first().waitFor();
    await assertIsText(page);
  });
});

/** As much of an event as the test needs, in the JSON of the protocol. */
function toJson(event: {
  readonly eventId?: unknown;
  readonly eventType?: unknown;
  readonly activityTaskScheduledEventAttributes?: unknown;
}): object {
  const { activityTaskScheduledEventAttributes: scheduled, eventId } = event;
  const payload = {
    metadata: { encoding: Buffer.from('json/plain').toString('base64') },
    data: Buffer.from(JSON.stringify(hostile)).toString('base64'),
  };
  return {
    eventId: String(eventId),
    eventTime: '2026-08-22T10:00:00Z',
    ...(scheduled
      ? {
          eventType: 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED',
          activityTaskScheduledEventAttributes: {
            activityId: '1',
            activityType: { name: 'callPaymentGateway' },
            input: { payloads: [payload] },
          },
        }
      : { eventType: 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED' }),
  };
}

async function seedOdd({ client }: Stage): Promise<void> {
  await client.workflow.start('chargeSubscription', {
    taskQueue,
    workflowId: odd,
    args: [hostile],
    memo: { note: hostile },
    staticSummary: hostile,
    staticDetails: hostile,
    searchAttributes: { CustomKeywordField: [hostile] },
  });
  await client.workflow.start('remindLater', { taskQueue: odd, workflowId: 'on-an-odd-queue', args: [1] });
  await client.workflow.start('approveExpense', {
    taskQueue,
    workflowId: `${odd} asks`,
    args: [{ who: hostile, amount: 1, what: hostile }],
  });
  await client.schedule.create({
    scheduleId: odd,
    spec: { intervals: [{ every: '1h' }] },
    action: { type: 'startWorkflow', workflowType: 'echoInput', taskQueue, args: [hostile] },
    memo: { note: hostile },
    state: { note: hostile },
  });
  await client.workflowService.startBatchOperation({
    namespace: 'default',
    jobId: odd,
    reason: hostile,
    executions: [{ workflowId: odd }],
    signalOperation: { signal: hostile },
  });
  await client.workflowService.recordWorkerHeartbeat({
    namespace: 'default',
    identity: odd,
    workerHeartbeat: [
      {
        workerInstanceKey: odd,
        workerIdentity: odd,
        hostInfo: { hostName: hostile, processId: '1', currentHostCpuUsage: 0.5 },
        taskQueue,
        status: 1,
      },
    ],
  });
  await client.workflowService.registerNamespace({
    namespace: oddNamespace,
    description: hostile,
    workflowExecutionRetentionPeriod: { seconds: { low: 86_400, high: 0, unsigned: false } as never },
  });
}
