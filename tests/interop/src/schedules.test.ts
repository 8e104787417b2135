import assert from 'node:assert/strict';
import { delimiter, dirname } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { ScheduleHandle, ScheduleOptions } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { Suite } from './harness.ts';
import type { Scene } from './harness.ts';
import { eventually, rejection } from './waiting.ts';
import { child } from './workflows/children.ts';
import { inbox, put, seal } from './workflows/messages.ts';

const PARALLEL = { concurrency: 4, timeout: 300_000 };
const HOUR_MS = 3_600_000;
const FAR_AWAY = { intervals: [{ every: '1000 days' }] };

const suite = await Suite.open();
after(() => suite.close());

type Options = Omit<Partial<ScheduleOptions>, 'action'> & { readonly action?: object };

/** A schedule of the scene: unless `options` say otherwise it starts inboxes, at no time that comes soon. */
async function schedule(scene: Scene, { action, ...options }: Options = {}): Promise<ScheduleHandle> {
  return await scene.client.schedule.create({
    scheduleId: scene.id('schedule'),
    spec: FAR_AWAY,
    action: {
      type: 'startWorkflow',
      workflowType: inbox,
      workflowId: scene.id('w'),
      taskQueue: scene.taskQueue,
      ...action,
    },
    ...options,
  } as ScheduleOptions);
}

/** The workflows that it has started, in the order in which they were. */
async function started(handle: ScheduleHandle): Promise<readonly string[]> {
  const { info } = await handle.describe();
  return info.recentActions.map(({ action }) => action.workflow.workflowId);
}

/** Waits until it has started that many, and gives the ids of their workflows. */
async function afterActions(handle: ScheduleHandle, count: number): Promise<readonly string[]> {
  return await eventually(async () => {
    const ids = await started(handle);
    assert.equal(ids.length, count);
    return ids;
  });
}

function statusOf(scene: Scene, workflowId: string): Promise<string> {
  return scene.client.workflow
    .getHandle(workflowId)
    .describe()
    .then(({ status }) => status.name);
}

describe('schedules', PARALLEL, () => {
  test('created, described, listed, deleted', async (t) => {
    await using scene = suite.sceneWithoutWorker(t.name);
    const handle = await schedule(scene, {
      spec: {
        calendars: [{ hour: 3, comment: 'at night' }],
        intervals: [{ every: '6h', offset: '1h' }],
        cronExpressions: ['30 4 * * 1'],
        skip: [{ month: 'DECEMBER', dayOfMonth: 24 }],
        timezone: 'Europe/Vienna',
        jitter: '10s',
      },
      policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: '2m', pauseOnFailure: true },
      state: { paused: true, note: 'not yet', remainingActions: 7 },
      memo: { owner: 'accounts' },
    });
    const again = schedule(scene);
    await rejection(again, ScheduleAlreadyRunning);

    const described = await handle.describe();
    assert.deepEqual(
      described.spec.calendars?.map(({ hour, comment, dayOfWeek }) => [hour[0]?.start, comment, dayOfWeek[0]?.start]),
      [
        [3, 'at night', 'SUNDAY'],
        [4, '', 'MONDAY'],
      ],
    );
    assert.deepEqual(described.spec.intervals, [{ every: 6 * HOUR_MS, offset: HOUR_MS }]);
    assert.deepEqual([described.spec.timezone, described.spec.jitter], ['Europe/Vienna', 10_000]);
    assert.deepEqual(described.policies, {
      overlap: ScheduleOverlapPolicy.BUFFER_ONE,
      catchupWindow: 120_000,
      pauseOnFailure: true,
    });
    assert.deepEqual(described.state, { paused: true, note: 'not yet', remainingActions: 7 });
    assert.deepEqual(described.memo, { owner: 'accounts' });
    assert.deepEqual([described.action.workflowType, described.action.taskQueue], ['inbox', scene.taskQueue]);
    assert.equal(described.info.nextActionTimes.length, 7);

    await eventually(async () => {
      for await (const summary of scene.client.schedule.list()) {
        if (summary.scheduleId !== handle.scheduleId) continue;
        assert.deepEqual([summary.state.paused, summary.memo?.['owner']], [true, 'accounts']);
        return;
      }
      assert.fail('it is not in the list');
    });

    await handle.delete();
    await rejection(handle.describe(), ScheduleNotFoundError);
    await rejection(scene.client.schedule.getHandle('never').pause(), ScheduleNotFoundError);
  });

  test('a time that comes starts a workflow, as often as there are actions left', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await schedule(scene, {
      spec: { intervals: [{ every: '1s' }] },
      action: { workflowType: child, args: [{ kind: 'succeed', value: 'tick' }] },
      state: { remainingActions: 2 },
    });
    const ids = await afterActions(handle, 2);
    for (const id of ids) assert.equal(await scene.client.workflow.getHandle(id).result(), 'tick from nobody');
    const { state, info } = await handle.describe();
    assert.deepEqual([state.remainingActions, info.numActionsTaken], [0, 2]);
    assert.equal(info.nextActionTimes.length, 0);
    const [first, second] = info.recentActions.map(({ scheduledAt }) => scheduledAt.getTime());
    assert.equal((second ?? 0) - (first ?? 0), 1_000);
  });

  test('triggered, even while it is paused; the workflow knows by what it was started', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await schedule(scene, { action: { memo: { why: 'routine' } } });
    await handle.pause('holidays');
    assert.equal((await handle.describe()).state.note, 'holidays');
    await handle.trigger();
    const [id = ''] = await afterActions(handle, 1);
    assert.match(id, /\/w-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const workflow = scene.client.workflow.getHandle(id);
    await workflow.signal(put, 'a letter');
    await workflow.signal(seal);
    assert.deepEqual(await workflow.result(), ['a letter']);
    const { memo, searchAttributes } = await workflow.describe();
    assert.deepEqual(memo, { why: 'routine' });
    assert.deepEqual(searchAttributes['TemporalScheduledById'], [handle.scheduleId]);
    await eventually(async () => {
      const query = `TemporalScheduledById = '${handle.scheduleId}'`;
      assert.equal((await scene.client.workflow.count(query)).count, 1);
    });
    await handle.unpause('back');
    const { state } = await handle.describe();
    assert.deepEqual([state.paused, state.note], [false, 'back']);
  });

  test('updated: the next action is another one', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await schedule(scene);
    await handle.update((before) => ({
      ...before,
      spec: { intervals: [{ every: '2h' }] },
      action: { ...before.action, workflowType: 'child', args: [{ kind: 'succeed', value: 'new' }] },
      policies: { ...before.policies, overlap: ScheduleOverlapPolicy.ALLOW_ALL },
    }));
    const { spec, policies, info } = await handle.describe();
    assert.deepEqual([spec.intervals?.[0]?.every, policies.overlap], [2 * HOUR_MS, ScheduleOverlapPolicy.ALLOW_ALL]);
    assert.ok(info.lastUpdatedAt !== undefined);
    await handle.trigger();
    const [id = ''] = await afterActions(handle, 1);
    assert.equal(await scene.client.workflow.getHandle(id).result(), 'new from nobody');
  });

  test('a failure pauses, where that is asked for', async (t) => {
    await using scene = await suite.scene(t.name);
    const handle = await schedule(scene, {
      action: { workflowType: child, args: [{ kind: 'fail' }] },
      policies: { pauseOnFailure: true },
    });
    // The client's own choice is ALLOW_ALL, with which nothing is paused.
    await handle.trigger(ScheduleOverlapPolicy.SKIP);
    await eventually(async () => {
      const { state } = await handle.describe();
      assert.equal(state.paused, true);
      assert.match(state.note ?? '', /^paused due to workflow failure: .*: the child failed$/);
    });
  });

  describe('backfill of three hours, by overlap policy', PARALLEL, () => {
    const LAST_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 100 * HOUR_MS;

    /** Asks for the actions of some hours, all of them long past. */
    async function backfill(
      handle: ScheduleHandle,
      hours: readonly [from: number, to: number],
      overlap: ScheduleOverlapPolicy,
    ) {
      const [start, end] = hours.map((hour) => new Date(LAST_MS + (hour - 3) * HOUR_MS)) as [Date, Date];
      await handle.backfill([{ start, end, overlap }]);
    }

    async function backfilled(scene: Scene, overlap: ScheduleOverlapPolicy): Promise<ScheduleHandle> {
      const handle = await hourly(scene);
      await backfill(handle, [1, 3], overlap);
      return handle;
    }

    function hourly(scene: Scene): Promise<ScheduleHandle> {
      return schedule(scene, { spec: { intervals: [{ every: '1h' }] }, state: { paused: true } });
    }

    test('ALLOW_ALL: they run side by side', async (t) => {
      await using scene = await suite.scene(t.name);
      const ids = await afterActions(await backfilled(scene, ScheduleOverlapPolicy.ALLOW_ALL), 3);
      for (const id of ids) assert.equal(await statusOf(scene, id), 'RUNNING');
    });

    test('SKIP: the first runs, the others are left out', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await backfilled(scene, ScheduleOverlapPolicy.SKIP);
      const [id = ''] = await afterActions(handle, 1);
      await scene.client.workflow.getHandle(id).signal(seal);
      await eventually(async () => {
        const { info } = await handle.describe();
        assert.deepEqual([info.numActionsTaken, info.numActionsSkippedOverlap], [1, 2]);
        assert.deepEqual(info.runningActions, []);
      });
    });

    test('BUFFER_ALL: one after the other', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await backfilled(scene, ScheduleOverlapPolicy.BUFFER_ALL);
      for (let count = 1; count <= 3; count += 1) {
        const ids = await afterActions(handle, count);
        const { info, raw } = await handle.describe();
        assert.deepEqual([info.runningActions.length, Number(raw.info?.bufferSize)], [1, 3 - count]);
        await scene.client.workflow.getHandle(ids.at(-1) ?? '').signal(seal);
      }
    });

    test('BUFFER_ONE: one waits', async (t) => {
      await using scene = await suite.scene(t.name);
      const handle = await backfilled(scene, ScheduleOverlapPolicy.BUFFER_ONE);
      const [first = ''] = await afterActions(handle, 1);
      await scene.client.workflow.getHandle(first).signal(seal);
      const [, second = ''] = await afterActions(handle, 2);
      await scene.client.workflow.getHandle(second).signal(seal);
      await eventually(async () => assert.equal((await handle.describe()).info.runningActions.length, 0));
      assert.equal((await handle.describe()).info.numActionsSkippedOverlap, 1);
    });

    for (const [name, ended] of [
      ['CANCEL_OTHER', 'CANCELLED'],
      ['TERMINATE_OTHER', 'TERMINATED'],
    ] as const) {
      test(`${name}: the one that runs gives way to the last that came`, async (t) => {
        await using scene = await suite.scene(t.name);
        const handle = await hourly(scene);
        const overlap = ScheduleOverlapPolicy[name];
        await backfill(handle, [1, 1], overlap);
        const [first = ''] = await afterActions(handle, 1);
        await backfill(handle, [2, 3], overlap);
        const [, last = ''] = await afterActions(handle, 2);
        assert.ok(last.endsWith(new Date(LAST_MS).toISOString().replace('.000', '')));
        assert.deepEqual([await statusOf(scene, first), await statusOf(scene, last)], [ended, 'RUNNING']);
      });
    }
  });
});

describe('with time skipping', { timeout: 300_000 }, () => {
  let environment: TestWorkflowEnvironment;
  before(async () => {
    // The program runs on the `node` of the PATH: it has to be the one that runs this.
    process.env['PATH'] = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
    const path = fileURLToPath(new URL('../../../packages/cli/bin/temporal-test-server.js', import.meta.url));
    environment = await eventually(() =>
      TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } }),
    );
  });
  after(() => environment.teardown());

  test('a week of a nightly schedule', async () => {
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue: 'nightly',
      workflowBundle: suite.bundle,
    });
    await worker.runUntil(async () => {
      const handle = await environment.client.schedule.create({
        scheduleId: 'nightly',
        spec: { calendars: [{ hour: 3 }] },
        action: {
          type: 'startWorkflow',
          workflowType: child,
          args: [{ kind: 'succeed', value: 'report' }],
          taskQueue: 'nightly',
          workflowId: 'report',
        },
      });
      await environment.sleep('7 days');
      const { info } = await handle.describe();
      assert.equal(info.numActionsTaken, 7);
      assert.ok(info.recentActions.every(({ scheduledAt }) => scheduledAt.getUTCHours() === 3));
    });
  });
});
