import { isOpen, isRejection, reject, type Rejection } from '@perdure/core';
import { QueryRejectCondition, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { QueryWorkflowResponse, WorkflowQuery } from '@perdure/proto/types';
import type { LoadedRun } from '../engine/loaded-run.ts';
import type { QueryAnswer } from '../engine/queries.ts';
import type { CallContext, Reply } from './handler.ts';
import { notFound } from './history-pages.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import type { RequestOf, Scope, WorkflowMethods } from './served-method.ts';
import { enumRefusal, executionIds, payloadsRefusal } from './validate-fields.ts';

export const queries: WorkflowMethods = {
  QueryWorkflow: within(NamespaceUse.Any, queryWorkflow),
};

/** Temporal: frontend/workflow_handler.go, then history/api/queryworkflow/api.go. */
async function queryWorkflow(
  scope: Scope,
  request: RequestOf<'QueryWorkflow'>,
  context: CallContext,
): Promise<Reply<QueryWorkflowResponse>> {
  const ids = executionIds(request.execution);
  if (isRejection(ids)) return ids;
  const query = checkQuery(scope, request);
  if (isRejection(query)) return query;
  const key = { namespaceId: scope.namespace.id, workflowId: ids.workflowId };
  const loaded = await scope.engine.read(key, ids.runId, (run) => run ?? notFound(ids));
  if (isRejection(loaded)) return loaded;
  const status = rejectedStatus(loaded, request.queryRejectCondition);
  if (status !== undefined) {
    return { message: { queryRejected: { status }, link: linkOf(scope, loaded, 'Query rejected') } };
  }
  const answer = await ask(scope, loaded, query, context);
  if (isRejection(answer)) return answer;
  return { message: { queryResult: answer, link: linkOf(scope, loaded, 'Query processed') } };
}

function checkQuery({ limits }: Scope, request: RequestOf<'QueryWorkflow'>): WorkflowQuery | Rejection {
  const { query, queryRejectCondition } = request;
  if (query === undefined) return reject.invalidArgument('WorkflowQuery is not set on request.');
  if (!query.queryType) return reject.invalidArgument('QueryType is not set on request.');
  return (
    enumRefusal('QueryRejectCondition', QueryRejectCondition, queryRejectCondition) ??
    payloadsRefusal(query.queryArgs, limits) ??
    query
  );
}

/** The status because of which a run that has closed, or is held, is not asked; undefined where it is. */
function rejectedStatus(
  { run }: LoadedRun,
  condition: QueryRejectCondition | undefined,
): WorkflowExecutionStatus | undefined {
  const { status } = run.lifecycle;
  if (isOpen(run)) return status === WorkflowExecutionStatus.Paused ? status : undefined;
  const unclean = status !== WorkflowExecutionStatus.Completed;
  const rejected =
    condition === QueryRejectCondition.NotOpen || (condition === QueryRejectCondition.NotCompletedCleanly && unclean);
  return rejected ? status : undefined;
}

/** Asks the run's worker, for as long as the caller waits. */
function ask(scope: Scope, loaded: LoadedRun, query: WorkflowQuery, context: CallContext): Promise<QueryAnswer> {
  const { engine, limits } = scope;
  const { signal } = context;
  if (signal.aborted) return Promise.resolve(TIMED_OUT);
  const untilMs = Math.min(context.deadlineMs ?? Infinity, scope.host.now() + LONGEST_WAIT_MS);
  const bounds = { bufferedMax: limits.bufferedQueriesMax, untilMs };
  return new Promise((resolve) => {
    const giveUp = (): void => {
      withdraw();
      resolve(TIMED_OUT);
    };
    const withdraw = engine.queries.ask(loaded, query, bounds, (answer) => {
      signal.removeEventListener('abort', giveUp);
      resolve(answer);
    });
    signal.addEventListener('abort', giveUp, { once: true });
  });
}

/** No query waits longer for a first workflow task. Temporal: client/history/client.go. */
const LONGEST_WAIT_MS = 30_000;

const TIMED_OUT = reject.deadlineExceeded('query timed out before a worker could process it');

function linkOf({ namespace }: Scope, { identity }: LoadedRun, reason: string) {
  return { workflow: { namespace: namespace.name, workflowId: identity.id, runId: identity.runId, reason } };
}
