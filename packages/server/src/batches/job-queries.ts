import { BATCH_DIVISION, type ResolvedQuery } from '@perdure/core';
import { WorkflowExecutionStatus } from '@perdure/proto/enums';

/** The jobs of a namespace. */
export const ALL_JOBS: ResolvedQuery = {
  kind: 'oneOf',
  attribute: { origin: 'predefined', name: 'TemporalNamespaceDivision', type: 'Keyword' },
  values: [BATCH_DIVISION],
};

/** Those that have not ended. */
export const OPEN_JOBS: ResolvedQuery = {
  kind: 'all',
  queries: [
    ALL_JOBS,
    {
      kind: 'oneOf',
      attribute: { origin: 'system', name: 'ExecutionStatus', type: 'Keyword' },
      values: [WorkflowExecutionStatus.Running],
    },
  ],
};
