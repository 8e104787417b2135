import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { call } from '../../../api/client.ts';
import { ActionDialog } from '../../../components/dialog.tsx';
import { Checkbox, SelectField, TextField } from '../../../components/field.tsx';
import { eventIdOf, eventTypeName } from '../../../lib/history/events.ts';
import { identity } from '../api.ts';
import type { WorkflowView } from '../use-workflow.ts';
import { useAction } from './use-action.ts';

/** Points that a run can be reset to: the ends of its workflow tasks, the last first. */
function resetPoints({ history }: WorkflowView): readonly (readonly [string, string])[] {
  const ends = history.events.filter(({ eventType }) =>
    /WORKFLOW_TASK_(COMPLETED|FAILED|TIMED_OUT)$/.test(eventType ?? ''),
  );
  const points = ends.map((event, index) => {
    const id = eventIdOf(event);
    const place = index === 0 ? 'first' : index === ends.length - 1 ? 'last' : '';
    return [String(id), `${id} ${eventTypeName(event)}${place && ` (${place})`}`] as const;
  });
  return points.reverse();
}

export interface ResetDialogProps {
  readonly view: WorkflowView;
  readonly onClose: () => void;
}

/** Ends this run and starts a new one that has this history up to a point. */
export function ResetDialog({ view, onClose }: ResetDialogProps): ReactNode {
  const points = resetPoints(view);
  const [eventId, setEventId] = useState(points.at(-1)?.[0] ?? '');
  const [reason, setReason] = useState('');
  const [keepsSignals, setKeepsSignals] = useState(true);
  const [keepsUpdates, setKeepsUpdates] = useState(true);
  const act = useAction(view.run);
  const navigate = useNavigate();
  const { namespace, workflowId, runId } = view.run;
  const reset = async (): Promise<void> => {
    const { runId: newRunId } = await call('ResetWorkflowExecution', {
      namespace,
      workflowExecution: { workflowId, runId },
      workflowTaskFinishEventId: eventId,
      reason: reason === '' ? 'Reset in the Web UI' : reason,
      requestId: crypto.randomUUID(),
      identity,
      resetReapplyExcludeTypes: [
        ...(keepsSignals ? [] : (['RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL'] as const)),
        ...(keepsUpdates ? [] : (['RESET_REAPPLY_EXCLUDE_TYPE_UPDATE'] as const)),
      ],
    });
    await act('The workflow is reset: this is its new run', () => Promise.resolve());
    if (newRunId === undefined) return;
    await navigate({
      to: '/namespaces/$namespace/workflows/$workflowId/$runId/{-$tab}',
      params: { namespace, workflowId, runId: newRunId },
    });
  };
  return (
    <ActionDialog
      title={`Reset ${workflowId}`}
      description="A new run begins with this history up to the chosen point. A run that is open is terminated."
      actionLabel="Reset"
      variant="danger"
      isReady={eventId !== ''}
      onClose={onClose}
      onAction={reset}
    >
      <SelectField
        label="Point"
        hint={points.length === 0 ? 'No workflow task has ended yet: there is no point to reset to' : undefined}
        options={points}
        value={eventId}
        onChange={(event) => setEventId(event.target.value)}
      />
      <TextField label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} />
      <Checkbox
        label="Send signals that came after the point again"
        checked={keepsSignals}
        onChange={() => setKeepsSignals(!keepsSignals)}
      />
      <Checkbox
        label="Apply updates that came after the point again"
        checked={keepsUpdates}
        onChange={() => setKeepsUpdates(!keepsUpdates)}
      />
    </ActionDialog>
  );
}
