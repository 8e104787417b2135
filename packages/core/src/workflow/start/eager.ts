import type { StartInput } from '../input.ts';
import type { Run } from '../run.ts';
import { startTask, taskView } from '../task/dispatch.ts';
import type { WorkflowTaskView } from '../task/workflow-task-view.ts';
import type { Transition } from '../transition.ts';

/** The started event id of a first task that was started with its run. */
const EAGER_STARTED_EVENT_ID = 3;

/** Starts the first workflow task for the client that started the run and has a worker at hand. */
export function startEagerly(transition: Transition, request: StartInput['request']): WorkflowTaskView {
  const { identity = '', requestId } = request;
  return startTask(transition, { identity, requestId, workerVersion: undefined }, false);
}

/** The same task again for a repeated request, as long as it is still at work in its first attempt. */
export function eagerTaskOf(run: Run): WorkflowTaskView | undefined {
  const { task } = run;
  const eager = run.lifecycle.start.eagerExecutionAccepted === true;
  if (!eager || task.startedEventId !== EAGER_STARTED_EVENT_ID || task.attempt !== 1) return undefined;
  return taskView(run, false);
}
