import { OPEN_CLOSE_TIME_MS, type VisibilityRecord } from './record.ts';
import { compareTexts } from './text-order.ts';

/** A place in the default order: that of the last record of a page. What page tokens carry. */
export interface VisibilityCursor {
  /** {@link OPEN_CLOSE_TIME_MS} for an open run. */
  readonly closeTimeMs: number;
  readonly startTimeMs: number;
  readonly runId: string;
}

/** The place of a record. */
export function cursorOf(record: VisibilityRecord): VisibilityCursor {
  const { closeTimeMs = OPEN_CLOSE_TIME_MS, startTimeMs, runId } = record;
  return { closeTimeMs, startTimeMs, runId };
}

/**
 * The order of every list, for `sort`: open runs first, then the last closed; among these the last started; else by run
 * id, ascending. Temporal: store/sql/query_converter_legacy_sqlite.go, buildSelectStmt.
 */
export function compareCursors(a: VisibilityCursor, b: VisibilityCursor): number {
  return b.closeTimeMs - a.closeTimeMs || b.startTimeMs - a.startTimeMs || compareTexts(a.runId, b.runId);
}

/** {@link compareCursors} of two records. */
export function compareRecords(a: VisibilityRecord, b: VisibilityRecord): number {
  return compareCursors(cursorOf(a), cursorOf(b));
}
