import type { AggregateState, RecordedChange, VisibilityRecord } from '@perdure/core';
import type { BacklogRow, LogRow, RunWrite, ShardBatch } from '@perdure/storage';
import { noteRow, wantsSnapshot, type LoadedRun } from './loaded-run.ts';
import { encodeSnapshot, encodeTransition, isEvent } from './record.ts';

/**
 * What one shard will write in its next commit. Inputs that come while a commit is under way gather here; what the batch
 * both creates and consumes is never written.
 */
export class Batch {
  readonly number: number;
  readonly #changed = new Set<LoadedRun<AggregateState>>();
  readonly #evicted = new Set<LoadedRun<AggregateState>>();
  readonly #backlogPut = new Map<number, BacklogRow>();
  readonly #backlogRemove = new Set<number>();
  readonly #visibility = new Map<string, VisibilityRecord>();
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
    return (
      this.#changed.size > 0 || this.#evicted.size > 0 || this.#backlogPut.size > 0 || this.#backlogRemove.size > 0
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

  /** The run leaves memory: its state is written whole. */
  evict(loaded: LoadedRun<AggregateState>): void {
    loaded.batch = this.number;
    this.#evicted.add(loaded);
  }

  putBacklog(row: BacklogRow): void {
    this.#backlogPut.set(row.id, row);
  }

  removeBacklog(id: number): void {
    if (!this.#backlogPut.delete(id)) this.#backlogRemove.add(id);
  }

  index(record: VisibilityRecord): void {
    this.#visibility.set(record.runId, record);
  }

  /** Called when the batch is durable, or when it is lost. In order of registration. */
  whenSettled(onDurable: () => void, onLost: () => void): void {
    this.#onDurable.push(onDurable);
    this.#onLost.push(onLost);
  }

  /** The bytes to write. Called once, when the batch is closed. */
  seal(shard: { shard: number; epoch: number; expectedSequence: number; timeMs: number }): ShardBatch {
    const log: LogRow[] = [];
    const runs: RunWrite[] = [];
    for (const loaded of this.#changed) {
      log.push(...loaded.inherited.splice(0), sealRow(loaded));
      const write = runWrite(loaded, false);
      if (write !== undefined) runs.push(write);
    }
    for (const loaded of this.#evicted) {
      const write = runWrite(loaded, true);
      if (write !== undefined) runs.push(write);
    }
    return {
      ...shard,
      runs,
      log,
      backlogPut: [...this.#backlogPut.values()],
      backlogRemove: [...this.#backlogRemove],
      visibilityPut: [...this.#visibility.values()],
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

/** What becomes of the run's own row; undefined where it stays as it is. */
function runWrite(loaded: LoadedRun<AggregateState>, evicted: boolean): RunWrite | undefined {
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
  return { run: key, identity, active, wakeAtMs: active ? undefined : machine.wakeAtMs(run), snapshot, closed };
}
