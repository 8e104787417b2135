import {
  cursorOf,
  isRejection,
  resolveListQuery,
  type BatchPage,
  type BatchTarget,
  type Rejection,
  type ResolvedQuery,
  type VisibilityRecord,
} from '@perdure/core';
import { BatchOperationType, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { BatchOperationUnpauseActivities, WorkflowExecution } from '@perdure/proto/types';
import { isTransient } from '../engine/routing.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import type { JobView, WalkOptions } from './walk.ts';

/** Executions in one page: few, as each page is written down, and what is not in it is seen as it is later. */
const PAGE_SIZE = 100;

/** These also concern what has closed. Temporal: worker/batcher/activities.go, adjustQueryBatchTypeEnum. */
const OF_CLOSED_TOO: ReadonlySet<BatchOperationType> = new Set<BatchOperationType>([
  BatchOperationType.Delete,
  BatchOperationType.Reset,
]);

/** A shard that cannot be reached is asked again after this time. */
const RETRY_MS = 200;

type PageOptions = Pick<WalkOptions, 'store' | 'engine' | 'host' | 'pause'>;

/** The page after the one that is done; a refusal where the query cannot be. */
export async function nextPage(
  options: PageOptions,
  namespace: Namespace,
  job: JobView,
): Promise<BatchPage | Rejection> {
  const { visibilityQuery = '', executions = [] } = job.request;
  return visibilityQuery === ''
    ? listedPage(options, namespace, job, executions)
    : queriedPage(options, namespace, job);
}

/** How many executions there are in all, by now. */
export async function countOf({ store }: PageOptions, namespace: Namespace, job: JobView): Promise<number> {
  const { visibilityQuery = '', executions = [] } = job.request;
  if (visibilityQuery === '') return executions.length;
  const query = queryOf(namespace, job);
  if (isRejection(query)) return 0;
  const groups = await store.countVisibility({ namespaceId: namespace.id, query, groupBy: undefined });
  return groups.reduce((total, { count }) => total + count, 0);
}

/** Which run a workflow's current one is, is settled here: asked again after a crash it might be another. */
async function listedPage(
  options: PageOptions,
  namespace: Namespace,
  { page }: JobView,
  listed: readonly WorkflowExecution[],
): Promise<BatchPage> {
  const from = page?.next !== undefined && 'index' in page.next ? page.next.index : 0;
  const end = Math.min(from + PAGE_SIZE, listed.length);
  const executions = await Promise.all(listed.slice(from, end).map((each) => targetOf(options, namespace, each)));
  return { executions, next: end < listed.length ? { index: end } : undefined };
}

async function targetOf(
  { engine, host, pause }: PageOptions,
  namespace: Namespace,
  { workflowId = '', runId = '' }: WorkflowExecution,
): Promise<BatchTarget> {
  if (runId !== '' || workflowId === '') return { workflowId, runId };
  const key = { namespaceId: namespace.id, workflowId };
  for (;;) {
    const current = await engine.read(key, '', (loaded) => loaded?.identity.runId ?? '');
    if (!isTransient(current)) return { workflowId, runId: isRejection(current) ? '' : current };
    await pause(host.now() + RETRY_MS);
  }
}

async function queriedPage({ store }: PageOptions, namespace: Namespace, job: JobView): Promise<BatchPage | Rejection> {
  const query = queryOf(namespace, job);
  if (isRejection(query)) return query;
  const after = job.page?.next !== undefined && 'after' in job.page.next ? job.page.next.after : undefined;
  const rows = await store.listVisibility({ namespaceId: namespace.id, query, pageSize: PAGE_SIZE, after });
  const last = rows.length === PAGE_SIZE ? rows.at(-1) : undefined;
  const executions = rows.filter((row) => !isOwnWork(row, job)).map(({ workflowId, runId }) => ({ workflowId, runId }));
  return { executions, next: last && { after: cursorOf(last) } };
}

/** A run that the job itself has ended comes up once more among those that have closed. */
function isOwnWork({ status, closeTimeMs = 0 }: VisibilityRecord, { operation, startedAtMs }: JobView): boolean {
  const { Terminated } = WorkflowExecutionStatus;
  return operation === BatchOperationType.Reset && status === Terminated && closeTimeMs >= startedAtMs;
}

function queryOf({ customAttributes }: Namespace, { request, operation }: JobView): ResolvedQuery | Rejection {
  const { visibilityQuery = '', unpauseActivitiesOperation } = request;
  const conditions = [
    visibilityQuery,
    OF_CLOSED_TOO.has(operation) ? undefined : "ExecutionStatus IN ('Running', 'Paused')",
    unpauseActivitiesOperation && pausedCondition(unpauseActivitiesOperation),
  ].filter((condition) => condition !== undefined);
  return resolveListQuery(conditions.map((condition) => `(${condition})`).join(' AND '), customAttributes);
}

/**
 * Only runs that have activities to unpause. In Temporal this takes the place of the query where a type is named, and the
 * whole namespace is unpaused: frontend/workflow_handler.go, StartBatchOperation.
 */
function pausedCondition({ type }: BatchOperationUnpauseActivities): string {
  if (type === undefined) return 'TemporalPauseInfo IS NOT NULL';
  const entry = `property:activityType=${type}`.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return `TemporalPauseInfo = '${entry}'`;
}
