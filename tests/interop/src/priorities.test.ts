import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Priority } from '@temporalio/common';
import { Suite } from './harness.ts';
import type { Scene } from './harness.ts';
import { eventually } from './waiting.ts';
import { callActivity } from './workflows/activities.ts';

const suite = await Suite.open();
after(() => suite.close());

/** Which activities wait for a worker that takes one at a time, and the order in which it takes them. */
async function orderOf(scene: Scene, waiting: readonly (readonly [string, Priority])[]): Promise<readonly string[]> {
  const taskQueue = `${scene.taskQueue}-activities`;
  const waits = async (count: number): Promise<void> => {
    const request = { namespace: 'default', taskQueue: { name: taskQueue }, taskQueueType: 2, reportStats: true };
    const { stats } = await suite.connection.workflowService.describeTaskQueue(request);
    assert.equal(Number(stats?.approximateBacklogCount), count);
  };
  const handles = [];
  for (const [name, priority] of waiting) {
    const options = { taskQueue, startToCloseTimeout: '30s', priority } as const;
    handles.push(await scene.start(callActivity, ['perform', [name], options]));
    await eventually(() => waits(handles.length));
  }
  await scene.startWorker({ taskQueue, maxConcurrentActivityTaskExecutions: 1 });
  await Promise.all(handles.map((handle) => handle.result()));
  return scene.journal.entries;
}

test('activities are done by priority, and by age within it', { timeout: 300_000 }, async (t) => {
  await using scene = await suite.scene(t.name);
  const order = await orderOf(scene, [
    ['low', { priorityKey: 5 }],
    ['plain', {}],
    ['high', { priorityKey: 1 }],
    ['middle', { priorityKey: 3 }],
    ['highest too', { priorityKey: 1 }],
  ]);
  assert.deepEqual(order, ['high', 'highest too', 'plain', 'middle', 'low']);
});

test('tenants take turns, however much one of them asks for', { timeout: 300_000 }, async (t) => {
  await using scene = await suite.scene(t.name);
  const big = (name: string) => [name, { fairnessKey: 'big' }] as const;
  const order = await orderOf(scene, [
    ...['big 1', 'big 2', 'big 3', 'big 4'].map(big),
    ['small 1', { fairnessKey: 'small' }],
    ['small 2', { fairnessKey: 'small' }],
  ]);
  assert.deepEqual(order, ['big 1', 'small 1', 'big 2', 'small 2', 'big 3', 'big 4']);
});
