import assert from 'node:assert/strict';
import type { HistoryRange, Store } from '../store.ts';
import { bytes, logRow, runWrite, ShardOwner } from './builders.ts';
import type { StoreTest } from './subject.ts';

const whole: HistoryRange = {
  shard: 0,
  run: 1,
  fromSequence: 1,
  throughSequence: Number.MAX_SAFE_INTEGER,
  descending: false,
  rowsMax: 100,
  bytesMax: 1_000_000,
};

/** Six transitions of which the third and the fourth wrote no event, beside another run's. */
async function sixTransitions(store: Store): Promise<void> {
  const owner = await ShardOwner.of(store);
  await owner.commit({ runs: [runWrite(1), runWrite(2)], log: [logRow(2, 1), logRow(1, 1), logRow(2, 2)] });
  await owner.commit({ log: [logRow(1, 2), logRow(1, 3, { events: undefined }), logRow(2, 3)] });
  await owner.commit({ log: [logRow(1, 4, { events: undefined }), logRow(1, 5), logRow(1, 6)] });
}

/** Ranges of history rows. */
export function historyTests(test: StoreTest): void {
  const sequences = async (store: Store, range: Partial<HistoryRange>) =>
    (await store.readHistory({ ...whole, ...range })).map(({ sequence }) => sequence);

  test('rows with events, oldest first', async (store) => {
    await sixTransitions(store);
    const rows = await store.readHistory(whole);
    assert.deepEqual(rows[0], { sequence: 1, firstEventId: 1, events: bytes('events 1/1') });
    assert.deepEqual(
      rows.map(({ sequence }) => sequence),
      [1, 2, 5, 6],
    );
  });

  test('newest first', async (store) => {
    await sixTransitions(store);
    assert.deepEqual(await sequences(store, { descending: true }), [6, 5, 2, 1]);
  });

  test('both bounds are inclusive, in either direction', async (store) => {
    await sixTransitions(store);
    const range = { fromSequence: 2, throughSequence: 5 };
    assert.deepEqual(await sequences(store, range), [2, 5]);
    assert.deepEqual(await sequences(store, { ...range, descending: true }), [5, 2]);
    assert.deepEqual(await sequences(store, { fromSequence: 3, throughSequence: 4 }), []);
    assert.deepEqual(await sequences(store, { fromSequence: 6, throughSequence: 1 }), []);
  });

  test('the number of rows is limited', async (store) => {
    await sixTransitions(store);
    assert.deepEqual(await sequences(store, { rowsMax: 3 }), [1, 2, 5]);
    assert.deepEqual(await sequences(store, { rowsMax: 1, descending: true }), [6]);
  });

  test('the row that reaches the limit of bytes is the last', async (store) => {
    await sixTransitions(store);
    const rowBytes = bytes('events 1/1').length;
    assert.deepEqual(await sequences(store, { bytesMax: 1 }), [1], 'at least one row');
    assert.deepEqual(await sequences(store, { bytesMax: rowBytes * 2 }), [1, 2]);
    assert.deepEqual(await sequences(store, { bytesMax: rowBytes * 2 + 1 }), [1, 2, 5]);
    assert.deepEqual(await sequences(store, { bytesMax: rowBytes * 2, descending: true }), [6, 5]);
  });

  test('a run without history, and one that is not there, give no rows', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ runs: [runWrite(1)] });
    assert.deepEqual(await sequences(store, {}), []);
    assert.deepEqual(await sequences(store, { run: 5 }), []);
    assert.deepEqual(await sequences(store, { shard: 4 }), []);
  });

  test('a prefix that was read stays as it was', async (store) => {
    await sixTransitions(store);
    const before = await store.readHistory({ ...whole, throughSequence: 5 });
    const owner = await ShardOwner.of(store);
    const snapshot = { body: bytes('state'), sequence: 7 };
    await owner.commit({ runs: [runWrite(1, { snapshot, closed: true, active: false })], log: [logRow(1, 7)] });
    assert.deepEqual(await store.readHistory({ ...whole, throughSequence: 5 }), before);
  });
}
