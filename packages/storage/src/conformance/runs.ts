import assert from 'node:assert/strict';
import { RunKind } from '../store.ts';
import {
  bytes,
  identity,
  logRow,
  NAMESPACE,
  OTHER_NAMESPACE,
  runWrite,
  ShardOwner,
  START_MS,
  uuid,
} from './builders.ts';
import type { StoreTest } from './subject.ts';

/** Runs: which one is loaded, and which ones are active. */
export function runTests(test: StoreTest): void {
  test('a run is loaded by its key and by its ids', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ runs: [runWrite(1)], log: [logRow(1, 1), logRow(1, 2)] });
    const byKey = await store.loadRun(0, { run: 1 });
    assert.deepEqual(byKey, { ...runWrite(1), tail: [logRow(1, 1), logRow(1, 2)] });
    assert.deepEqual(await store.loadRun(0, identity(1)), byKey);
    assert.deepEqual(await store.loadRun(0, { ...identity(1), runId: undefined }), byKey);
  });

  test('what is not there is undefined', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ runs: [runWrite(1)] });
    const absent = { kind: RunKind.Workflow, namespaceId: NAMESPACE, id: 'workflow-1' };
    assert.equal(await store.loadRun(0, { run: 2 }), undefined);
    assert.equal(await store.loadRun(1, { run: 1 }), undefined);
    assert.equal(await store.loadRun(0, { ...absent, runId: uuid(2) }), undefined);
    assert.equal(await store.loadRun(0, { ...absent, runId: 'not a UUID' }), undefined);
    assert.equal(await store.loadRun(0, { ...absent, id: 'workflow-2', runId: uuid(1) }), undefined);
    assert.equal(await store.loadRun(0, { ...absent, namespaceId: OTHER_NAMESPACE, runId: undefined }), undefined);
    assert.equal(await store.loadRun(1, { ...absent, runId: undefined }), undefined);
    assert.equal(await store.loadRun(1, { ...absent, runId: uuid(1) }), undefined);
  });

  test('the current run of an id has the largest key, whatever came last or is open', async (store) => {
    const owner = await ShardOwner.of(store);
    const sameId = (run: number, namespaceId = NAMESPACE) => ({ identity: identity(run, { id: 'same', namespaceId }) });
    await owner.commit({ runs: [runWrite(5, sameId(5)), runWrite(9, { ...sameId(9), active: false })] });
    await owner.commit({ runs: [runWrite(2, sameId(2)), runWrite(11, sameId(11, OTHER_NAMESPACE))] });
    await owner.commit({ runs: [runWrite(5, sameId(5))] });
    const current = { kind: RunKind.Workflow, namespaceId: NAMESPACE, id: 'same', runId: undefined };
    assert.equal((await store.loadRun(0, current))?.run, 9);
    assert.equal((await store.loadRun(0, { ...current, runId: uuid(2) }))?.run, 2);
    assert.equal((await store.loadRun(0, { ...current, namespaceId: OTHER_NAMESPACE }))?.run, 11);
  });

  test('active runs come in ascending keys, page by page', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ runs: [9, 2, 7, 4].map((run) => runWrite(run)), log: [logRow(2, 1)] });
    await owner.commit({ runs: [runWrite(4, { active: false }), runWrite(5, { active: false })] });
    const runs = async (afterRun: number, limit: number) =>
      (await store.loadActiveRuns(0, afterRun, limit)).map(({ run }) => run);
    assert.deepEqual(await runs(0, 10), [2, 7, 9]);
    assert.deepEqual(await runs(2, 1), [7]);
    assert.deepEqual(await runs(9, 10), []);
    assert.deepEqual(await store.loadActiveRuns(1, 0, 10), []);
    assert.deepEqual((await store.loadActiveRuns(0, 0, 1))[0]?.tail, [logRow(2, 1)]);
    await owner.commit({ runs: [runWrite(4)] });
    assert.deepEqual(await runs(0, 10), [2, 4, 7, 9]);
  });

  test('flags and wake-up are those of the last write, the last in a commit of several batches too', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ runs: [runWrite(1, { active: false, wakeAtMs: START_MS })] });
    await owner.commit({ runs: [runWrite(1, { active: true, closed: true, wakeAtMs: undefined })] });
    assert.deepEqual(await store.loadRun(0, { run: 1 }), { ...runWrite(1, { closed: true }), tail: [] });
  });
}

/** Snapshots, the tails that follow them, and closing. */
export function snapshotTests(test: StoreTest): void {
  test('the tail is what follows the snapshot, with events, deltas, both or neither', async (store) => {
    const owner = await ShardOwner.of(store);
    const rows = [
      logRow(1, 1),
      logRow(1, 2, { delta: undefined }),
      logRow(1, 3, { events: undefined }),
      logRow(1, 4, { events: undefined, delta: undefined }),
      logRow(1, 5),
    ];
    await owner.commit({ runs: [runWrite(1)], log: rows });
    assert.deepEqual((await store.loadRun(0, { run: 1 }))?.tail, rows);
    const snapshot = { body: bytes('state at 2'), sequence: 2 };
    await owner.commit({ runs: [runWrite(1, { snapshot })] });
    const loaded = await store.loadRun(0, { run: 1 });
    assert.deepEqual(loaded?.snapshot, snapshot);
    assert.deepEqual(loaded?.tail, rows.slice(2));
  });

  test('a snapshot and the rows that it holds may come in one batch', async (store) => {
    const owner = await ShardOwner.of(store);
    const snapshot = { body: bytes('state at 1'), sequence: 1 };
    await owner.commit({ runs: [runWrite(1, { snapshot })], log: [logRow(1, 1), logRow(1, 2)] });
    assert.deepEqual((await store.loadRun(0, { run: 1 }))?.tail, [logRow(1, 2)]);
  });

  test('a snapshot stays until the next one replaces it', async (store) => {
    const owner = await ShardOwner.of(store);
    const [first, second] = [
      { body: bytes('one'), sequence: 1 },
      { body: bytes('two'), sequence: 2 },
    ];
    await owner.commit({ runs: [runWrite(1, { snapshot: first })], log: [logRow(1, 1)] });
    await owner.commit({ runs: [runWrite(1)], log: [logRow(1, 2)] });
    assert.deepEqual((await store.loadRun(0, { run: 1 }))?.snapshot, first);
    await owner.commit({ runs: [runWrite(1, { snapshot: second, active: false })] });
    const loaded = await store.loadRun(0, { run: 1 });
    assert.deepEqual([loaded?.snapshot, loaded?.tail], [second, []]);
  });

  test('closing drops the deltas and keeps the history', async (store) => {
    const owner = await ShardOwner.of(store);
    const snapshot = { body: bytes('closed'), sequence: 3 };
    await owner.commit({ runs: [runWrite(1)], log: [logRow(1, 1), logRow(1, 2, { events: undefined })] });
    await owner.commit({ runs: [runWrite(1, { snapshot, active: false, closed: true })], log: [logRow(1, 3)] });
    const loaded = await store.loadRun(0, { run: 1 });
    assert.deepEqual([loaded?.closed, loaded?.active, loaded?.snapshot, loaded?.tail], [true, false, snapshot, []]);
    const all = { shard: 0, run: 1, fromSequence: 1, throughSequence: 9, descending: false, rowsMax: 9, bytesMax: 999 };
    const history = await store.readHistory(all);
    assert.deepEqual(
      history.map(({ events }) => events),
      [bytes('events 1/1'), bytes('events 1/3')],
    );
  });
}
