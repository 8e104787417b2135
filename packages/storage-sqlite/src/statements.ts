import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { textColumn } from './text-column.ts';
import { ZONE_OF_PUT, zoneTexts } from './zones.ts';

const NAMESPACE = '(SELECT namespace FROM namespace WHERE id = ?)';

/** The statements of commits. A commit crosses to the writer thread as their numbers and values. */
export const writeTexts = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  acquireShard: `
    INSERT INTO shard (shard, epoch, owner, sequence, time_ms, last_run, last_backlog_id) VALUES (?, 1, ?, 0, 0, 0, 0)
    ON CONFLICT DO UPDATE SET epoch = epoch + 1, owner = excluded.owner
    RETURNING epoch, sequence, time_ms, last_run, last_backlog_id`,
  putShard: `
    UPDATE shard SET sequence = max(sequence, ?), time_ms = max(time_ms, ?), last_run = max(last_run, ?),
      last_backlog_id = max(last_backlog_id, ?)
    WHERE shard = ?`,
  append: 'INSERT INTO journal (position, body) VALUES (?, ?)',
  takeOut: 'DELETE FROM journal WHERE position <= ?',
  lastPosition: 'SELECT max(position) AS position FROM journal',
  putNamespace: 'INSERT INTO namespace (id) VALUES (?) ON CONFLICT DO NOTHING',
  putRun: `
    INSERT INTO run (run, kind, namespace, id, run_id, active, closed, wake_at_ms, remove_at_ms)
    VALUES (?, ?, ${NAMESPACE}, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (run) DO UPDATE SET active = excluded.active, closed = excluded.closed,
      wake_at_ms = excluded.wake_at_ms, remove_at_ms = excluded.remove_at_ms`,
  putSnapshot: 'REPLACE INTO snapshot (run, sequence, body, dictionary) VALUES (?, ?, ?, ?)',
  dropDeltas: 'DELETE FROM delta WHERE run = ? AND sequence <= ?',
  putHistory: 'INSERT INTO history (run, sequence, first_event_id, events, dictionary) VALUES (?, ?, ?, ?, ?)',
  putDelta: 'INSERT INTO delta (run, sequence, first_event_id, body) VALUES (?, ?, ?, ?)',
  putBacklog: `
    INSERT INTO backlog (namespace, shard, kind, name, priority, fairness_key, id, fairness_weight, run,
      scheduled_event_id, stamp, created_at_ms)
    VALUES (${NAMESPACE}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  removeBacklog: 'DELETE FROM backlog WHERE shard = ? AND run = ? AND id = ?',
  putVisibility: `
    INSERT INTO visibility (run, namespace, division, type, task_queue, status, start_time_ms, execution_delay_ms,
      close_time_ms, history_length, history_size_bytes, state_transition_count, parent_workflow_id, parent_run_id,
      root_workflow_id, root_run_id, attributes, search_attributes, memo, dictionary, scalars, zone)
    SELECT run, namespace, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${ZONE_OF_PUT} FROM run
    WHERE run_id = ?
    ON CONFLICT (run) DO UPDATE SET division = excluded.division, type = excluded.type,
      task_queue = excluded.task_queue, status = excluded.status, start_time_ms = excluded.start_time_ms,
      execution_delay_ms = excluded.execution_delay_ms, close_time_ms = excluded.close_time_ms,
      history_length = excluded.history_length, history_size_bytes = excluded.history_size_bytes,
      state_transition_count = excluded.state_transition_count, parent_workflow_id = excluded.parent_workflow_id,
      parent_run_id = excluded.parent_run_id, root_workflow_id = excluded.root_workflow_id,
      root_run_id = excluded.root_run_id, attributes = excluded.attributes,
      search_attributes = excluded.search_attributes, memo = excluded.memo, dictionary = excluded.dictionary,
      scalars = excluded.scalars, zone = excluded.zone`,
  ...zoneTexts,
  removeVisibility: 'DELETE FROM visibility WHERE run = ?',
  supersede: `
    UPDATE run SET superseded = 1 WHERE run IN (
      SELECT older.run FROM run AS gone CROSS JOIN run AS older INDEXED BY run_id
        ON older.id = gone.id AND older.namespace = gone.namespace AND older.kind = gone.kind
      WHERE gone.run = ? AND older.run < gone.run AND older.run >> 40 = gone.run >> 40 AND older.superseded = 0)`,
  noteRemoved: 'INSERT INTO removed (run) SELECT run FROM run WHERE run = ?',
  removeRun: 'DELETE FROM run WHERE run = ?',
  removedRuns: 'SELECT run FROM removed WHERE run >= 0 ORDER BY run LIMIT ?',
  reclaimHistory: `
    DELETE FROM history WHERE position IN (SELECT position FROM history INDEXED BY history_run WHERE run = ? LIMIT ?)`,
  reclaimDelta: 'DELETE FROM delta WHERE run = ?',
  reclaimSnapshot: 'DELETE FROM snapshot WHERE run = ?',
  forgetRemoved: 'DELETE FROM removed WHERE run = ?',
  newestDictionary: 'SELECT dictionary, bytes FROM dictionary WHERE dictionary > 0 ORDER BY dictionary DESC LIMIT 1',
  putDictionary: 'INSERT INTO dictionary (bytes) VALUES (?)',
  putRegistry: `
    INSERT INTO registry (registry, id, version, body) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET version = excluded.version, body = excluded.body`,
  removeRegistry: 'DELETE FROM registry WHERE registry = ? AND id = ?',
  registryVersion: 'SELECT version FROM registry WHERE registry = ? AND id = ?',
} as const;
export type WriteStatement = keyof typeof writeTexts;

const RUN = `
  SELECT run.run, run.kind, namespace.id AS namespace_id, ${textColumn('run.id')}, run.run_id, run.active, run.closed, run.wake_at_ms,
    run.remove_at_ms, snapshot.sequence AS snapshot_sequence, snapshot.body AS snapshot_body,
    snapshot.dictionary AS snapshot_dictionary
  FROM run JOIN namespace USING (namespace) LEFT JOIN snapshot ON snapshot.run = run.run`;

const BACKLOG_LANE = `shard = ? AND namespace = ${NAMESPACE} AND kind = ? AND name = ? AND priority = ? AND fairness_key = ?`;

/** What is left of the history of a removed run is shown to nobody. */
const PRESENT = 'history.run = (SELECT run FROM run WHERE run.run = ?)';

/** The statements of reads that run on the event loop: each finds its rows by an index. */
export const readTexts = {
  runByKey: `${RUN} WHERE run.run = ?`,
  runByRunId: `${RUN}
    WHERE run.run_id = ? AND run.kind = ? AND namespace.id = ? AND run.id = ? AND run.run BETWEEN ? AND ?`,
  currentRun: `${RUN}
    WHERE run.id = ? AND run.namespace = ${NAMESPACE} AND run.kind = ? AND run.run BETWEEN ? AND ?
      AND run.superseded = 0
    ORDER BY run.run DESC LIMIT 1`,
  activeRuns: `${RUN} WHERE run.active = 1 AND run.run > ? AND run.run <= ? ORDER BY run.run LIMIT ?`,
  historyTail: `
    SELECT sequence, first_event_id, events, dictionary FROM history WHERE run = ? AND sequence > ? ORDER BY sequence`,
  deltaTail: 'SELECT sequence, first_event_id, body FROM delta WHERE run = ? AND sequence > ? ORDER BY sequence',
  history: `
    SELECT sequence, first_event_id, events, dictionary FROM history
    WHERE ${PRESENT} AND sequence BETWEEN ? AND ? ORDER BY sequence LIMIT ?`,
  historyReverse: `
    SELECT sequence, first_event_id, events, dictionary FROM history
    WHERE ${PRESENT} AND sequence BETWEEN ? AND ? ORDER BY sequence DESC LIMIT ?`,
  wakeups: `
    SELECT run.run, run.kind, namespace.id AS namespace_id, ${textColumn('run.id')}, run.run_id, run.wake_at_ms
    FROM run JOIN namespace USING (namespace)
    WHERE run.run >> 40 = ? AND run.wake_at_ms <= ? AND run.active = 0 ORDER BY run.wake_at_ms, run.run LIMIT ?`,
  removals: `
    SELECT run.run, run.kind, namespace.id AS namespace_id, ${textColumn('run.id')}, run.run_id, run.remove_at_ms
    FROM run JOIN namespace USING (namespace)
    WHERE run.run >> 40 = ? AND run.remove_at_ms <= ? ORDER BY run.remove_at_ms, run.run LIMIT ?`,
  backlogLanes: `
    SELECT namespace.id AS namespace_id, kind, ${textColumn('name')}, priority, ${textColumn('fairness_key')},
      count(*) AS count, min(created_at_ms) AS oldest_at_ms
    FROM backlog JOIN namespace USING (namespace) WHERE shard = ?
    GROUP BY backlog.namespace, kind, backlog.name, priority, backlog.fairness_key`,
  backlog: `
    SELECT id, fairness_weight, run, scheduled_event_id, stamp, created_at_ms FROM backlog
    WHERE ${BACKLOG_LANE} AND id > ? ORDER BY id LIMIT ?`,
  backlogOfRun: `
    SELECT namespace.id AS namespace_id, kind, ${textColumn('name')}, priority, ${textColumn('fairness_key')},
      backlog.id, fairness_weight, run, scheduled_event_id, stamp, created_at_ms
    FROM backlog JOIN namespace USING (namespace) WHERE shard = ? AND run = ? ORDER BY backlog.id`,
  hasId: 'SELECT 1 FROM run WHERE id = ? LIMIT 1',
  hasRun: 'SELECT 1 FROM run WHERE run_id = ?',
  journal: 'SELECT position, body FROM journal WHERE position >= 0 ORDER BY position',
  dictionary: 'SELECT bytes FROM dictionary WHERE dictionary = ?',
  registry: `SELECT ${textColumn('id')}, version, body FROM registry WHERE registry = ? ORDER BY registry.id`,
} as const;
export type ReadStatement = keyof typeof readTexts;

export type WriteStatements = Readonly<Record<WriteStatement, StatementSync>>;
export type ReadStatements = Readonly<Record<ReadStatement, StatementSync>>;

/** The statements of commits in the order of their numbers. */
export const writeStatementNames = Object.keys(writeTexts) as readonly WriteStatement[];

/** Prepares each statement of commits once for a connection. */
export function prepareWrites(database: DatabaseSync): WriteStatements {
  return prepareAll(database, writeTexts);
}

/** Prepares each statement of cheap reads once for a connection. */
export function prepareReads(database: DatabaseSync): ReadStatements {
  return prepareAll(database, readTexts);
}

function prepareAll<Name extends string>(
  database: DatabaseSync,
  texts: Readonly<Record<Name, string>>,
): Record<Name, StatementSync> {
  const entries = Object.entries<string>(texts).map(([name, text]) => [name, database.prepare(text)]);
  return Object.fromEntries(entries) as Record<Name, StatementSync>;
}
