import type { AggregateState, Machine } from '@perdure/core';
import { hold } from '../kernel/violation.ts';

/** Something that can be removed. */
export interface Removable {
  readonly identity: { readonly id: string; readonly runId: string };
  /** Which of all removals took it away; undefined while it is there. */
  removal: number | undefined;
}

/** Invariant 38: what is removed has closed, owes nothing, and was due. */
export class RemovalRules {
  readonly #retentionMs: number;
  readonly #latestMs: () => number;
  /** How many removals there were. */
  count = 0;

  /** `latestMs`: the latest instant that any clock has shown. */
  constructor(retentionMs: number, latestMs: () => number) {
    this.#retentionMs = retentionMs;
    this.#latestMs = latestMs;
  }

  remove<State extends AggregateState>(record: Removable, machine: Machine<State>, shadow: State): void {
    // One that is gone may be named once more, by a commit that follows one of unknown outcome.
    if (record.removal !== undefined) return;
    const { id, runId } = record.identity;
    hold(!machine.isOpen(shadow) && !machine.owes(shadow), 38, () => `${id}/${runId} is removed and is not done`);
    const dueAtMs = machine.removeAtMs(shadow, this.#retentionMs) ?? Infinity;
    hold(dueAtMs <= this.#latestMs(), 38, () => `${id}/${runId} is removed ${dueAtMs - this.#latestMs()} ms too early`);
    this.count += 1;
    record.removal = this.count;
  }

  /** Whether it should be gone by now. */
  isDue<State extends AggregateState>(machine: Machine<State>, shadow: State, nowMs: number): boolean {
    return !machine.owes(shadow) && (machine.removeAtMs(shadow, this.#retentionMs) ?? Infinity) <= nowMs;
  }
}
