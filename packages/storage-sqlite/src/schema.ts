/** Marks a file as ours ("Prdu"): SQLite's `application_id`. */
export const APPLICATION_ID = 0x50726475;

/**
 * The schema's versions: entry n brings a file from version n to n + 1 and is never changed once released.
 *
 * Layout, and why:
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
];
