import type { StateTransition, CommonEffect } from '../aggregate/machine.ts';
import type { Env } from '../kernel/env.ts';
import { applySchedule, type ScheduleChange } from './change.ts';
import { isPendingDelivery, scheduleDelivery } from './outbox.ts';
import type { Schedule } from './schedule.ts';
import { scheduleRecord } from './visibility-record.ts';

/** Collects what a step does to a schedule. Each change is applied as it is recorded, so that later ones build on it. */
export class ScheduleTransition implements StateTransition<Schedule> {
  readonly run: Schedule;
  readonly env: Env;
  readonly changes: ScheduleChange[] = [];
  readonly hasFleeting = false;
  readonly #deliveryKeys: string[] = [];

  constructor(run: Schedule, env: Env) {
    this.run = run;
    this.env = env;
  }

  note(change: ScheduleChange): void {
    this.changes.push(change);
    applySchedule(this.run, change);
  }

  /** Sends a delivery of the outbox at the end of the step, if it is still wanted then. */
  send(key: string): void {
    this.#deliveryKeys.push(key);
  }

  get effects(): CommonEffect[] {
    const { run, env } = this;
    const deliveries: CommonEffect[] = this.#deliveryKeys
      .filter((key) => isPendingDelivery(run, key))
      .map((key) => ({ kind: 'deliver', run, delivery: scheduleDelivery(run, env.namespace, key) }));
    if (this.changes.length === 0) return deliveries;
    return [{ kind: 'indexVisibility', record: scheduleRecord(run, env) }, ...deliveries];
  }
}
