import assert from 'node:assert/strict';
import type { Store } from '../store.ts';
import {
  bytes,
  closedAt,
  identity,
  logRow,
  NAMESPACE,
  record,
  runWrite,
  ShardOwner,
  START_MS,
  visible,
} from './builders.ts';
import type { StoreTest } from './subject.ts';

/** Closed runs that are due to be removed. */
export function dueRemovalTests(test: StoreTest): void {
  const due = async (store: Store, untilMs: number, limit = 100) =>
    (await store.scanRemovals(0, untilMs, limit)).map(({ run }) => run);

  test('closed runs are due at their time, earliest first, up to a limit', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ runs: [closed(1, { removeAtMs: START_MS + 30 }), closed(2, { removeAtMs: START_MS + 10 })] });
    await owner.commit({ runs: [closed(3, { removeAtMs: START_MS + 20 }), closed(4), runWrite(5)] });
    assert.deepEqual(await due(store, START_MS + 9), []);
    assert.deepEqual(await due(store, START_MS + 10), [2]);
    assert.deepEqual(await due(store, START_MS + 99), [2, 3, 1]);
    assert.deepEqual(await due(store, START_MS + 99, 2), [2, 3]);
    const [first] = await store.scanRemovals(0, START_MS + 99, 1);
    assert.deepEqual(first, { run: 2, identity: identity(2), removeAtMs: START_MS + 10 });
    assert.equal((await store.loadRun(0, { run: 2 }))?.removeAtMs, START_MS + 10);
    assert.deepEqual(await store.scanRemovals(1, START_MS + 99, 9), []);
  });

  test('a due time that moves is found at its new time only', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ runs: [closed(1, { removeAtMs: START_MS + 50 })] });
    await owner.commit({ runs: [closed(1, { removeAtMs: START_MS })] });
    assert.deepEqual(await due(store, START_MS), [1]);
    await owner.commit({ runs: [closed(1)] });
    assert.deepEqual(await due(store, START_MS + 99), []);
  });
}

/** Runs that have been removed, and what is left of them. */
export function removalTests(test: StoreTest): void {
  test('a removed run is gone for every reader at once, and comes back for none', async (store, { reopen }) => {
    const owner = await ShardOwner.of(store);
    await fill(owner, [1, 2]);
    await owner.commit({ runsRemove: [1] });
    await assertGone(store, 1);
    await assertWhole(store, 2);
    const reopened = (await reopen?.()) ?? store;
    await assertGone(reopened, 1);
    await assertWhole(reopened, 2);
    if (reopened !== store) await reopened.close();
  });

  test('what is left of removed runs is taken away in bounded steps, whatever else happens', async (store) => {
    const owner = await ShardOwner.of(store);
    await fill(owner, [1, 2, 3]);
    await owner.commit({ runsRemove: [1, 3] });
    for (let steps = 0; ; steps++) {
      const { rows, more } = await store.reclaim(4);
      assert.ok(rows <= 8, `${rows} rows in one step`);
      await owner.commit({ runs: [runWrite(100 + steps)], log: [logRow(100 + steps, 1)] });
      await assertGone(store, 1);
      await assertWhole(store, 2);
      if (!more) break;
      assert.ok(steps < 100, 'it comes to an end');
    }
    assert.deepEqual(await store.reclaim(4), { rows: 0, more: false });
  });

  test('removing the newest run leaves an id without a current one until the next', async (store) => {
    const owner = await ShardOwner.of(store);
    const named = (run: number) => closed(run, { identity: identity(run, { id: 'same' }) });
    await owner.commit({ runs: [named(1), named(2), named(3)] });
    const current = async () => (await store.loadRun(0, { ...identity(1, { id: 'same' }), runId: undefined }))?.run;
    await owner.commit({ runsRemove: [1] });
    assert.equal(await current(), 3);
    await owner.commit({ runsRemove: [3] });
    assert.equal(await current(), undefined);
    const older = identity(2, { id: 'same' });
    assert.equal((await store.loadRun(0, older))?.run, 2, 'an older run is still there by its run id');
    await owner.commit({ runs: [{ ...named(2), removeAtMs: START_MS }] });
    assert.equal(await current(), undefined, 'writing it again does not make it the current one');
    await owner.commit({ runs: [named(4)] });
    assert.equal(await current(), 4);
  });

  test('what is not there is passed over; what is fenced removes nothing', async (store) => {
    const owner = await ShardOwner.of(store);
    await fill(owner, [1]);
    assert.equal(await owner.commit({ runsRemove: [77] }), 'committed');
    await ShardOwner.of(store);
    assert.equal(await owner.commit({ runsRemove: [1] }), 'fenced');
    await assertWhole(store, 1);
  });

  test('an open run is never due, and no run is written and removed at once', async (store) => {
    const owner = await ShardOwner.of(store);
    await assert.rejects(owner.commit({ runs: [runWrite(1, { removeAtMs: START_MS })] }));
    await assert.rejects(owner.commit({ runs: [closed(1)], runsRemove: [1] }));
  });
}

function closed(run: number, fields: Parameters<typeof runWrite>[1] = {}) {
  const snapshot = { body: bytes(`snapshot ${run}`), sequence: 3 };
  return runWrite(run, { active: false, closed: true, snapshot, ...fields });
}

/** Closed runs with three log rows each. */
async function fill(owner: ShardOwner, runs: readonly number[]): Promise<void> {
  await owner.commit({
    runs: runs.map((run) => runWrite(run)),
    log: runs.flatMap((run) => [1, 2, 3].map((sequence) => logRow(run, sequence))),
    visibilityPut: runs.map((run) => record(run)),
  });
  await owner.commit({
    runs: runs.map((run) => closed(run)),
    visibilityPut: runs.map((run) => record(run, closedAt(START_MS))),
  });
}

async function historyOf(store: Store, run: number): Promise<number> {
  const range = { shard: 0, run, fromSequence: 0, throughSequence: 99, rowsMax: 99, bytesMax: 1e6 };
  const [forward, reverse] = [
    await store.readHistory({ ...range, descending: false }),
    await store.readHistory({ ...range, descending: true }),
  ];
  assert.equal(forward.length, reverse.length);
  return forward.length;
}

async function isListed(store: Store, run: number): Promise<boolean> {
  const all = await store.listVisibility({ namespaceId: NAMESPACE, query: visible, pageSize: 99, after: undefined });
  return all.some(({ runId }) => runId === identity(run).runId);
}

async function assertGone(store: Store, run: number): Promise<void> {
  assert.equal(await store.loadRun(0, { run }), undefined);
  assert.equal(await store.loadRun(0, identity(run)), undefined);
  assert.equal(await store.loadRun(0, { ...identity(run), runId: undefined }), undefined);
  assert.equal(await historyOf(store, run), 0);
  assert.equal(await isListed(store, run), false);
}

async function assertWhole(store: Store, run: number): Promise<void> {
  assert.equal((await store.loadRun(0, { run }))?.closed, true);
  assert.equal(await historyOf(store, run), 3);
  assert.equal(await isListed(store, run), true);
}
