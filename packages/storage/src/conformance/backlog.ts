import assert from 'node:assert/strict';
import { type LaneKey, type QueueKey, QueueKind } from '../store.ts';
import { backlogRow, NAMESPACE, OTHER_NAMESPACE, ShardOwner, START_MS } from './builders.ts';
import type { StoreTest } from './subject.ts';

const activities: QueueKey = { namespaceId: NAMESPACE, name: 'q', kind: QueueKind.Activity };
const lane: LaneKey = { queue: activities, priority: 3, fairnessKey: '' };

/** Tasks that no poller waited for. */
export function backlogTests(test: StoreTest): void {
  test('rows of a queue come oldest first, page by page', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ backlogPut: [backlogRow(1, 'q'), backlogRow(2, 'other'), backlogRow(3, 'q')] });
    await owner.commit({ backlogPut: [backlogRow(7, 'q')] });
    assert.deepEqual(await store.readBacklog(0, lane, 0, 10), [
      backlogRow(1, 'q'),
      backlogRow(3, 'q'),
      backlogRow(7, 'q'),
    ]);
    assert.deepEqual(await store.readBacklog(0, lane, 1, 1), [backlogRow(3, 'q')]);
    assert.deepEqual(await store.readBacklog(0, lane, 7, 10), []);
  });

  test('queues differ by name, kind, namespace and shard', async (store) => {
    const workflows: QueueKey = { ...activities, kind: QueueKind.Workflow };
    const elsewhere: QueueKey = { ...activities, namespaceId: OTHER_NAMESPACE };
    const owner = await ShardOwner.of(store);
    await owner.commit({
      backlogPut: [
        backlogRow(1, 'q'),
        backlogRow(2, 'q', { queue: workflows }),
        backlogRow(3, 'q', { queue: elsewhere }),
        backlogRow(4, 'Q'),
      ],
    });
    const ids = async (queue: QueueKey, shard = 0) =>
      (await store.readBacklog(shard, { ...lane, queue }, 0, 10)).map(({ id }) => id);
    assert.deepEqual(await ids(activities), [1]);
    assert.deepEqual(await ids(workflows), [2]);
    assert.deepEqual(await ids(elsewhere), [3]);
    assert.deepEqual(await ids(activities, 1), []);
  });

  test('removed rows are gone, and removing what is not there is nothing', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ backlogPut: [backlogRow(1, 'q'), backlogRow(2, 'q')] });
    await owner.commit({ backlogRemove: [backlogRow(1, 'q'), backlogRow(5, 'q')] });
    assert.deepEqual(await store.readBacklog(0, lane, 0, 10), [backlogRow(2, 'q')]);
    await owner.commit({ backlogRemove: [backlogRow(2, 'q')] });
    assert.deepEqual(await store.listBacklogLanes(0), []);
  });

  test('rows of a run are found, in whichever lane they are', async (store) => {
    const owner = await ShardOwner.of(store);
    const workflows: QueueKey = { ...activities, kind: QueueKind.Workflow };
    const rows = [
      backlogRow(1, 'q', { run: 7 }),
      backlogRow(3, 'a\0b', { run: 7, queue: workflows, priority: 1, fairnessKey: 'tenant', fairnessWeight: 2 }),
    ];
    await owner.commit({ backlogPut: [...rows, backlogRow(2, 'q', { run: 8 })] });
    assert.deepEqual(
      await store.readBacklogOfRun(0, 7),
      rows.map((row) => ({ ...row, queue: { ...row.queue } })),
    );
    assert.deepEqual(await store.readBacklogOfRun(1, 7), []);
    await owner.commit({ backlogRemove: rows.slice(0, 1) });
    assert.deepEqual(await store.readBacklogOfRun(0, 7), rows.slice(1));
  });

  test('the largest id is remembered when its row is gone', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ backlogPut: [backlogRow(40, 'q')] });
    await owner.commit({ backlogRemove: [backlogRow(40, 'q')] });
    assert.equal((await store.acquireShard(0, 'b')).lastBacklogId, 40);
  });

  laneTests(test);
}

function laneTests(test: StoreTest): void {
  test('within a queue lanes differ by priority and fairness key', async (store) => {
    const owner = await ShardOwner.of(store);
    const lanes = [
      lane,
      { ...lane, priority: 1 },
      { ...lane, fairnessKey: 'tenant' },
      { ...lane, fairnessKey: 'a\0b' },
    ];
    const rows = lanes.map((each, index) => backlogRow(index + 1, 'q', { ...each, fairnessWeight: 0.5 }));
    await owner.commit({ backlogPut: [...rows, backlogRow(9, 'q')] });
    for (const [index, each] of lanes.slice(1).entries()) {
      assert.deepEqual(await store.readBacklog(0, each, 0, 10), [rows[index + 1]]);
    }
    assert.deepEqual(
      (await store.listBacklogLanes(0))
        .map(({ priority, fairnessKey, count }) => `${priority} ${fairnessKey} ${count}`)
        .toSorted(),
      ['1  1', '3  2', '3 a\0b 1', '3 tenant 1'],
    );
  });

  test('lanes are listed with the number of their rows and the time of the oldest', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ backlogPut: [backlogRow(1, 'b'), backlogRow(2, 'a'), backlogRow(3, 'b')] });
    const queues = [...(await store.listBacklogLanes(0))].sort((x, y) => (x.queue.name < y.queue.name ? -1 : 1));
    assert.deepEqual(queues, [
      { ...lane, queue: { ...activities, name: 'a' }, count: 1, oldestAtMs: START_MS + 2 },
      { ...lane, queue: { ...activities, name: 'b' }, count: 2, oldestAtMs: START_MS + 1 },
    ]);
  });
}
