import { WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { HistoryEvent } from '@perdure/proto/types';
import { timestampMs } from '../../kernel/time.ts';
import { arm } from '../activity/activity-state.ts';
import { indexPauses, withdraw } from '../activity/intervention-state.ts';
import { armLifecycle } from '../lifecycle.ts';
import type { Run } from '../run.ts';

/** The run is held: no attempt of an activity that was offered can be taken any more. */
export function applyPaused(run: Run, event: HistoryEvent): void {
  const { identity = '', reason = '', requestId = '' } = event.workflowExecutionPausedEventAttributes ?? {};
  run.lifecycle.status = WorkflowExecutionStatus.Paused;
  run.lifecycle.pause = { atMs: timestampMs(event.eventTime) ?? 0, identity, reason, requestId };
  for (const activity of run.activities.values()) {
    if (activity.started === undefined && activity.offered) withdraw(activity);
  }
  armAgain(run);
}

/** The run goes on: what backs off comes up in its time again. */
export function applyUnpaused(run: Run): void {
  run.lifecycle.status = WorkflowExecutionStatus.Running;
  run.lifecycle.pause = undefined;
  armAgain(run);
}

function armAgain(run: Run): void {
  indexPauses(run);
  armLifecycle(run);
  for (const id of run.activities.keys()) arm(run, id);
}
