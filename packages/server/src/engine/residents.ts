import type { AggregateKey, AggregateState } from '@perdure/core';
import { Aggregate, type MailboxEntry } from './aggregate.ts';
import { nameOf } from './kinds.ts';
import type { LoadedRun } from './loaded-run.ts';
import { leaving, type MemoryBounds } from './memory.ts';

/** A run in memory, with the aggregate that it belongs to. */
export interface Resident {
  readonly aggregate: Aggregate;
  readonly loaded: LoadedRun<AggregateState>;
}

/** What of a shard is in memory: its aggregates, and their runs by key. */
export class Residents {
  readonly #aggregates = new Map<string, Aggregate>();
  readonly #runs = new Map<number, Resident>();

  get size(): number {
    return this.#aggregates.size;
  }

  [Symbol.iterator](): Iterator<Aggregate> {
    return this.#aggregates.values();
  }

  /** The aggregate of a key, of which nothing may have been read yet. It counts as used. */
  of(key: AggregateKey): Aggregate {
    const name = nameOf(key);
    let aggregate = this.#aggregates.get(name);
    if (aggregate === undefined) {
      aggregate = new Aggregate(key);
      this.#aggregates.set(name, aggregate);
    }
    aggregate.isInUse = true;
    return aggregate;
  }

  /** Whether the aggregate is still the one of its key. */
  has(aggregate: Aggregate): boolean {
    return this.#aggregates.get(nameOf(aggregate.key)) === aggregate;
  }

  find(run: number): Resident | undefined {
    return this.#runs.get(run);
  }

  add(aggregate: Aggregate, loaded: LoadedRun<AggregateState>): void {
    aggregate.add(loaded);
    this.#runs.set(loaded.key, { aggregate, loaded });
  }

  remove(aggregate: Aggregate, loaded: LoadedRun<AggregateState>): void {
    aggregate.remove(loaded);
    this.#runs.delete(loaded.key);
  }

  /** The aggregate leaves, with its runs. */
  forget(aggregate: Aggregate): void {
    this.#aggregates.delete(nameOf(aggregate.key));
    for (const { key } of aggregate.runs) this.#runs.delete(key);
  }

  /** What has to leave; see {@link leaving}. */
  leaving(bounds: MemoryBounds, mayLeave: (aggregate: Aggregate) => boolean): Iterable<Aggregate> {
    return leaving(this.#aggregates, bounds, mayLeave);
  }

  /** Forgets everything; gives the mail that nobody has worked on. */
  clear(): readonly MailboxEntry[] {
    const mail = [...this].flatMap((aggregate) => aggregate.mailbox.splice(0));
    this.#aggregates.clear();
    this.#runs.clear();
    return mail;
  }
}
