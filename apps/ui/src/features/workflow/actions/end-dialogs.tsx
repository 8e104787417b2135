import { type ReactNode, useState } from 'react';
import { call } from '../../../api/client.ts';
import { ActionDialog } from '../../../components/dialog.tsx';
import { TextField } from '../../../components/field.tsx';
import { identity, type Run } from '../api.ts';
import { useAction } from './use-action.ts';

interface EndDialogProps {
  readonly run: Run;
  readonly onClose: () => void;
}

export function CancelDialog({ run, onClose }: EndDialogProps): ReactNode {
  const [reason, setReason] = useState('');
  const act = useAction(run);
  const { namespace, workflowId, runId } = run;
  return (
    <ActionDialog
      title={`Request cancellation of ${workflowId}`}
      description="The workflow is told, and may clean up before it ends, or go on."
      actionLabel="Request cancellation"
      variant="danger"
      onClose={onClose}
      onAction={() =>
        act('Cancellation is requested', () =>
          call('RequestCancelWorkflowExecution', {
            namespace,
            workflowExecution: { workflowId, runId },
            identity,
            requestId: crypto.randomUUID(),
            reason,
          }),
        )
      }
    >
      <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} />
    </ActionDialog>
  );
}

export function TerminateDialog({ run, onClose }: EndDialogProps): ReactNode {
  const [reason, setReason] = useState('');
  const act = useAction(run);
  const { namespace, workflowId, runId } = run;
  return (
    <ActionDialog
      title={`Terminate ${workflowId}`}
      description="It ends at once. Its code is not told and cleans nothing up."
      actionLabel="Terminate"
      variant="danger"
      onClose={onClose}
      onAction={() =>
        act('The workflow is terminated', () =>
          call('TerminateWorkflowExecution', {
            namespace,
            workflowExecution: { workflowId, runId },
            identity,
            reason: reason === '' ? 'Terminated in the Web UI' : reason,
          }),
        )
      }
    >
      <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} />
    </ActionDialog>
  );
}
