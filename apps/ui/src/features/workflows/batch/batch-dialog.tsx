import type { StartBatchOperationRequest, WorkflowExecution } from '@perdure/proto/json-types';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { call } from '../../../api/client.ts';
import { ActionDialog } from '../../../components/dialog.tsx';
import { SelectField, TextField } from '../../../components/field.tsx';
import { JsonField } from '../../../components/json-editor.tsx';
import { jsonProblem } from '../../../lib/json-problem.ts';
import { toast } from '../../../components/toast.tsx';
import { payloadsFromText } from '../../../lib/payload.ts';

export type BatchAction = 'cancel' | 'terminate' | 'reset' | 'signal' | 'delete';

/** What a batch is done to: chosen runs, or all that a query finds. */
export type BatchTarget =
  | { readonly kind: 'runs'; readonly executions: readonly WorkflowExecution[] }
  | { readonly kind: 'query'; readonly query: string; readonly count: number };

interface Words {
  readonly title: string;
  readonly description: string;
  readonly label: string;
}

const words: Readonly<Record<BatchAction, Words>> = {
  cancel: {
    title: 'Request cancellation of',
    description: 'Each is told, and may clean up first.',
    label: 'Request cancellation',
  },
  terminate: { title: 'Terminate', description: 'Each ends at once; its code is not told.', label: 'Terminate' },
  reset: { title: 'Reset', description: 'Each begins a new run from the chosen point.', label: 'Reset' },
  signal: { title: 'Signal', description: 'Each gets the same signal.', label: 'Send' },
  delete: {
    title: 'Delete',
    description: 'Each is ended and removed with its history. There is no way back.',
    label: 'Delete',
  },
};

export interface BatchDialogProps {
  readonly namespace: string;
  readonly action: BatchAction;
  readonly target: BatchTarget;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Starts a batch operation; the server carries it out, and its page shows how far it is. */
export function BatchDialog({ namespace, action, target, onClose, onDone }: BatchDialogProps): ReactNode {
  const [reason, setReason] = useState('');
  const [signalName, setSignalName] = useState('');
  const [input, setInput] = useState('');
  const [resetTo, setResetTo] = useState<'first' | 'last'>('first');
  const { title, description, label } = words[action];
  const count = target.kind === 'runs' ? target.executions.length : target.count;
  const isReady = action !== 'signal' || (signalName.trim() !== '' && jsonProblem(input) === undefined);
  const start = async (): Promise<void> => {
    const jobId = crypto.randomUUID();
    await call('StartBatchOperation', {
      namespace,
      jobId,
      reason: reason === '' ? `${label} in the Web UI` : reason,
      ...(target.kind === 'runs' ? { executions: target.executions } : { visibilityQuery: target.query }),
      ...operation(action, { signalName: signalName.trim(), input, resetTo }),
    });
    toast(
      <Link to="/namespaces/$namespace/batch-operations/$jobId" params={{ namespace, jobId }}>
        A batch of {count.toLocaleString('en')} is under way
      </Link>,
    );
    onDone();
  };
  return (
    <ActionDialog
      title={`${title} ${count.toLocaleString('en')} ${count === 1 ? 'workflow' : 'workflows'}`}
      description={
        target.kind === 'query' ? `${description} All that match: ${target.query || 'every workflow'}` : description
      }
      actionLabel={label}
      variant={action === 'signal' ? 'primary' : 'danger'}
      isReady={isReady}
      onAction={start}
      onClose={onClose}
    >
      {action === 'signal' && (
        <>
          <TextField label="Signal" value={signalName} onChange={(event) => setSignalName(event.target.value)} />
          <JsonField label="Input" value={input} onChange={setInput} />
        </>
      )}
      {action === 'reset' && (
        <SelectField
          label="Point"
          options={[
            ['first', 'The first workflow task'],
            ['last', 'The last workflow task'],
          ]}
          value={resetTo}
          onChange={(event) => setResetTo(event.target.value as 'first' | 'last')}
        />
      )}
      <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} />
    </ActionDialog>
  );
}

interface OperationFacts {
  readonly signalName: string;
  readonly input: string;
  readonly resetTo: 'first' | 'last';
}

const identity = 'perdure-ui';

function operation(action: BatchAction, { signalName, input, resetTo }: OperationFacts): StartBatchOperationRequest {
  switch (action) {
    case 'cancel':
      return { cancellationOperation: { identity } };
    case 'terminate':
      return { terminationOperation: { identity } };
    case 'delete':
      return { deletionOperation: { identity } };
    case 'signal':
      return { signalOperation: { identity, signal: signalName, input: payloadsFromText(input) } };
    case 'reset':
      return {
        resetOperation: {
          identity,
          options: resetTo === 'first' ? { firstWorkflowTask: {} } : { lastWorkflowTask: {} },
        },
      };
  }
}
