import type { PendingActivityInfo } from '@perdure/proto/json-types';
import { type ReactNode, useState } from 'react';
import { call } from '../../../api/client.ts';
import { ActivityOptionsFields } from '../../../components/activity-options-fields.tsx';
import { ActionDialog } from '../../../components/dialog.tsx';
import { optionsChange, type OptionTexts } from '../../../lib/activity-options.ts';
import { identity, type Run } from '../api.ts';
import { useAction } from './use-action.ts';

export interface ActivityOptionsDialogProps {
  readonly activity: PendingActivityInfo;
  readonly run: Run;
  readonly onClose: () => void;
}

/** Retry policy, timeouts and task queue of a pending activity; what is left as it is, is not sent. */
export function ActivityOptionsDialog({ activity, run, onClose }: ActivityOptionsDialogProps): ReactNode {
  const options = activity.activityOptions ?? {};
  const [texts, setTexts] = useState<OptionTexts>({});
  const act = useAction(run);
  const change = optionsChange(texts, options);
  const save = (): Promise<void> =>
    act(`Options of ${activity.activityType?.name ?? 'the activity'} are changed`, () =>
      call('UpdateActivityOptions', {
        namespace: run.namespace,
        execution: { workflowId: run.workflowId, runId: run.runId },
        id: activity.activityId,
        identity,
        ...change,
      }),
    );
  return (
    <ActionDialog
      title={`Options of ${activity.activityType?.name ?? 'the activity'}`}
      description="They hold from the next attempt on, for this run alone."
      actionLabel="Change"
      isReady={change !== undefined}
      onAction={save}
      onClose={onClose}
      isWide
    >
      <ActivityOptionsFields options={options} texts={texts} onChange={setTexts} />
    </ActionDialog>
  );
}
