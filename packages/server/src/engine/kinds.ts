import {
  BATCH_DIVISION,
  batchMachine,
  SCHEDULE_DIVISION,
  scheduleIdOf,
  scheduleMachine,
  scheduleWorkflowId,
  workflowMachine,
  type AggregateKey,
  type AggregateState,
  type Machine,
  type VisibilityRecord,
} from '@perdure/core';
import { RunKind, type RunIdentity } from '@perdure/storage';
import type { LoadedRun } from './loaded-run.ts';

/** The machine of each kind of aggregate. A new kind is one more line here and one more key. */
const MACHINES: Readonly<Record<RunKind, Machine<AggregateState>>> = {
  [RunKind.Workflow]: workflowMachine,
  [RunKind.Schedule]: scheduleMachine,
  [RunKind.Batch]: batchMachine,
};

/** What is in memory is only ever given to the machine of its own kind, which made it. */
export function machineOf(kind: RunKind): Machine<AggregateState> {
  return MACHINES[kind];
}

/** The kind that a key stands for, and the id under which it is stored: for visibility that of a workflow. */
export function kindAndId(key: AggregateKey): { readonly kind: RunKind; readonly id: string } {
  if ('workflowId' in key) return { kind: RunKind.Workflow, id: key.workflowId };
  if ('jobId' in key) return { kind: RunKind.Batch, id: key.jobId };
  return { kind: RunKind.Schedule, id: scheduleWorkflowId(key.scheduleId) };
}

/** A text for each aggregate of a shard: the same id of another kind has another. */
export function nameOf(key: AggregateKey): string {
  if ('workflowId' in key) return `${key.namespaceId}/${key.workflowId}`;
  const { kind, id } = kindAndId(key);
  return `${kind}/${key.namespaceId}/${id}`;
}

/** The key of the aggregate to which a stored run belongs. */
export function keyOf({ kind, namespaceId, id }: RunIdentity): AggregateKey {
  switch (kind) {
    case RunKind.Workflow:
      return { namespaceId, workflowId: id };
    case RunKind.Schedule:
      return { namespaceId, scheduleId: scheduleIdOf(id) };
    case RunKind.Batch:
      return { namespaceId, jobId: id };
  }
}

/** The key of the aggregate that a row of visibility tells of. */
export function keyOfRow({ namespaceId, workflowId, values }: VisibilityRecord): AggregateKey {
  switch (values.get(DIVISION)) {
    case SCHEDULE_DIVISION:
      return { namespaceId, scheduleId: scheduleIdOf(workflowId) };
    case BATCH_DIVISION:
      return { namespaceId, jobId: workflowId };
    default:
      return { namespaceId, workflowId };
  }
}

const DIVISION = 'TemporalNamespaceDivision';

/** True for a run of a workflow: it has a history, tasks and queries. */
export function isWorkflowRun(loaded: LoadedRun<AggregateState>): loaded is LoadedRun {
  return loaded.identity.kind === RunKind.Workflow;
}
