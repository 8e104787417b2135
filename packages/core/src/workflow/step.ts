import type { Env } from '../kernel/env.ts';
import { isRejection, type Rejection } from '../kernel/rejection.ts';
import { assert } from '../kernel/assert.ts';
import { startActivityTask, returnActivityTask } from './activity/activity-dispatch.ts';
import { cancelActivity, completeActivity, failActivity, heartbeat } from './activity/activity-responses.ts';
import { pauseActivity, resetActivity, unpauseActivity, updateActivityOptions } from './activity/interventions.ts';
import { childClosed } from './child/child-closed.ts';
import { deleteRun } from './close/delete.ts';
import { requestCancel } from './close/request-cancel.ts';
import { enforceLimits } from './close/run-limits.ts';
import { terminate } from './close/terminate.ts';
import type { ReplyOf } from '../aggregate/input.ts';
import type { Input, Replies } from './input.ts';
import type { Run } from './run.ts';
import { updateOptions } from './options/options.ts';
import { pause, unpause } from './pause/pause.ts';
import { oweReset } from './reset/automatic.ts';
import { reset } from './reset/reset.ts';
import { settle } from './settlement.ts';
import { signal } from './signal/signal.ts';
import { start } from './start/start.ts';
import { completeWorkflowTask } from './task/complete.ts';
import { failWorkflowTask } from './task/fail.ts';
import { resetSticky, returnWorkflowTask, startWorkflowTask } from './task/dispatch.ts';
import { warnOfSizes } from './size-warnings.ts';
import { Step } from './transition.ts';
import { admitUpdate } from './update/admit.ts';
import { startWithUpdate } from './update/start-with-update.ts';
import { wake } from './wake.ts';

/** All runs of one workflow id that a step may need: the current one, and others by run id where they are loaded. */
export interface Workflow {
  readonly namespaceId: string;
  readonly workflowId: string;
  /** The newest run, open or closed; undefined where the id was never used. */
  readonly current: Run | undefined;
  readonly others: { get(runId: string): Run | undefined };
}

/** What a step came to: its reply, and the step with the transitions and effects that have to be made durable first. */
export interface Outcome<Reply> {
  readonly reply: Reply;
  readonly step: Step;
}

type Handler<Kind extends keyof Replies> = (
  step: Step,
  workflow: Workflow,
  input: Extract<Input, { kind: Kind }>,
) => Replies[Kind] | Rejection;

const HANDLERS: { readonly [Kind in keyof Replies]: Handler<Kind> } = {
  start,
  signal,
  requestCancel,
  terminate,
  delete: deleteRun,
  startWorkflowTask,
  completeWorkflowTask,
  failWorkflowTask,
  returnTask: (step, workflow, input) =>
    input.task === 'workflow' ? returnWorkflowTask(step, workflow, input) : returnActivityTask(step, workflow, input),
  startActivityTask,
  heartbeat,
  completeActivity,
  failActivity,
  cancelActivity,
  resetSticky,
  wake,
  childClosed,
  settle,
  admitUpdate,
  startWithUpdate,
  reset,
  updateOptions,
  pause,
  unpause,
  pauseActivity,
  unpauseActivity,
  resetActivity,
  updateActivityOptions,
};

/**
 * An input goes in; changes, effects and a reply come out. The changes have been applied to the runs, which the caller
 * must drop if it cannot make them durable. A refused input has changed nothing, unless its run ended at a limit.
 */
export function step<I extends Input>(workflow: Workflow, input: I, env: Env): Outcome<ReplyOf<I>> {
  const state = new Step(env);
  const handler = HANDLERS[input.kind] as unknown as (step: Step, workflow: Workflow, input: I) => ReplyOf<I>;
  const reply = (enforceLimits(state, workflow, input) ?? handler(state, workflow, input)) as ReplyOf<I>;
  for (const transition of [...state.transitions]) {
    oweReset(transition);
    warnOfSizes(transition);
  }
  if (isRejection(reply) && !state.endsAtLimit) {
    assert(
      state.transitions.every((transition) => transition.changes.length === 0),
      'a refused input changes nothing',
    );
  }
  return { reply, step: state };
}
