import { closedAt, logRow, record, runWrite, ShardOwner, START_MS } from '@perdure/storage/conformance';
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import test from 'node:test';
import { openSqliteStore } from './open-store.ts';
import type { SqliteStore } from './sqlite-store.ts';
import { scratchFiles } from './testing/scratch.ts';

const newFile = scratchFiles();

const RUNS = 2_000;

/** Events that no others have anything in common with: they take their place in the file. */
function eventsOf(run: number, sequence: number): Uint8Array {
  let state = run * 10 + sequence;
  return Uint8Array.from({ length: 2_000 }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24);
}

async function fill(store: SqliteStore): Promise<ShardOwner> {
  const owner = await ShardOwner.of(store);
  for (let first = 1; first <= RUNS; first += 500) {
    const keys = Array.from({ length: 500 }, (_, index) => first + index);
    await owner.commit({
      runs: keys.map((run) => {
        const snapshot = { body: eventsOf(run, 3), sequence: 2 };
        return runWrite(run, { active: false, closed: true, snapshot, removeAtMs: START_MS });
      }),
      log: keys.flatMap((run) => [1, 2].map((sequence) => logRow(run, sequence, { events: eventsOf(run, sequence) }))),
      visibilityPut: keys.map((run) => record(run, closedAt(START_MS))),
    });
  }
  return owner;
}

test('the space of removed runs goes back to the file system, also after an interruption', async () => {
  const file = newFile();
  const first = openSqliteStore({ file });
  const owner = await fill(first);
  await first.close();
  const fullBytes = statSync(file).size;
  const second = openSqliteStore({ file });
  const next = await ShardOwner.of(second);
  assert.equal(next.grant.sequence, owner.grant.sequence + RUNS / 500);
  const due = await second.scanRemovals(0, START_MS, RUNS);
  assert.equal(due.length, RUNS);
  await next.commit({ runsRemove: due.map(({ run }) => run) });
  await second.reclaim(500);
  await second.close();
  const third = openSqliteStore({ file });
  let rows = 0;
  for (let more = true; more;) {
    const result = await third.reclaim(1_000);
    rows += result.rows;
    ({ more } = result);
  }
  assert.ok(rows >= 3 * RUNS - 1_000, `${rows} rows were left to take away`);
  await third.close();
  const leftBytes = statSync(file).size;
  assert.ok(leftBytes < fullBytes / 5, `${fullBytes} bytes have become ${leftBytes}`);
});

test('a file keeps some free pages for what comes next', async () => {
  const file = newFile();
  const store = openSqliteStore({ file });
  const owner = await fill(store);
  await owner.commit({ runsRemove: [1, 2, 3] });
  const { more } = await store.reclaim(1_000);
  assert.equal(more, false);
  await store.close();
});
