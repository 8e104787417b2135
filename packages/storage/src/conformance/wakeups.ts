import assert from 'node:assert/strict';
import type { Store } from '../store.ts';
import { identity, runWrite, ShardOwner, START_MS } from './builders.ts';
import type { StoreTest } from './subject.ts';

/** Wake-ups of idle runs. */
export function wakeupTests(test: StoreTest): void {
  const idle = (run: number, wakeAtMs: number | undefined) => runWrite(run, { active: false, wakeAtMs });
  const due = async (store: Store, untilMs: number, limit = 100) =>
    (await store.scanWakeups(0, untilMs, limit)).map(({ run }) => run);

  test('due ones come earliest first, up to a limit', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ runs: [idle(1, START_MS + 30), idle(2, START_MS + 10), idle(3, START_MS + 20)] });
    assert.deepEqual(await due(store, START_MS + 9), []);
    assert.deepEqual(await due(store, START_MS + 10), [2], 'at its time it is due');
    assert.deepEqual(await due(store, START_MS + 99), [2, 3, 1]);
    assert.deepEqual(await due(store, START_MS + 99, 2), [2, 3]);
    const [first] = await store.scanWakeups(0, START_MS + 99, 1);
    assert.deepEqual(first, { run: 2, identity: identity(2), wakeAtMs: START_MS + 10 });
  });

  test('active runs and those that wait for nothing have none', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ runs: [idle(1, undefined), runWrite(2, { wakeAtMs: START_MS }), idle(3, START_MS)] });
    assert.deepEqual(await due(store, START_MS + 99), [3]);
    await owner.commit({ runs: [runWrite(3)] });
    assert.deepEqual(await due(store, START_MS + 99), []);
  });

  test('each shard has its own', async (store) => {
    const owner = await ShardOwner.of(store, 1);
    await owner.commit({ runs: [idle(1, START_MS)] });
    assert.deepEqual(await due(store, START_MS), []);
    assert.equal((await store.scanWakeups(1, START_MS, 1)).length, 1);
  });

  test('a wake-up that moves is found at its new time only', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ runs: [idle(1, START_MS)] });
    await owner.commit({ runs: [idle(1, START_MS + 50)] });
    assert.deepEqual(await due(store, START_MS + 49), []);
    assert.deepEqual(await due(store, START_MS + 50), [1]);
  });
}
