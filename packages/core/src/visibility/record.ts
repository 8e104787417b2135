import type { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Memo, SearchAttributes } from '@perdure/proto/types';

/**
 * What visibility keeps of one run: one row, keyed by namespace and run id, replaced as a whole. It is written when the
 * run starts, when its memo or search attributes change and when it closes.
 * Temporal: common/persistence/visibility/store/visibility_store.go.
 */
export interface VisibilityRecord {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly status: WorkflowExecutionStatus;
  /** Milliseconds since the epoch, as all times here. */
  readonly startTimeMs: number;
  /** The start, later by the delay or the backoff of the first workflow task. */
  readonly executionTimeMs: number;
  /** Undefined while the run is open; so are the three that follow, which a query then sees as null. */
  readonly closeTimeMs: number | undefined;
  /** Number of events. */
  readonly historyLength: number | undefined;
  readonly historySizeBytes: number | undefined;
  readonly stateTransitionCount: number | undefined;
  /** Undefined where the run has no parent. */
  readonly parentWorkflowId: string | undefined;
  readonly parentRunId: string | undefined;
  /** The run itself where it has no parent. */
  readonly rootWorkflowId: string;
  readonly rootRunId: string;
  /** Undefined where there is none. */
  readonly memo: Memo | undefined;
  /** Custom and predefined attributes as a list answers them: each payload names its type. Undefined: none. */
  readonly searchAttributes: SearchAttributes | undefined;
  /** The same attributes as a query compares them, by name; one that is not set is not in the map. */
  readonly values: ReadonlyMap<string, AttributeValue>;
}

/**
 * A search attribute's value in the form that is compared. By type: Keyword its string; Text its token form (see
 * `textTokens`); Int and Double a number; Bool a boolean; Datetime milliseconds since the epoch, with microseconds as
 * the fraction; KeywordList its strings. Integers beyond 2^53 are rounded.
 */
export type AttributeValue = AttributeScalar | readonly string[];

/** An {@link AttributeValue} of any type but KeywordList. */
export type AttributeScalar = string | number | boolean;

/**
 * What an open run's close time counts as in an order and in a comparison: 9999-12-31T23:59:59Z. Only `IS NULL` sees
 * that there is none. Temporal: store/sql/query_converter_util_legacy.go, maxDatetimeValue.
 */
export const OPEN_CLOSE_TIME_MS = 253_402_300_799_000;

/** From the execution time to the close, in nanoseconds; undefined while the run is open. */
export function executionDurationNanos(record: VisibilityRecord): number | undefined {
  return record.closeTimeMs === undefined ? undefined : (record.closeTimeMs - record.executionTimeMs) * 1_000_000;
}
