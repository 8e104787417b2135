import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page, Route } from 'playwright-core';
import { skip } from './harness/browser.ts';
import { Stage } from './harness/stage.ts';
import { reportWorkers } from './seed/workers.ts';
import { taskQueue } from './seed/worker.ts';

interface StatePage {
  readonly name: string;
  readonly path: string;
  /** What it says while it reads; undefined where it is a form that needs nothing. */
  readonly loading?: string;
  readonly ready: (page: Page) => Promise<unknown>;
}

const inNamespace = (path: string): string => `/namespaces/default/${path}`;
const shows =
  (text: string | RegExp): StatePage['ready'] =>
  (page) =>
    page.getByRole('main').getByText(text).first().waitFor();

/** Every page once. */
const statePages: readonly StatePage[] = [
  { name: 'workflows', path: inNamespace('workflows'), loading: 'Reading the list', ready: shows('waits') },
  {
    name: 'a workflow',
    path: inNamespace('workflows/waits'),
    loading: 'Looking for the latest run',
    ready: shows('Waits for a timer of 9d'),
  },
  { name: 'the start of a workflow', path: inNamespace('workflows/start-workflow'), ready: shows('Task queue') },
  {
    name: 'two runs',
    path: inNamespace('compare?leftId=waits&rightId=waits'),
    loading: 'Reading the runs',
    ready: shows('Both went the same way.'),
  },
  { name: 'a file', path: '/import/events', ready: shows('History file (JSON)') },
  { name: 'the inbox', path: inNamespace('inbox'), loading: 'Reading the list', ready: shows('asks for 1280') },
  { name: 'schedules', path: inNamespace('schedules'), loading: 'Reading the schedules', ready: shows('hourly') },
  {
    name: 'a schedule',
    path: inNamespace('schedules/hourly'),
    loading: 'Reading the schedule',
    ready: shows('What it starts'),
  },
  { name: 'a new schedule', path: inNamespace('schedules/create'), ready: shows('Every day at 09:00') },
  {
    name: 'a changed schedule',
    path: inNamespace('schedules/hourly/edit'),
    loading: 'Reading the schedule',
    ready: (page) => page.getByRole('button', { name: 'Save' }).waitFor(),
  },
  { name: 'task queues', path: inNamespace('task-queues'), loading: 'Reading the queues', ready: shows('orders') },
  {
    name: 'a task queue',
    path: inNamespace('task-queues/orders'),
    loading: 'Reading the queue',
    ready: shows('seed@example'),
  },
  { name: 'workers', path: inNamespace('workers'), loading: 'Reading the workers', ready: shows('till@shop') },
  { name: 'a worker', path: inNamespace('workers/till-1'), loading: 'Reading the worker', ready: shows('Its machine') },
  {
    name: 'batch operations',
    path: inNamespace('batch-operations'),
    loading: 'Reading the batches',
    ready: shows('a-batch'),
  },
  {
    name: 'a batch',
    path: inNamespace('batch-operations/a-batch'),
    loading: 'Reading the batch',
    ready: shows('1 of 1'),
  },
  { name: 'namespaces', path: '/namespaces', loading: 'Reading the namespaces', ready: shows('default') },
  {
    name: 'a namespace',
    path: inNamespace('details'),
    loading: 'Reading the namespace',
    ready: shows('Largest payload'),
  },
  { name: 'the settings', path: '/settings', ready: shows('Keeps its state in') },
];

/** What every page has something to show of. */
async function seedStates({ client }: Stage): Promise<void> {
  const args = [{ who: 'Ada', amount: 1280, what: 'a conference' }];
  await client.workflow.start('approveExpense', { taskQueue, workflowId: 'asks', args });
  await client.workflow.start('remindLater', { taskQueue, workflowId: 'waits', args: [9] });
  await client.schedule.create({
    scheduleId: 'hourly',
    spec: { intervals: [{ every: '1h' }] },
    action: { type: 'startWorkflow', workflowType: 'remindLater', taskQueue, args: [1] },
  });
  await reportWorkers(client);
  await client.workflowService.startBatchOperation({
    namespace: 'default',
    jobId: 'a-batch',
    reason: 'because',
    executions: [{ workflowId: 'waits' }],
    signalOperation: { signal: 'nothing' },
  });
}

/** What a page asks the server for, held back or refused. */
class Gate {
  #phase: 'hold' | 'refuse' | 'pass' = 'hold';
  #held: Route[] = [];

  async stand(page: Page): Promise<void> {
    await page.route('**/api/v1/**', (route) => this.#decide(route));
  }

  /** Every answer is a refusal from now on. */
  async refuse(): Promise<void> {
    this.#phase = 'refuse';
    await this.#release();
  }

  async pass(): Promise<void> {
    this.#phase = 'pass';
    await this.#release();
  }

  async #release(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    await Promise.all(held.map((route) => this.#decide(route)));
  }

  async #decide(route: Route): Promise<void> {
    if (this.#phase === 'hold') this.#held.push(route);
    else if (this.#phase === 'pass') await route.continue();
    else await route.fulfill({ status: 500, json: { code: 13, message: 'The <b>disk</b> is full' } });
  }
}

describe('every page, while it reads, where that fails, and after', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
    await seedStates(stage);
  });
  after(() => stage.close());

  for (const { name, path, loading, ready } of statePages) {
    test(name, async (context) => {
      const gate = new Gate();
      const page = await stage.visit(context, path, { prepare: (blank) => gate.stand(blank) });
      if (loading !== undefined) {
        await page.getByText(loading).first().waitFor();
        await gate.refuse();
        await page.getByText('The <b>disk</b> is full').first().waitFor();
        await page.getByRole('heading', { level: 1 }).waitFor();
        await gate.pass();
        await page.getByRole('button', { name: 'Try again' }).first().click();
      } else {
        // A form is there at once, and takes what it may offer when that comes.
        await page.getByRole('heading', { level: 1 }).waitFor();
        await gate.pass();
      }
      await ready(page);
    });
  }
});

describe('every page of a namespace that has nothing yet', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open(['--namespace', 'empty']);
  });
  after(() => stage.close());

  const empty = [
    ['workflows', 'No workflows yet'],
    ['inbox', 'Nobody is waited for'],
    ['schedules', 'No schedules yet'],
    ['task-queues', 'No task queue is in use'],
    ['workers', 'No worker reports'],
    ['batch-operations', 'No batches yet'],
    ['compare', 'Choose two runs'],
    ['details', 'This namespace has none of its own yet.'],
  ] as const;
  for (const [path, says] of empty) {
    test(path, async (context) => {
      const page = await stage.visit(context, `/namespaces/empty/${path}`);
      await page.getByText(says).first().waitFor();
    });
  }
});

describe('every page of what is not there', { skip }, () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  const gone = [
    [inNamespace('workflows/never-was'), 'This workflow is gone'],
    [inNamespace('workflows/never-was/4e0f2f7e-0000-4000-8000-000000000000/history'), 'This workflow is gone'],
    [inNamespace('workflows/start-workflow?likeId=never-was'), 'not found'],
    [inNamespace('compare?leftId=never-was&rightId=never-was'), 'Not found'],
    [inNamespace('schedules/never-was'), 'This schedule is gone'],
    [inNamespace('schedules/never-was/edit'), 'This schedule is gone'],
    [inNamespace('task-queues/never-was'), 'Nobody polls'],
    [inNamespace('workers/never-was'), 'This worker is gone'],
    [inNamespace('batch-operations/never-was'), 'This batch is gone'],
    ['/namespaces/never-was/details', 'There is no such namespace'],
    ...['workflows', 'inbox', 'schedules', 'task-queues', 'workers', 'batch-operations'].map(
      (page) => [`/namespaces/never-was/${page}`, 'Not found'] as const,
    ),
    ['/nothing/here', 'There is no such page'],
  ] as const;
  for (const [path, says] of gone) {
    test(path, async (context) => {
      const page = await stage.visit(context, path);
      await page.getByText(says).first().waitFor();
      await page.getByRole('heading', { level: 1 }).waitFor();
    });
  }
});

describe('every page while the server starts anew', { skip }, () => {
  let stage: Stage;
  const folder = mkdtempSync(join(tmpdir(), 'perdure-e2e-'));
  before(async () => {
    stage = await Stage.open(['--db-filename', join(folder, 'state.db')]);
    await seedStates(stage);
  });
  after(async () => {
    await stage.close();
    rmSync(folder, { recursive: true });
  });

  test('keeps what it shows, says that the server is away, and goes on when it is back', async (context) => {
    const opened = [];
    for (const each of statePages) {
      const page = await stage.visit(context, each.path);
      await each.ready(page);
      opened.push({ ...each, page });
    }
    await stage.server.stop();
    for (const { page, ready } of opened) {
      await page.getByText('The server does not answer. What you see may be old').waitFor();
      await ready(page);
    }
    await stage.server.startAgain();
    for (const { page, ready, name } of opened) {
      await page.getByText('The server does not answer').first().waitFor({ state: 'detached' });
      // What workers say of themselves is in memory alone; they say it again each minute.
      if (name !== 'a worker' && name !== 'workers') await ready(page);
    }
  });
});
