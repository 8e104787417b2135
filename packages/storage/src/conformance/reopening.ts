import assert from 'node:assert/strict';
import {
  backlogRow,
  bytes,
  closedAt,
  logRow,
  NAMESPACE,
  record,
  runWrite,
  ShardOwner,
  START_MS,
  visible,
} from './builders.ts';
import type { StoreTest } from './subject.ts';

/** What a durable store gives back after a restart. In memory there is nothing to come back to. */
export function reopenTests(test: StoreTest): void {
  test('everything that was confirmed is there', async (store, { reopen }, context) => {
    if (reopen === undefined) return context.skip('keeps nothing');
    const owner = await ShardOwner.of(store, 2);
    const snapshot = { body: bytes('state'), sequence: 1 };
    const closing = runWrite(2, { active: false, closed: true, snapshot });
    const sleeping = runWrite(3, { active: false, wakeAtMs: START_MS + 50, snapshot });
    const done = record(2, { ...closedAt(START_MS + 10), values: new Map([['Region', 'eu']]) });
    await owner.commit({
      timeMs: START_MS + 10,
      runs: [runWrite(1), closing, sleeping],
      log: [logRow(1, 1), logRow(1, 2), logRow(2, 1), logRow(3, 1)],
      backlogPut: [backlogRow(4, 'q')],
      visibilityPut: [record(1), done],
    });
    await store.writeRegistry({ registry: 'r', id: 'a', expectedVersion: 0, body: bytes('entry') });
    const again = await reopen();
    try {
      const grant = await again.acquireShard(2, 'b');
      assert.deepEqual(grant, { epoch: 2, sequence: 1, timeMs: START_MS + 10, lastRun: 3, lastBacklogId: 4 });
      assert.deepEqual(await again.loadActiveRuns(2, 0, 9), [{ ...runWrite(1), tail: [logRow(1, 1), logRow(1, 2)] }]);
      assert.deepEqual(await again.loadRun(2, { run: 2 }), { ...closing, tail: [] });
      assert.deepEqual(
        (await again.scanWakeups(2, START_MS + 50, 9)).map(({ wakeAtMs }) => wakeAtMs),
        [START_MS + 50],
      );
      assert.deepEqual(await again.readBacklog(2, backlogRow(4, 'q'), 0, 9), [backlogRow(4, 'q')]);
      assert.deepEqual(await again.readRegistry('r'), [{ id: 'a', version: 1, body: bytes('entry') }]);
      const list = await again.listVisibility({
        namespaceId: NAMESPACE,
        query: visible,
        pageSize: 9,
        after: undefined,
      });
      assert.deepEqual(list, [record(1), done]);
      const stale = await again.commit([owner.batch({ runs: [runWrite(9)] })]);
      assert.deepEqual(stale, ['fenced'], 'the owner from before the restart writes nothing');
    } finally {
      await again.close();
    }
  });
}
