import { earliest, type AggregateState, type Machine } from '@perdure/core';
import type { RunIdentity, RunWrite } from '@perdure/storage';
import { hold } from '../kernel/violation.ts';

/** Something that can be removed. */
export interface Removable {
  readonly identity: RunIdentity;
  /** When it is due, once it has closed. */
  removeAtMs: number | undefined;
  /** Which of all removals took it away; undefined while it is there. */
  removal: number | undefined;
}

/** Invariants 38 and 46: what is removed has closed, owes nothing, and was due; when that is, is settled as it closes. */
export class RemovalRules {
  readonly #retentionsMs: (namespaceId: string) => readonly number[];
  readonly #latestMs: () => number;
  /** How many removals there were. */
  count = 0;

  /** `retentionsMs`: those that may be in force; `latestMs`: the latest instant that any clock has shown. */
  constructor(retentionsMs: (namespaceId: string) => readonly number[], latestMs: () => number) {
    this.#retentionsMs = retentionsMs;
    this.#latestMs = latestMs;
  }

  /** It is written as closed: it is due after a retention in force, and never later than it was due before. */
  noteWrite<State extends AggregateState>(
    record: Removable,
    machine: Machine<State>,
    shadow: State,
    write: RunWrite,
  ): void {
    if (!write.closed) return;
    const { namespaceId, id, runId } = record.identity;
    const due = this.#retentionsMs(namespaceId).map((retentionMs) =>
      earliest(record.removeAtMs, machine.removeAtMs(shadow, retentionMs)),
    );
    const told = (): string => `${id}/${runId} is due to go at ${write.removeAtMs}, not at ${due.join(' or ')}`;
    hold(due.includes(write.removeAtMs), 46, told);
    record.removeAtMs = write.removeAtMs;
  }

  remove<State extends AggregateState>(record: Removable, machine: Machine<State>, shadow: State): void {
    // One that is gone may be named once more, by a commit that follows one of unknown outcome.
    if (record.removal !== undefined) return;
    const { id, runId } = record.identity;
    hold(!machine.isOpen(shadow) && !machine.owes(shadow), 38, () => `${id}/${runId} is removed and is not done`);
    const earlyMs = (record.removeAtMs ?? Infinity) - this.#latestMs();
    hold(earlyMs <= 0, 38, () => `${id}/${runId} is removed ${earlyMs} ms too early`);
    this.count += 1;
    record.removal = this.count;
  }
}
