import type { AggregateKey, AggregateState, AggregateView, AnyInput, Machine, Rejection } from '@perdure/core';
import type { RunKind } from '@perdure/storage';
import { kindAndId, machineOf } from './kinds.ts';
import type { LoadedRun } from './loaded-run.ts';

/** Work for one aggregate, taken in order of arrival. */
export interface MailboxEntry {
  /** The run, beside the current one, that must be in memory first; empty: none. */
  readonly runId: string;
  /** Reads what else has to be known; all other mail waits for it. */
  readonly prepare?: (aggregate: Aggregate) => Promise<void>;
  /** Works on the aggregate at once, without waiting for anything. */
  readonly run: (aggregate: Aggregate) => void;
  /** The aggregate could not be loaded, or its shard was lost. */
  readonly fail: (rejection: Rejection) => void;
}

/**
 * A workflow id, or an id of another kind, in memory: its current run, others that were asked for, and the mailbox while
 * any is being loaded.
 */
export class Aggregate implements AggregateView<AggregateState> {
  readonly key: AggregateKey;
  readonly kind: RunKind;
  readonly namespaceId: string;
  readonly id: string;
  readonly machine: Machine<AggregateState>;
  readonly #runs = new Map<string, LoadedRun<AggregateState>>();
  readonly mailbox: MailboxEntry[] = [];
  /** Something is being read for it, or its removal awaited: mail waits. */
  loading = false;
  /** Number of the batch that removes runs of it, if it waits for that. */
  removing = 0;
  /** Asked for since memory was last looked through. */
  isInUse = true;
  /** Whether the current run, or its absence, is known. */
  knowsCurrent = false;
  #current: LoadedRun<AggregateState> | undefined;

  constructor(key: AggregateKey) {
    const { kind, id } = kindAndId(key);
    this.key = key;
    this.kind = kind;
    this.namespaceId = key.namespaceId;
    this.id = id;
    this.machine = machineOf(kind);
  }

  get current() {
    return this.#current?.run;
  }

  /** The core's view of the runs that are not the current one. */
  get others() {
    return { get: (runId: string) => this.#runs.get(runId)?.run };
  }

  get runs(): Iterable<LoadedRun<AggregateState>> {
    return this.#runs.values();
  }

  get(runId: string): LoadedRun<AggregateState> | undefined {
    return runId === '' ? this.#current : this.#runs.get(runId);
  }

  /** Takes a run in. */
  add(loaded: LoadedRun<AggregateState>): void {
    this.#runs.set(loaded.identity.runId, loaded);
  }

  /** Takes note of which run is the current one, or that there is none. */
  makeCurrent(loaded: LoadedRun<AggregateState> | undefined): void {
    this.#current = loaded;
    this.knowsCurrent = true;
  }

  /** Forgets a run that is removed. If it was the current one there is none until the next begins. */
  remove(loaded: LoadedRun<AggregateState>): void {
    this.#runs.delete(loaded.identity.runId);
    if (this.#current === loaded) this.#current = undefined;
  }

  /** Nothing of it is in memory. */
  get isEmpty(): boolean {
    return this.#runs.size === 0;
  }

  /** None of its runs in memory is open: they are read, or nothing happens to them. */
  get isClosed(): boolean {
    for (const { run } of this.#runs.values()) if (this.machine.isOpen(run)) return false;
    return true;
  }

  /** Nothing is under way for it: no mail, no unfinished commit, no delivery, nothing that is in memory only. */
  isQuiet(durableBatch: number): boolean {
    if (this.loading || this.mailbox.length > 0) return false;
    for (const loaded of this.#runs.values()) {
      if (loaded.batch > durableBatch || loaded.deliveries.size > 0 || this.machine.isPinned(loaded.run)) return false;
    }
    return true;
  }
}

/** The run that an input is about, for loading: the current one needs no name. */
export function runIdOf(input: AnyInput): string {
  return 'runId' in input ? input.runId : '';
}
