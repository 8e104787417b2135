import { ScheduleOverlapPolicy, WorkflowExecutionStatus } from '@perdure/proto/enums';
import type { Schedule as ScheduleDefinition, SchedulePatch } from '@perdure/proto/types';
import type { ReplyOf } from '../aggregate/input.ts';
import type { AggregateView, StepOutcome } from '../aggregate/machine.ts';
import type { Env } from '../kernel/env.ts';
import { isRejection, reject, type Rejection } from '../kernel/rejection.ts';
import { timestampMs, toDuration } from '../kernel/time.ts';
import { unreachable } from '../kernel/assert.ts';
import type { Done } from '../workflow/input.ts';
import { act } from './act.ts';
import { BACKFILLS_MAX, buffer, catchupWindowMs } from './due.ts';
import type {
  CreateScheduleInput,
  PatchScheduleInput,
  ScheduleCreated,
  ScheduleInput,
  UpdateScheduleInput,
} from './input.ts';
import { isOpenSchedule, blankSchedule, scheduleIdOf, type Backfill, type Schedule } from './schedule.ts';
import { actionClosed, answered } from './results.ts';
import { ScheduleTransition } from './transition.ts';

/** What a step works with. */
interface Work {
  readonly view: AggregateView<Schedule>;
  readonly env: Env;
  /** The transition that the step has begun; none where nothing happened. */
  transition: ScheduleTransition | undefined;
}

/** An input goes in; changes, effects and a reply come out. A refused input has changed nothing. */
export function stepSchedule<I extends ScheduleInput>(
  view: AggregateView<Schedule>,
  input: I,
  env: Env,
): StepOutcome<Schedule> & { readonly reply: ReplyOf<I> } {
  const work: Work = { view, env, transition: undefined };
  const reply = handle(work, input) as ReplyOf<I>;
  const { transition } = work;
  const transitions = transition === undefined ? [] : [transition];
  return { reply, step: { transitions, effects: transition?.effects ?? [] } };
}

function handle(work: Work, input: ScheduleInput): Done | ScheduleCreated | Rejection {
  switch (input.kind) {
    case 'createSchedule':
      return create(work, input);
    case 'updateSchedule':
      return update(work, input);
    case 'patchSchedule':
      return patch(work, input);
    case 'deleteSchedule':
      return end(work);
    case 'delete':
      return remove(work, input.runId);
    case 'workflowClosed':
      return onCurrent(work, (transition) => actionClosed(transition, input));
    case 'wake':
      return onCurrent(work, () => undefined);
    case 'settle':
      return onCurrent(work, (transition) => answered(transition, input));
    default:
      return unreachable(input);
  }
}

/** News of a schedule that has ended, or was made anew, concern nobody. */
function onCurrent(work: Work, change: (transition: ScheduleTransition) => void): Done | Rejection {
  const schedule = openSchedule(work);
  if (isRejection(schedule)) return schedule;
  work.transition = new ScheduleTransition(schedule, work.env);
  change(work.transition);
  act(work.transition);
  return { runId: schedule.runId };
}

function openSchedule({ view }: Work): Schedule | Rejection {
  const { current } = view;
  if (current === undefined) return reject.notFound(`workflow not found for ID: ${view.id}`);
  return isOpenSchedule(current) ? current : reject.notFound('workflow execution already completed');
}

function create(work: Work, { request }: CreateScheduleInput): ScheduleCreated | Rejection {
  const { view, env } = work;
  const { current } = view;
  if (current !== undefined && isOpenSchedule(current)) {
    if (current.requestIds[0] === request.requestId) return { runId: current.runId, conflictToken: 1 };
    return reject.workflowAlreadyStarted(
      `schedule ${JSON.stringify(scheduleIdOf(view.id))} is already registered`,
      '',
      '',
      '',
    );
  }
  const schedule = blankSchedule({ namespaceId: view.namespaceId, id: view.id, runId: env.newId() });
  const transition = new ScheduleTransition(schedule, env);
  work.transition = transition;
  const { memo, searchAttributes } = request;
  const definition = withDefaults(request.schedule);
  transition.note({ kind: 'scheduleCreated', atMs: env.nowMs, definition, memo, searchAttributes });
  transition.note({ kind: 'requestTaken', requestId: request.requestId });
  if (request.initialPatch !== undefined) applyPatch(transition, request.initialPatch);
  act(transition);
  return { runId: schedule.runId, conflictToken: 1 };
}

/** Policies as they hold, so that describe shows them. Temporal: worker/scheduler/workflow.go, ensureFields. */
function withDefaults(definition: ScheduleDefinition): ScheduleDefinition {
  const { policies = {} } = definition;
  return {
    ...definition,
    action: definition.action ?? {},
    state: definition.state ?? {},
    policies: {
      ...policies,
      overlapPolicy: policies.overlapPolicy || ScheduleOverlapPolicy.Skip,
      catchupWindow: toDuration(catchupWindowMs({ definition })),
    },
  };
}

function update(work: Work, { request, conflictToken }: UpdateScheduleInput): Done | Rejection {
  const schedule = openSchedule(work);
  if (isRejection(schedule)) return schedule;
  const { requestId = '' } = request;
  if (isKnown(schedule, requestId)) return { runId: schedule.runId };
  if (conflictToken !== 0 && conflictToken !== schedule.conflictToken) {
    return reject.failedPrecondition('mismatched conflict token');
  }
  return onCurrent(work, (transition) => {
    const { memo, searchAttributes } = request;
    const definition = withDefaults(request.schedule);
    act(transition);
    transition.note({ kind: 'scheduleUpdated', atMs: work.env.nowMs, definition, searchAttributes, memo });
    if (requestId !== '') transition.note({ kind: 'requestTaken', requestId });
  });
}

function patch(work: Work, input: PatchScheduleInput): Done | Rejection {
  const schedule = openSchedule(work);
  if (isRejection(schedule)) return schedule;
  const { requestId } = input;
  if (isKnown(schedule, requestId)) return { runId: schedule.runId };
  return onCurrent(work, (transition) => {
    act(transition);
    applyPatch(transition, input.patch);
    if (requestId !== '') transition.note({ kind: 'requestTaken', requestId });
  });
}

function isKnown(schedule: Schedule, requestId: string): boolean {
  return requestId !== '' && schedule.requestIds.includes(requestId);
}

/** Temporal: worker/scheduler/workflow.go, processPatch. */
function applyPatch(
  transition: ScheduleTransition,
  { triggerImmediately, backfillRequest, pause, unpause }: SchedulePatch,
) {
  const { run: schedule, env } = transition;
  if (triggerImmediately !== undefined) {
    const { scheduledTime, overlapPolicy = ScheduleOverlapPolicy.Unspecified } = triggerImmediately;
    const nominalMs = timestampMs(scheduledTime) ?? env.nowMs;
    buffer(transition, [{ nominalMs, dueMs: nominalMs, overlapPolicy, manual: true }]);
  }
  const backfills = (backfillRequest ?? []).map((request): Backfill => ({
    afterMs: (timestampMs(request.startTime) ?? 0) - 1,
    endMs: timestampMs(request.endTime) ?? 0,
    overlapPolicy: request.overlapPolicy ?? ScheduleOverlapPolicy.Unspecified,
  }));
  if (backfills.length > 0) {
    const taken = backfills.slice(0, Math.max(BACKFILLS_MAX - schedule.backfills.length, 0));
    transition.note({ kind: 'backfillsChanged', backfills: [...schedule.backfills, ...taken], atMs: env.nowMs });
    const dropped = backfills.length - taken.length;
    if (dropped > 0) transition.note({ kind: 'actionsBuffered', actions: [], dropped });
  }
  if (pause) transition.note({ kind: 'schedulePaused', paused: true, notes: pause });
  if (unpause) transition.note({ kind: 'schedulePaused', paused: false, notes: unpause });
}

/** The schedule is gone; what it has started goes on. */
function end(work: Work): Done | Rejection {
  const schedule = openSchedule(work);
  if (isRejection(schedule)) return schedule;
  work.transition = new ScheduleTransition(schedule, work.env);
  const { nowMs: atMs } = work.env;
  work.transition.note({ kind: 'scheduleClosed', atMs, status: WorkflowExecutionStatus.Terminated });
  return { runId: schedule.runId };
}

/** A schedule and all that is known of it goes: the newest, or an older one of that id which is kept still. */
function remove(work: Work, runId: string): Done | Rejection {
  const { view, env } = work;
  const schedule = runId === '' || runId === view.current?.runId ? view.current : view.others.get(runId);
  if (schedule === undefined) return reject.notFound(`workflow not found for ID: ${view.id}`);
  if (isOpenSchedule(schedule)) end(work);
  work.transition ??= new ScheduleTransition(schedule, env);
  if (schedule.removeAtMs === undefined) work.transition.note({ kind: 'removalRequested', atMs: env.nowMs });
  return { runId: schedule.runId };
}
