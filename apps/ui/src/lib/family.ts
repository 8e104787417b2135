import type {
  ListWorkflowExecutionsResponse,
  WorkflowExecution,
  WorkflowExecutionInfo,
} from '@perdure/proto/json-types';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { quoted } from './query-text.ts';

/** Of the children of one run; the list of workflows has the others. */
const childCountMax = 200;
/** Of a family that is shown whole. */
const familySizeMax = 1000;

/** The query for the runs that a run started. */
export function childrenQueryText({ workflowId = '', runId = '' }: WorkflowExecution): string {
  return `ParentWorkflowId = ${quoted(workflowId)} AND ParentRunId = ${quoted(runId)}`;
}

/** The runs that a run started, by visibility. */
export function childrenQuery(namespace: string, parent: WorkflowExecution) {
  return familyOptions(namespace, childrenQueryText(parent), childCountMax);
}

/** The runs that have the same root, by visibility; there may be more than it gives. */
export function familyQuery(namespace: string, root: WorkflowExecution) {
  return familyOptions(namespace, `RootWorkflowId = ${quoted(root.workflowId ?? '')}`, familySizeMax);
}

function familyOptions(namespace: string, query: string, pageSize: number) {
  return queryOptions({
    queryKey: ['ListWorkflowExecutions', namespace, query, 'family', pageSize],
    queryFn: ({ signal }) => call('ListWorkflowExecutions', { namespace, query, pageSize }, { signal }),
    staleTime: 5000,
  });
}

/** A run with those that it started. */
export interface FamilyMember {
  readonly info: WorkflowExecutionInfo;
  /** How many runs stand between it and the root. */
  readonly depth: number;
}

/**
 * The members of a family in the order of a tree, each parent before its children; undefined where not all are there.
 */
export function familyTree(
  { executions = [], nextPageToken = '' }: ListWorkflowExecutionsResponse,
  root: WorkflowExecution,
): readonly FamilyMember[] | undefined {
  if (nextPageToken !== '') return undefined;
  const childrenOf = new Map<string | undefined, WorkflowExecutionInfo[]>();
  for (const info of executions) {
    const parent = info.parentExecution?.runId;
    const children = childrenOf.get(parent);
    if (children === undefined) childrenOf.set(parent, [info]);
    else children.push(info);
  }
  const byStart = (left: WorkflowExecutionInfo, right: WorkflowExecutionInfo): number =>
    (left.startTime ?? '').localeCompare(right.startTime ?? '');
  const within = (info: WorkflowExecutionInfo, depth: number): FamilyMember[] => {
    const children = (childrenOf.get(info.execution?.runId) ?? []).toSorted(byStart);
    return [{ info, depth }, ...children.flatMap((child) => within(child, depth + 1))];
  };
  const first = executions.find(({ execution }) => execution?.runId === root.runId);
  return first === undefined ? undefined : within(first, 0);
}
