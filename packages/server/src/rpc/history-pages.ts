import { encodeHistoryEvent } from '@perdure/proto';
import type { HistoryEvent, WorkflowExecution } from '@perdure/proto/types';
import { reject, type Rejection, type WorkflowKey } from '@perdure/core';
import {
  HistoryGone,
  type HistoryPage,
  type HistoryPosition,
  type HistorySource,
  type PageSize,
} from '../engine/history-reader.ts';
import type { LoadedRun } from '../engine/loaded-run.ts';
import type { Scope } from './served-method.ts';
import type { ExecutionIds } from './validate-fields.ts';

/**
 * Bytes of one page at which it takes no further event. One more event is at most as large as a request may be, so that
 * replies stay near the 4 MiB that clients take by default.
 */
const PAGE_SIZE_BYTES_MAX = 1024 * 1024;

/** Reads a history. A run that is removed meanwhile is not found. */
export async function whileThere<T>(
  execution: WorkflowExecution | undefined,
  read: () => Promise<T>,
): Promise<T | Rejection> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof HistoryGone)) throw error;
    const { workflowId = '', runId = '' } = execution ?? {};
    return notFound({ workflowId, runId });
  }
}

/** Temporal: persistence/sql/execution.go. */
export function notFound({ workflowId, runId }: ExecutionIds): Rejection {
  return reject.notFound(
    runId === ''
      ? `workflow not found for ID: ${workflowId}`
      : `workflow execution not found for workflow ID "${workflowId}" and run ID "${runId}"`,
  );
}

/** Rows of one page, whoever asks for more. Temporal: common/primitives/constants.go, GetHistoryMaxPageSize. */
const PAGE_SIZE_ROWS_MAX = 256;

/** The keys of the sizes of pages: of those that clients ask for, and of what comes with workflow tasks and with queries. */
type PageSizeKey = 'frontend.historyMaxPageSize' | 'limit.historyMaxPageSize' | 'matching.historyMaxPageSize';

/** The size of a page that a client asks for; what is unset is that of the configuration. Temporal: workflow_handler.go. */
export function pageSize(scope: Scope, rows: number | undefined): PageSize {
  return rows !== undefined && rows > 0 ? pageOf(rows) : pageSizeOf(scope, 'frontend.historyMaxPageSize');
}

function pageSizeOf({ config, namespace }: Scope, key: PageSizeKey): PageSize {
  return pageOf(config.get(key, { namespace: namespace.name }));
}

function pageOf(rows: number): PageSize {
  return { rowsMax: Math.max(Math.min(rows, PAGE_SIZE_ROWS_MAX), 1), bytesMax: PAGE_SIZE_BYTES_MAX };
}

/** The history of a run in memory, as far as it is durable now. */
export function sourceOf({ engine }: Scope, loaded: LoadedRun): HistorySource {
  return { shard: engine.shardIdOf(keyOf(loaded)), run: loaded.key, recent: [...loaded.recent] };
}

export function keyOf({ identity }: LoadedRun): WorkflowKey {
  return { namespaceId: identity.namespaceId, workflowId: identity.id };
}

/** What a page's token has to say of the run. */
export interface PagedRun {
  readonly source: HistorySource;
  readonly runId: string;
  readonly workflowId: string;
  readonly endEventId: number;
  readonly open: boolean;
}

/** The token of the page that begins there. */
export function pageToken(scope: Scope, paged: PagedRun, next: HistoryPosition, reverse = false): Uint8Array {
  const { source, runId, workflowId, endEventId, open } = paged;
  const { eventId, sequence } = next;
  const namespaceId = scope.namespace.id;
  return scope.tokens.history({
    namespaceId,
    workflowId,
    runId,
    run: source.run,
    eventId,
    sequence,
    endEventId,
    open,
    reverse,
  });
}

/** The beginning of the history that a worker gets with a task, and the token for the rest. */
export interface TaskHistory {
  readonly slices: readonly Uint8Array[];
  /** Undefined where the slices are all. */
  readonly nextPageToken: Uint8Array | undefined;
}

/** Events from `fromEventId` on, before `endEventId`; at their end, if the page reaches it, those that are not recorded. */
export async function taskHistory(
  scope: Scope,
  loaded: LoadedRun,
  bounds: { readonly fromEventId: number; readonly endEventId: number; readonly unrecorded: readonly HistoryEvent[] },
  sizeKey: Exclude<PageSizeKey, 'frontend.historyMaxPageSize'>,
): Promise<TaskHistory> {
  const { fromEventId, endEventId, unrecorded } = bounds;
  const source = sourceOf(scope, loaded);
  const from = await scope.history.find(source, fromEventId);
  const page: HistoryPage = await scope.history.forward(source, from, endEventId, pageSizeOf(scope, sizeKey));
  if (page.next === undefined) {
    return { slices: [...page.slices, ...unrecorded.map(encodeHistoryEvent)], nextPageToken: undefined };
  }
  const { id: workflowId, runId } = loaded.identity;
  const paged = { source, runId, workflowId, endEventId, open: true };
  return { slices: page.slices, nextPageToken: pageToken(scope, paged, page.next) };
}
