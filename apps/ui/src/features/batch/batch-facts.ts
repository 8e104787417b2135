import type {
  BatchOperationState,
  BatchOperationType,
  DescribeBatchOperationResponse,
} from '@perdure/proto/json-types';
import { enumWords } from '../../lib/history/events.ts';
import { instantMs } from '../../lib/time.ts';

const names: Readonly<Record<string, string>> = {
  TERMINATE: 'Terminate',
  CANCEL: 'Request cancellation',
  SIGNAL: 'Signal',
  DELETE: 'Delete',
  RESET: 'Reset',
  UPDATE_EXECUTION_OPTIONS: 'Change options',
  UNPAUSE_ACTIVITY: 'Resume activities',
  UPDATE_ACTIVITY_OPTIONS: 'Change options of activities',
  RESET_ACTIVITY: 'Reset activities',
};

/** What a batch does to each, in words. Newer servers name the same with `_WORKFLOW` at its end. */
export function operationWords(type: BatchOperationType | undefined): string {
  const name = (type ?? '').replace('BATCH_OPERATION_TYPE_', '').replace(/_WORKFLOW(?=$|_)/, '');
  return names[name] ?? enumWords(type, 'BATCH_OPERATION_TYPE_');
}

export function isUnderWay(state: BatchOperationState | undefined): boolean {
  return (
    state === 'BATCH_OPERATION_STATE_RUNNING' || state === undefined || state === 'BATCH_OPERATION_STATE_UNSPECIFIED'
  );
}

/** How far a batch is. */
export interface BatchProgress {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** From 0 to 1; all of nothing is done. */
  readonly share: number;
  /** How long the rest will take at the speed so far; undefined where nothing can be said. */
  readonly leftMs: number | undefined;
}

export function progressOf(batch: DescribeBatchOperationResponse, nowMs: number): BatchProgress {
  const done = Number(batch.completeOperationCount ?? 0);
  const failed = Number(batch.failureOperationCount ?? 0);
  const total = Math.max(Number(batch.totalOperationCount ?? 0), done + failed);
  const isOpen = isUnderWay(batch.state);
  const startMs = instantMs(batch.startTime);
  const handled = done + failed;
  const share = total === 0 ? (isOpen ? 0 : 1) : handled / total;
  const hasSpeed = isOpen && handled > 0 && startMs !== undefined && nowMs > startMs;
  return {
    total,
    done,
    failed,
    share,
    leftMs: hasSpeed ? ((nowMs - startMs) / handled) * (total - handled) : undefined,
  };
}
