import { idMigration, zoneMigration } from './zones.ts';

/** Marks a file as ours ("Prdu"): SQLite's `application_id`. */
export const APPLICATION_ID = 0x50726475;

/** Bytes of a value up to which it stands in the index of attributes; longer ones are found by looking at the rows. */
export const INDEXED_VALUE_BYTES_MAX = 255;

const PLACE = 'namespace, close_time_ms, start_time_ms, run';

/** The values of a row's attributes, as `item`, those in lists one by one; `field.key` is the name. */
function items(row: string): string {
  return `json_each(${row}.attributes) AS field,
    json_each(iif(field.type = 'array', field.value, json_array(field.value))) AS item`;
}

const IS_INDEXED = `octet_length(item.value) <= ${INDEXED_VALUE_BYTES_MAX}`;

const putAttributes = `
  INSERT OR IGNORE INTO attribute (name, value, ${PLACE})
    SELECT field.key, item.value, new.namespace, new.close_time_ms, new.start_time_ms, new.run
    FROM ${items('new')} WHERE ${IS_INDEXED} AND new.division IS NULL;`;

const takeAttributes = `
  DELETE FROM attribute WHERE (name, value, ${PLACE}) IN (
    SELECT field.key, item.value, old.namespace, old.close_time_ms, old.start_time_ms, old.run FROM ${items('old')});`;

/** Numbers are found through zones. A list may name a text twice; in an upsert's trigger `OR IGNORE` says nothing. */
const putTexts = `
  INSERT INTO attribute (name, value, ${PLACE})
    SELECT DISTINCT field.key, item.value, new.namespace, new.close_time_ms, new.start_time_ms, new.run
    FROM ${items('new')} WHERE typeof(item.value) = 'text' AND ${IS_INDEXED} AND new.division IS NULL;`;

/**
 * The schema's versions: entry n brings a file from version n to n + 1 and is never changed once released.
 *
 * Layout, and why:
 * - `journal` has the batches that were committed and are not in the other tables yet (see `journal/`), so that a commit
 *   writes a few pages, and rows that are soon written anew are written once.
 * - `run`, `snapshot` and `visibility` have the run's packed key (shard first, see `run-key.ts`) as rowid. Rowid tables
 *   keep rows of up to a page without overflow pages; tables without rowid spill from a quarter of a page on.
 * - `history` grows at its end in the order of the commits, found through a small index: a commit of many runs writes
 *   few pages, all of them full (half the bytes written, and 5-10 % less space, than rows clustered by run).
 * - `delta` holds the changes that are not events. They go when a snapshot holds them, so they stand apart from the
 *   history, whose pages then never have holes, and this table stays as small as what is active.
 * - `visibility` takes ids from `run` and leaves out what follows from them: the root of a run that is its own is NULL,
 *   an open run's close time is the value that it counts as in every comparison (`OPEN_CLOSE_TIME_MS`). Its indexes
 *   leave out the rows that a namespace division hides from every query that does not ask for it.
 * - A removed run leaves `run` and `visibility` at once and stands in `removed` until its history, snapshot and deltas
 *   have gone as well. What is older than a removed run of the same id is `superseded`: it is never the current one.
 * - `attribute` is the index of texts in search attributes, kept by triggers: a run without any costs nothing. It has the
 *   default order within each value, so that a page of one value is as cheap as its rows.
 * - `zone` cuts the default order into pieces (see `zones.ts`). Within a zone `ranged`, and the indexes of `visibility`
 *   that begin with the zone, have values in their own order: for ranges, for numbers, and for ids.
 * - Events, snapshots, memos and search attributes are packed against a `dictionary` of what they have in common, each
 *   row for itself (`packing/`): the row names it, or none where it stands as it is. Dictionaries stay.
 * - Namespaces are one small integer in each row and index instead of 16 bytes; UUIDs are 16 bytes instead of 36.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE shard (
    shard INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    owner TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    last_run INTEGER NOT NULL,
    last_backlog_id INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE namespace (
    namespace INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE
  ) STRICT;

  CREATE TABLE run (
    run INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    namespace INTEGER NOT NULL,
    id TEXT NOT NULL,
    run_id BLOB NOT NULL,
    active INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    wake_at_ms INTEGER
  ) STRICT;
  CREATE INDEX run_id ON run (id, namespace, kind);
  CREATE UNIQUE INDEX run_run_id ON run (run_id);
  CREATE INDEX run_active ON run (active) WHERE active = 1;
  CREATE INDEX run_wakeup ON run (run >> 40, wake_at_ms) WHERE wake_at_ms IS NOT NULL AND active = 0;

  CREATE TABLE snapshot (
    run INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT;

  CREATE TABLE history (
    position INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    first_event_id INTEGER NOT NULL,
    events BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX history_run ON history (run, sequence);

  CREATE TABLE delta (
    run INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    first_event_id INTEGER NOT NULL,
    body BLOB,
    PRIMARY KEY (run, sequence)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE backlog (
    shard INTEGER NOT NULL,
    namespace INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    id INTEGER NOT NULL,
    run INTEGER NOT NULL,
    scheduled_event_id INTEGER NOT NULL,
    stamp INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (shard, namespace, kind, name, id)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX backlog_id ON backlog (shard, id);

  CREATE TABLE visibility (
    run INTEGER PRIMARY KEY,
    namespace INTEGER NOT NULL,
    division TEXT,
    type TEXT NOT NULL,
    task_queue TEXT NOT NULL,
    status INTEGER NOT NULL,
    start_time_ms INTEGER NOT NULL,
    execution_delay_ms INTEGER NOT NULL,
    close_time_ms INTEGER NOT NULL,
    history_length INTEGER,
    history_size_bytes INTEGER,
    state_transition_count INTEGER,
    parent_workflow_id TEXT,
    parent_run_id BLOB,
    root_workflow_id TEXT,
    root_run_id BLOB,
    attributes TEXT,
    search_attributes BLOB,
    memo BLOB
  ) STRICT;
  CREATE INDEX visibility_order ON visibility (namespace, close_time_ms, start_time_ms)
    WHERE division IS NULL;
  CREATE INDEX visibility_type ON visibility (namespace, type, close_time_ms, start_time_ms)
    WHERE division IS NULL;
  CREATE INDEX visibility_status ON visibility (namespace, status, close_time_ms, start_time_ms)
    WHERE division IS NULL;
  CREATE INDEX visibility_start ON visibility (namespace, start_time_ms) WHERE division IS NULL;
  CREATE INDEX visibility_division ON visibility (namespace, division, close_time_ms, start_time_ms)
    WHERE division IS NOT NULL;

  CREATE TABLE registry (
    registry TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (registry, id)
  ) STRICT;
  `,
  `
  ALTER TABLE run ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE run ADD COLUMN remove_at_ms INTEGER;
  CREATE INDEX run_removal ON run (run >> 40, remove_at_ms) WHERE remove_at_ms IS NOT NULL;

  CREATE TABLE removed (
    run INTEGER PRIMARY KEY
  ) STRICT;
  `,
  `
  CREATE TABLE attribute (
    namespace INTEGER NOT NULL,
    name TEXT NOT NULL,
    value ANY NOT NULL,
    close_time_ms INTEGER NOT NULL,
    start_time_ms INTEGER NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (namespace, name, value, close_time_ms, start_time_ms, run)
  ) STRICT, WITHOUT ROWID;

  CREATE TRIGGER attribute_insert AFTER INSERT ON visibility
  WHEN new.attributes IS NOT NULL AND new.division IS NULL BEGIN ${putAttributes} END;

  CREATE TRIGGER attribute_delete AFTER DELETE ON visibility
  WHEN old.attributes IS NOT NULL AND old.division IS NULL BEGIN ${takeAttributes} END;

  CREATE TRIGGER attribute_update AFTER UPDATE ON visibility
  WHEN old.attributes IS NOT NULL OR new.attributes IS NOT NULL BEGIN ${takeAttributes} ${putAttributes} END;

  INSERT OR IGNORE INTO attribute (name, value, ${PLACE})
    SELECT field.key, item.value, v.namespace, v.close_time_ms, v.start_time_ms, v.run
    FROM visibility AS v, ${items('v')} WHERE ${IS_INDEXED} AND v.division IS NULL;
  `,
  `
  CREATE TABLE lane_backlog (
    shard INTEGER NOT NULL,
    namespace INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    priority INTEGER NOT NULL,
    fairness_key TEXT NOT NULL,
    id INTEGER NOT NULL,
    fairness_weight REAL NOT NULL,
    run INTEGER NOT NULL,
    scheduled_event_id INTEGER NOT NULL,
    stamp INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    PRIMARY KEY (shard, namespace, kind, name, priority, fairness_key, id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO lane_backlog
    SELECT shard, namespace, kind, name, 3, '', id, 1, run, scheduled_event_id, stamp, created_at_ms FROM backlog;
  DROP TABLE backlog;
  ALTER TABLE lane_backlog RENAME TO backlog;
  CREATE UNIQUE INDEX backlog_id ON backlog (shard, id);
  `,
  `
  DROP INDEX backlog_id;
  CREATE UNIQUE INDEX backlog_run ON backlog (shard, run, id);
  `,
  `
  ${zoneMigration}
  DELETE FROM attribute WHERE typeof(value) <> 'text';
  DROP TRIGGER attribute_insert;
  CREATE TRIGGER attribute_insert AFTER INSERT ON visibility
  WHEN new.attributes IS NOT NULL AND new.division IS NULL BEGIN ${putTexts} END;
  CREATE TRIGGER attribute_update AFTER UPDATE OF division, close_time_ms, start_time_ms, attributes ON visibility
  WHEN old.attributes IS NOT NULL OR new.attributes IS NOT NULL BEGIN ${takeAttributes} ${putTexts} END;
  `,
  `
  CREATE TABLE dictionary (
    dictionary INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
  ) STRICT;
  ALTER TABLE history ADD COLUMN dictionary INTEGER;
  ALTER TABLE snapshot ADD COLUMN dictionary INTEGER;
  ALTER TABLE visibility ADD COLUMN dictionary INTEGER;
  `,
  idMigration,
  `
  CREATE TABLE journal (
    position INTEGER PRIMARY KEY,
    body BLOB NOT NULL
  ) STRICT;
  `,
];
