import type { RateLimitConfig } from '@perdure/proto/json-types';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { call } from '../../../api/client.ts';
import { ActionDialog } from '../../../components/dialog.tsx';
import { TextField } from '../../../components/field.tsx';
import { toast } from '../../../components/toast.tsx';
import { identity, kindTypes, type QueueKind } from '../api.ts';

export interface RateDialogProps {
  readonly namespace: string;
  readonly taskQueue: string;
  readonly kind: QueueKind;
  readonly limit: RateLimitConfig | undefined;
  readonly onClose: () => void;
}

/** Limits how many tasks of a queue are handed out, or lets go of the limit. */
export function RateDialog({ namespace, taskQueue, kind, limit, onClose }: RateDialogProps): ReactNode {
  const present = limit?.rateLimit?.requestsPerSecond;
  const [rate, setRate] = useState(present === undefined ? '' : String(present));
  const [reason, setReason] = useState('');
  const queryClient = useQueryClient();
  const isReady = /^\d*(\.\d+)?$/.test(rate.trim());
  return (
    <ActionDialog
      title={`Limit the ${kind} tasks of ${taskQueue}`}
      description="For all workers together. It goes before what a worker set for itself."
      actionLabel={rate.trim() === '' ? 'Let go of the limit' : 'Limit'}
      isReady={isReady}
      onClose={onClose}
      onAction={async () => {
        await call('UpdateTaskQueueConfig', {
          namespace,
          taskQueue,
          taskQueueType: kindTypes[kind],
          identity,
          updateQueueRateLimit: {
            reason: reason.trim() || 'Set in the Web UI',
            ...(rate.trim() !== '' && { rateLimit: { requestsPerSecond: Number(rate) } }),
          },
        });
        toast(rate.trim() === '' ? 'The limit is gone' : `Limited to ${rate} tasks a second`);
        await queryClient.invalidateQueries({ queryKey: ['DescribeTaskQueue', namespace, taskQueue] });
      }}
    >
      <TextField
        label="Tasks a second"
        hint="Empty for no limit; 0 hands out nothing"
        inputMode="decimal"
        error={!isReady && 'A number'}
        value={rate}
        onChange={(event) => setRate(event.target.value)}
      />
      <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} />
    </ActionDialog>
  );
}
