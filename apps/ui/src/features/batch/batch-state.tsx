import type { BatchOperationState } from '@perdure/proto/json-types';
import type { ReactNode } from 'react';
import { WorkflowStatus } from '../../components/workflow-status.tsx';
import { isUnderWay } from './batch-facts.ts';

/** The state of a batch, with the signs that workflows have. */
export function BatchState({ state }: { readonly state: BatchOperationState | undefined }): ReactNode {
  if (isUnderWay(state)) return <WorkflowStatus status="WORKFLOW_EXECUTION_STATUS_RUNNING" />;
  return (
    <WorkflowStatus
      status={
        state === 'BATCH_OPERATION_STATE_FAILED'
          ? 'WORKFLOW_EXECUTION_STATUS_FAILED'
          : 'WORKFLOW_EXECUTION_STATUS_COMPLETED'
      }
    />
  );
}
