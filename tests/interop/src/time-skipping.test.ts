import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { nap, race, subscription } from './workflows/time.ts';
import { eventually } from './waiting.ts';

/** Our programs in the place of those that the official testing package downloads. */
function executable(name: 'temporal' | 'temporal-test-server'): { type: 'existing-path'; path: string } {
  return {
    type: 'existing-path',
    path: fileURLToPath(new URL(`../../../packages/cli/bin/${name}.js`, import.meta.url)),
  };
}

const workflowsPath = fileURLToPath(new URL('./workflows/index.ts', import.meta.url));
const DAY_MS = 24 * 3_600_000;

before(() => {
  // The programs run on the `node` of the PATH: it has to be the one that runs this.
  process.env['PATH'] = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
});

// The SDK's core logs to standard output, on which this process reports its tests.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
});

describe('TestWorkflowEnvironment.createTimeSkipping', () => {
  let environment: TestWorkflowEnvironment;
  const attempts: string[] = [];

  before(async () => {
    // The SDK gives a server five seconds to start, which a machine that is busy does not always give it.
    environment = await eventually(() =>
      TestWorkflowEnvironment.createTimeSkipping({ server: { executable: executable('temporal-test-server') } }),
    );
  });
  after(() => environment.teardown());

  async function withWorker<T>(taskQueue: string, run: () => Promise<T>): Promise<T> {
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue,
      workflowsPath,
      activities: {
        async echo(text: string) {
          attempts.push(text);
          if (attempts.length % 2 === 1) throw new Error('every first attempt fails');
          // What is at work holds the time.
          await new Promise((resolve) => setTimeout(resolve, 200));
          return text;
        },
      },
    });
    return worker.runUntil(run());
  }

  test('a workflow that sleeps for a year ends at once, a year later', async () => {
    const startedAtMs = Date.now();
    const before = await environment.currentTimeMs();
    const sleptMs = await withWorker('skip-nap', () =>
      environment.client.workflow.execute(nap, { workflowId: 'nap', taskQueue: 'skip-nap', args: [365 * DAY_MS] }),
    );
    assert.ok(sleptMs >= 365 * DAY_MS && sleptMs < 366 * DAY_MS, String(sleptMs));
    const passedMs = (await environment.currentTimeMs()) - before;
    assert.ok(passedMs >= 365 * DAY_MS && passedMs < 366 * DAY_MS, String(passedMs));
    assert.ok(Date.now() - startedAtMs < 120_000);
  });

  test('timers and retries are skipped, activities are waited for', async () => {
    const before = await environment.currentTimeMs();
    const paid = await withWorker('skip-pay', () =>
      environment.client.workflow.execute(subscription, { workflowId: 'pay', taskQueue: 'skip-pay', args: [3] }),
    );
    assert.deepEqual(paid, ['payment 1', 'payment 2', 'payment 3']);
    assert.equal(attempts.length, 6);
    const days = ((await environment.currentTimeMs()) - before) / DAY_MS;
    // Three months of thirty days, and three retries after an hour.
    assert.ok(days >= 90.12 && days < 90.2, String(days));
  });

  test('sleep moves the time, for a start delay too', async () => {
    const handle = await environment.client.workflow.start(nap, {
      workflowId: 'delayed',
      taskQueue: 'skip-delayed',
      args: [1],
      startDelay: '7 days',
    });
    const before = await environment.currentTimeMs();
    await environment.sleep('2 days');
    const passedMs = (await environment.currentTimeMs()) - before;
    assert.ok(passedMs >= 2 * DAY_MS && passedMs < 3 * DAY_MS, String(passedMs));
    await withWorker('skip-delayed', () => handle.result());
    assert.ok((await environment.currentTimeMs()) - before >= 7 * DAY_MS);
  });

  test('an activity that sleeps by the clock of the tests lasts that long, and races timers', async () => {
    const taskQueue = 'skip-race';
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue,
      workflowsPath,
      activities: {
        async echo(text: string) {
          await environment.sleep('2 days');
          return text;
        },
      },
    });
    await worker.runUntil(async () => {
      for (const [days, first] of [
        [1, 'timer'],
        [3, 'activity'],
      ] as const) {
        const options = { workflowId: `race-${first}`, taskQueue, args: [days * DAY_MS] as [number] };
        assert.equal(await environment.client.workflow.execute(race, options), first);
      }
    });
  });

  test('while it is locked time passes as ever', async () => {
    const before = await environment.currentTimeMs();
    await environment.client.workflow.start(nap, { workflowId: 'locked', taskQueue: 'skip-none', args: [DAY_MS] });
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok((await environment.currentTimeMs()) - before < DAY_MS / 2);
  });
});

test('TestWorkflowEnvironment.createLocal starts our program as the official one', async () => {
  const environment = await eventually(() =>
    TestWorkflowEnvironment.createLocal({ server: { executable: executable('temporal') } }),
  );
  try {
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue: 'local',
      workflowsPath,
    });
    const slept = await worker.runUntil(
      environment.client.workflow.execute(nap, { workflowId: 'local', taskQueue: 'local', args: [10] }),
    );
    assert.ok(slept >= 10);
  } finally {
    await environment.teardown();
  }
});
