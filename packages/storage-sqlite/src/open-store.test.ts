import { StoreError, StoreFailure } from '@perdure/storage';
import { logRow, runWrite, ShardOwner } from '@perdure/storage/conformance';
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { openConnection } from './connection.ts';
import { openSqliteStore } from './open-store.ts';
import { scratchFiles } from './testing/scratch.ts';

const newFile = scratchFiles();

/** Asserts that a file is refused, and left as it was. */
function refused(file: string, failure: StoreFailure, message: RegExp): void {
  assert.throws(
    () => openSqliteStore({ file }),
    (error) => error instanceof StoreError && error.failure === failure && message.test(error.message),
  );
}

/** A closed store with one run in it. */
async function closedStore(): Promise<string> {
  const file = newFile();
  const store = openSqliteStore({ file });
  await (await ShardOwner.of(store)).commit({ runs: [runWrite(1)], log: [logRow(1, 1)] });
  await store.close();
  return file;
}

test('a second server on a file is refused at once, under any of its names, until the first has closed', async () => {
  const file = newFile();
  const link = `${file}.link`;
  const store = openSqliteStore({ file });
  symlinkSync(file, link);
  let fastestMs = Infinity;
  for (let count = 0; count < 10; count += 1) {
    const began = performance.now();
    refused(file, StoreFailure.Locked, /Another server already runs on .*store-\d+\.db/);
    refused(link, StoreFailure.Locked, /Another server already runs on/);
    fastestMs = Math.min(fastestMs, performance.now() - began);
  }
  assert.ok(fastestMs < 200, 'nothing waits for a lock');
  assert.equal((await store.acquireShard(0, 'a')).epoch, 1, 'the first goes on');
  await store.close();
  await openSqliteStore({ file: link }).close();
});

test('a file that a newer version wrote is refused and not touched', async () => {
  const file = await closedStore();
  const database = new DatabaseSync(file);
  database.exec('INSERT INTO schema_version (version) VALUES (999)');
  database.close();
  const before = readFileSync(file);
  refused(file, StoreFailure.Newer, /written by a newer version of Perdure \(schema 999; this one knows \d+\)/);
  assert.ok(before.equals(readFileSync(file)));
});

test('a file that is no database is refused and not touched', () => {
  const file = newFile();
  writeFileSync(file, 'These are notes, and not a database at all.\n'.repeat(100));
  refused(file, StoreFailure.Corrupt, /damaged or not a database/);
  assert.match(readFileSync(file, 'utf8'), /^These are notes/);
});

test("another program's database is refused and not touched", () => {
  const file = newFile();
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE executions (id INTEGER)');
  database.close();
  refused(file, StoreFailure.Corrupt, /database of another program/);
  assert.equal(readFileSync(file).readUInt8(18), 1, 'its journal mode is as before');
});

test('a damaged schema is refused', async () => {
  const file = await closedStore();
  const bytes = readFileSync(file);
  bytes.fill(0x5a, 100, 4_096);
  writeFileSync(file, bytes);
  refused(file, StoreFailure.Corrupt, /damaged/);
});

test('a file that lost its end is found out when it is read, not taken for an empty one', async () => {
  const file = await closedStore();
  truncateSync(file, 3 * 4_096);
  await assert.rejects(
    async () => {
      const store = openSqliteStore({ file });
      try {
        await store.loadRun(0, { run: 1 });
        await store.acquireShard(0, 'a');
      } finally {
        await store.close().catch(() => undefined);
      }
    },
    (error) => error instanceof StoreError && error.failure === StoreFailure.Corrupt,
  );
});

test('a folder that is not there is refused by name', () => {
  refused(join(newFile(), 'store.db'), StoreFailure.Unavailable, /store\.db cannot be created: ENOENT/);
});

test(
  'a file that may only be read is refused',
  { skip: process.getuid?.() === 0 && 'root may write everything' },
  async () => {
    const file = await closedStore();
    chmodSync(file, 0o400);
    refused(file, StoreFailure.Unavailable, /cannot be written|cannot be opened/);
  },
);

test('the file, its log and its lock are private, and the log is gone after a clean end', async () => {
  const file = newFile();
  const store = openSqliteStore({ file });
  await store.acquireShard(0, 'a');
  for (const path of [file, `${file}-wal`, `${file}-shm`, `${file}.lock`]) {
    assert.equal(statSync(path).mode & 0o777, 0o600, path);
  }
  await store.close();
  assert.equal(existsSync(`${file}-wal`), false);
});

test('a new file has room for giving space back, and pages of 4 KB', async () => {
  const database = new DatabaseSync(await closedStore());
  assert.deepEqual({ ...database.prepare('PRAGMA auto_vacuum').get() }, { auto_vacuum: 2 });
  assert.deepEqual({ ...database.prepare('PRAGMA page_size').get() }, { page_size: 4_096 });
  database.close();
});

test('every thread that writes syncs each commit, and the loop keeps the order of its log', async () => {
  const file = newFile();
  const warnings: string[] = [];
  const pragmas = new Map([
    ['synchronous', 'OFF'],
    ['journal_mode', 'MEMORY'],
    ['cache_size', '500'],
  ]);
  const store = openSqliteStore({ file, pragmas, onWarning: (message) => warnings.push(message) });
  assert.equal(warnings.length, 2);
  for (const role of ['main', 'writer', 'background'] as const) {
    const connection = openConnection(
      { file, pragmaStatements: ['PRAGMA cache_size = 500', 'PRAGMA synchronous = EXTRA'] },
      role,
    );
    // NORMAL on the loop, where the writer syncs the log itself before it confirms; what was asked for elsewhere.
    const synchronous = role === 'main' ? 1 : 3;
    assert.deepEqual({ ...connection.prepare('PRAGMA synchronous').get() }, { synchronous });
    assert.deepEqual({ ...connection.prepare('PRAGMA journal_mode').get() }, { journal_mode: 'wal' });
    assert.deepEqual({ ...connection.prepare('PRAGMA cache_size').get() }, { cache_size: 500 });
    connection.close();
  }
  await store.close();
});

test('without a file the store is in memory and opens none', async () => {
  const store = openSqliteStore({ file: ':memory:' });
  await store.acquireShard(0, 'a');
  await store.close();
  assert.equal(existsSync(':memory:'), false);
});

test('closing twice is closing once', async () => {
  const store = openSqliteStore({ file: newFile() });
  await Promise.all([store.close(), store.close()]);
});
