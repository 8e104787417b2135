import { cursorOf } from '@perdure/core';
import { StoreError, StoreFailure, type VisibilityQuery } from '@perdure/storage';
import { identity, NAMESPACE, query, record, runWrite, ShardOwner, START_MS } from '@perdure/storage/conformance';
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { markFile, migrate } from './migrate.ts';
import { openSqliteStore } from './open-store.ts';
import { QueryConnection } from './query-connection.ts';
import { scratchFiles } from './testing/scratch.ts';
import { countCost, listCost, LOOP_ROWS_MAX } from './visibility-cost.ts';
import { afterPrefix, countSql, listSql } from './visibility-sql.ts';

const newFile = scratchFiles();

/** An empty store's tables, and how SQLite would go through them. */
function planner() {
  const database = new DatabaseSync(':memory:');
  markFile(database);
  migrate(database);
  const connection = new QueryConnection(database, 'memory');
  return ({ text, values }: { text: string; values: Parameters<typeof connection.all>[0]['values'] }) =>
    connection.all({ text: `EXPLAIN QUERY PLAN ${text}`, values }, 1_000).map((row) => String(row['detail']));
}

const after = { closeTimeMs: 5, startTimeMs: 4, runId: identity(1).runId };
const page = { namespaceId: NAMESPACE, pageSize: 10, after };

/** Lists that walk an index in the default order, and the index. */
const ordered: readonly (readonly [string, string])[] = [
  ['', 'visibility_order (namespace=? AND (close_time_ms,start_time_ms)<(?,?))'],
  ["WorkflowType = 'order'", 'visibility_type (namespace=? AND type=? AND (close_time_ms,start_time_ms)<(?,?))'],
  [
    "ExecutionStatus = 'Failed'",
    'visibility_status (namespace=? AND status=? AND (close_time_ms,start_time_ms)<(?,?))',
  ],
  ["CloseTime > '2026-01-01T00:00:00Z'", 'visibility_order (namespace=? AND '],
  ["Region = 'eu'", 'PRIMARY KEY (namespace=? AND name=? AND value=? AND (close_time_ms,start_time_ms)<(?,?))'],
  ["Tags = 'a'", 'PRIMARY KEY (namespace=? AND name=? AND value=? AND (close_time_ms,start_time_ms)<(?,?))'],
];

for (const [text, index] of ordered) {
  test(`a page of "${text}" walks ${index.split(' ')[0]} and sorts no more than ties`, () => {
    const cost = listCost(NAMESPACE, query(text));
    assert.equal(cost.kind, 'ordered');
    const plan = planner()(listSql({ ...page, query: query(text) }, cost.kind === 'ordered' ? cost.way : undefined));
    assert.ok(
      plan.some((step) => step.includes(`USING ${index.startsWith('PRIMARY') ? '' : 'INDEX '}${index}`)),
      plan.join('\n'),
    );
    assert.ok(plan.includes('USE TEMP B-TREE FOR LAST TERM OF ORDER BY'), plan.join('\n'));
  });
}

/** Queries of which an index counts what they look at. */
const counted: readonly (readonly [string, string])[] = [
  [`RunId = '${identity(1).runId}'`, 'SEARCH run USING INDEX run_run_id (run_id=?)'],
  ["WorkflowId = 'a' AND Region = 'eu'", 'SEARCH run USING COVERING INDEX run_id (id=? AND namespace=?)'],
  ["WorkflowId STARTS_WITH 'a'", 'SEARCH run USING COVERING INDEX run_id (id>? AND id<?)'],
  ["WorkflowType IN ('a', 'b') AND ExecutionStatus = 'Failed'", 'USING INDEX visibility_type (namespace=? AND type=?)'],
  ["TemporalNamespaceDivision = 'x'", 'COVERING INDEX visibility_division (namespace=? AND division=?)'],
  ["StartTime > '2026-01-01T00:00:00Z'", 'SEARCH v USING INDEX visibility_start (namespace=? AND start_time_ms>?)'],
  ["Amount > 5 AND TaskQueue = 'main'", 'SEARCH a USING PRIMARY KEY (namespace=? AND name=? AND value>? AND value<?)'],
  ["Region = 'eu' AND TaskQueue = 'main'", 'SEARCH a USING PRIMARY KEY (namespace=? AND name=? AND value=?)'],
  ["TaskQueue = 'main'", 'USING INDEX visibility_order (namespace=?)'],
];

for (const [text, step] of counted) {
  test(`"${text}" is counted before it runs on the loop`, () => {
    const plan = planner();
    for (const cost of [listCost(NAMESPACE, query(text)), countCost(NAMESPACE, query(text))]) {
      if (cost.kind !== 'counted') assert.fail(cost.kind);
      const steps = plan(cost.candidates);
      assert.ok(
        steps.some((each) => each.includes(step)),
        steps.join('\n'),
      );
      plan(listSql({ ...page, query: query(text) }, cost.way));
      plan(countSql({ namespaceId: NAMESPACE, query: query(text), groupBy: undefined }, cost.way));
    }
  });
}

test('a query that may look at everything is never run on the loop', () => {
  const text = "TemporalNamespaceDivision IS NULL OR TemporalNamespaceDivision = 'x'";
  assert.equal(listCost(NAMESPACE, query(text)).kind, 'unbounded');
  assert.equal(listCost(NAMESPACE, query(`NOT WorkflowId = 'a' OR WorkflowId = 'b'`)).kind, 'counted');
});

test('counts by status walk the index of it', () => {
  const sql = countSql({ namespaceId: NAMESPACE, query: query(''), groupBy: 'ExecutionStatus' });
  assert.match(planner()(sql).join(), /SEARCH v USING INDEX visibility_status/);
});

test('texts with a prefix end before the next text without it', () => {
  assert.equal(afterPrefix('ab'), 'ac');
  assert.equal(afterPrefix('a\u{10ffff}'), 'b');
  assert.equal(afterPrefix('\ud7ff'), '\ue000', 'surrogates are no characters');
  assert.equal(afterPrefix('👍'), '👎');
  assert.equal(afterPrefix('\u{10ffff}'), undefined);
  assert.equal(afterPrefix(''), undefined);
});

/** A store with more runs than the loop looks at. */
async function manyRuns(queryTimeMaxMs?: number) {
  const store = openSqliteStore({ file: newFile(), queryTimeMaxMs });
  const owner = await ShardOwner.of(store);
  const runs = Array.from({ length: LOOP_ROWS_MAX + 500 }, (_, index) => index + 1);
  await owner.commit({ runs: runs.map((run) => runWrite(run)), visibilityPut: runs.map((run) => record(run)) });
  return store;
}

test('what looks at many rows runs beside the loop, with the same result', async () => {
  const store = await manyRuns();
  const resolved = query("TaskQueue = 'main'");
  let loopTurns = 0;
  const turns = setInterval(() => (loopTurns += 1), 1);
  const list = await store.listVisibility({
    namespaceId: NAMESPACE,
    query: resolved,
    pageSize: 2_000,
    after: undefined,
  });
  const [count] = await store.countVisibility({ namespaceId: NAMESPACE, query: resolved, groupBy: undefined });
  clearInterval(turns);
  assert.equal(list.length, count?.count);
  assert.equal(list.length, LOOP_ROWS_MAX + 500);
  assert.ok(loopTurns > 0);
  await store.close();
});

test('a query that takes too long is ended, and the store goes on', async () => {
  const store = await manyRuns(0);
  const resolved = query("TaskQueue = 'nowhere'");
  const isTooCostly = (error: unknown) => error instanceof StoreError && error.failure === StoreFailure.TooCostly;
  const list = { namespaceId: NAMESPACE, query: resolved, pageSize: 9, after: undefined };
  await assert.rejects(store.listVisibility(list), isTooCostly);
  await assert.rejects(store.countVisibility({ ...list, groupBy: undefined }), isTooCostly);
  assert.ok(await store.loadRun(0, { run: 1 }));
  await store.close();
});

test('pages of a range of an attribute are found in its index, those of the same times among them', async () => {
  const store = openSqliteStore({ file: newFile() });
  const owner = await ShardOwner.of(store);
  const runs = Array.from({ length: LOOP_ROWS_MAX + 500 }, (_, index) => index + 1);
  await owner.commit({
    runs: runs.map((run) => runWrite(run)),
    visibilityPut: runs.map((run) => {
      // Fewer times than pages, and rows of each of them that are not in the range.
      const startTimeMs = START_MS + (run % 40);
      return record(run, { startTimeMs, values: new Map([['Amount', run % 10]]) });
    }),
  });
  const resolved = query('Amount < 8');
  const cost = listCost(NAMESPACE, resolved);
  assert.ok(cost.kind === 'counted' && cost.nearest !== undefined);
  for (const pageSize of [1_000, 90, 7]) {
    const found: string[] = [];
    let after: VisibilityQuery['after'];
    for (;;) {
      const page = await store.listVisibility({ namespaceId: NAMESPACE, query: resolved, pageSize, after });
      found.push(...page.map(({ runId }) => runId));
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) break;
      after = cursorOf(last);
    }
    const wanted = runs.filter((run) => run % 10 < 8);
    const place = (run: number): string => `${99 - (run % 40)} ${identity(run).runId}`;
    const inOrder = wanted.sort((a, b) => (place(a) < place(b) ? -1 : 1)).map((run) => identity(run).runId);
    assert.deepEqual(found, inOrder, `pages of ${pageSize}`);
  }
  const last = { ...page, query: resolved };
  const plan = planner()(listSql(last, cost.nearest));
  assert.ok(
    plan.some((step) => step.includes('SEARCH a USING PRIMARY KEY (namespace=? AND name=? AND value<?)')),
    plan.join('\n'),
  );
  await store.close();
});
