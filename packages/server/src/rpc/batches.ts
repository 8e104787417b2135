import {
  batchState,
  describeBatch,
  ExhaustedCause,
  isRejection,
  listedOperation,
  reject,
  toTimestamp,
  toTimestampIfSet,
  type BatchKey,
  type Rejection,
} from '@perdure/core';
import { isTransient } from '../engine/routing.ts';
import { ALL_JOBS, OPEN_JOBS } from '../batches/job-queries.ts';
import type { Reply } from './handler.ts';
import { readListPage } from './list-page.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { validateBatch } from './validate-batch.ts';
import { detailedLengthRefusal, firstOf } from './validate-fields.ts';

/** Batch operations. Temporal: frontend/workflow_handler.go and worker/batcher. */
export const batches: WorkflowMethods = {
  StartBatchOperation: within(NamespaceUse.Start, startBatchOperation),
  StopBatchOperation: within(NamespaceUse.Any, stopBatchOperation),
  DescribeBatchOperation: within(NamespaceUse.Any, describeBatchOperation),
  ListBatchOperations: within(NamespaceUse.Any, listBatchOperations),
};

function keyOf({ namespace }: Scope, jobId: string): BatchKey {
  return { namespaceId: namespace.id, jobId };
}

function disabledRefusal({ config, namespace }: Scope): Rejection | undefined {
  return config.get('frontend.enableBatcher', { namespace: namespace.name })
    ? undefined
    : reject.permissionDenied('Batch operation feature are disabled on this namespace.');
}

async function startBatchOperation(
  scope: Scope,
  request: RequestOf<'StartBatchOperation'>,
): Promise<Reply<ReplyOf<'StartBatchOperation'>>> {
  const { namespace: _name, targetExecutions = [], ...rest } = request;
  const { jobId = '' } = rest;
  const operation = disabledRefusal(scope) ?? validateBatch(request);
  if (isRejection(operation)) return operation;
  const tooMany = await concurrencyRefusal(scope);
  const refusal = tooMany ?? detailedLengthRefusal('WorkflowId', jobId, scope.limits);
  if (refusal !== undefined) return refusal;
  const key = keyOf(scope, jobId);
  // Two ways to say the same: workflows as such, or as executions of that type.
  const targets = targetExecutions.map(({ businessId, runId }) => ({ workflowId: businessId, runId }));
  const asked = targets.length > 0 ? { ...rest, executions: targets } : rest;
  const started = await scope.engine.submit(key, { kind: 'startBatch', request: asked, ...operation });
  // Where nobody can say whether it has begun, the walker finds out.
  if (!isRejection(started) || isTransient(started)) scope.batches.walk(key);
  return isRejection(started) ? started : { message: {} };
}

/** Two that come at the same moment may both be let in, as in Temporal. */
async function concurrencyRefusal({ config, store, namespace }: Scope): Promise<Rejection | undefined> {
  const max = config.get('frontend.MaxConcurrentBatchOperationPerNamespace', { namespace: namespace.name });
  const open = await store.listVisibility({
    namespaceId: namespace.id,
    query: OPEN_JOBS,
    pageSize: Math.max(max, 1),
    after: undefined,
  });
  return open.length >= max
    ? reject.resourceExhausted(ExhaustedCause.ConcurrentLimit, 'Max concurrent batch operations is reached')
    : undefined;
}

async function stopBatchOperation(
  scope: Scope,
  { jobId = '', reason = '' }: RequestOf<'StopBatchOperation'>,
): Promise<Reply<ReplyOf<'StopBatchOperation'>>> {
  const refusal = firstOf(
    () => jobIdRefusal(jobId),
    () => (reason === '' ? reject.invalidArgument('Reason is not set on request.') : undefined),
    () => disabledRefusal(scope),
  );
  if (refusal !== undefined) return refusal;
  const key = keyOf(scope, jobId);
  const stopped = await scope.engine.submit(key, { kind: 'stopBatch', reason });
  if (isRejection(stopped)) return stopped;
  scope.batches.ended(key);
  return { message: {} };
}

function jobIdRefusal(jobId: string): Rejection | undefined {
  return jobId === '' ? reject.invalidArgument('JobId is not set on request.') : undefined;
}

async function describeBatchOperation(
  scope: Scope,
  { jobId = '' }: RequestOf<'DescribeBatchOperation'>,
): Promise<Reply<ReplyOf<'DescribeBatchOperation'>>> {
  const refusal = jobIdRefusal(jobId) ?? disabledRefusal(scope);
  if (refusal !== undefined) return refusal;
  const message = await scope.engine.read(keyOf(scope, jobId), '', (loaded) =>
    loaded === undefined ? reject.notFound(`workflow not found for ID: ${jobId}`) : describeBatch(loaded.run),
  );
  return isRejection(message) ? message : { message };
}

async function listBatchOperations(
  scope: Scope,
  { pageSize: size, nextPageToken: token }: RequestOf<'ListBatchOperations'>,
): Promise<Reply<ReplyOf<'ListBatchOperations'>>> {
  const refusal = disabledRefusal(scope);
  if (refusal !== undefined) return refusal;
  const page = await readListPage(scope, ALL_JOBS, size, token);
  if (isRejection(page)) return page;
  const operationInfo = page.records.map(({ workflowId: jobId, status, startTimeMs, closeTimeMs, memo }) => ({
    jobId,
    state: batchState(status),
    startTime: toTimestamp(startTimeMs),
    closeTime: toTimestampIfSet(closeTimeMs),
    operationType: listedOperation(memo),
  }));
  return { message: { operationInfo, nextPageToken: page.nextPageToken } };
}
