import { ScheduleOverlapPolicy, WorkflowExecutionStatus } from '@perdure/proto/enums';
import { expiresAtMs, mayAct, processBackfills, processTimes } from './due.ts';
import { deliveryKey, newToken } from './outbox.ts';
import { applyOverlapPolicies } from './overlap.ts';
import type { BufferedAction, Ending, Schedule } from './schedule.ts';
import type { ScheduleTransition } from './transition.ts';

/** Does all that is due: buffers what has come of the spec and of backfills, and starts what may be started. */
export function act(transition: ScheduleTransition): void {
  processTimes(transition);
  processBackfills(transition);
  processBuffer(transition);
  const { run, env } = transition;
  const endMs = expiresAtMs(run);
  if (endMs !== undefined && endMs <= env.nowMs) {
    transition.note({ kind: 'scheduleClosed', atMs: env.nowMs, status: WorkflowExecutionStatus.Completed });
  }
}

/** Starts what may be started now, in the buffer's order. Temporal: worker/scheduler/workflow.go, processBuffer. */
function processBuffer(transition: ScheduleTransition): void {
  const { run: schedule } = transition;
  // A start on its way will be running in a moment, or has failed: until then nobody can tell.
  while (schedule.buffer.length > 0 && !isStartingAlone(schedule)) {
    const policy = schedule.definition.policies?.overlapPolicy ?? ScheduleOverlapPolicy.Unspecified;
    const before = schedule.buffer;
    const { overlapping, alone, left, skipped, ending } = applyOverlapPolicies(before, isRunning(schedule), policy);
    if (left.length !== before.length) transition.note({ kind: 'bufferProcessed', left, skipped });
    for (const action of overlapping) start(transition, action, true);
    if (alone !== undefined) start(transition, alone, false);
    if (ending !== undefined) endRunning(transition, ending);
    if (left.length === before.length) return;
  }
}

function isStartingAlone(schedule: Schedule): boolean {
  for (const action of schedule.starting.values()) if (!action.overlapping) return true;
  return false;
}

function isRunning(schedule: Schedule): boolean {
  for (const action of schedule.running.values()) if (!action.overlapping) return true;
  return false;
}

/** An action that came of the spec is dropped where the schedule may not act any more. */
function start(transition: ScheduleTransition, action: BufferedAction, overlapping: boolean): void {
  const { run: schedule } = transition;
  if (!action.manual && !mayAct(schedule)) return;
  const token = newToken(schedule, action.nominalMs);
  const counted = !action.manual && schedule.definition.state?.limitedActions === true;
  transition.note({ kind: 'actionStarting', token, action, overlapping, counted });
  transition.send(deliveryKey('start', token));
}

function endRunning(transition: ScheduleTransition, ending: Ending): void {
  for (const [token, action] of transition.run.running) {
    // A workflow that takes its time after a cancel request can still be terminated.
    if (action.overlapping || action.ending === ending || action.ending === 'terminate') continue;
    transition.note({ kind: 'endingRequested', token, ending });
    transition.send(deliveryKey(ending, token));
  }
}
