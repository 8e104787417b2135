import { earliest, type AggregateState, type RecordedChange, type VisibilityRecord } from '@perdure/core';
import type { BacklogRef, BacklogRow, LogRow, RunWrite, ShardBatch } from '@perdure/storage';
import { noteRow, wantsSnapshot, type LoadedRun } from './loaded-run.ts';
import { encodeSnapshot, encodeTransition, isEvent } from './record.ts';

/** What a batch gets from its shard when it is closed. */
export interface SealOptions {
  readonly shard: number;
  readonly epoch: number;
  readonly expectedSequence: number;
  readonly timeMs: number;
  /** How long closed runs of a namespace are kept. */
  readonly retentionMs: (namespaceId: string) => number;
}

/**
 * What one shard will write in its next commit. Inputs that come while a commit is under way gather here; what the batch
 * both creates and consumes is never written.
 */
export class Batch {
  readonly number: number;
  readonly #changed = new Set<LoadedRun<AggregateState>>();
  readonly #evicted = new Set<LoadedRun<AggregateState>>();
  readonly #backlogPut = new Map<number, BacklogRow>();
  readonly #backlogRemove = new Map<number, BacklogRef>();
  readonly #visibility = new Map<string, VisibilityRecord>();
  /** Keys of the runs that go, and those of them that were in memory. */
  readonly #removed = new Map<number, LoadedRun<AggregateState> | undefined>();
  readonly #onDurable: (() => void)[] = [];
  readonly #onLost: (() => void)[] = [];

  constructor(number: number) {
    this.number = number;
  }

  /** True if there is nothing to write and nobody waits. */
  get isEmpty(): boolean {
    return !this.hasWrites && this.#onDurable.length === 0;
  }

  get hasWrites(): boolean {
    return [this.#changed, this.#evicted, this.#removed, this.#backlogPut, this.#backlogRemove].some(
      ({ size }) => size > 0,
    );
  }

  /** Backlog rows that become readable with this batch. */
  get backlog(): Iterable<BacklogRow> {
    return this.#backlogPut.values();
  }

  /** Runs whose history or state this batch changes. */
  get changed(): ReadonlySet<LoadedRun<AggregateState>> {
    return this.#changed;
  }

  record(loaded: LoadedRun<AggregateState>, changes: readonly RecordedChange[]): void {
    for (const change of changes) loaded.pending.push(change);
    loaded.batch = this.number;
    this.#changed.add(loaded);
    this.#evicted.delete(loaded);
  }

  /** Runs in memory that this batch removes. */
  get removed(): Iterable<LoadedRun<AggregateState>> {
    return [...this.#removed.values()].filter((loaded) => loaded !== undefined);
  }

  /** The run is gone when this batch is durable. Nothing of it waits to be written. */
  remove(run: number, loaded: LoadedRun<AggregateState> | undefined): void {
    this.#removed.set(run, loaded);
  }

  /** The run leaves memory: its state is written whole. */
  evict(loaded: LoadedRun<AggregateState>): void {
    loaded.batch = this.number;
    this.#evicted.add(loaded);
  }

  putBacklog(row: BacklogRow): void {
    this.#backlogPut.set(row.id, row);
  }

  /** When the first of the runs that it writes is due to be removed. */
  get removeAtMs(): number | undefined {
    let first: number | undefined;
    for (const { removeAtMs } of this.#changed) first = earliest(first, removeAtMs);
    return first;
  }

  removeBacklog({ id, run }: BacklogRef): void {
    if (!this.#backlogPut.delete(id)) this.#backlogRemove.set(id, { id, run });
  }

  index(record: VisibilityRecord): void {
    this.#visibility.set(record.runId, record);
  }

  /** How many replies and tasks leave once it is durable. */
  get waiting(): number {
    return this.#onDurable.length;
  }

  /** Called when the batch is durable, or when it is lost. In order of registration. */
  whenSettled(onDurable: () => void, onLost: () => void): void {
    this.#onDurable.push(onDurable);
    this.#onLost.push(onLost);
  }

  /** The bytes to write. Called once, when the batch is closed. */
  seal(shard: SealOptions): ShardBatch {
    const { retentionMs, ...head } = shard;
    const log: LogRow[] = [];
    const runs: RunWrite[] = [];
    for (const loaded of this.#changed) {
      log.push(...loaded.inherited.splice(0), sealRow(loaded));
      const write = runWrite(loaded, false, retentionMs);
      if (write !== undefined) runs.push(write);
    }
    for (const loaded of this.#evicted) {
      const write = runWrite(loaded, true, retentionMs);
      if (write !== undefined) runs.push(write);
    }
    return {
      ...head,
      runs,
      log,
      backlogPut: [...this.#backlogPut.values()],
      backlogRemove: [...this.#backlogRemove.values()],
      visibilityPut: [...this.#visibility.values()],
      runsRemove: [...this.#removed.keys()],
    };
  }

  settleDurable(): void {
    for (const callback of this.#onDurable) callback();
  }

  settleLost(): void {
    for (const callback of this.#onLost) callback();
  }
}

function sealRow(loaded: LoadedRun<AggregateState>): LogRow {
  const { events, delta } = encodeTransition(loaded.pending);
  const first = loaded.pending.find(isEvent);
  const row: LogRow = {
    run: loaded.key,
    sequence: loaded.sequence + 1,
    firstEventId: first?.event.eventId ?? loaded.machine.nextEventId(loaded.run),
    events,
    delta,
  };
  loaded.pending = [];
  loaded.run.transitionCount += 1;
  noteRow(loaded, row);
  return row;
}

/** What is durable already is not put off by a retention that is longer by now. Temporal: fixed when the run closes. */
function dueAtMs(
  { run, machine, identity }: LoadedRun<AggregateState>,
  retentionMs: SealOptions['retentionMs'],
): number | undefined {
  return machine.removeAtMs(run, retentionMs(identity.namespaceId));
}

/** What becomes of the run's own row; undefined where it stays as it is. */
function runWrite(
  loaded: LoadedRun<AggregateState>,
  evicted: boolean,
  retentionMs: SealOptions['retentionMs'],
): RunWrite | undefined {
  const { run, machine, key, identity } = loaded;
  const closed = !machine.isOpen(run) && !machine.owes(run);
  const active = !closed && !evicted;
  if (active && loaded.stored === 'active' && !wantsSnapshot(loaded)) return undefined;
  const wanted = !active || wantsSnapshot(loaded);
  const snapshot = wanted ? { body: encodeSnapshot(machine.snapshotOf(run)), sequence: loaded.sequence } : undefined;
  if (snapshot !== undefined) {
    loaded.tailRows = 0;
    loaded.tailBytes = 0;
    loaded.snapshotBytes = snapshot.body.length;
  }
  loaded.stored = active ? 'active' : 'idle';
  const wakeAtMs = active ? undefined : machine.wakeAtMs(run);
  if (closed) loaded.removeAtMs = earliest(loaded.removeAtMs, dueAtMs(loaded, retentionMs));
  return { run: key, identity, active, wakeAtMs, snapshot, closed, removeAtMs: closed ? loaded.removeAtMs : undefined };
}
