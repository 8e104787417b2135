import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { markFile, migrate } from './migrate.ts';
import { migrations } from './schema.ts';

/** The schema before tasks had priorities. */
const BEFORE = 3;

test('tasks that waited before there were priorities wait in the lane of those without one', () => {
  const database = new DatabaseSync(':memory:');
  markFile(database);
  migrate(database, migrations.slice(0, BEFORE));
  database.exec(
    "INSERT INTO backlog VALUES (0, 1, 2, 'queue', 7, 11, 5, 3, 1000), (0, 1, 2, 'queue', 8, 12, 5, 1, 1001)",
  );
  migrate(database);
  const rows = database.prepare('SELECT id, priority, fairness_key, fairness_weight, run, stamp FROM backlog').all();
  assert.deepEqual(
    rows.map((row) => Object.values(row)),
    [
      [7, 3, '', 1, 11, 3],
      [8, 3, '', 1, 12, 1],
    ],
  );
  database.close();
});
