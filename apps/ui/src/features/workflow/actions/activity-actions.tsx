import type { PendingActivityInfo } from '@perdure/proto/json-types';
import { Pause, Play, RotateCw, SlidersHorizontal, Undo2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { call } from '../../../api/client.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { isPutOff } from '../../../lib/history/situation.ts';
import { useMay } from '../../../lib/use-may.ts';
import { useNow } from '../../../lib/use-now.ts';
import { identity, type Run } from '../api.ts';
import { ActivityOptionsDialog } from './activity-options-dialog.tsx';
import { useQuickAction } from './use-action.ts';

/** Retry now, pause or resume, start over, and edit: for one pending activity. */
export function ActivityActions({
  activity,
  run,
}: {
  readonly activity: PendingActivityInfo;
  readonly run: Run;
}): ReactNode {
  const [isEditing, setIsEditing] = useState(false);
  const quickly = useQuickAction(run);
  const isWaiting = isPutOff(activity, useNow(true));
  const may = useMay();
  if (!may('activities')) return null;
  const name = activity.activityType?.name ?? 'The activity';
  const isPaused = activity.paused ?? false;
  const target = {
    namespace: run.namespace,
    execution: { workflowId: run.workflowId, runId: run.runId },
    id: activity.activityId,
    identity,
  };
  return (
    <>
      {isWaiting && (
        <Button isSmall onClick={() => quickly(`${name} is tried again now`, () => retryNow(target))}>
          <RotateCw size={13} />
          Retry now
        </Button>
      )}
      {isPaused ? (
        <Button isSmall onClick={() => quickly(`${name} goes on`, () => call('UnpauseActivity', target))}>
          <Play size={13} />
          Resume
        </Button>
      ) : (
        <Button
          isSmall
          onClick={() =>
            quickly(`${name} is paused`, () => call('PauseActivity', { ...target, reason: 'Paused in the Web UI' }))
          }
        >
          <Pause size={13} />
          Pause
        </Button>
      )}
      <IconButton label="Edit its options" isSmall variant="default" onClick={() => setIsEditing(true)}>
        <SlidersHorizontal size={13} />
      </IconButton>
      <IconButton
        label="Start over from the first attempt"
        isSmall
        variant="default"
        onClick={() => quickly(`${name} starts over`, () => call('ResetActivity', { ...target, resetHeartbeat: true }))}
      >
        <Undo2 size={13} />
      </IconButton>
      {isEditing && <ActivityOptionsDialog activity={activity} run={run} onClose={() => setIsEditing(false)} />}
    </>
  );
}

type Target = Parameters<typeof call<'UnpauseActivity'>>[1];

/**
 * There is no method for it: a pause and its end schedule the next attempt at once, and keep the count of attempts. If
 * the second call is lost the activity shows as paused, with a button to resume.
 */
async function retryNow(target: Target): Promise<void> {
  await call('PauseActivity', { ...target, reason: 'Retry now' });
  await call('UnpauseActivity', target);
}
