import { type HistoryRange, MemoryStore, type Store, StoreError, StoreFailure } from '@perdure/storage';
import { logRow, NAMESPACE, record, runWrite, ShardOwner, START_MS, visible } from '@perdure/storage/conformance';
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openSqliteStore } from '../open-store.ts';
import type { SqliteStore } from '../sqlite-store.ts';
import { EngineLoad } from '../testing/engine-load.ts';
import { scratchFiles } from '../testing/scratch.ts';

const newFile = scratchFiles();

/** What is read of runs, which may wait in the journal. */
async function runsIn(store: Store, load: EngineLoad): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let run = 1; run <= load.lastRun; run++) {
    const { kind, namespaceId, id, runId } = load.identityOf(run);
    found.push(await store.loadRun(0, { run }));
    found.push(await store.loadRun(0, { kind, namespaceId, id, runId }));
    found.push((await store.loadRun(0, { kind, namespaceId, id, runId: undefined }))?.run);
    const all = { shard: 0, run, fromSequence: 1, throughSequence: 99, descending: false, rowsMax: 99, bytesMax: 1e9 };
    for (const part of [{}, { rowsMax: 2 }, { fromSequence: 2, throughSequence: 4 }, { bytesMax: 20 }]) {
      const range: HistoryRange = { ...all, ...part };
      found.push(await store.readHistory(range), await store.readHistory({ ...range, descending: true }));
    }
  }
  return found;
}

/** What only the tables tell. */
async function tablesOf(store: Store): Promise<unknown[]> {
  const lane = (await store.listBacklogLanes(0))[0];
  return [
    await store.loadActiveRuns(0, 0, 999),
    await store.scanWakeups(0, START_MS + 99, 999),
    await store.scanRemovals(0, START_MS + 99, 999),
    lane,
    lane && (await store.readBacklog(0, lane, 0, 999)),
    await store.listVisibility({ namespaceId: NAMESPACE, query: visible, pageSize: 999, after: undefined }),
  ];
}

for (const seed of [1, 2, 3, 4]) {
  test(`at any moment a store reads as one that has no journal (seed ${seed})`, async () => {
    const file = newFile();
    let store = openSqliteStore({ file, rowsAtATime: 1 + seed });
    const model = new MemoryStore();
    let owners = [await ShardOwner.of(store), await ShardOwner.of(model)];
    const load = new EngineLoad(seed);
    for (let turn = 1; turn <= 120; turn++) {
      const batch = load.next();
      for (const owner of owners) assert.equal(await owner.commit(batch), 'committed');
      if (turn % 7 === 0) {
        // Between the slices, as far as they have come.
        const settled = store.settle();
        for (let slices = seed; slices > 0; slices--) await setImmediate();
        assert.deepEqual(await runsIn(store, load), await runsIn(model, load), `turn ${turn}, between slices`);
        await settled;
      }
      if (turn % 3 === 0) assert.deepEqual(await runsIn(store, load), await runsIn(model, load), `turn ${turn}`);
      if (turn % 20 === 0) assert.deepEqual(await tablesOf(store), await tablesOf(model), `turn ${turn}, tables`);
      if (turn % 50 !== 0) continue;
      await store.close();
      store = openSqliteStore({ file, rowsAtATime: 1 + seed });
      owners = [await ShardOwner.of(store), await ShardOwner.of(model)];
    }
    await store.close();
  });
}

/** Counts of what a file has, without its store. */
function countsIn(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  const count = (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'];
  const counts = { journal: count('journal'), history: count('history'), delta: count('delta') };
  database.close();
  return counts;
}

async function startAndClose(store: SqliteStore): Promise<void> {
  const owner = await ShardOwner.of(store);
  await owner.commit({ runs: [runWrite(1)], log: [logRow(1, 1)], visibilityPut: [record(1)] });
  await owner.commit({ log: [logRow(1, 2)] });
  const snapshot = { body: new Uint8Array(9), sequence: 2 };
  await owner.commit({ runs: [runWrite(1, { active: false, closed: true, snapshot })] });
}

test('a batch stands in the journal when it is confirmed; deltas that a snapshot holds by then never reach a table', async () => {
  const file = newFile();
  const store = openSqliteStore({ file });
  await startAndClose(store);
  assert.deepEqual(countsIn(file), { journal: 3, history: 0, delta: 0 });
  await store.settle();
  assert.deepEqual(countsIn(file), { journal: 0, history: 2, delta: 0 });
  await store.close();
});

/** A store that was killed with a batch in its journal. */
async function killedStore(change: (database: DatabaseSync) => void): Promise<string> {
  const [live, file] = [newFile(), newFile()];
  const store = openSqliteStore({ file: live });
  await (await ShardOwner.of(store)).commit({ runs: [runWrite(1)], log: [logRow(1, 1)] });
  const copy = new DatabaseSync(live);
  copy.exec(`VACUUM INTO '${file}'`);
  copy.close();
  await store.close();
  const database = new DatabaseSync(file);
  change(database);
  database.close();
  return file;
}

test('a copy that SQLite makes of a running store has all that was confirmed by then', async () => {
  const file = await killedStore(() => undefined);
  assert.equal((countsIn(file) as { journal: number }).journal, 1);
  const store = openSqliteStore({ file });
  assert.deepEqual((await store.loadRun(0, { run: 1 }))?.tail, [logRow(1, 1)]);
  await store.close();
});

test('a journal that is damaged is named as damage of the file, and the file is left as it is', async () => {
  for (const body of ["x'01'", "x'ff00'", "x'0101000000'", 'zeroblob(9)', 'substr(body, 1, 60)']) {
    const file = await killedStore((database) => database.exec(`UPDATE journal SET body = ${body}`));
    assert.throws(
      () => openSqliteStore({ file }),
      (error) => error instanceof StoreError && error.failure === StoreFailure.Corrupt,
      body,
    );
    assert.equal((countsIn(file) as { journal: number }).journal, 1);
  }
});

test('what waits is brought into the tables a while later, without anybody asking', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const file = newFile();
  const store = openSqliteStore({ file, waitMs: 0 });
  await startAndClose(store);
  context.mock.timers.tick(1_000);
  for (let turns = 0; turns < 10; turns++) await setImmediate();
  assert.deepEqual(countsIn(file), { journal: 0, history: 2, delta: 0 });
  context.mock.timers.reset();
  await store.close();
});
