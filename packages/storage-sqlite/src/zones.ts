import { OPEN_CLOSE_TIME_MS } from '@perdure/core';

/**
 * Zones: visibility cut, in its default order, into pieces of some hundred rows. Within a zone the values of an attribute
 * stand in the order of the values. So the first page of any range is found by a look into zone after zone, wherever in
 * the order its rows are: a sort of all of them, and a walk through all others, may both be long.
 *
 * A zone reaches from its own place up to the next zone's. Random runs begin one where they stand, in the commit that
 * puts them there: so zones get their size whatever the order in which rows come. One that has nearly lost its rows joins
 * the one below.
 */

/** One run in so many begins a zone; a power of two, up to 4,096. */
export const ZONE_ROWS = 512;

/** One in so many of the runs that leave a zone looks whether it is still worth its place; a power of two, up to 16. */
const LOOK_EVERY = 16;

/** A zone of fewer rows joins the one below. */
const ZONE_ROWS_MIN = 64;

/** Texts are cut after so many bytes among the values of a zone. Compared with a shorter one they are still exact. */
export const RANGED_TEXT_BYTES = 255;

/** The place of the lowest zone of a namespace, which is always there. */
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

function join(zone: string): string {
  return `
    UPDATE visibility SET zone = (
      SELECT lower.zone FROM zone AS lower WHERE lower.namespace = old.namespace
        AND (lower.close_time_ms, lower.start_time_ms) < (old.close_time_ms, old.start_time_ms)
      ORDER BY lower.close_time_ms DESC, lower.start_time_ms DESC LIMIT 1)
    FROM zone AS old
    WHERE old.zone = ${zone} AND old.close_time_ms > ${BOTTOM_MS} AND visibility.zone = old.zone
      AND (SELECT count(*) FROM (
        SELECT 1 FROM visibility AS row WHERE row.zone = old.zone LIMIT ${ZONE_ROWS_MIN})) < ${ZONE_ROWS_MIN}`;
}

function drop(zone: string): string {
  return `
    DELETE FROM zone WHERE zone = ${zone} AND close_time_ms > ${BOTTOM_MS}
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

const RANGED_VALUE = `iif(field.type <> 'text' OR octet_length(field.value) <= ${RANGED_TEXT_BYTES}, field.value,
  CAST(substr(CAST(field.value AS BLOB), 1, ${RANGED_TEXT_BYTES}) AS TEXT))`;

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
