import assert from 'node:assert/strict';
import type { Store } from '../store.ts';
import { backlogRow, emptyBatch, logRow, OTHER_NAMESPACE, record, runWrite, ShardOwner, uuid } from './builders.ts';
import type { StoreTest } from './subject.ts';

/** Atomicity and order of commits. */
export function commitTests(test: StoreTest): void {
  test('a commit of several shards writes each whole or not at all', async (store) => {
    const [first, stale, third] = [
      await ShardOwner.of(store, 0),
      await ShardOwner.of(store, 1),
      await ShardOwner.of(store, 2),
    ];
    await store.acquireShard(1, 'another');
    const outcomes = await store.commit([
      first.batch({ runs: [runWrite(1)], log: [logRow(1, 1)] }),
      stale.batch({ runs: [runWrite(2)], log: [logRow(2, 1)], backlogPut: [backlogRow(1, 'q')] }),
      third.batch({ runs: [runWrite(3)], log: [logRow(3, 1)] }),
    ]);
    assert.deepEqual(outcomes, ['committed', 'fenced', 'committed']);
    assert.equal((await store.loadRun(0, { run: 1 }))?.tail.length, 1);
    assert.equal(await store.loadRun(1, { run: 2 }), undefined);
    assert.deepEqual(await store.listBacklogLanes(1), []);
    assert.equal((await store.loadRun(2, { run: 3 }))?.tail.length, 1);
  });

  test('two batches of one shard in one commit follow each other', async (store) => {
    const { epoch } = await store.acquireShard(0, 'a');
    const outcomes = await store.commit([
      emptyBatch({ shard: 0, epoch, expectedSequence: 0, runs: [runWrite(1)], log: [logRow(1, 1)] }),
      emptyBatch({ shard: 0, epoch, expectedSequence: 1, log: [logRow(1, 2)] }),
    ]);
    assert.deepEqual(outcomes, ['committed', 'committed']);
    assert.equal((await store.loadRun(0, { run: 1 }))?.tail.length, 2);
  });

  test('commits asked for at once are written in that order', async (store) => {
    const { epoch } = await store.acquireShard(0, 'a');
    const batches = Array.from({ length: 20 }, (_, index) =>
      emptyBatch({ shard: 0, epoch, expectedSequence: index, runs: [runWrite(1)], log: [logRow(1, index + 1)] }),
    );
    const outcomes = await Promise.all(batches.map((batch) => store.commit([batch])));
    assert.deepEqual(
      outcomes.flat(),
      Array.from({ length: 20 }, () => 'committed'),
    );
    assert.equal((await store.acquireShard(0, 'b')).sequence, 20);
  });

  test('shards keep the same run keys and backlog ids apart', async (store) => {
    const [one, two] = [await ShardOwner.of(store, 0), await ShardOwner.of(store, 8_191)];
    const identityOfTwo = { ...runWrite(1).identity, namespaceId: OTHER_NAMESPACE, runId: uuid(99) };
    await one.commit({ runs: [runWrite(1)], log: [logRow(1, 1)], backlogPut: [backlogRow(1, 'q')] });
    await two.commit({ runs: [runWrite(1, { identity: identityOfTwo })], backlogPut: [backlogRow(1, 'q')] });
    assert.equal((await store.loadRun(0, { run: 1 }))?.tail.length, 1);
    assert.equal((await store.loadRun(8_191, { run: 1 }))?.tail.length, 0);
    assert.equal((await store.loadRun(8_191, { run: 1 }))?.identity.runId, uuid(99));
    await one.commit({ backlogRemove: [backlogRow(1, 'q')] });
    assert.equal((await store.listBacklogLanes(8_191)).length, 1);
  });

  test('a batch that breaks the rules of the interface is refused whole', async (store) => {
    const owner = await ShardOwner.of(store);
    await rejects(store, owner, { runs: [runWrite(1), runWrite(1)] });
    await rejects(store, owner, { runs: [runWrite(0)] });
    await rejects(store, owner, { runs: [runWrite(1, { identity: { ...runWrite(1).identity, runId: 'no-uuid' } })] });
    await rejects(store, owner, { runs: [runWrite(1)], visibilityPut: [record(2)] });
    assert.equal(await store.loadRun(0, { run: 1 }), undefined);
    assert.equal(await owner.commit({ runs: [runWrite(1)] }), 'committed', 'the store is good as before');
  });
}

async function rejects(store: Store, owner: ShardOwner, parts: Parameters<ShardOwner['batch']>[0]): Promise<void> {
  await assert.rejects(store.commit([owner.batch(parts)]), /invariant broken/);
}
