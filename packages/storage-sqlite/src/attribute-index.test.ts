import type { AttributeValue } from '@perdure/core';
import { closedAt, NAMESPACE, query, record, runWrite, ShardOwner, START_MS } from '@perdure/storage/conformance';
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { openSqliteStore } from './open-store.ts';
import { scratchFiles } from './testing/scratch.ts';

const newFile = scratchFiles();

/** All rows of the index of attributes, after a clean end of the store. */
function indexed(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare('SELECT name, value, run FROM attribute ORDER BY name, value, run').all();
  database.close();
  return rows.map(({ name, value, run }) => `${String(name)}=${String(value)} ${String(run)}`);
}

const withValues = (values: Readonly<Record<string, AttributeValue>>) => ({ values: new Map(Object.entries(values)) });

test('the index of attributes follows what runs have, and goes with them', async () => {
  const file = newFile();
  const first = openSqliteStore({ file });
  const owner = await ShardOwner.of(first);
  await owner.commit({
    runs: [runWrite(1), runWrite(2), runWrite(3)],
    visibilityPut: [
      record(1, withValues({ Region: 'eu', Tags: ['a', 'b', 'a'], Urgent: true, Note: 'x'.repeat(256) })),
      record(2),
      record(3, withValues({ Region: 'eu', TemporalNamespaceDivision: 'hidden' })),
    ],
  });
  await first.close();
  assert.deepEqual(indexed(file), ['Region=eu 1', 'Tags=a 1', 'Tags=b 1']);
  const second = openSqliteStore({ file });
  const next = await ShardOwner.of(second);
  await next.commit({
    visibilityPut: [
      record(1, { ...closedAt(START_MS + 5), ...withValues({ Region: 'us' }) }),
      record(2, withValues({ Retries: 3, Stage: '3' })),
    ],
  });
  await second.close();
  assert.deepEqual(indexed(file), ['Region=us 1', 'Stage=3 2']);
  const third = openSqliteStore({ file });
  await (await ShardOwner.of(third)).commit({ runsRemove: [1, 3] });
  await third.close();
  assert.deepEqual(indexed(file), ['Stage=3 2']);
});

test('a value too long for the index is found all the same', async () => {
  const store = openSqliteStore();
  const owner = await ShardOwner.of(store);
  const long = 'é'.repeat(200);
  await owner.commit({ runs: [runWrite(1)], visibilityPut: [record(1, withValues({ Region: long }))] });
  for (const text of [`Region = '${long}'`, `Region > '${'é'.repeat(199)}'`, `Region STARTS_WITH '${long}'`]) {
    const found = await store.listVisibility({
      namespaceId: NAMESPACE,
      query: query(text),
      pageSize: 9,
      after: undefined,
    });
    assert.equal(found.length, 1, text);
  }
  await store.close();
});
