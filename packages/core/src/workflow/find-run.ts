import { reject, type Rejection } from '../kernel/rejection.ts';
import { firstRunId } from './lifecycle.ts';
import { isOpen, type Run } from './run.ts';
import type { Workflow } from './step.ts';

/** The run with that id, or the current one where the id is empty. Temporal: persistence/sql/execution.go. */
export function findRun(workflow: Workflow, runId: string): Run | Rejection {
  const { current } = workflow;
  if (runId === '' || runId === current?.runId) {
    return current ?? reject.notFound(`workflow not found for ID: ${workflow.workflowId}`);
  }
  return (
    workflow.others.get(runId) ??
    reject.notFound(`workflow execution not found for workflow ID "${workflow.workflowId}" and run ID "${runId}"`)
  );
}

/** The same, with the refusal that an input for an open run gets once it has closed. */
export function findOpenRun(workflow: Workflow, runId: string): Run | Rejection {
  const run = findRun(workflow, runId);
  if ('kind' in run) return run;
  return isOpen(run) ? run : reject.notFound('workflow execution already completed');
}

/**
 * The current run, which must belong to the chain that began with `first` while it is open. Empty: no such demand.
 * Temporal: service/history/api/terminateworkflow/api.go, requestcancelworkflow/api.go.
 */
export function findChainRun(workflow: Workflow, runId: string, first: string): Run | Rejection {
  const run = findRun(workflow, first === '' ? runId : '');
  if ('kind' in run || !isOpen(run)) return run;
  return first === '' || firstRunId(run) === first ? run : reject.notFound('workflow execution not found');
}
