import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openSqliteStore } from './open-store.ts';
import { StoreThread } from './store-thread.ts';
import { scratchFiles } from './testing/scratch.ts';
import { ThreadOnDemand } from './thread-on-demand.ts';

const newFile = scratchFiles();
const query = { kind: 'query', sql: { text: 'SELECT 7 AS value', values: [] }, limitMs: 60_000 } as const;

async function onDemand(idleMs?: number) {
  const file = newFile();
  const store = openSqliteStore({ file });
  let starts = 0;
  const start = (): StoreThread => {
    starts += 1;
    return new StoreThread({ connection: { file, pragmaStatements: [] }, role: 'background' });
  };
  const thread = new ThreadOnDemand(start, idleMs);
  const close = async (): Promise<void> => {
    await thread.close();
    await store.close();
  };
  return { thread, starts: () => starts, close };
}

test('a thread starts with the first request, and serves those that follow', async () => {
  const { thread, starts, close } = await onDemand();
  assert.deepEqual([thread.isReady, starts()], [false, 0]);
  assert.deepEqual(
    (await Promise.all([thread.request(query), thread.request(query)])).map(([row]) => row?.['value']),
    [7, 7],
  );
  assert.deepEqual([thread.isReady, starts()], [true, 1]);
  await close();
});

test(
  'one that nobody asks ends, and the next request starts another, which ends, too',
  { timeout: 60_000 },
  async () => {
    const { thread, starts, close } = await onDemand(1);
    for (const start of [1, 2]) {
      assert.equal((await thread.request(query))[0]?.['value'], 7);
      assert.equal(starts(), start);
      // Nothing tells of its end.
      while (thread.isReady) await delay(5);
    }
    await close();
  },
);
