import { toDuration, toTimestamp } from '@perdure/core';
import { ScheduleOverlapPolicy } from '@perdure/proto/enums';
import type { Schedule } from '@perdure/proto/types';
import { EPOCH_MS } from '../../host/sim-host.ts';
import { MODEL_TYPE } from '../../model/commands.ts';
import { makeProgram } from '../../model/make-program.ts';
import { toPayloads } from '../../model/payload.ts';
import { Client } from './client.ts';

const SCHEDULE_IDS = ['s1', 's2'] as const;

const OVERLAP_POLICIES = Object.values(ScheduleOverlapPolicy);

/** How late a request may arrive, at most. */
const LATE_MS = 3_000;

type Deed = 'create' | 'trigger' | 'backfill' | 'pause' | 'unpause' | 'update' | 'delete' | 'describe' | 'list';

/** Makes schedules of a few seconds, changes them in every way, and takes them away. */
export class SchedulingClient extends Client {
  protected override readonly pauseMaxMs = 1_200;
  /** The last conflict token that the server has told, by namespace and id. */
  readonly #tokens = new Map<string, Uint8Array>();

  protected override async act(): Promise<void> {
    const namespace = this.random.pick(this.context.namespaces);
    const scheduleId = this.random.pick(SCHEDULE_IDS);
    const deed = this.random.weighted<Deed>({
      create: 45,
      trigger: 8,
      backfill: 6,
      pause: 6,
      unpause: 9,
      update: 10,
      delete: 6,
      describe: 12,
      list: 4,
    });
    const { kind } = await this.#do(deed, namespace, scheduleId);
    this.context.facts.count(`schedule ${deed} ${kind}`);
  }

  /** A schedule would go on for ever, even one whose creation was long on its way. */
  protected override async finish(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      for (const namespace of this.context.namespaces) {
        for (const scheduleId of SCHEDULE_IDS) await this.persist('DeleteSchedule', { namespace, scheduleId });
      }
      await this.sleep(LATE_MS);
    }
  }

  async #do(deed: Deed, namespace: string, scheduleId: string): Promise<{ readonly kind: string }> {
    const { random } = this;
    const requestId = this.nextId();
    const target = { namespace, scheduleId, requestId };
    const overlapPolicy = random.pick(OVERLAP_POLICIES);
    switch (deed) {
      case 'create': {
        const initialPatch = random.chance(0.2) ? { triggerImmediately: {} } : undefined;
        const outcome = await this.persist('CreateSchedule', { ...target, schedule: this.#schedule(), initialPatch });
        if (outcome.kind === 'reply') this.#note(target, outcome.message.conflictToken);
        return outcome;
      }
      case 'update': {
        const conflictToken = random.chance(0.6) ? this.#tokens.get(`${namespace}/${scheduleId}`) : undefined;
        return this.persist('UpdateSchedule', { ...target, schedule: this.#schedule(), conflictToken });
      }
      case 'describe': {
        const outcome = await this.call('DescribeSchedule', target);
        if (outcome.kind === 'reply') this.#note(target, outcome.message.conflictToken);
        return outcome;
      }
      case 'list':
        return this.call('ListSchedules', { namespace });
      case 'delete':
        return this.persist('DeleteSchedule', target);
      case 'trigger':
        return this.persist('PatchSchedule', { ...target, patch: { triggerImmediately: { overlapPolicy } } });
      case 'backfill':
        return this.persist('PatchSchedule', { ...target, patch: { backfillRequest: [this.#backfill()] } });
      case 'pause':
        return this.persist('PatchSchedule', { ...target, patch: { pause: 'for a while' } });
      case 'unpause':
        return this.persist('PatchSchedule', { ...target, patch: { unpause: 'go on' } });
    }
  }

  #note({ namespace, scheduleId }: { readonly namespace: string; readonly scheduleId: string }, token?: Uint8Array) {
    if (token !== undefined) this.#tokens.set(`${namespace}/${scheduleId}`, token);
  }

  /** Some seconds of long ago. */
  #backfill() {
    const { random } = this;
    const startMs = EPOCH_MS - random.int(100, 1_000) * 1_000;
    const endMs = startMs + random.int(0, 6) * 1_000;
    const overlapPolicy = random.pick(OVERLAP_POLICIES);
    return { startTime: toTimestamp(startMs), endTime: toTimestamp(endMs), overlapPolicy };
  }

  #schedule(): Schedule {
    const { random } = this;
    const { queues, workflowIds } = this.context;
    // Deep enough for a program of a step or two.
    const program = makeProgram({ random, queues, workflowIds, longTimers: false }, 2);
    const limited = random.chance(0.3);
    return {
      spec: { interval: [{ interval: toDuration(random.int(1, 6) * 1_000) }] },
      action: {
        startWorkflow: {
          workflowId: 'scheduled',
          workflowType: { name: MODEL_TYPE },
          taskQueue: { name: random.pick(queues) },
          input: toPayloads({ ...program, continuations: random.chance(0.1) ? 1 : 0 }),
          workflowTaskTimeout: toDuration(3_000),
          workflowRunTimeout: random.chance(0.3) ? toDuration(random.int(1_000, 8_000)) : undefined,
        },
      },
      policies: {
        overlapPolicy: random.pick(OVERLAP_POLICIES),
        catchupWindow: toDuration(random.pick([10_000, 60_000])),
        pauseOnFailure: random.chance(0.2),
      },
      state: {
        paused: random.chance(0.1),
        limitedActions: limited,
        remainingActions: limited ? random.int(1, 4) : 0,
      },
    };
  }
}
