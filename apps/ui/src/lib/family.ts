import type { WorkflowExecution } from '@perdure/proto/json-types';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { quoted } from './query/query-text.ts';

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
