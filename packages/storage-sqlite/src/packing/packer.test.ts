import { type LogRow, type Store, StoreError, StoreFailure } from '@perdure/storage';
import { logRow, record, runWrite, ShardOwner, uuid } from '@perdure/storage/conformance';
import { messageType } from '@perdure/proto';
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { markFile, migrate } from '../migrate.ts';
import { openSqliteStore } from '../open-store.ts';
import { planChanges } from '../plan-batch.ts';
import { bytesIn } from '../row.ts';
import { migrations } from '../schema.ts';
import { scratchFiles } from '../testing/scratch.ts';
import { WriteConnection } from '../write-job.ts';
import type { RoutePolicy } from '../writer.ts';

const newFile = scratchFiles();

const noLists = {
  runs: [],
  snapshots: [],
  log: [],
  backlogPut: [],
  backlogRemove: [],
  runsRemove: [],
  visibilityPut: [],
};
const noChanges = { shard: 0, sequence: 0, timeMs: 0, lastRun: 0, lastBacklogId: 0, ...noLists };

/** Events as a worker of a build leaves them: its names each time, and an id of their own. */
function events(number: number, build: string): Uint8Array {
  const id = uuid(Math.imul(number, 0x9e3779b1) >>> 0);
  return new TextEncoder().encode(`started by 4255@host (${build}), request ${id}, on the queue orders-of-a-shop`);
}

/** The build of a worker: another one for each letter, without anything that repeats itself. */
function buildOf(letter: string): string {
  const digits = Array.from({ length: 60 }, (_, index) => (letter.charCodeAt(0) * (index + 7) * (index + 13)) % 36);
  return `@some/worker@1.24.0+${digits.map((digit) => digit.toString(36)).join('')}`;
}

/** Rows are those of so many runs in turn. */
const RUNS = 100;
const AT_ONCE = 400;

const runOf = (number: number): number => (number % RUNS) + 1;

/** Commits rows, some at a time, from a number to another. */
async function commitRows(owner: ShardOwner, from: number, to: number, build: string): Promise<void> {
  for (let at = from; at < to; at += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, to - at) }, (_, index) => at + index);
    const log = numbers.map((number) => rowOf(number, build));
    const runs = numbers.filter((number) => number < RUNS).map((number) => runWrite(runOf(number)));
    assert.equal(await owner.commit({ runs, log }), 'committed');
  }
}

function rowOf(number: number, build: string): LogRow {
  const sequence = Math.floor(number / RUNS) + 1;
  return logRow(runOf(number), sequence, { events: events(number, build), delta: undefined });
}

/** Rows of all runs are there as they were written, up to a number. */
async function assertRows(store: Store, to: number, build: string): Promise<void> {
  for (let run = 1; run <= RUNS; run++) {
    const rows = await store.readHistory({ ...range, run, throughSequence: Math.ceil(to / RUNS) });
    assert.equal(rows.length, Math.ceil(to / RUNS));
    for (const row of rows) assert.deepEqual(row.events, events((row.sequence - 1) * RUNS + run - 1, build));
  }
}

function query(file: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

const range = { shard: 0, run: 1, fromSequence: 1, descending: false, rowsMax: 10_000, bytesMax: 2 ** 30 };

for (const commits of ['loop', 'thread'] satisfies RoutePolicy[]) {
  test(`rows are packed once enough of them have been seen, and read as they were (${commits})`, async () => {
    const file = newFile();
    const store = openSqliteStore({ file, commits });
    const owner = await ShardOwner.of(store);
    await commitRows(owner, 0, 1_000, buildOf('a'));
    const snapshot = { body: events(0, buildOf('a')), sequence: 10 };
    const memo = { fields: { note: { data: events(0, buildOf('a')) } } };
    await owner.commit({ runs: [runWrite(1, { snapshot })], visibilityPut: [record(1, { memo })] });
    await store.close();

    const again = openSqliteStore({ file, commits });
    await assertRows(again, 1_000, buildOf('a'));
    assert.deepEqual((await again.loadRun(0, { run: 1 }))?.snapshot, snapshot);
    const [listed] = query(file, 'SELECT memo, dictionary FROM visibility');
    assert.equal(listed?.['dictionary'], 1);
    assert.ok(bytesIn(listed ?? {}, 'memo').length < messageType('temporal.api.common.v1.Memo').encode(memo).length);
    await again.close();
    const [counted] = query(
      file,
      `SELECT sum(dictionary IS NULL) AS raw, sum(dictionary = 1) AS packed,
        avg(iif(dictionary = 1, length(events), NULL)) AS bytes FROM history`,
    );
    const { raw, packed, bytes } = counted ?? {};
    assert.ok(Number(raw) < 500 && Number(packed) > 500, `${String(raw)} raw, ${String(packed)} packed`);
    assert.ok(Number(bytes) < 0.4 * events(1, buildOf('a')).length, `${String(bytes)} bytes`);
  });
}

test('workers of another build get another dictionary, and what was packed before is read as it was', async () => {
  const file = newFile();
  const store = openSqliteStore({ file, commits: 'loop' });
  const owner = await ShardOwner.of(store);
  await commitRows(owner, 0, 1_000, buildOf('a'));
  await commitRows(owner, 1_000, 12_000, buildOf('b'));
  await assertRows(store, 1_000, buildOf('a'));
  const later = await store.readHistory({ ...range, fromSequence: 101, throughSequence: 120 });
  for (const row of later) assert.deepEqual(row.events, events((row.sequence - 1) * RUNS, buildOf('b')));
  await store.close();
  const dictionaries = query(file, 'SELECT dictionary FROM dictionary').length;
  assert.ok(dictionaries >= 2 && dictionaries <= 4, `${dictionaries} dictionaries`);
});

test('a dictionary, which outlives all runs, has nothing that only one run holds, however often', async () => {
  const file = newFile();
  const store = openSqliteStore({ file, commits: 'loop' });
  const owner = await ShardOwner.of(store);
  const secret = new TextEncoder().encode('the name of somebody who is ill; '.repeat(3));
  const ofOne = Array.from({ length: 20 }, (_, index) => logRow(RUNS + 1, index + 1, { events: secret }));
  const memo = { fields: { note: { data: secret } } };
  await owner.commit({ runs: [runWrite(RUNS + 1)], log: ofOne, visibilityPut: [record(RUNS + 1, { memo })] });
  await commitRows(owner, 0, 1_000, buildOf('a'));
  await store.close();
  const [dictionary] = query(file, 'SELECT bytes FROM dictionary');
  const text = new TextDecoder().decode(bytesIn(dictionary ?? {}, 'bytes'));
  assert.ok(text.includes('queue orders-of-a-shop'));
  for (const part of ['the name', 'somebody', ' ill; ']) assert.ok(!text.includes(part), text);
});

test('a load that does not change keeps its dictionary', async () => {
  const file = newFile();
  const store = openSqliteStore({ file, commits: 'loop' });
  await commitRows(await ShardOwner.of(store), 0, 16_000, buildOf('a'));
  await store.close();
  assert.equal(query(file, 'SELECT dictionary FROM dictionary').length, 1);
});

test('a dictionary goes with the transaction that made it, if that fails', async () => {
  const file = newFile();
  const store = openSqliteStore({ file, commits: 'loop' });
  await commitRows(await ShardOwner.of(store), 0, 100, buildOf('a'));
  await store.settle();
  const database = new DatabaseSync(file);
  const connection = new WriteConnection(database, file);
  const write = (from: number, to: number): void => {
    const log = Array.from({ length: to - from }, (_, index) => rowOf(from + index, buildOf('a')));
    connection.run({ kind: 'apply', through: 0, writes: planChanges({ ...noChanges, log }) });
  };
  // Just enough for a dictionary: the next transaction makes it, and fails.
  write(100, 500);
  assert.throws(() => write(499, 500), /UNIQUE/);
  write(500, 900);
  write(900, 1_200);
  database.close();
  await assertRows(store, 1_200, buildOf('a'));
  await store.close();
  assert.equal(query(file, 'SELECT dictionary FROM dictionary').length, 1);
});

test('a file from before anything was packed is read as it is', async () => {
  const file = newFile();
  const database = new DatabaseSync(file);
  markFile(database);
  migrate(database, migrations.slice(0, 4));
  database.exec(`
    INSERT INTO namespace (namespace, id) VALUES (1, x'0a0a0a0a00004000800000000000000a');
    INSERT INTO run VALUES (1, 0, 1, 'workflow-1', x'00000000000040008000000000000001', 1, 0, NULL, 0, NULL);
    INSERT INTO history (run, sequence, first_event_id, events) VALUES (1, 1, 1, x'0102');
    INSERT INTO snapshot VALUES (1, 1, x'0304');
  `);
  database.close();
  const store = openSqliteStore({ file });
  const [row] = await store.readHistory({ ...range, throughSequence: 1 });
  assert.deepEqual(row?.events, Uint8Array.of(1, 2));
  assert.deepEqual((await store.loadRun(0, { run: 1 }))?.snapshot?.body, Uint8Array.of(3, 4));
  await store.close();
});

test('a packed value that is damaged is named as damage of the file', async () => {
  const file = newFile();
  const store = openSqliteStore({ file, commits: 'loop' });
  await commitRows(await ShardOwner.of(store), 0, 1_000, buildOf('a'));
  await store.close();
  const database = new DatabaseSync(file);
  database.exec("UPDATE history SET events = x'ff' WHERE run = 1 AND sequence = 10");
  database.exec('UPDATE history SET dictionary = 7 WHERE run = 1 AND sequence = 9');
  database.close();
  const again = openSqliteStore({ file });
  for (const sequence of [9, 10]) {
    await assert.rejects(
      again.readHistory({ ...range, fromSequence: sequence, throughSequence: sequence }),
      (error) => error instanceof StoreError && error.failure === StoreFailure.Corrupt,
    );
  }
  await again.close();
});

test('a file of rows that have much in common is half as large, its index included', async () => {
  const file = newFile();
  const store = openSqliteStore({ file, commits: 'loop' });
  await commitRows(await ShardOwner.of(store), 0, 5_000, buildOf('a'));
  await store.close();
  const rawBytes = 5_000 * (events(1, buildOf('a')).length + 30);
  assert.ok(statSync(file).size < 0.55 * rawBytes, `${statSync(file).size} bytes, ${rawBytes} raw`);
});
