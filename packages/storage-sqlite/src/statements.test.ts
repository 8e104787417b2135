import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { markFile, migrate } from './migrate.ts';
import { readTexts, writeTexts } from './statements.ts';

const database = new DatabaseSync(':memory:');
markFile(database);
migrate(database);

/** How SQLite goes through the tables. */
function plan(text: string): string[] {
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all();
  return rows.map((row) => String(row['detail']));
}

for (const [name, text] of Object.entries({ ...readTexts, ...writeTexts })) {
  if (name === 'begin' || name === 'commit') continue;
  test(`${name} finds its rows by an index`, () => {
    const scans = plan(text).filter((step) => /^SCAN (?!\(subquery)/.test(step) || step.includes('TEMP B-TREE'));
    assert.deepEqual(scans, []);
  });
}

/** Statements for which one index was made. */
const indexes: readonly (readonly [string, string])[] = [
  [readTexts.wakeups, 'run_wakeup (<expr>=? AND wake_at_ms<?)'],
  [readTexts.activeRuns, 'run_active (active=? AND rowid>? AND rowid<?)'],
  [readTexts.currentRun, 'run_id (id=? AND namespace=? AND kind=? AND rowid>? AND rowid<?)'],
  [readTexts.runByRunId, 'run_run_id (run_id=? AND rowid>? AND rowid<?)'],
  [
    readTexts.backlog,
    'PRIMARY KEY (shard=? AND namespace=? AND kind=? AND name=? AND priority=? AND fairness_key=? AND id>?)',
  ],
];

for (const [text, index] of indexes) {
  test(`${index} is used for what it was made for`, () => {
    assert.ok(
      plan(text).some((step) => step.endsWith(`${index}`)),
      plan(text).join('\n'),
    );
  });
}
