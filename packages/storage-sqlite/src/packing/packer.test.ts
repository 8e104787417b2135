import { StoreError, StoreFailure } from '@perdure/storage';
import { logRow, record, runWrite, ShardOwner, uuid } from '@perdure/storage/conformance';
import { messageType } from '@perdure/proto';
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { markFile, migrate } from '../migrate.ts';
import { openSqliteStore } from '../open-store.ts';
import { bytesIn } from '../row.ts';
import { migrations } from '../schema.ts';
import { scratchFiles } from '../testing/scratch.ts';
import type { RoutePolicy } from '../writer.ts';

const newFile = scratchFiles();

/** Events as a worker of a build leaves them: its names each time, and an id of their own. */
function events(number: number, build: string): Uint8Array {
  const id = uuid(Math.imul(number, 0x9e3779b1) >>> 0);
  return new TextEncoder().encode(`started by 4255@host (${build}), request ${id}, on the queue orders-of-a-shop`);
}

const buildOf = (letter: string): string => `@some/worker@1.24.0+${letter.repeat(60)}`;

/** Commits rows of one run, some at a time, from a sequence to another. */
async function commitRows(owner: ShardOwner, from: number, to: number, build: string): Promise<void> {
  for (let at = from; at < to; at += 50) {
    const log = Array.from({ length: Math.min(50, to - at) }, (_, index) =>
      logRow(1, at + index, { events: events(at + index, build), delta: undefined }),
    );
    assert.equal(await owner.commit({ runs: at === 1 ? [runWrite(1)] : [], log }), 'committed');
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
    await commitRows(owner, 1, 1_001, buildOf('a'));
    const snapshot = { body: events(0, buildOf('a')), sequence: 1_000 };
    const memo = { fields: { note: { data: events(0, buildOf('a')) } } };
    await owner.commit({ runs: [runWrite(1, { snapshot })], visibilityPut: [record(1, { memo })] });
    await store.close();

    const again = openSqliteStore({ file, commits });
    const rows = await again.readHistory({ ...range, throughSequence: 1_000 });
    assert.equal(rows.length, 1_000);
    for (const row of rows) assert.deepEqual(row.events, events(row.sequence, buildOf('a')));
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
  await commitRows(owner, 1, 1_001, buildOf('a'));
  await commitRows(owner, 1_001, 12_001, buildOf('b'));
  const rows = await store.readHistory({ ...range, throughSequence: 1_000 });
  for (const row of rows) assert.deepEqual(row.events, events(row.sequence, buildOf('a')));
  const later = await store.readHistory({ ...range, fromSequence: 11_990, throughSequence: 12_000 });
  for (const row of later) assert.deepEqual(row.events, events(row.sequence, buildOf('b')));
  await store.close();
  assert.deepEqual(
    query(file, 'SELECT dictionary FROM dictionary').map((row) => row['dictionary']),
    [1, 2],
  );
});

test('a load that does not change keeps its dictionary', async () => {
  const file = newFile();
  const store = openSqliteStore({ file, commits: 'loop' });
  await commitRows(await ShardOwner.of(store), 1, 25_001, buildOf('a'));
  await store.close();
  assert.equal(query(file, 'SELECT dictionary FROM dictionary').length, 1);
});

test('a dictionary goes with the commit that made it, if that fails', async () => {
  const file = newFile();
  const store = openSqliteStore({ file, commits: 'loop' });
  const owner = await ShardOwner.of(store);
  // Just enough for a dictionary: the next commit makes it, and fails.
  await commitRows(owner, 1, 401, buildOf('a'));
  const twice = logRow(1, 400, { events: events(400, buildOf('a')), delta: undefined });
  await assert.rejects(owner.commit({ log: [twice] }));
  await commitRows(owner, 401, 1_201, buildOf('a'));
  const rows = await store.readHistory({ ...range, throughSequence: 1_200 });
  for (const row of rows) assert.deepEqual(row.events, events(row.sequence, buildOf('a')));
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
  await commitRows(await ShardOwner.of(store), 1, 1_001, buildOf('a'));
  await store.close();
  const database = new DatabaseSync(file);
  database.exec("UPDATE history SET events = x'ff' WHERE sequence = 1000");
  database.exec('UPDATE history SET dictionary = 7 WHERE sequence = 999');
  database.close();
  const again = openSqliteStore({ file });
  for (const sequence of [999, 1_000]) {
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
  await commitRows(await ShardOwner.of(store), 1, 5_001, buildOf('a'));
  await store.close();
  const rawBytes = 5_000 * (events(1, buildOf('a')).length + 30);
  assert.ok(statSync(file).size < 0.55 * rawBytes, `${statSync(file).size} bytes, ${rawBytes} raw`);
});
