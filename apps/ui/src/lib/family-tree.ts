import type {
  ListWorkflowExecutionsResponse,
  WorkflowExecution,
  WorkflowExecutionInfo,
} from '@perdure/proto/json-types';

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
