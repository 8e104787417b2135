import assert from 'node:assert/strict';
import { backlogRow, emptyBatch, runWrite, ShardOwner, START_MS } from './builders.ts';
import type { StoreTest } from './subject.ts';

/** Shards, their epochs and their sequences. */
export function grantTests(test: StoreTest): void {
  test('a new shard starts from nothing', async (store) => {
    const grant = await store.acquireShard(0, 'a');
    assert.deepEqual(grant, { epoch: 1, sequence: 0, timeMs: 0, lastRun: 0, lastBacklogId: 0 });
  });

  test('each grant raises the epoch, of its shard alone', async (store) => {
    await store.acquireShard(0, 'a');
    assert.equal((await store.acquireShard(0, 'b')).epoch, 2);
    assert.equal((await store.acquireShard(1, 'b')).epoch, 1);
  });

  test('a grant tells where the shard stands', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ timeMs: START_MS + 5, runs: [runWrite(7), runWrite(3)], backlogPut: [backlogRow(9, 'q')] });
    await owner.commit({ timeMs: START_MS + 9, backlogRemove: [backlogRow(9, 'q')] });
    const grant = await store.acquireShard(0, 'b');
    assert.deepEqual(grant, { epoch: 2, sequence: 2, timeMs: START_MS + 9, lastRun: 7, lastBacklogId: 9 });
  });

  test('time in a shard never goes back', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ timeMs: START_MS + 100 });
    await owner.commit({ timeMs: START_MS });
    assert.equal((await store.acquireShard(0, 'b')).timeMs, START_MS + 100);
  });

  test('an earlier owner is fenced and writes nothing', async (store) => {
    const earlier = await ShardOwner.of(store);
    const owner = await ShardOwner.of(store);
    assert.equal(await earlier.commit({ runs: [runWrite(1)], backlogPut: [backlogRow(1, 'q')] }), 'fenced');
    assert.equal(await store.loadRun(0, { run: 1 }), undefined);
    assert.deepEqual(await store.listBacklogLanes(0), []);
    assert.equal(await owner.commit({ runs: [runWrite(1)] }), 'committed');
  });

  test('a batch that does not follow the last one is fenced', async (store) => {
    const { epoch } = await store.acquireShard(0, 'a');
    const first = emptyBatch({ shard: 0, epoch, expectedSequence: 0, runs: [runWrite(1)] });
    const early = emptyBatch({ shard: 0, epoch, expectedSequence: 2, runs: [runWrite(2)] });
    assert.deepEqual(await store.commit([early]), ['fenced']);
    assert.deepEqual(await store.commit([first]), ['committed']);
    assert.deepEqual(await store.commit([first]), ['fenced'], 'the same batch again');
    assert.equal(await store.loadRun(0, { run: 2 }), undefined);
  });

  test('a shard that nobody acquired is fenced', async (store) => {
    assert.deepEqual(await store.commit([emptyBatch({ shard: 3, epoch: 0, expectedSequence: 0 })]), ['fenced']);
    assert.deepEqual(await store.commit([emptyBatch({ shard: 3, epoch: 1, expectedSequence: 0 })]), ['fenced']);
  });
}
