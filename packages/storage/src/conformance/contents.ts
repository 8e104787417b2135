import assert from 'node:assert/strict';
import { backlogRow, bytes, identity, logRow, NAMESPACE, record, runWrite, ShardOwner, visible } from './builders.ts';
import type { StoreTest } from './subject.ts';

/** Ids as users choose them: any text of up to 1,000 bytes. */
const ids: readonly (readonly [string, string])[] = [
  ['empty', ''],
  ['spaces and quotes', ` 'a' "b" \`c\` -- ; DROP TABLE run; % _ ? \\ \n\t`],
  ['a NUL inside', 'before\0after'],
  ['only a NUL', '\0'],
  ['accents, composed', 'caf\u00e9'],
  ['accents, decomposed', 'cafe\u0301'],
  ['right to left', 'مرحبا שלום'],
  ['beyond the basic plane', '👩‍👩‍👧‍👦 𝒳 🇨🇭'],
  ['the last code points', '\uffff\u{10ffff}'],
  ['letters of either case', 'Straße STRASSE straße'],
  ['1,000 bytes of ASCII', 'x'.repeat(1_000)],
  ['1,000 bytes of emoji', '🚀'.repeat(250)],
];

/** What names and bodies may hold. */
export function contentTests(test: StoreTest): void {
  for (const [what, id] of ids) {
    test(`ids: ${what}`, async (store) => {
      const owner = await ShardOwner.of(store);
      const named = identity(1, { id });
      await owner.commit({
        runs: [runWrite(1, { identity: named })],
        backlogPut: [backlogRow(1, id)],
        visibilityPut: [record(1, { workflowId: id, rootWorkflowId: id, workflowType: id, taskQueue: id })],
      });
      await store.writeRegistry({ registry: 'names', id, expectedVersion: 0, body: bytes(id) });
      assert.equal((await store.loadRun(0, { ...named, runId: undefined }))?.identity.id, id);
      assert.equal((await store.readBacklog(0, backlogRow(1, id), 0, 1)).length, 1);
      assert.equal((await store.listBacklogLanes(0))[0]?.queue.name, id);
      assert.deepEqual(await store.readRegistry('names'), [{ id, version: 1, body: bytes(id) }]);
      const [row] = await store.listVisibility({
        namespaceId: NAMESPACE,
        query: visible,
        pageSize: 9,
        after: undefined,
      });
      assert.deepEqual([row?.workflowId, row?.workflowType, row?.taskQueue], [id, id, id]);
    });
  }

  test('ids that look alike are not the same', async (store) => {
    const owner = await ShardOwner.of(store);
    const runs = ids.map(([, id], index) => runWrite(index + 1, { identity: identity(index + 1, { id }) }));
    await owner.commit({ runs });
    for (const { run, identity: wanted } of runs) {
      assert.equal((await store.loadRun(0, { ...wanted, runId: undefined }))?.run, run);
    }
  });

  test('bodies of 2 MB, of every byte, and of none', async (store) => {
    const owner = await ShardOwner.of(store);
    const large = Uint8Array.from({ length: 2 * 1024 * 1024 }, (_, index) => index % 251);
    const every = Uint8Array.from({ length: 256 }, (_, index) => index);
    const none = new Uint8Array();
    const rows = [
      logRow(1, 1, { events: large, delta: large }),
      logRow(1, 2, { events: every, delta: every }),
      logRow(1, 3, { events: none, delta: none }),
    ];
    await owner.commit({ runs: [runWrite(1)], log: rows });
    assert.deepEqual((await store.loadRun(0, { run: 1 }))?.tail, rows);
    await owner.commit({ runs: [runWrite(1, { snapshot: { body: large, sequence: 3 } })] });
    assert.deepEqual((await store.loadRun(0, { run: 1 }))?.snapshot, { body: large, sequence: 3 });
    await store.writeRegistry({ registry: 'r', id: 'large', expectedVersion: 0, body: large });
    assert.deepEqual((await store.readRegistry('r'))[0]?.body, large);
    const range = { shard: 0, run: 1, fromSequence: 1, throughSequence: 3, descending: false, rowsMax: 9 };
    const history = await store.readHistory({ ...range, bytesMax: large.length });
    assert.deepEqual(history, [{ sequence: 1, firstEventId: 1, events: large }]);
  });
}
