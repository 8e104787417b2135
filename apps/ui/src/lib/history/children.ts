import type { EventGroup } from './groups.ts';

/** A run that another one started. */
export interface ChildRun {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** The run that a group is of, once it has started; `namespace` is that of its parent. */
export function childRunOf({ kind, events }: EventGroup, namespace: string): ChildRun | undefined {
  if (kind !== 'child') return undefined;
  const started = events.map((event) => event.childWorkflowExecutionStartedEventAttributes).find(Boolean);
  const { workflowId, runId } = started?.workflowExecution ?? {};
  if (workflowId === undefined || runId === undefined) return undefined;
  return { namespace: started?.namespace || namespace, workflowId, runId };
}
