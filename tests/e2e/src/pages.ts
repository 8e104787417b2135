import type { Page } from 'playwright-core';

/** A page of the UI, as the seeded workflows fill it. */
export interface UiPage {
  readonly name: string;
  readonly path: string;
  /** Resolves once the page shows what it is for. */
  readonly ready: (page: Page) => Promise<unknown>;
}

function workflowPage(name: string, path: string, ready: UiPage['ready']): UiPage {
  return { name, path: `/namespaces/default/workflows/${path}`, ready };
}

function namespacePage(name: string, path: string, ready: UiPage['ready']): UiPage {
  return { name, path: `/namespaces/default/${path}`, ready };
}

const tabs = [
  { title: 'History', shows: 'Workflow Execution Started' },
  { title: 'Pending', shows: 'Nothing is pending' },
  { title: 'Relationships', shows: 'Runs of this workflow ID' },
  { title: 'Queries', shows: 'The workflow has decision' },
  { title: 'Call stack', shows: 'approveExpense' },
  { title: 'Workers', shows: 'seed@example' },
  { title: 'Metadata', shows: 'asks for 1280' },
] as const;

/** Every page. `accessibility.test.ts` judges each in both themes and on a phone; a new page adds its line. */
export const pages: readonly UiPage[] = [
  {
    name: 'workflows',
    path: '/namespaces/default/workflows',
    ready: (page) => page.getByRole('link', { name: 'subscription-317' }).waitFor(),
  },
  {
    name: 'workflows: nothing found',
    path: '/namespaces/default/workflows?query=WorkflowId%3D%22none%22',
    ready: (page) => page.getByText('Nothing matches').waitFor(),
  },
  {
    name: 'workflows: a query that is none',
    path: '/namespaces/default/workflows?query=Workflow+IS+odd',
    ready: (page) =>
      page
        .getByText(/invalid query/i)
        .first()
        .waitFor(),
  },
  {
    name: 'start a workflow',
    path: '/namespaces/default/workflows/start-workflow',
    ready: (page) => page.getByRole('button', { name: 'Start the workflow' }).waitFor(),
  },
  workflowPage('a workflow that retries', 'subscription-317', (page) =>
    page.getByRole('heading', { name: /callPaymentGateway fails/ }).waitFor(),
  ),
  workflowPage('a completed workflow', 'order-1045', (page) => page.getByText('Completed in').waitFor()),
  workflowPage('a failed workflow', 'order-refused', (page) => page.getByText('Failed after').waitFor()),
  workflowPage('a workflow with children', 'fulfil-9', (page) =>
    page.getByRole('heading', { name: /Waits for a timer of 2h/ }).waitFor(),
  ),
  workflowPage('a fan-out', 'album-500', (page) => page.getByText('× 500').waitFor()),
  workflowPage('a workflow whose code fails', 'broken-deploy', (page) =>
    page.getByRole('heading', { name: /workflow code fails/ }).waitFor(),
  ),
  workflowPage('a workflow that is gone', 'never-was', (page) => page.getByText('This workflow is gone').waitFor()),
  workflowPage('an AI run', 'agent-weather', async (page) => {
    await page.getByRole('link', { name: 'AI calls' }).click();
    await page.getByText('Take an umbrella: it rains in Oslo.').first().waitFor();
  }),
  ...tabs.map(({ title, shows }): UiPage =>
    workflowPage(`the tab ${title}`, 'expense-77', async (page) => {
      await page.getByRole('navigation', { name: 'Parts of the workflow' }).getByRole('link', { name: title }).click();
      await page.getByText(shows).first().waitFor();
    }),
  ),
  namespacePage('schedules', 'schedules', (page) => page.getByRole('link', { name: 'nightly-report' }).waitFor()),
  namespacePage('schedules: nothing found', 'schedules?find=none', (page) =>
    page.getByText('Nothing matches').waitFor(),
  ),
  namespacePage('a schedule that ran', 'schedules/thumbnails', (page) =>
    page.getByRole('row').filter({ hasText: 'Completed' }).first().waitFor(),
  ),
  namespacePage('a schedule that is paused', 'schedules/monthly-invoices', (page) =>
    page.getByText('It is paused and starts nothing').waitFor(),
  ),
  namespacePage('a schedule that is gone', 'schedules/never-was', (page) =>
    page.getByText('This schedule is gone').waitFor(),
  ),
  namespacePage('create a schedule', 'schedules/create', (page) => page.getByText('Every day at 09:00').waitFor()),
  namespacePage('edit a schedule', 'schedules/sync-crm/edit', (page) =>
    page.getByRole('button', { name: 'Save' }).waitFor(),
  ),
  namespacePage('task queues', 'task-queues', (page) => page.getByText('nobody polls').waitFor()),
  namespacePage('a task queue', 'task-queues/orders', (page) => page.getByText('seed@example').first().waitFor()),
  namespacePage('a task queue without workers', 'task-queues/queue-without-workers', (page) =>
    page.getByText('no worker polls it').waitFor(),
  ),
  namespacePage('workers', 'workers', (page) => page.getByRole('link', { name: 'till@shop' }).waitFor()),
  namespacePage('a worker', 'workers', async (page) => {
    await page.getByRole('link', { name: 'till@shop' }).click();
    await page.getByRole('meter', { name: 'Slots in use' }).first().waitFor();
  }),
  namespacePage('a worker that is gone', 'workers/never-was', (page) =>
    page.getByText('This worker is gone').waitFor(),
  ),
  namespacePage('batch operations', 'batch-operations', (page) =>
    page.getByRole('link', { name: 'clean-up-reminders' }).waitFor(),
  ),
  namespacePage('a batch', 'batch-operations/clean-up-reminders', (page) =>
    page.getByRole('progressbar', { name: 'Progress' }).waitFor(),
  ),
  namespacePage('a batch that is gone', 'batch-operations/never-was', (page) =>
    page.getByText('This batch is gone').waitFor(),
  ),
  {
    name: 'common errors',
    path: '/common-errors#history-too-large',
    ready: (page) =>
      page.getByRole('heading', { name: 'The history became too long' }).and(page.locator(':focus')).waitFor(),
  },
  { name: 'namespaces', path: '/namespaces', ready: (page) => page.getByRole('link', { name: 'default' }).waitFor() },
  namespacePage('a namespace', 'details', (page) => page.getByText('Largest payload').waitFor()),
  {
    name: 'a namespace that is none',
    path: '/namespaces/never-was/details',
    ready: (page) => page.getByText('There is no such namespace').waitFor(),
  },
  namespacePage('the inbox', 'inbox', (page) =>
    page.getByRole('article', { name: 'expense-77' }).getByRole('button', { name: 'Approve' }).waitFor(),
  ),
  namespacePage('two runs compared', 'compare?leftId=order-1040&rightId=order-1041', (page) =>
    page.getByText(/steps differ/).waitFor(),
  ),
  {
    name: 'a history from a file',
    path: '/import/events',
    ready: (page) => page.getByLabel('History file (JSON)').waitFor(),
  },
  {
    name: 'sign-in, where there is none',
    path: '/login',
    ready: (page) => page.getByRole('heading', { name: 'Nobody signs in here' }).waitFor(),
  },
  { name: 'settings', path: '/settings', ready: (page) => page.getByText('Keeps its state in').waitFor() },
];
