import type { Env } from '../kernel/env.ts';
import type { VisibilityRecord } from '../visibility/index.ts';
import { attributeValues, listedSearchAttributes, mergeSearchAttributes } from '../visibility/index.ts';
import { externalPayloadAttributes } from './external-payloads.ts';
import { taskQueueOf } from './lifecycle.ts';
import type { Run } from './run.ts';
import type { Transition } from './transition.ts';

/** The run's row in visibility as it stands now. */
export function visibilityRecord(run: Run, { namespace, limits }: Pick<Env, 'namespace' | 'limits'>): VisibilityRecord {
  const { lifecycle } = run;
  const { start } = lifecycle;
  const closed = lifecycle.closedAtMs !== undefined;
  const root = start.rootWorkflowExecution;
  const counted = closed && limits.showsExternalPayloads ? externalPayloadAttributes(run) : undefined;
  const searchAttributes =
    counted === undefined ? lifecycle.searchAttributes : mergeSearchAttributes(lifecycle.searchAttributes, counted);
  return {
    namespaceId: run.namespaceId,
    workflowId: run.workflowId,
    runId: run.runId,
    workflowType: start.workflowType?.name ?? '',
    taskQueue: taskQueueOf(run),
    status: lifecycle.status,
    startTimeMs: lifecycle.startedAtMs,
    executionTimeMs: lifecycle.firstTaskAtMs,
    closeTimeMs: lifecycle.closedAtMs,
    historyLength: closed ? run.nextEventId - 1 : undefined,
    historySizeBytes: closed ? run.historySizeBytes : undefined,
    stateTransitionCount: closed ? run.transitionCount : undefined,
    parentWorkflowId: start.parentWorkflowExecution?.workflowId,
    parentRunId: start.parentWorkflowExecution?.runId,
    rootWorkflowId: root?.workflowId || run.workflowId,
    rootRunId: root?.runId || run.runId,
    memo: lifecycle.memo,
    searchAttributes: listedSearchAttributes(searchAttributes, namespace.customAttributes),
    values: attributeValues(searchAttributes, namespace.customAttributes),
  };
}

/** Lets visibility have the run as it stands now. */
export function indexAgain(transition: Transition): void {
  transition.emit({ kind: 'indexVisibility', record: visibilityRecord(transition.run, transition.env) });
}
