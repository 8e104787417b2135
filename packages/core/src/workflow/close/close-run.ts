import { WorkflowTaskFailedCause } from '@perdure/proto/enums';
import { isSpeculative } from '../fleeting.ts';
import { HISTORY_SERVICE } from '../identity.ts';
import type { NewEvent, Transition } from '../transition.ts';
import { endTask, type TaskFailure } from '../task/end.ts';
import { indexAgain } from '../visibility-record.ts';
import { recordSpeculation } from '../task/recording.ts';
import { settleOnClose } from '../update/settle.ts';
import { finishClose } from './closing-state.ts';

/** Ends a run with its close event, which is the last one. What is owed to parent and children goes out. */
export function closeRun(transition: Transition, event: NewEvent): void {
  recordSpeculation(transition, { ends: true });
  if (transition.run.buffer.length > 0) transition.note({ kind: 'bufferDropped' });
  transition.append(event);
  indexAgain(transition);
  settleOnClose(transition);
  finishClose(transition);
}

/** Ends a run from outside: a task at work fails first, and what it had not seen goes into the history. */
export function forceClose(transition: Transition, event: NewEvent, taskFailure?: TaskFailure): void {
  if (transition.run.task.phase === 'started') {
    endTask(transition, taskFailure ?? { cause: WorkflowTaskFailedCause.ForceCloseCommand, identity: HISTORY_SERVICE });
  } else if (isSpeculative(transition.run)) {
    // No worker has had it: it will never have been. Temporal: workflow/util.go, TerminateWorkflow.
    transition.applyFleeting({ kind: 'speculationEnded' });
  }
  transition.flushBuffer();
  closeRun(transition, event);
}
