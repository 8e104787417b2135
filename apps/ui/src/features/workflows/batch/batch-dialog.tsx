import type { WorkflowExecution } from '@perdure/proto/json-types';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { ActionDialog } from '../../../components/dialog.tsx';
import { TextField } from '../../../components/field.tsx';
import { toast } from '../../../components/toast.tsx';
import { useEncodedCall } from '../../../lib/codec-call.ts';
import { counted } from '../../../lib/words.ts';
import { BatchFields } from './batch-fields.tsx';
import { type BatchAction, batchOperation, batchWords, emptyForm } from './operations.ts';
import { askedQuery } from '../../../lib/query/asked-query.ts';

/** What a batch is done to: chosen runs, or all that a query finds. */
export type BatchTarget =
  | { readonly kind: 'runs'; readonly executions: readonly WorkflowExecution[] }
  | { readonly kind: 'query'; readonly query: string; readonly count: number };

export interface BatchDialogProps {
  readonly namespace: string;
  readonly action: BatchAction;
  readonly target: BatchTarget;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Servers take no empty query for a batch. */
const everything = 'WorkflowId IS NOT NULL';

/** Starts a batch operation; the server carries it out, and its page shows how far it is. */
export function BatchDialog({ namespace, action, target, onClose, onDone }: BatchDialogProps): ReactNode {
  const [reason, setReason] = useState('');
  const [form, setForm] = useState(emptyForm);
  const send = useEncodedCall();
  const { title, description, label, isDangerous } = batchWords[action];
  const count = target.kind === 'runs' ? target.executions.length : target.count;
  const operation = batchOperation(action, form);
  const start = async (): Promise<void> => {
    const jobId = crypto.randomUUID();
    await send('StartBatchOperation', {
      namespace,
      jobId,
      reason: reason === '' ? `${label} in the Web UI` : reason,
      ...(target.kind === 'runs'
        ? { executions: target.executions }
        : { visibilityQuery: target.query === '' ? everything : askedQuery(target.query) }),
      ...operation,
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
      title={`${title} ${counted(count, 'workflow')}`}
      description={
        target.kind === 'query' ? `${description} All that match: ${target.query || 'every workflow'}` : description
      }
      actionLabel={label}
      variant={isDangerous ? 'danger' : 'primary'}
      isReady={operation !== undefined}
      onAction={start}
      onClose={onClose}
      isWide={action === 'activityOptions'}
    >
      <BatchFields action={action} form={form} onChange={(part) => setForm((before) => ({ ...before, ...part }))} />
      <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} />
    </ActionDialog>
  );
}
