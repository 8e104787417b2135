import assert from 'node:assert/strict';
import { cursorOf, textTokens, type VisibilityCursor } from '@perdure/core';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Store } from '../store.ts';
import {
  bytes,
  closedAt,
  identity,
  NAMESPACE,
  OTHER_NAMESPACE,
  record,
  runWrite,
  ShardOwner,
  START_MS,
  uuid,
  visible,
} from './builders.ts';
import type { StoreTest } from './subject.ts';

/** A record that has everything. */
const full = record(1, {
  ...closedAt(START_MS + 5_000),
  status: WorkflowExecutionStatus.ContinuedAsNew,
  executionTimeMs: START_MS + 1_000,
  parentWorkflowId: 'parent',
  parentRunId: uuid(70),
  rootWorkflowId: 'root',
  rootRunId: uuid(71),
  memo: { fields: { note: { metadata: { encoding: bytes('json/plain') }, data: bytes('"hello"') } } },
  searchAttributes: { indexedFields: { Region: { metadata: { type: bytes('Keyword') }, data: bytes('"eu"') } } },
  values: new Map<string, string | number | boolean | string[]>([
    ['Region', 'eu "quoted" \0 👍'],
    ['Amount', -12.5e-30],
    ['Retries', Number.MAX_SAFE_INTEGER],
    ['Urgent', false],
    ['DueAt', START_MS + 0.125],
    ['Tags', ['a', '', 'ü']],
    ['Note', textTokens('Some words')],
  ]),
});

/** Lists: what a row holds, and which rows there are. */
export function visibilityListTests(test: StoreTest): void {
  test('a record comes back as it was written', async (store) => {
    const owner = await ShardOwner.of(store);
    await owner.commit({ runs: [runWrite(1), runWrite(2)], visibilityPut: [full, record(2)] });
    const [open, closed] = await list(store);
    assert.deepEqual(open, record(2));
    const { memo, searchAttributes, ...fields } = closed ?? record(9);
    const { memo: wantedMemo, searchAttributes: wantedAttributes, ...wanted } = full;
    assert.deepEqual(fields, wanted);
    assert.deepEqual({ ...memo?.fields?.['note'] }, wantedMemo?.fields?.['note']);
    assert.deepEqual({ ...searchAttributes?.indexedFields?.['Region'] }, wantedAttributes?.indexedFields?.['Region']);
  });

  test('a later record replaces the whole of the earlier one', async (store) => {
    const owner = await ShardOwner.of(store);
    const values = new Map([['Region', 'eu']]);
    await owner.commit({ runs: [runWrite(1)], visibilityPut: [record(1, { values, memo: { fields: {} } })] });
    const closed = record(1, closedAt(START_MS + 9));
    await owner.commit({ visibilityPut: [closed] });
    assert.deepEqual(await list(store), [closed]);
    assert.deepEqual(await count(store), 1);
  });

  test('a fenced batch shows nothing', async (store) => {
    const stale = await ShardOwner.of(store);
    await ShardOwner.of(store);
    await stale.commit({ runs: [runWrite(1)], visibilityPut: [record(1)] });
    assert.deepEqual(await list(store), []);
  });

  test('namespaces are apart', async (store) => {
    const owner = await ShardOwner.of(store);
    const namespaceId = OTHER_NAMESPACE;
    const elsewhere = runWrite(2, { identity: identity(2, { namespaceId }) });
    await owner.commit({ runs: [runWrite(1), elsewhere], visibilityPut: [record(1), record(2, { namespaceId })] });
    assert.deepEqual(await listedRuns(store), [1]);
    const other = await store.listVisibility({ namespaceId, query: visible, pageSize: 9, after: undefined });
    assert.deepEqual(other, [record(2, { namespaceId })]);
    assert.deepEqual(await store.countVisibility({ namespaceId: uuid(5), query: visible, groupBy: undefined }), [
      { values: [], count: 0 },
    ]);
  });

  test('records of several shards are one list', async (store) => {
    const [one, two] = [await ShardOwner.of(store, 0), await ShardOwner.of(store, 1)];
    await one.commit({ runs: [runWrite(1)], visibilityPut: [record(1)] });
    await two.commit({ runs: [runWrite(1, { identity: identity(2) })], visibilityPut: [record(2)] });
    assert.deepEqual(await listedRuns(store), [1, 2]);
  });
}

/** The default order, and pages in it. */
export function visibilityPageTests(test: StoreTest): void {
  test('open runs come first, then the last closed; among these the last started; else by run id', async (store) => {
    await write(store, [
      record(1, closedAt(START_MS + 10)),
      record(2, closedAt(START_MS + 30)),
      record(3),
      record(4, { startTimeMs: START_MS + 5 }),
      record(5),
      record(6, { ...closedAt(START_MS + 10), startTimeMs: START_MS + 1 }),
      record(7, closedAt(START_MS + 10)),
    ]);
    assert.deepEqual(await listedRuns(store), [4, 3, 5, 2, 6, 1, 7]);
  });

  test('pages continue where the one before ended', async (store) => {
    await write(
      store,
      Array.from({ length: 10 }, (_, index) => pageRecord(index + 1)),
    );
    const whole = await listedRuns(store);
    for (const pageSize of [1, 3, 10]) assert.deepEqual(await pagedRuns(store, pageSize), whole);
  });

  test('pages neither repeat nor lose a row that stays, while others come, close and change', async (store) => {
    const owner = await write(
      store,
      Array.from({ length: 6 }, (_, index) => pageRecord(index + 1)),
    );
    const first = await list(store, 3);
    const after = cursorOf(first.at(-1) ?? record(9));
    const [staysOpen] = first;
    await owner.commit({
      runs: [runWrite(20), runWrite(21)],
      visibilityPut: [
        record(20, { startTimeMs: START_MS + 900 }),
        record(21, closedAt(START_MS + 1)),
        { ...(staysOpen ?? record(9)), taskQueue: 'moved' },
      ],
    });
    const seen = [...first, ...(await list(store, 100, after))].map(({ runId }) => runId);
    assert.equal(new Set(seen).size, seen.length, 'nothing comes twice');
    for (const run of [1, 2, 3, 4, 5, 6]) assert.ok(seen.includes(uuid(run)), `run ${run} is not lost`);
  });

  test('a cursor whose row has moved still marks its place', async (store) => {
    const owner = await write(
      store,
      [1, 2, 3].map((run) => record(run, { startTimeMs: START_MS - run })),
    );
    const after = cursorOf(record(2, { startTimeMs: START_MS - 2 }));
    await owner.commit({ visibilityPut: [record(2, { ...closedAt(START_MS), startTimeMs: START_MS - 2 })] });
    const rest = (await list(store, 9, after)).map(({ runId }) => runId);
    assert.deepEqual(rest, [uuid(3), uuid(2)]);
  });
}

/** Rows of which some share their times, so that only the run id tells them apart. */
function pageRecord(run: number): ReturnType<typeof record> {
  const startTimeMs = START_MS + Math.floor(run / 3);
  return run % 2 === 0 ? record(run, { startTimeMs }) : record(run, { ...closedAt(START_MS + 50), startTimeMs });
}

async function write(store: Store, records: readonly ReturnType<typeof record>[]): Promise<ShardOwner> {
  const owner = await ShardOwner.of(store);
  const runs = records.map(({ runId, workflowId: id }, index) =>
    runWrite(index + 1, { identity: identity(index + 1, { runId, id }) }),
  );
  await owner.commit({ runs, visibilityPut: records });
  return owner;
}

async function list(store: Store, pageSize = 100, after?: VisibilityCursor): ReturnType<Store['listVisibility']> {
  return store.listVisibility({ namespaceId: NAMESPACE, query: visible, pageSize, after });
}

async function count(store: Store): Promise<number | undefined> {
  const [group] = await store.countVisibility({ namespaceId: NAMESPACE, query: visible, groupBy: undefined });
  return group?.count;
}

async function listedRuns(store: Store): Promise<number[]> {
  return (await list(store)).map(({ runId }) => runNumber(runId));
}

async function pagedRuns(store: Store, pageSize: number): Promise<number[]> {
  const runs: number[] = [];
  let after: VisibilityCursor | undefined;
  for (;;) {
    const page = await list(store, pageSize, after);
    const last = page.at(-1);
    if (last === undefined) return runs;
    runs.push(...page.map(({ runId }) => runNumber(runId)));
    after = cursorOf(last);
  }
}

/** The number that `uuid` told. */
function runNumber(runId: string): number {
  return Number.parseInt(runId.slice(-12), 16);
}
