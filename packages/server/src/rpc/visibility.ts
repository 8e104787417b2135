import {
  executionInfo,
  groupValuePayload,
  isRejection,
  reject,
  resolveCountQuery,
  resolveListQuery,
  storedAttributeType,
  timestampMs,
  type CustomAttributes,
  type Rejection,
} from '@perdure/core';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { StartTimeFilter, WorkflowExecutionInfo } from '@perdure/proto/types';
import type { Reply } from './handler.ts';
import { readListPage } from './list-page.ts';
import { NamespaceUse, within } from './namespace-gate.ts';
import { searchWithin } from './search-limit.ts';
import type { ReplyOf, RequestOf, Scope, WorkflowMethods } from './served-method.ts';

export const visibility: WorkflowMethods = {
  ListWorkflowExecutions: within(NamespaceUse.Any, (scope, request) =>
    listPage(scope, { query: request.query ?? '', size: request.pageSize, token: request.nextPageToken }),
  ),
  ScanWorkflowExecutions: within(NamespaceUse.Any, (scope, request) =>
    listPage(scope, { query: request.query ?? '', size: request.pageSize, token: request.nextPageToken }),
  ),
  ListOpenWorkflowExecutions: within(NamespaceUse.Any, listOpen),
  ListClosedWorkflowExecutions: within(NamespaceUse.Any, listClosed),
  ListArchivedWorkflowExecutions: within(NamespaceUse.Any, listArchived),
  CountWorkflowExecutions: within(NamespaceUse.Any, countWorkflowExecutions),
};

function listArchived(): ListReply {
  return reject.invalidArgument('Cluster is not configured for visibility archival.');
}

interface ListOptions {
  readonly query: string;
  readonly size: number | undefined;
  readonly token: Uint8Array | undefined;
}

type ListReply = Reply<{
  readonly executions: readonly WorkflowExecutionInfo[];
  readonly nextPageToken: Uint8Array | undefined;
}>;

async function listPage(scope: Scope, { query, size, token }: ListOptions): Promise<ListReply> {
  const { namespace } = scope;
  const resolved = resolveListQuery(query, namespace.customAttributes);
  if (isRejection(resolved)) return resolved;
  const page = await readListPage(scope, resolved, size, token);
  if (isRejection(page)) return page;
  const { records, nextPageToken } = page;
  const executions = records.map((record) => withKnownAttributes(executionInfo(record), namespace.customAttributes));
  return { message: { executions, nextPageToken } };
}

/** An attribute that has been removed since the run was written is not shown. */
function withKnownAttributes(info: WorkflowExecutionInfo, custom: CustomAttributes): WorkflowExecutionInfo {
  const fields = Object.entries(info.searchAttributes?.indexedFields ?? {});
  const known = fields.filter(([name]) => storedAttributeType(name, custom) !== undefined);
  if (known.length === fields.length) return info;
  return { ...info, searchAttributes: { indexedFields: Object.fromEntries(known) } };
}

async function countWorkflowExecutions(
  scope: Scope,
  request: RequestOf<'CountWorkflowExecutions'>,
): Promise<Reply<ReplyOf<'CountWorkflowExecutions'>>> {
  const { store, namespace } = scope;
  const resolved = resolveCountQuery(request.query ?? '', namespace.customAttributes);
  if (isRejection(resolved)) return resolved;
  const { query, groupBy } = resolved;
  const asked = { namespaceId: namespace.id, query, groupBy };
  const groups = await searchWithin(scope, (limitMs) => store.countVisibility({ ...asked, limitMs }));
  if (isRejection(groups)) return groups;
  const count = groups.reduce((total, group) => total + group.count, 0);
  if (groupBy === undefined) return { message: { count } };
  const shown = groups.map((group) => ({ groupValues: group.values.map(groupValuePayload), count: group.count }));
  return { message: { count, groups: shown } };
}

/** Temporal: frontend/workflow_handler.go, ListOpenWorkflowExecutions. */
function listOpen(scope: Scope, request: RequestOf<'ListOpenWorkflowExecutions'>): Promise<ListReply> | Rejection {
  const times = timeCondition('StartTime', request.startTimeFilter);
  if (isRejection(times)) return times;
  const { executionFilter, typeFilter } = request;
  const condition = executionFilter
    ? equals('WorkflowId', executionFilter.workflowId)
    : typeFilter && equals('WorkflowType', typeFilter.name);
  const query = allOf("ExecutionStatus = 'Running'", times, condition);
  return listPage(scope, { query, size: request.maximumPageSize, token: request.nextPageToken });
}

/** Temporal: frontend/workflow_handler.go, ListClosedWorkflowExecutions. */
function listClosed(scope: Scope, request: RequestOf<'ListClosedWorkflowExecutions'>): Promise<ListReply> | Rejection {
  const times = timeCondition('CloseTime', request.startTimeFilter);
  if (isRejection(times)) return times;
  const condition = closedCondition(request);
  if (isRejection(condition)) return condition;
  const query = allOf("ExecutionStatus != 'Running'", times, condition);
  return listPage(scope, { query, size: request.maximumPageSize, token: request.nextPageToken });
}

function closedCondition(request: RequestOf<'ListClosedWorkflowExecutions'>): string | Rejection | undefined {
  const { executionFilter, typeFilter, statusFilter } = request;
  if (executionFilter !== undefined) return equals('WorkflowId', executionFilter.workflowId);
  if (typeFilter !== undefined) return equals('WorkflowType', typeFilter.name);
  if (statusFilter === undefined) return undefined;
  const name = Object.entries(WorkflowExecutionStatus).find(([, status]) => status === statusFilter.status)?.[0];
  if (name === undefined || name === 'Unspecified' || name === 'Running') {
    return reject.invalidArgument('StatusFilter must be specified and must be not Running.');
  }
  return equals('ExecutionStatus', name);
}

function timeCondition(attribute: string, filter: StartTimeFilter | undefined): string | Rejection | undefined {
  const earliestMs = timestampMs(filter?.earliestTime);
  const latestMs = timestampMs(filter?.latestTime);
  if (earliestMs !== undefined && latestMs !== undefined && earliestMs > latestMs) {
    return reject.invalidArgument('EarliestTime in StartTimeFilter should not be larger than LatestTime.');
  }
  const bounds = [
    earliestMs === undefined ? undefined : `${attribute} >= '${new Date(earliestMs).toISOString()}'`,
    latestMs === undefined ? undefined : `${attribute} <= '${new Date(latestMs).toISOString()}'`,
  ];
  return allOf(...bounds);
}

function equals(attribute: string, value: string | undefined): string {
  return `${attribute} = '${(value ?? '').replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function allOf(...conditions: readonly (string | undefined)[]): string {
  return conditions.filter((condition) => condition !== undefined && condition !== '').join(' AND ');
}
