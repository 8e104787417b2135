import { StoreError, StoreFailure } from '@perdure/storage';
import { identity, NAMESPACE, query, record, runWrite, ShardOwner } from '@perdure/storage/conformance';
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
  ["ParentWorkflowId = 'p'", 'visibility_parent (namespace=? AND parent_workflow_id=? AND '],
  [`ParentRunId = '${identity(1).runId}'`, 'visibility_parent_run (namespace=? AND parent_run_id=? AND '],
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
  [`RunId = '${identity(1).runId}'`, 'SEARCH run USING COVERING INDEX run_run_id (run_id=?)'],
  ["WorkflowId = 'a' AND Region = 'eu'", 'SEARCH run USING COVERING INDEX run_id (id=? AND namespace=?)'],
  ["RunId STARTS_WITH 'a'", 'SEARCH run USING COVERING INDEX run_run_id (run_id>? AND run_id<?)'],
  ["RunId > 'a' AND Region = 'eu'", 'SEARCH run USING COVERING INDEX run_run_id (run_id>?)'],
  ["WorkflowType IN ('a', 'b') AND ExecutionStatus = 'Failed'", 'USING INDEX visibility_type (namespace=? AND type=?)'],
  ["TemporalNamespaceDivision = 'x'", 'COVERING INDEX visibility_division (namespace=? AND division=?)'],
  ["Amount > 5 AND RootRunId > 'a'", 'SEARCH r USING PRIMARY KEY (zone=? AND name=? AND value>? AND value<?)'],
  ["Region = 'eu' AND TaskQueue = 'main'", 'SEARCH a USING PRIMARY KEY (namespace=? AND name=? AND value=?)'],
  [
    "RootWorkflowId = 'a' AND Region = 'eu'",
    'SEARCH visibility USING COVERING INDEX visibility_root (namespace=? AND root_workflow_id=?)',
  ],
  [
    "RootRunId = 'a' AND Region = 'eu'",
    'SEARCH visibility USING COVERING INDEX visibility_root_run (namespace=? AND root_run_id=?)',
  ],
  ["RootRunId > 'a'", 'visibility_order (namespace=?)'],
];

for (const [text, step] of counted) {
  test(`"${text}" is counted before it runs on the loop`, () => {
    const plan = planner();
    for (const cost of [listCost(NAMESPACE, query(text)), countCost(NAMESPACE, query(text))]) {
      if (cost.kind !== 'counted') assert.fail(cost.kind);
      const [{ candidates, way }] = cost.choices;
      const steps = plan(candidates);
      assert.ok(
        steps.some((each) => each.includes(step)),
        steps.join('\n'),
      );
      plan(listSql({ ...page, query: query(text) }, way));
      plan(countSql({ namespaceId: NAMESPACE, query: query(text), groupBy: undefined }, way));
    }
  });
}

/** Ranges that are found zone by zone, and what is looked for in each. */
const zoned: readonly (readonly [string, string])[] = [
  ['Amount > 990', 'SEARCH r USING PRIMARY KEY (zone=? AND name=? AND value>? AND value<?)'],
  ['Amount = 7', 'SEARCH r USING PRIMARY KEY (zone=? AND name=? AND value=?)'],
  ['Amount BETWEEN 5 AND 6', 'SEARCH r USING PRIMARY KEY (zone=? AND name=? AND value>? AND value<?)'],
  ["Region STARTS_WITH 'e'", 'SEARCH r USING PRIMARY KEY (zone=? AND name=? AND value>? AND value<?)'],
  ["Region IN ('eu', 'us')", 'SEARCH r USING PRIMARY KEY (zone=? AND name=? AND value=?)'],
  ["WorkflowId STARTS_WITH 'a'", 'SEARCH r USING PRIMARY KEY (zone=? AND name=? AND value>? AND value<?)'],
  ["WorkflowId > 'a'", 'SEARCH r USING PRIMARY KEY (zone=? AND name=? AND value>?)'],
  ["ParentWorkflowId STARTS_WITH 'a'", 'SEARCH r USING PRIMARY KEY (zone=? AND name=? AND value>? AND value<?)'],
  ["StartTime > '2026-01-01T00:00:00Z'", 'SEARCH v USING INDEX visibility_start (zone=? AND start_time_ms>?)'],
  ["TaskQueue = 'main'", 'SEARCH v USING INDEX visibility_queue (zone=? AND task_queue=?)'],
  ['HistoryLength > 10000', 'SEARCH v USING INDEX visibility_length (zone=? AND history_length>?)'],
  ['HistorySizeBytes > 10000', 'SEARCH v USING INDEX visibility_size (zone=? AND history_size_bytes>?)'],
  ['StateTransitionCount < 5', 'SEARCH v USING INDEX visibility_transitions (zone=? AND state_transition_count<?)'],
  ["ExecutionTime < '2026-01-01T00:00:00Z'", 'SEARCH v USING INDEX visibility_execution (zone=? AND <expr><?)'],
  ["ExecutionDuration > '1h'", 'SEARCH v USING INDEX visibility_duration (zone=? AND <expr>>?)'],
];

for (const [text, search] of zoned) {
  test(`a page of "${text}" is found zone by zone, in the order of the zones`, () => {
    const cost = listCost(NAMESPACE, query(text));
    if (cost.kind !== 'counted') assert.fail(cost.kind);
    const [{ way }, ...others] = cost.choices;
    assert.deepEqual([way.zoned, others], [true, []]);
    const plan = planner()(listSql({ ...page, query: query(text) }, way));
    const zones = 'SEARCH z USING COVERING INDEX zone_order (namespace=? AND (close_time_ms,start_time_ms)<(?,?))';
    for (const step of [zones, 'USE TEMP B-TREE FOR LAST 3 TERMS OF ORDER BY']) {
      assert.ok(plan.includes(step), plan.join('\n'));
    }
    assert.ok(
      plan.some((step) => step.startsWith(search)),
      plan.join('\n'),
    );
  });
}

test('a page of several statuses is made of a page of each', () => {
  const text = "ExecutionStatus IN ('Failed', 'TimedOut')";
  const cost = listCost(NAMESPACE, query(text));
  if (cost.kind !== 'ordered') assert.fail(cost.kind);
  const plan = planner()(listSql({ ...page, query: query(text) }, cost.way));
  const search =
    'SEARCH v USING INDEX visibility_status (namespace=? AND status=? AND (close_time_ms,start_time_ms)<(?,?))';
  assert.equal(plan.filter((step) => step === search).length, 2, plan.join('\n'));
  assert.equal(plan.filter((step) => step === 'USE TEMP B-TREE FOR LAST TERM OF ORDER BY').length, 2, plan.join('\n'));
});

test('a page of what has one of several texts in a list is made of a page of each, in their order', () => {
  const asked = query("Tags IN ('a', 'b', 'a')");
  const cost = listCost(NAMESPACE, asked);
  if (cost.kind !== 'ordered') assert.fail(cost.kind);
  const plan = planner()(listSql({ ...page, query: asked }, cost.way));
  const search =
    'SEARCH a USING PRIMARY KEY (namespace=? AND name=? AND value=? AND (close_time_ms,start_time_ms)<(?,?))';
  assert.equal(plan.filter((step) => step === search).length, 2, plan.join('\n'));
  assert.equal(plan.filter((step) => step === 'USE TEMP B-TREE FOR LAST TERM OF ORDER BY').length, 2, plan.join('\n'));
});

test('what has one of many texts is counted in the index of them before it runs on the loop', () => {
  for (const text of ["Tags IN ('a', 'b', 'c', 'd', 'e')", "Region IN ('a', 'b', 'c', 'd', 'e')"]) {
    const asked = query(text);
    for (const cost of [listCost(NAMESPACE, asked), countCost(NAMESPACE, asked)]) {
      if (cost.kind !== 'counted') assert.fail(cost.kind);
      const [{ candidates, way }, ...others] = cost.choices;
      assert.deepEqual(others, []);
      const search = 'SEARCH a USING PRIMARY KEY (namespace=? AND name=? AND value=?)';
      const sql = countSql({ namespaceId: NAMESPACE, query: asked, groupBy: undefined }, way);
      for (const steps of [planner()(candidates), planner()(sql)]) assert.ok(steps.includes(search), steps.join('\n'));
    }
  }
});

for (const [name, index] of [
  ['RootWorkflowId', 'visibility_root (namespace=? AND root_workflow_id=?'],
  ['RootRunId', 'visibility_root_run (namespace=? AND root_run_id=?'],
] as const) {
  test(`a page of a root by ${name} is made of a page of its descendants, in their order, and its own runs`, () => {
    const asked = query(`${name} = 'a'`);
    const cost = listCost(NAMESPACE, asked);
    if (cost.kind !== 'counted') assert.fail(cost.kind);
    for (const { way } of cost.choices) {
      const plan = planner()(listSql({ ...page, query: asked }, way));
      const descendants = `SEARCH v USING INDEX ${index} AND (close_time_ms,start_time_ms)<(?,?))`;
      assert.ok(plan.includes(descendants) && way.together?.length === 2, plan.join('\n'));
    }
  });
}

test('a query that may look at everything is never run on the loop', () => {
  const text = "TemporalNamespaceDivision IS NULL OR TemporalNamespaceDivision = 'x'";
  assert.equal(listCost(NAMESPACE, query(text)).kind, 'unbounded');
  assert.equal(listCost(NAMESPACE, query(`NOT WorkflowId = 'a' OR WorkflowId = 'b'`)).kind, 'counted');
});

test('counts by status walk the index of it, group by group', () => {
  const asked = { namespaceId: NAMESPACE, query: query(''), groupBy: 'ExecutionStatus' } as const;
  const cost = countCost(NAMESPACE, asked.query, asked.groupBy);
  if (cost.kind !== 'counted') assert.fail(cost.kind);
  const plan = planner()(countSql(asked, cost.choices[0].way));
  assert.ok(plan.includes('SEARCH v USING INDEX visibility_status (namespace=?)'), plan.join('\n'));
  assert.ok(!plan.some((step) => step.includes('TEMP B-TREE')), plan.join('\n'));
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
  const resolved = query('ParentWorkflowId IS NULL');
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
  const resolved = query("RootRunId > 'nowhere'");
  const isTooCostly = (error: unknown) => error instanceof StoreError && error.failure === StoreFailure.TooCostly;
  const list = { namespaceId: NAMESPACE, query: resolved, pageSize: 9, after: undefined };
  await assert.rejects(store.listVisibility(list), isTooCostly);
  await assert.rejects(store.countVisibility({ ...list, groupBy: undefined }), isTooCostly);
  assert.ok(await store.loadRun(0, { run: 1 }));
  await store.close();
});
