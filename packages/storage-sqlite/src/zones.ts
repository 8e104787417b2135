import { OPEN_CLOSE_TIME_MS } from '@perdure/core';

/**
 * Zones: visibility cut, in its default order, into pieces of some hundred rows. Within a zone the values of an attribute
 * stand in the order of the values. So the first page of any range is found by a look into zone after zone, wherever in
 * the order its rows are: a sort of all of them, and a walk through all others, may both be long.
 *
 * A zone reaches from its own place up to the next zone's. Random runs begin one where they stand, in the commit that
 * puts them there: so zones get their size whatever the order in which rows come. One that has nearly lost its rows joins
 * the one below, unless that has enough: among workflows that close soon those that stay open come slowly, and their
 * zones would be joined as they begin, to one of all of them. Open and closed rows never share one: rows that close
 * would move all that are open.
 */

/** One run in so many begins a zone; a power of two, up to 4,096. */
export const ZONE_ROWS = 512;

/** One in so many of the runs that leave a zone looks whether it is still worth its place; a power of two, up to 16. */
const LOOK_EVERY = 16;

/** A zone of fewer rows joins the one below, if that has no more than {@link ZONE_ROWS}. */
const ZONE_ROWS_MIN = 64;

/** Texts are cut after so many bytes among the values of a zone. Compared with a shorter one they are still exact. */
export const RANGED_TEXT_BYTES = 255;

/** In the places of the two zones of a namespace that are always there: below all rows, and below those that are open. */
const BOTTOM_MS = Number.MIN_SAFE_INTEGER;

/** Whether a run begins a zone. The last digits of run ids are random. */
export function beginsZone(runId: string): boolean {
  return (Number.parseInt(runId.slice(-3), 16) & (ZONE_ROWS - 1)) === 0;
}

/** Whether a run that leaves its zone looks at what is left of it. */
export function looksAtZone(runId: string): boolean {
  return (Number.parseInt(runId.slice(-4, -3), 16) & (LOOK_EVERY - 1)) === 0;
}

/** The same of a run that is removed, by its key. */
export function looksAtZoneWhenRemoved(run: number): boolean {
  return run % LOOK_EVERY === 0;
}

const ORDER = 'ORDER BY close_time_ms DESC, start_time_ms DESC LIMIT 1';
const NAMESPACE = '(SELECT namespace FROM namespace WHERE id = ?)';

/** The zone of a place; with `<` the zone below it. */
function zoneAt(namespace: string, operator: '<=' | '<' = '<=', place = '?, ?'): string {
  return `(SELECT zone FROM zone WHERE namespace = ${namespace}
    AND (close_time_ms, start_time_ms) ${operator} (${place}) ${ORDER})`;
}

/** The zone of a row that is put: of namespace `namespace`, at a place that is NULL for a row that is in no zone. */
export const ZONE_OF_PUT = zoneAt('run.namespace');

const ZONE_OF_RUN = `(SELECT zone FROM visibility WHERE run = ?)`;

/** Of the two that are always there one is at the bottom of all closes, the other of all starts of those that are open. */
function isNoBottom(zone: string): string {
  return `${zone}.close_time_ms > ${BOTTOM_MS} AND ${zone}.start_time_ms > ${BOTTOM_MS}`;
}

/** The zone below `old`. */
const LOWER = `(SELECT lower.zone FROM zone AS lower WHERE lower.namespace = old.namespace
  AND (lower.close_time_ms, lower.start_time_ms) < (old.close_time_ms, old.start_time_ms)
  ORDER BY lower.close_time_ms DESC, lower.start_time_ms DESC LIMIT 1)`;

function join(zone: string): string {
  return `
    UPDATE visibility SET zone = ${LOWER} FROM zone AS old
    WHERE old.zone = ${zone} AND ${isNoBottom('old')} AND visibility.zone = old.zone
      AND ${hasFewer('old.zone', ZONE_ROWS_MIN)} AND ${hasFewer(LOWER, ZONE_ROWS + 1)}`;
}

function hasFewer(zone: string, rows: number): string {
  return `(SELECT count(*) FROM (SELECT 1 FROM visibility AS row WHERE row.zone = ${zone} LIMIT ${rows})) < ${rows}`;
}

function drop(zone: string): string {
  return `
    DELETE FROM zone WHERE zone = ${zone} AND ${isNoBottom('zone')}
      AND NOT EXISTS (SELECT 1 FROM visibility WHERE visibility.zone = zone.zone)`;
}

/** The statements of commits that keep zones. All take the namespace's id and a place, or a run's key. */
export const zoneTexts = {
  beginZone: `INSERT OR IGNORE INTO zone (namespace, close_time_ms, start_time_ms) VALUES (${NAMESPACE}, ?, ?)`,
  /** Takes what is above the place out of the zone below. */
  splitZone: `
    UPDATE visibility SET zone = ${zoneAt(NAMESPACE)}
    WHERE zone = ${zoneAt(NAMESPACE, '<')} AND (close_time_ms, start_time_ms) >= (?, ?)`,
  joinZone: join(zoneAt(NAMESPACE)),
  dropZone: drop(zoneAt(NAMESPACE)),
  joinZoneOfRun: join(ZONE_OF_RUN),
  dropZoneOfRun: drop(`(
    SELECT upper.zone FROM visibility AS gone CROSS JOIN zone AS upper ON upper.namespace = gone.namespace
      AND (upper.close_time_ms, upper.start_time_ms) <= (gone.close_time_ms, gone.start_time_ms)
    WHERE gone.run = ? ORDER BY upper.close_time_ms DESC, upper.start_time_ms DESC LIMIT 1)`),
} as const;

function cut(text: string): string {
  return `iif(octet_length(${text}) <= ${RANGED_TEXT_BYTES}, ${text},
  CAST(substr(CAST(${text} AS BLOB), 1, ${RANGED_TEXT_BYTES}) AS TEXT))`;
}

const RANGED_VALUE = `iif(field.type <> 'text', field.value, ${cut('field.value')})`;

/** The values that are no lists: `zone`, `name`, `value`, `run`. */
function ranged(row: string): string {
  return `SELECT ${row}.zone, field.key, ${RANGED_VALUE}, ${row}.run
    FROM json_each(${row}.attributes) AS field WHERE ${row}.scalars AND field.type <> 'array'`;
}

const putRanged = `INSERT INTO ranged (zone, name, value, run) ${ranged('new')};`;
const takeRanged = `DELETE FROM ranged WHERE (zone, name, value, run) IN (${ranged('old')});`;

/** Open runs have no duration; their index leaves them out. */
export const IS_CLOSED = `close_time_ms <> ${OPEN_CLOSE_TIME_MS}`;

/** How long a run took, milliseconds. */
export const DURATION_MS = 'close_time_ms - start_time_ms - execution_delay_ms';

/** When a run's first task was, or is to be. */
export const EXECUTION_TIME_MS = 'start_time_ms + execution_delay_ms';

/** Takes zones, their indexes and their triggers into a schema without; `scalars` tells rows with attributes that are no lists. */
export const zoneMigration = `
  CREATE TABLE zone (
    zone INTEGER PRIMARY KEY,
    namespace INTEGER NOT NULL,
    close_time_ms INTEGER NOT NULL,
    start_time_ms INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX zone_order ON zone (namespace, close_time_ms, start_time_ms);
  INSERT INTO zone (namespace, close_time_ms, start_time_ms) SELECT namespace, ${BOTTOM_MS}, 0 FROM namespace;
  INSERT OR IGNORE INTO zone (namespace, close_time_ms, start_time_ms)
    SELECT namespace, close_time_ms, start_time_ms FROM visibility
    WHERE division IS NULL AND run & ${ZONE_ROWS - 1} = 0;
  CREATE TRIGGER zone_namespace AFTER INSERT ON namespace BEGIN
    INSERT INTO zone (namespace, close_time_ms, start_time_ms) VALUES (new.namespace, ${BOTTOM_MS}, 0);
  END;

  DROP TRIGGER attribute_update;
  ALTER TABLE visibility ADD COLUMN scalars INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE visibility ADD COLUMN zone INTEGER;
  UPDATE visibility SET zone = ${zoneAt('visibility.namespace', '<=', 'visibility.close_time_ms, visibility.start_time_ms')},
    scalars = EXISTS (SELECT 1 FROM json_each(visibility.attributes) WHERE type <> 'array')
  WHERE division IS NULL;

  CREATE TABLE ranged (
    zone INTEGER NOT NULL,
    name TEXT NOT NULL,
    value ANY NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (zone, name, value, run)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO ranged (zone, name, value, run)
    SELECT v.zone, field.key, ${RANGED_VALUE}, v.run
    FROM visibility AS v, json_each(v.attributes) AS field WHERE field.type <> 'array' AND v.zone IS NOT NULL;
  CREATE TRIGGER ranged_insert AFTER INSERT ON visibility WHEN new.scalars BEGIN ${putRanged} END;
  CREATE TRIGGER ranged_delete AFTER DELETE ON visibility WHEN old.scalars BEGIN ${takeRanged} END;
  CREATE TRIGGER ranged_update AFTER UPDATE OF zone, scalars, attributes ON visibility
  WHEN old.scalars OR new.scalars BEGIN ${takeRanged} ${putRanged} END;

  DROP INDEX visibility_start;
  CREATE INDEX visibility_start ON visibility (zone, start_time_ms) WHERE zone IS NOT NULL;
  CREATE INDEX visibility_queue ON visibility (zone, task_queue) WHERE zone IS NOT NULL;
  CREATE INDEX visibility_length ON visibility (zone, history_length)
    WHERE zone IS NOT NULL AND history_length IS NOT NULL;
  CREATE INDEX visibility_size ON visibility (zone, history_size_bytes)
    WHERE zone IS NOT NULL AND history_size_bytes IS NOT NULL;
  CREATE INDEX visibility_transitions ON visibility (zone, state_transition_count)
    WHERE zone IS NOT NULL AND state_transition_count IS NOT NULL;
  CREATE INDEX visibility_execution ON visibility (zone, ${EXECUTION_TIME_MS}) WHERE zone IS NOT NULL;
  CREATE INDEX visibility_duration ON visibility (zone, ${DURATION_MS}) WHERE zone IS NOT NULL AND ${IS_CLOSED};
  CREATE INDEX visibility_root ON visibility (namespace, root_workflow_id) WHERE root_workflow_id IS NOT NULL;
  CREATE INDEX visibility_parent ON visibility (namespace, parent_workflow_id, close_time_ms, start_time_ms)
    WHERE division IS NULL AND parent_workflow_id IS NOT NULL;
`;

/** What ids stand under among the values of a zone: no search attribute has these names. Each row has the first one. */
export const rangedIds = { WorkflowId: '', ParentWorkflowId: 'ParentWorkflowId', RootWorkflowId: 'RootWorkflowId' };

/** Triggers that keep workflows' ids among the values of zones: each row has one, so what they cost counts. */
const ID = `(SELECT ${cut('id')} FROM run WHERE run.run = new.run)`;
const idTriggers = `
  CREATE TRIGGER id_insert AFTER INSERT ON visibility WHEN new.zone IS NOT NULL BEGIN
    INSERT INTO ranged (zone, name, value, run) VALUES (new.zone, '${rangedIds.WorkflowId}', ${ID}, new.run);
  END;
  CREATE TRIGGER id_delete AFTER DELETE ON visibility WHEN old.zone IS NOT NULL BEGIN
    DELETE FROM ranged WHERE zone = old.zone AND name = '${rangedIds.WorkflowId}'
      AND value = (SELECT ${cut('id')} FROM run WHERE run.run = old.run) AND run = old.run;
  END;
  CREATE TRIGGER id_move AFTER UPDATE OF zone ON visibility WHEN old.zone <> new.zone BEGIN
    UPDATE ranged SET zone = new.zone WHERE zone = old.zone AND name = '${rangedIds.WorkflowId}' AND value = ${ID} AND run = new.run;
  END;
  CREATE TRIGGER id_come AFTER UPDATE OF zone ON visibility WHEN old.zone IS NULL AND new.zone IS NOT NULL BEGIN
    INSERT INTO ranged (zone, name, value, run) VALUES (new.zone, '${rangedIds.WorkflowId}', ${ID}, new.run);
  END;
  CREATE TRIGGER id_go AFTER UPDATE OF zone ON visibility WHEN old.zone IS NOT NULL AND new.zone IS NULL BEGIN
    DELETE FROM ranged WHERE zone = old.zone AND name = '${rangedIds.WorkflowId}' AND value = ${ID} AND run = new.run;
  END;`;

/** The ids of a row's parent and root where it has any: `zone`, `name`, `value`, `run`. */
function relatives(row: string): string {
  return `SELECT ${row}.zone, name, ${cut('value')}, ${row}.run FROM (
      SELECT '${rangedIds.ParentWorkflowId}' AS name, ${row}.parent_workflow_id AS value
      UNION ALL SELECT '${rangedIds.RootWorkflowId}', ${row}.root_workflow_id)
    WHERE value IS NOT NULL AND ${row}.zone IS NOT NULL`;
}

function hasRelatives(row: string): string {
  return `(${row}.parent_workflow_id IS NOT NULL OR ${row}.root_workflow_id IS NOT NULL)`;
}

const putRelatives = `INSERT INTO ranged (zone, name, value, run) ${relatives('new')};`;
const takeRelatives = `DELETE FROM ranged WHERE (zone, name, value, run) IN (${relatives('old')});`;
const relativeTriggers = `
  CREATE TRIGGER relatives_insert AFTER INSERT ON visibility WHEN ${hasRelatives('new')} BEGIN ${putRelatives} END;
  CREATE TRIGGER relatives_delete AFTER DELETE ON visibility WHEN ${hasRelatives('old')} BEGIN ${takeRelatives} END;
  CREATE TRIGGER relatives_update AFTER UPDATE OF zone, parent_workflow_id, root_workflow_id ON visibility
  WHEN ${hasRelatives('old')} OR ${hasRelatives('new')} BEGIN ${takeRelatives} ${putRelatives} END;`;

const LARGE = `(SELECT zone FROM visibility WHERE zone IS NOT NULL GROUP BY zone HAVING count(*) > ${2 * ZONE_ROWS})`;

/**
 * Takes ids into zones, and open rows into zones of their own; relatives are found by each id in the default order.
 * Cuts zones that were joined over and over.
 */
export const idMigration = `
  INSERT INTO zone (namespace, close_time_ms, start_time_ms)
    SELECT namespace, ${OPEN_CLOSE_TIME_MS}, ${BOTTOM_MS} FROM namespace;
  INSERT OR IGNORE INTO zone (namespace, close_time_ms, start_time_ms)
    SELECT namespace, close_time_ms, start_time_ms FROM visibility
    WHERE run & ${ZONE_ROWS - 1} = 0 AND zone IN ${LARGE};
  UPDATE visibility SET zone = ${zoneAt('visibility.namespace', '<=', 'visibility.close_time_ms, visibility.start_time_ms')}
    WHERE zone IN ${LARGE} OR division IS NULL AND close_time_ms = ${OPEN_CLOSE_TIME_MS};
  DROP TRIGGER zone_namespace;
  CREATE TRIGGER zone_namespace AFTER INSERT ON namespace BEGIN
    INSERT INTO zone (namespace, close_time_ms, start_time_ms)
    VALUES (new.namespace, ${BOTTOM_MS}, 0), (new.namespace, ${OPEN_CLOSE_TIME_MS}, ${BOTTOM_MS});
  END;

  INSERT INTO ranged (zone, name, value, run)
    SELECT v.zone, '${rangedIds.WorkflowId}', ${cut('run.id')}, v.run
    FROM visibility AS v JOIN run ON run.run = v.run WHERE v.zone IS NOT NULL;
  INSERT INTO ranged (zone, name, value, run)
    SELECT zone, '${rangedIds.ParentWorkflowId}', ${cut('parent_workflow_id')}, run
    FROM visibility WHERE zone IS NOT NULL AND parent_workflow_id IS NOT NULL;
  INSERT INTO ranged (zone, name, value, run)
    SELECT zone, '${rangedIds.RootWorkflowId}', ${cut('root_workflow_id')}, run
    FROM visibility WHERE zone IS NOT NULL AND root_workflow_id IS NOT NULL;
  ${idTriggers}
  ${relativeTriggers}

  DROP INDEX visibility_root;
  CREATE INDEX visibility_root ON visibility (namespace, root_workflow_id, close_time_ms, start_time_ms)
    WHERE root_workflow_id IS NOT NULL;
  CREATE INDEX visibility_root_run ON visibility (namespace, root_run_id, close_time_ms, start_time_ms)
    WHERE root_run_id IS NOT NULL;
  CREATE INDEX visibility_parent_run ON visibility (namespace, parent_run_id, close_time_ms, start_time_ms)
    WHERE parent_run_id IS NOT NULL;
`;
