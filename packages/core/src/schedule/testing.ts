import { EventType } from '@perdure/proto/enums';
import type { HistoryEvent, Schedule as ScheduleDefinition, SchedulePatch } from '@perdure/proto/types';
import type { AnyReplies } from '../aggregate/input.ts';
import type { Message } from '../aggregate/delivery.ts';
import { assert, present } from '../kernel/assert.ts';
import type { Env } from '../kernel/env.ts';
import { defaultLimits } from '../kernel/limits.ts';
import { isRejection, type Rejection } from '../kernel/rejection.ts';
import { toDuration } from '../kernel/time.ts';
import type { VisibilityRecord } from '../visibility/index.ts';
import { canonical } from '../workflow/testing.ts';
import type { StartInput } from '../workflow/input.ts';
import type { ScheduleInput } from './input.ts';
import { scheduleMachine } from './machine.ts';
import type { RunningAction, Schedule } from './schedule.ts';
import { scheduleWorkflowId } from './schedule.ts';
import { canonicalSpec } from './spec/canonical.ts';
import { stepSchedule } from './step.ts';

/** When a bench begins: Tuesday, 14 November 2023, 22:13:20 UTC. */
export const START_MS = 1_700_000_000_000;

const NAMESPACE = { id: 'namespace-id', name: 'default' };

/** An interval spec. */
export function every(seconds: number): ScheduleDefinition {
  return { spec: { interval: [{ interval: toDuration(seconds * 1_000) }] } };
}

/**
 * One schedule for tests: a clock that stands still until it is advanced, workflows that start as soon as they are asked
 * for, and a log of what happened. After each step the schedule is rebuilt from its record and must come out the same.
 */
export class ScheduleBench {
  nowMs = START_MS;
  /** What was delivered, one line each, such as `+60 start nightly-2023-11-14T22:14:20Z`. */
  readonly log: string[] = [];
  /** Deliveries are kept back instead of being answered. */
  holdsBack = false;
  readonly held: Message[] = [];
  /** How the next starts are refused. */
  refusal: Rejection | undefined;
  record: VisibilityRecord | undefined;
  /** The starts that were asked for, in order. */
  readonly starts: StartInput[] = [];
  #current: Schedule | undefined;
  #rebuilt: Schedule | undefined;
  #ids = 0;

  get schedule(): Schedule {
    return present(this.#current, 'the schedule has been created');
  }

  get env(): Env {
    return {
      nowMs: this.nowMs,
      limits: defaultLimits,
      namespace: NAMESPACE,
      newId: () => `id-${++this.#ids}`,
      random: () => 0,
      encodeEvent: () => new Uint8Array(0),
      encodeListInfo: () => new Uint8Array(0),
      namespaceByName: () => undefined,
    };
  }

  create(schedule: ScheduleDefinition, initialPatch?: SchedulePatch): void {
    const spec = canonicalSpec(schedule.spec ?? {});
    assert(!('problem' in spec), 'the spec is good');
    const startWorkflow = { workflowId: 'w', workflowType: { name: 'W' }, taskQueue: { name: 'queue' } };
    const definition = { action: { startWorkflow }, ...schedule, spec };
    const request = { requestId: 'create', schedule: definition, initialPatch };
    this.ok({ kind: 'createSchedule', request });
  }

  update(schedule: ScheduleDefinition, conflictToken = 0) {
    const definition = { ...this.schedule.definition, ...schedule };
    return this.send({ kind: 'updateSchedule', request: { schedule: definition }, conflictToken });
  }

  patch(patch: SchedulePatch, requestId = ''): void {
    this.ok({ kind: 'patchSchedule', patch, requestId });
  }

  ok<I extends ScheduleInput>(input: I): AnyReplies[I['kind']] {
    const reply = this.send(input);
    assert(!isRejection(reply), `not refused: ${isRejection(reply) ? reply.message : ''}`);
    return reply as AnyReplies[I['kind']];
  }

  /** One step, whatever comes of it, and all that follows. */
  send<I extends ScheduleInput>(input: I) {
    const view = {
      namespaceId: NAMESPACE.id,
      id: scheduleWorkflowId('nightly'),
      current: this.#current,
      others: new Map<string, Schedule>(),
    };
    const { reply, step } = stepSchedule(view, input, this.env);
    for (const { run, changes } of step.transitions) {
      if (run !== this.#current) this.#begin(run);
      const rebuilt = present(this.#rebuilt, 'it has begun');
      scheduleMachine.reapply(rebuilt, changes);
      assertSame(run, rebuilt);
    }
    for (const effect of step.effects) {
      if (effect.kind === 'indexVisibility') this.record = effect.record;
      if (effect.kind === 'deliver') this.#deliver(effect.delivery as Message);
    }
    return reply;
  }

  #begin(schedule: Schedule): void {
    this.#current = schedule;
    const { namespaceId, runId } = schedule;
    this.#rebuilt = scheduleMachine.blank({ namespaceId, id: scheduleWorkflowId('nightly'), runId });
  }

  #deliver(delivery: Message): void {
    if (this.holdsBack) this.held.push(delivery);
    else this.hand(delivery);
  }

  /** Brings a delivery to its workflow, which starts, and the answer back. */
  hand({ key, to, input }: Message): void {
    assert('workflowId' in to, 'schedules write to workflows');
    this.log.push(`+${(this.nowMs - START_MS) / 1_000} ${input.kind} ${to.workflowId}`);
    if (input.kind === 'start') this.starts.push(input);
    const answer = this.refusal ?? { runId: `run-${++this.#ids}` };
    this.ok({ kind: 'settle', runId: '', key, answer });
  }

  /** Lets time pass, and wakes the schedule whenever something of it is due. */
  advance(seconds: number): void {
    const untilMs = this.nowMs + seconds * 1_000;
    const due = (): number | undefined => scheduleMachine.wakeAtMs(this.schedule);
    for (let atMs = due(); atMs !== undefined && atMs <= untilMs; atMs = due()) {
      this.nowMs = Math.max(this.nowMs, atMs);
      this.ok({ kind: 'wake', runId: '' });
    }
    this.nowMs = untilMs;
  }

  /** The workflow that has run longest closes. */
  close(event: HistoryEvent = { eventType: EventType.WorkflowExecutionCompleted }): void {
    const [[token, { workflowId, firstRunId }]] = [...this.schedule.running] as [[string, RunningAction]];
    const execution = { workflowId, runId: firstRunId };
    this.ok({ kind: 'workflowClosed', runId: '', token, execution, firstRunId, event });
  }

  /** How much later than the beginning the next wake-up is, in seconds. */
  get dueInSeconds(): number | undefined {
    const atMs = scheduleMachine.wakeAtMs(this.schedule);
    return atMs === undefined ? undefined : (atMs - this.nowMs) / 1_000;
  }
}

function assertSame(schedule: Schedule, rebuilt: Schedule): void {
  const stored = scheduleMachine.snapshotOf(schedule);
  assert(
    canonical(scheduleMachine.snapshotOf(rebuilt)) === canonical(stored),
    'a schedule rebuilt from its changes is the same',
  );
  const due = [rebuilt, scheduleMachine.restore(stored)].map((other) => scheduleMachine.wakeAtMs(other));
  const same = due.every((atMs) => atMs === scheduleMachine.wakeAtMs(schedule));
  assert(schedule.closedAtMs !== undefined || same, 'a restored schedule is due at the same time');
}
