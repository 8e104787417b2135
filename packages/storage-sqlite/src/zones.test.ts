import { OPEN_CLOSE_TIME_MS, type AttributeValue } from '@perdure/core';
import { closedAt, record, runWrite, ShardOwner, START_MS } from '@perdure/storage/conformance';
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { markFile, migrate } from './migrate.ts';
import { openSqliteStore } from './open-store.ts';
import { migrations } from './schema.ts';
import { scratchFiles } from './testing/scratch.ts';
import { ZONE_ROWS } from './zones.ts';

const newFile = scratchFiles();

/** The schema before there were zones. */
const BEFORE = 5;

/** What is wrong with the zones of a file, after a clean end of the store; and how many there are. */
function look(file: string): { wrong: readonly string[]; zones: number; empty: number; ranged: readonly string[] } {
  const database = new DatabaseSync(file, { readOnly: true });
  const all = (text: string) => database.prepare(text).all();
  const count = (text: string): number => Number(database.prepare(text).get()?.['count']);
  const wrong = all(`
    SELECT run, zone FROM visibility AS v WHERE zone IS NOT iif(division IS NULL, (
      SELECT zone FROM zone AS z WHERE z.namespace = v.namespace
        AND (z.close_time_ms, z.start_time_ms) <= (v.close_time_ms, v.start_time_ms)
      ORDER BY z.close_time_ms DESC, z.start_time_ms DESC LIMIT 1), NULL)
    UNION ALL SELECT r.run, r.zone FROM ranged AS r LEFT JOIN visibility AS v ON v.run = r.run WHERE v.zone IS NOT r.zone`);
  const ranged = all('SELECT name, value, run FROM ranged ORDER BY name, run');
  const result = {
    wrong: wrong.map((row) => Object.values(row).join('/')),
    zones: count('SELECT count(*) AS count FROM zone'),
    empty: count('SELECT count(*) AS count FROM zone WHERE zone NOT IN (SELECT zone FROM visibility)'),
    ranged: ranged.map(({ name, value, run }) => `${String(name)}=${String(value)} ${String(run)}`),
  };
  database.close();
  return result;
}

/** A run that begins a zone, and one that does not. */
const beginner = (number: number): number => LOOKS_AT_NOTHING + number * ZONE_ROWS;
const follower = (number: number): number => LOOKS_AT_NOTHING + number * ZONE_ROWS + 1;
const closer = (number: number): number => follower(number) + 1;
/** Of a run that closes and does not look at the zone that it leaves. */
const LOOKS_AT_NOTHING = 0x1000;

test('rows stand in the zone of their place, whatever comes between, leaves or moves', async () => {
  const file = newFile();
  const store = openSqliteStore({ file });
  const owner = await ShardOwner.of(store);
  const put = async (run: number, fields: Parameters<typeof record>[1]): Promise<void> => {
    await owner.commit({ runs: [runWrite(run)], visibilityPut: [record(run, fields)] });
    await store.settle();
  };
  const values = new Map([['Amount', 5]]);
  for (const number of [1, 2, 3, 4, 5, 6]) await put(follower(number), { startTimeMs: START_MS + number * 10, values });
  // Zones begin among rows that are there, and where others have been.
  for (const number of [2, 5, 3]) await put(beginner(number), { startTimeMs: START_MS + number * 10 - 5, values });
  await put(follower(3), { ...closedAt(START_MS + 500), startTimeMs: START_MS + 30, values });
  await put(beginner(5), { ...closedAt(START_MS + 400), startTimeMs: START_MS + 45, values });
  await put(beginner(7), { values: new Map([['TemporalNamespaceDivision', 'hidden']]) });
  await store.close();
  const { wrong, zones, ranged } = look(file);
  assert.deepEqual(wrong, []);
  assert.equal(
    zones,
    2 + 4,
    'the lowest of closed and of open rows, and those of three that were open and one that has closed',
  );
  const rangedOf = (name: string): readonly string[] => ranged.filter((each) => each.startsWith(name));
  assert.equal(rangedOf('Amount=').length, 9);
  assert.equal(rangedOf('=').length, 9, 'the ids of workflows');
});

test('a zone that has nearly lost its rows joins the one below', async () => {
  const file = newFile();
  const store = openSqliteStore({ file });
  const owner = await ShardOwner.of(store);
  // Keys of 16 apart look at their zone when they are removed, and ids of 0x10000 apart when they close.
  const looks = (number: number): number => number * 0x10000;
  const runs = [1, 2, 3, 4].map(looks);
  for (const run of runs) {
    const visibilityPut = [record(run, { startTimeMs: START_MS + run })];
    await owner.commit({ runs: [runWrite(run)], visibilityPut });
    await store.settle();
  }
  const close = async (run: number): Promise<void> => {
    const closed = { ...closedAt(START_MS + 2 ** 20 + run), startTimeMs: START_MS + run };
    await owner.commit({ visibilityPut: [record(run, closed)] });
    await store.settle();
  };
  await close(looks(2));
  await close(looks(3));
  await owner.commit({ runsRemove: [looks(2)] });
  await close(looks(1));
  await close(looks(4));
  await owner.commit({ runsRemove: [looks(1), looks(3), looks(4)] });
  await store.close();
  assert.deepEqual(look(file), { wrong: [], zones: 2, empty: 2, ranged: [] });
});

test('whatever runs do, each stands in the zone of its place, and zones go with their rows', async () => {
  const file = newFile();
  const store = openSqliteStore({ file });
  const owner = await ShardOwner.of(store);
  const alive = new Map<number, { startTimeMs: number; closed: boolean }>();
  let state = 7;
  const below = (count: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  const valuesOf = (): ReadonlyMap<string, AttributeValue> => {
    const kinds = [{ Amount: below(9) }, { Tags: ['a'] }, {}, { TemporalNamespaceDivision: 'hidden' }];
    return new Map<string, AttributeValue>(Object.entries(kinds[below(kinds.length)] ?? {}));
  };
  for (let turn = 0; turn < 600; turn++) {
    // Every fourth begins a zone, and every fourth looks at the one that it leaves.
    const run = (1 + below(200)) * (ZONE_ROWS / 4);
    const known = alive.get(run);
    if (known?.closed === true && below(2) === 0) {
      await owner.commit({ runsRemove: [run] });
      alive.set(run, { ...known, startTimeMs: -1 });
    } else if (known === undefined || known.startTimeMs >= 0) {
      const startTimeMs = known?.startTimeMs ?? START_MS + below(300);
      const closed = known !== undefined && (known.closed || below(2) === 0);
      const fields = { ...(closed && closedAt(START_MS + 500 + run)), startTimeMs, values: valuesOf() };
      const runs = known === undefined ? [runWrite(run)] : [];
      await owner.commit({ runs, visibilityPut: [record(run, fields)] });
      alive.set(run, { startTimeMs, closed });
    }
    await store.settle();
    if (turn % 60 === 0) assert.deepEqual(look(file).wrong, [], `after ${turn} turns`);
  }
  await store.close();
  const { wrong, zones, empty } = look(file);
  assert.deepEqual(wrong, []);
  assert.ok(zones > 5 && empty < zones / 2, `${empty} of ${zones} zones are empty`);
});

test('rows that stay open among many that close have zones of their own, none of them large', async () => {
  const file = newFile();
  const store = openSqliteStore({ file });
  const owner = await ShardOwner.of(store);
  const COMMITS = 30;
  const RUNS = 200;
  for (let commit = 0; commit < COMMITS; commit++) {
    const numbers = Array.from({ length: RUNS }, (_, index) => commit * RUNS + index + 1);
    const open = numbers.map((run) => record(run, { startTimeMs: START_MS + run }));
    await owner.commit({ runs: numbers.map((run) => runWrite(run)), visibilityPut: open });
    // One in four stays, and every other one of those that begin a zone.
    const closes = numbers.filter((run) => run % 4 !== Math.floor(run / ZONE_ROWS) % 2);
    await owner.commit({
      visibilityPut: closes.map((run) =>
        record(run, { ...closedAt(START_MS + 1e6 + run), startTimeMs: START_MS + run }),
      ),
    });
  }
  await store.close();
  const { wrong } = look(file);
  assert.deepEqual(wrong, []);
  const database = new DatabaseSync(file, { readOnly: true });
  const mixed = `SELECT zone FROM visibility GROUP BY zone
    HAVING count(*) > ${2 * ZONE_ROWS} OR min(close_time_ms) < max(close_time_ms) AND max(close_time_ms) = ${OPEN_CLOSE_TIME_MS}`;
  const large = database.prepare(mixed).all();
  database.close();
  assert.deepEqual(large, []);
});

test('rows of a file from before get their zones', () => {
  const file = newFile();
  const database = new DatabaseSync(file);
  markFile(database);
  migrate(database, migrations.slice(0, BEFORE));
  database.exec("INSERT INTO namespace (namespace, id) VALUES (1, x'00')");
  const put = database.prepare(`
    INSERT INTO visibility (run, namespace, division, type, task_queue, status, start_time_ms, execution_delay_ms,
      close_time_ms, attributes) VALUES (?, 1, ?, 'W', 'q', 1, ?, 0, ${OPEN_CLOSE_TIME_MS}, ?)`);
  put.run(follower(1), null, 3, '{"Amount":5,"Tags":["a"]}');
  put.run(beginner(2), null, 2, null);
  put.run(follower(2), null, 1, '{"Region":"eu"}');
  put.run(closer(1), null, 1, null);
  database.exec(`
    UPDATE visibility SET close_time_ms = 9, parent_workflow_id = 'p', root_workflow_id = '${'r'.repeat(300)}' WHERE run = ${closer(1)};
    INSERT INTO run (run, kind, namespace, id, run_id, active, closed)
      SELECT run, 0, 1, 'w' || run, CAST(run AS BLOB), 0, 0 FROM visibility;`);
  put.run(beginner(3), 'hidden', 1, '{"TemporalNamespaceDivision":"hidden"}');
  migrate(database);
  const left = database.prepare('SELECT name FROM attribute ORDER BY name').all();
  database.close();
  assert.deepEqual(
    left.map(({ name }) => name),
    ['Region', 'Tags'],
  );
  const { wrong, zones, ranged } = look(file);
  assert.deepEqual(wrong, []);
  assert.equal(zones, 3, 'the lowest of closed and of open rows, and that of one');
  assert.deepEqual(ranged, [
    ...[follower(1), closer(1), follower(2), beginner(2)].sort((a, b) => a - b).map((run) => `=w${run} ${run}`),
    `Amount=5 ${follower(1)}`,
    `ParentWorkflowId=p ${closer(1)}`,
    `Region=eu ${follower(2)}`,
    `RootWorkflowId=${'r'.repeat(255)} ${closer(1)}`,
  ]);
});
