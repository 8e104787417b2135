import assert from 'node:assert/strict';
import { type AttributeValue, textTokens, type VisibilityRecord } from '@perdure/core';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Store } from '../store.ts';
import {
  closedAt,
  identity,
  NAMESPACE,
  query,
  record,
  runWrite,
  ShardOwner,
  START_MS,
  uuid,
  visible,
} from './builders.ts';
import type { StoreTest } from './subject.ts';

const start = new Date(START_MS).toISOString();
const later = new Date(START_MS + 1_000).toISOString();

/** Seven runs that differ in everything that a query can ask for; the last is a schedule's. */
const records: readonly VisibilityRecord[] = [
  record(1, { workflowId: 'a-1', values: attributes({ Region: 'eu', Amount: 10, Tags: ['x', 'y'], Urgent: true }) }),
  record(2, {
    workflowId: 'a-2',
    workflowType: 'refund',
    startTimeMs: START_MS + 1_000,
    executionTimeMs: START_MS + 1_000,
  }),
  record(3, {
    workflowId: 'b',
    ...closedAt(START_MS + 60_000),
    values: attributes({ Region: 'us', Retries: 3, Urgent: false }),
  }),
  record(4, {
    ...closedAt(START_MS + 1_500),
    status: WorkflowExecutionStatus.Failed,
    workflowId: 'ü-👍',
    taskQueue: 'other',
  }),
  record(5, {
    executionTimeMs: START_MS + 30_000,
    values: attributes({ Note: textTokens('Deliver the Blue box'), DueAt: START_MS }),
  }),
  record(6, { parentWorkflowId: 'a-1', parentRunId: uuid(1), rootWorkflowId: 'a-1', rootRunId: uuid(1) }),
  record(7, { values: attributes({ TemporalNamespaceDivision: 'TemporalScheduler' }) }),
];

/** Queries as users write them, and the runs that they select. */
const cases: readonly (readonly [string, readonly number[]])[] = [
  ['', [1, 2, 3, 4, 5, 6]],
  ["WorkflowId = 'a-1'", [1]],
  ["WorkflowId != 'a-1'", [2, 3, 4, 5, 6]],
  ["WorkflowId IN ('a-1', 'b', 'nobody')", [1, 3]],
  ["WorkflowId STARTS_WITH 'a-'", [1, 2]],
  ["WorkflowId NOT STARTS_WITH 'a-'", [3, 4, 5, 6]],
  ["WorkflowId STARTS_WITH 'ü-👍'", [4]],
  ["WorkflowId STARTS_WITH ''", [1, 2, 3, 4, 5, 6]],
  ["WorkflowId > 'a-1' AND WorkflowId < 'c'", [2, 3]],
  ["WorkflowId BETWEEN 'a-2' AND 'b'", [2, 3]],
  [`RunId = '${uuid(3)}'`, [3]],
  [`RunId IN ('${uuid(3)}', '${uuid(5)}', 'no UUID')`, [3, 5]],
  [`RunId > '${uuid(4)}'`, [5, 6]],
  ["RunId STARTS_WITH '00000000-0000-4000-8000-'", [1, 2, 3, 4, 5, 6]],
  ["WorkflowType = 'refund'", [2]],
  ["WorkflowType = 'refund' OR WorkflowId = 'b'", [2, 3]],
  ["NOT (WorkflowType = 'refund' OR WorkflowId = 'b')", [1, 4, 5, 6]],
  ["TaskQueue = 'other'", [4]],
  ["ExecutionStatus = 'Running'", [1, 2, 5, 6]],
  ["ExecutionStatus IN ('Completed', 'Failed')", [3, 4]],
  ["ExecutionStatus != 'Running' AND WorkflowType = 'order'", [3, 4]],
  [`StartTime > '${start}'`, [2]],
  [`StartTime = '${start}'`, [1, 3, 4, 5, 6]],
  [`StartTime BETWEEN '${start}' AND '${later}'`, [1, 2, 3, 4, 5, 6]],
  [`ExecutionTime > '${later}'`, [5]],
  [`CloseTime > '${later}'`, [1, 2, 3, 4, 5, 6]],
  [`CloseTime < '2100-01-01T00:00:00Z'`, [3, 4]],
  ['CloseTime IS NULL', [1, 2, 5, 6]],
  ['CloseTime IS NOT NULL', [3, 4]],
  ['HistoryLength = 5', [3, 4]],
  ['HistoryLength != 5', []],
  ['NOT HistoryLength = 4', [3, 4]],
  ['HistoryLength IS NULL', [1, 2, 5, 6]],
  ["ExecutionDuration > '10s'", [3]],
  ['ExecutionDuration IS NULL', [1, 2, 5, 6]],
  ["ParentWorkflowId = 'a-1'", [6]],
  ["ParentWorkflowId != 'x'", [6]],
  ['ParentRunId IS NULL', [1, 2, 3, 4, 5]],
  [`ParentRunId = '${uuid(1)}'`, [6]],
  ["RootWorkflowId = 'a-1'", [1, 6]],
  [`RootRunId = '${uuid(1)}'`, [1, 6]],
  [`RootRunId >= '${uuid(5)}'`, [5]],
  ["Region = 'eu'", [1]],
  ["Region != 'eu'", [3]],
  ["NOT Region = 'eu'", [3]],
  ["Region IN ('eu', 'us')", [1, 3]],
  ["Region STARTS_WITH 'e'", [1]],
  ['Region IS NULL', [2, 4, 5, 6]],
  ["Region = 'us' OR Amount > 5", [1, 3]],
  ['Amount >= 10', [1]],
  ['Amount BETWEEN 9.5 AND 10.5', [1]],
  ['Retries = 3', [3]],
  ['Urgent = true', [1]],
  ['Urgent = false', [3]],
  [`DueAt = '${start}'`, [5]],
  ["Tags = 'x'", [1]],
  ["Tags IN ('nobody', 'y')", [1]],
  ["Tags != 'x'", [2, 3, 4, 5, 6]],
  ["Note = 'blue'", [5]],
  ["Note != 'blue'", [1, 2, 3, 4, 6]],
  ["TemporalNamespaceDivision = 'TemporalScheduler'", [7]],
  ['TemporalNamespaceDivision IS NULL', [1, 2, 3, 4, 5, 6]],
  ["TemporalNamespaceDivision IS NULL OR TemporalNamespaceDivision = 'TemporalScheduler'", [1, 2, 3, 4, 5, 6, 7]],
];

/** Queries: each store selects what core's `selects` does. */
export function visibilityQueryTests(test: StoreTest): void {
  test('lists and counts select the same runs, whatever is asked', async (store) => {
    await write(store);
    for (const [text, runs] of cases) {
      const resolved = query(text);
      const found = await store.listVisibility({
        namespaceId: NAMESPACE,
        query: resolved,
        pageSize: 100,
        after: undefined,
      });
      assert.deepEqual(found.map(({ runId }) => runId).toSorted(), runs.map(uuid), text);
      const counted = await store.countVisibility({ namespaceId: NAMESPACE, query: resolved, groupBy: undefined });
      assert.deepEqual(counted, [{ values: [], count: runs.length }], text);
    }
  });

  test('a query of many conditions and values', async (store) => {
    await write(store);
    const many = Array.from({ length: 200 }, (_, index) => `WorkflowId = 'w${index}'`).join(' OR ');
    const values = Array.from({ length: 5_000 }, (_, index) => `'v${index}'`).join(', ');
    const resolved = query(`(${many} OR WorkflowId = 'b') AND WorkflowType NOT IN (${values})`);
    const found = await store.listVisibility({
      namespaceId: NAMESPACE,
      query: resolved,
      pageSize: 9,
      after: undefined,
    });
    assert.deepEqual(
      found.map(({ runId }) => runId),
      [uuid(3)],
    );
  });

  test('text of a query is never part of a statement', async (store) => {
    await write(store);
    const resolved = query(`WorkflowId = "x' OR '1'='1" OR WorkflowType STARTS_WITH "'); DROP TABLE visibility; --"`);
    assert.deepEqual(
      await store.listVisibility({ namespaceId: NAMESPACE, query: resolved, pageSize: 9, after: undefined }),
      [],
    );
  });
}

/** Counts by group. */
export function visibilityCountTests(test: StoreTest): void {
  test('counts by status', async (store) => {
    await write(store);
    const counts = await store.countVisibility({ namespaceId: NAMESPACE, query: visible, groupBy: 'ExecutionStatus' });
    const { Running, Completed, Failed } = WorkflowExecutionStatus;
    assert.deepEqual(
      new Map(counts.map(({ values: [status], count }) => [status, count])),
      new Map([
        [Running, 4],
        [Completed, 1],
        [Failed, 1],
      ]),
    );
  });

  test('counts by division, which may be unset', async (store) => {
    await write(store);
    const everything = { kind: 'all', queries: [] } as const;
    const groupBy = 'TemporalNamespaceDivision';
    const counts = await store.countVisibility({ namespaceId: NAMESPACE, query: everything, groupBy });
    assert.deepEqual(
      new Map(counts.map(({ values: [division], count }) => [division, count])),
      new Map([
        [undefined, 6],
        ['TemporalScheduler', 1],
      ]),
    );
  });

  test('a grouped count of nothing has no groups', async (store) => {
    const counts = await store.countVisibility({ namespaceId: NAMESPACE, query: visible, groupBy: 'ExecutionStatus' });
    assert.deepEqual(counts, []);
  });
}

function attributes(values: Readonly<Record<string, AttributeValue>>): ReadonlyMap<string, AttributeValue> {
  return new Map(Object.entries(values));
}

async function write(store: Store): Promise<void> {
  const owner = await ShardOwner.of(store);
  const runs = records.map(({ workflowId: id }, index) =>
    runWrite(index + 1, { identity: identity(index + 1, { id }) }),
  );
  const roots = records.map((each) =>
    each.rootRunId === each.runId ? { ...each, rootWorkflowId: each.workflowId } : each,
  );
  await owner.commit({ runs, visibilityPut: roots });
}
