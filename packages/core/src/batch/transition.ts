import type { CommonEffect, StateTransition } from '../aggregate/machine.ts';
import type { Env } from '../kernel/env.ts';
import { applyBatch, type BatchChange } from './change.ts';
import type { BatchJob } from './job.ts';
import { batchRecord } from './visibility-record.ts';

/** Collects what a step does to a job. Each change is applied as it is recorded. */
export class BatchTransition implements StateTransition<BatchJob> {
  readonly run: BatchJob;
  readonly env: Env;
  readonly changes: BatchChange[] = [];
  readonly hasFleeting = false;

  constructor(run: BatchJob, env: Env) {
    this.run = run;
    this.env = env;
  }

  note(change: BatchChange): void {
    this.changes.push(change);
    applyBatch(this.run, change);
  }

  /** Progress is not in visibility: the row changes when the job begins and when it ends. */
  get effects(): CommonEffect[] {
    const shows = this.changes.some(({ kind }) => kind === 'batchStarted' || kind === 'batchClosed');
    return shows ? [{ kind: 'indexVisibility', record: batchRecord(this.run, this.env) }] : [];
  }
}
